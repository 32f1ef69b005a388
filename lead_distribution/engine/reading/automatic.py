"""Mails that machines write: answers of who is away, reports of delivery, newsletters.

What programs mark as written by them is not all nobody's: forms and portals do so, too.
That a person is in it, see :class:`.types.Reading`, decides about those.
"""

import re
from dataclasses import dataclass

from ..identity import fold

AUTOMATIC, BOUNCE, LIST = "automatic", "bounce", "list"
HEADER, SUBJECT, TEXT = "header", "subject", "text"


@dataclass(frozen=True)
class Automatic:
    """What kind of machine wrote a mail.

    :param reason: :data:`AUTOMATIC`, :data:`BOUNCE` or :data:`LIST`
    :param detail: the header, or the words, it was recognised by
    :param answer: whether it answers to a mail, whoever else is named in it
    :param by: :data:`HEADER`, or :data:`SUBJECT` or :data:`TEXT`, which people write,
        too
    """

    reason: str
    detail: str
    answer: bool = False
    by: str = HEADER


#: how subjects of answers of those who are away begin, folded
_AWAY_WORDS = (
    r"^(?:(?:re|aw|sv|odp|rv|tr|fwd?|wg|pd)\s?:\s*){0,2}(?:"
    r"auto(?:matic|mated)?[ -]?(?:reply|response|responder|answer)|autoreply|auto:"
    r"|out of (?:the )?office|i am (?:away|out of)|away from (?:the )?office"
    r"|vacation (?:reply|notice)|absence (?:notice|notification)"
    r"|automatische (?:antwort|e-?mail-?antwort|abwesenheits\w*|nachricht)"
    r"|abwesenheit\w*"
    r"|ausser haus|nicht im (?:buro|haus)|urlaubs(?:meldung|notiz|abwesenheit)"
    r"|respuesta automatica|auto-?respuesta|contestacion automatica"
    r"|fuera de (?:la )?oficina"
    r"|odpowiedz automatyczna|automatyczna odpowiedz|auto-?odpowiedz"
    r"|poza biurem|nieobecnosc|jestem na urlopie"
    r"|reponse automatique|absence du bureau|absent(?:e)? du bureau|message d.absence"
    r"|risposta automatica|fuori (?:sede|ufficio)"
    r"|resposta automatica|fora do escritorio|ausencia temporaria"
    r"|automatisch antwoord|niet aanwezig|automatisk (?:svar"
    r"|svarsmeddelande)"
    r"|autosvar|franvar\w*|fravaer\w*|ikke til stede|poissa(?:olo\w*)?"
    r"|automaattinen vastaus"
    r"|automaticka odpoved|nepritomnost|mimo kancelar|automatikus valasz|hazon kivul"
    r"|raspuns automat|otomatik (?:yanit|cevap)|автоответ|автоматический ответ"
    r"|вне офиса|автоматична відповідь|автоматичен отговор|自动回复|自動回覆|自動返信"
    r"|자동 회신)"
)
# folded as subjects are: letters of some scripts are not what they are typed as
_AWAY = re.compile(fold(_AWAY_WORDS))
#: the same in words that begin other subjects, too: nothing but a date may follow
_PERHAPS_AWAY = re.compile(
    r"^(?:(?:re|aw|sv|odp|rv|tr|fwd?|wg|pd)\s?:\s*){0,2}(?:"
    r"im urlaub|urlaub|urlop|na urlopie|en conges|in ferie|de ferias|(?:estoy )?de "
    r"vacaciones|on (?:vacation|holiday|leave)|(?:on )?annual leave|met vakantie"
    r"|ausente|ausencia|assente|assenza|abwesend|afwezig)"
    r"\s*(?:$|[:!.-]\s*|(?:bis|until|till|hasta|do|od|vom|ab|from|jusqu|fino|ate|al|tot)\b)"
)
_GREETING = re.compile(
    r"^(?:hello|hi|hallo|hola|dzien dobry|witam|bonjour|ciao|salve|ola|buenos dias"
    r"|guten (?:tag|morgen)|sehr geehrte|dear|thank|vielen dank|danke|gracias"
    r"|muchas gracias|dziekuj|merci|je vous remercie|grazie|obrigad|bedankt|dank)"
)
_AWAY_TEXT = re.compile(
    r"^(?:i(?: a|')m (?:currently )?(?:out of (?:the )?office|on (?:annual )?leave"
    r"|away from)"
    r"|this is an auto(?:mated|matic) (?:reply|response)"
    r"|ich bin (?:derzeit |zurzeit |zur zeit |momentan |vom |bis |ab |wieder )"
    r".{0,60}?(?:nicht (?:im|erreichbar)|abwesend|im urlaub|ausser haus)"
    r"|(?:actualmente )?(?:estoy|estare|me encuentro) (?:fuera de la oficina"
    r"|de vacaciones|ausente)"
    r"|(?:obecnie )?(?:jestem|przebywam|bede) (?:na urlopie|poza biurem|nieobecn)"
    r"|je suis (?:actuellement )?(?:absent|en conges)"
    r"|sono (?:attualmente )?(?:fuori|assente|in ferie)"
    r"|estou (?:fora|ausente|de ferias)"
    r"|ik ben (?:momenteel )?(?:afwezig|niet aanwezig))"
)
_DATE = re.compile(r"\b(\d{1,2})\.(?=\s?(?:\d|[a-z]))")
_UNDELIVERED = re.compile(
    r"^(?:undeliver\w+|mail delivery (?:failed|failure|system)"
    r"|delivery (?:status notification|failure"
    r"|has failed|delayed)|returned mail|failure notice|message (?:not delivered"
    r"|undeliverable)"
    r"|unzustellbar|nicht zugestellt|zustellung fehlgeschlagen|no se puede entregar"
    r"|no entregado|nie mozna dostarczyc|niedostarczona|non remis|echec de la remise"
    r"|impossibile recapitare|mancato recapito|nao entregue|onbestelbaar|read:|gelesen:"
    r"|przeczytano:|leido:|lu :|lu:|letto:)"
)
_DAEMON = re.compile(
    r"^(?:mailer-?daemon|postmaster|mail-?daemon|bounces?)(?:[+-].*)?@"
)
_ANSWER_HEADERS = (
    "x-autoreply",
    "x-autorespond",
    "x-autoresponder",
    "x-auto-reply-from",
)
_LISTS = ("list-unsubscribe", "list-id", "list-post", "list-help", "feedback-id")


def automatic_kind(headers, subject="", text="", own_domains=()):
    """Tell whether a machine wrote a mail, and which.

    :param headers: ``{name in small letters: value}``
    :param text: of the body, its beginning
    :param own_domains: lists of these pass on what people write
    :returns: :class:`Automatic`, None for what a person wrote
    """
    said = {name: str(value or "").strip() for name, value in headers.items()}
    sender = said.get("from", "").lower()
    address = sender.rpartition("<")[2].strip("> ")
    kind = said.get("content-type", "").lower()
    subject = fold(subject[:200]).strip()
    report = kind.startswith("multipart/report")
    if report or _DAEMON.match(address) or said.get("x-failed-recipients"):
        detail = "multipart/report" if report else address or "X-Failed-Recipients"
        return Automatic(BOUNCE, detail, True)
    submitted = said.get("auto-submitted", "").lower().partition(";")[0].strip()
    if submitted.startswith("auto-replied"):
        return Automatic(AUTOMATIC, f"Auto-Submitted: {submitted}", True)
    for name in _ANSWER_HEADERS:
        if said.get(name, "no").lower() not in ("", "no", "none"):
            return Automatic(AUTOMATIC, f"{name.title()}: {said[name][:80]}", True)
    precedence = said.get("precedence", "").lower()
    if precedence in ("auto_reply", "auto-reply"):
        return Automatic(AUTOMATIC, f"Precedence: {precedence}", True)
    if _AWAY.match(subject) or _PERHAPS_AWAY.match(subject):
        return Automatic(AUTOMATIC, subject[:80], True, SUBJECT)
    if _UNDELIVERED.match(subject) and (submitted or said.get("return-path") == "<>"):
        return Automatic(BOUNCE, subject[:80], True)
    away = _away_in(text)
    if away:
        return Automatic(AUTOMATIC, away, True, TEXT)
    if _is_own_list(said, own_domains):
        return None
    for name in _LISTS:
        if said.get(name):
            return Automatic(LIST, name.title())
    if precedence in ("bulk", "list", "junk"):
        return Automatic(LIST, f"Precedence: {precedence}")
    if submitted and submitted != "no":
        return Automatic(AUTOMATIC, f"Auto-Submitted: {submitted}")
    suppress = said.get("x-auto-response-suppress", "")
    if suppress and suppress.lower() not in ("none", "no"):
        return Automatic(AUTOMATIC, f"X-Auto-Response-Suppress: {suppress[:80]}")
    return None


def _away_in(text):
    """Return the words by which a text says, after greetings at most, that its sender
    is away; "" for none."""
    text = _DATE.sub(r"\1 ", fold(text[:600]))  # its dots end no sentence
    sentences = re.split(r"[.!?,\n]+", text)
    for sentence in filter(None, (each.strip(" ,\r\t") for each in sentences[:12])):
        if _AWAY_TEXT.match(sentence):
            return sentence[:80]
        if len(sentence) > 120 or not _GREETING.match(sentence):
            return ""
    return ""


def _is_own_list(said, own_domains):
    """Whether a list of ours passed on a person's mail, as groups of addresses do."""
    own = [fold(domain) for domain in own_domains]
    named = fold(" ".join(said.get(name, "") for name in ("list-id", "list-post")))
    return any(re.search(rf"[.@]{re.escape(domain)}\b", named) for domain in own)

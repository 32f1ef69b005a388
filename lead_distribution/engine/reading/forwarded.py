"""What a colleague forwards: the header of the mail inside, and where it begins."""

import re
from dataclasses import dataclass

from ..identity import fold
from ..text import addresses_in

_FROM = {
    "from",
    "de",
    "von",
    "od",
    "da",
    "van",
    "fra",
    "fran",
    "felado",
    "nadawca",
    "absender",
    "expediteur",
    "remitente",
    "mittente",
    "remetente",
    "afzender",
    "de la",
    "lahettaja",
    "kimden",
    "gonderen",
    "от",
    "от кого",
    "від",
}
_REPLY = {
    "reply-to",
    "reply to",
    "antwort an",
    "antworten an",
    "responder a",
    "odpowiedz do",
    "repondre a",
    "rispondi a",
    "antwoord aan",
}
_REST = {
    "sent", "date", "to", "cc", "subject",
    "enviado", "enviado el", "fecha", "para", "asunto",
    "wyslano", "data", "do", "dw", "temat",
    "gesendet", "datum", "an", "betreff",
    "envoye", "a", "objet",
    "inviato", "oggetto",
    "enviada", "enviado em", "assunto",
    "verzonden", "aan", "onderwerp",
    "sendt", "til", "emne", "skickat", "till", "amne",
    "odeslano", "komu", "predmet", "odoslane", "kopie", "kopia",
    "elkuldve", "cimzett", "targy", "trimis", "catre", "subiect",
    "lahetetty", "vastaanottaja", "aihe", "gonderildi", "kime", "tarih", "konu",
    "adresat", "adresaci", "destinatario", "destinataire", "empfanger",
    "отправлено", "кому", "тема", "дата", "надіслано",
}  # fmt: skip
#: how many lines a header has
_HEADER = 12

_LINE = re.compile(r"^[>*\s]*\**([^\W\d][\w ()-]{0,24}?)\**\s*[:：]\**\s*(.*)$")
_VERB = (
    r"(?:wrote|escribio|schrieb|a ecrit|ha scritto|napisal\(?a?\)?|pisze|escreveu"
    r"|schreef|skrev|napsal|napisala?|irta|kirjoitti|yazdi|a scris|написал\(?а?\)?"
    r"|пишет|пише)"
)
#: a line above what is quoted: it begins with a date, or names an address and a time
_WROTE = re.compile(
    rf"^(?:on|el|am|le|il|w dniu|dnia|em|op|pe|den|dne)\b.{{4,300}}?{_VERB}\b"
    rf"|^[^@]{{0,200}}\d[:.h]\d\d[^@]{{0,200}}@[^@]{{3,100}}{_VERB}\W{{0,6}}$"
)
#: how such lines begin, or what they contain
_DATED = re.compile(
    r"(?:on|el|am|le|il|w|dnia|em|op|pe|den|dne) |.{0,120}\d{1,2}[:.h]\d\d"
)
_MARK = re.compile(
    r"^[->* _]*(?:original message|forwarded message|begin forwarded message"
    r"|urspr\w+ nachricht|weitergeleitete nachricht|anfang der weitergeleiteten"
    r"|mensaje original|mensaje reenviado|wiadomosc oryginalna|oryginalna wiadomosc"
    r"|przekazana wiadomosc|wiadomosc przekazana|message d.origine|message transfere"
    r"|messaggio originale|messaggio inoltrato|mensagem original|mensagem encaminhada"
    r"|oorspronkelijk bericht|doorgestuurd bericht)"
)

_TIME = re.compile(r"\d{1,2}[:.h]\d{2}(?:[:.]\d{2})?(?:\s?[ap]\.?m\.?)?", re.IGNORECASE)


@dataclass
class Inside:
    """A mail inside of another one.

    :param reply_name: what stands beside the address for answers
    :param above: lines before it, of who forwards it
    :param below: its lines
    """

    name: str
    address: str
    reply_to: str
    reply_name: str
    above: list
    below: list


def inside(lines):
    """Find the mail that a mail passes on, or answers.

    :param lines: list of :class:`.lines.Line`
    :returns: :class:`Inside` or None; without an address when only a mark was found
    """
    for at, line in enumerate(lines):
        text = _text(line)
        if not text:
            continue
        found = _header_at(lines, at)
        if found:
            return found
        folded = fold(text[:400])
        wrote = folded.strip("> ") if len(folded) < 400 else ""
        if not _DATED.match(wrote):
            continue
        for count in (1, 2, 3):  # mail programs break such a line
            joined = " ".join(_text(x) for x in lines[at : at + count])
            if _WROTE.match(fold(joined[:400]).strip("> ")):
                name, address = person(_after_date(joined))
                below = lines[at + count :]
                return Inside(name, address, "", "", lines[:at], below)
    return None


def _text(line):
    return line.text if line.value is None else f"{line.text}: {line.value}"


def _part(line):
    """Return ``(name of a header, folded, its value)``, or Nones."""
    if line.value is not None:
        return fold(line.text.strip(" :*")), line.value
    match = _LINE.match(line.text[:500])
    return (fold(match[1].strip()), match[2].strip()) if match else (None, None)


def _header_at(lines, at):
    """Return what is inside, when a header begins here."""
    name, value = _part(lines[at])
    if name is None or name not in _FROM and name not in _REST:
        return None
    sender, reply, known, end = None, "", 0, at
    seen, on = set(), False
    for place in range(at, min(at + _HEADER, len(lines))):
        line = lines[place]
        if line.blank:
            if place == end + 1 and known < 3:
                continue  # some write each header as a paragraph
            break
        name, value = _part(line)
        if name in _FROM and sender is None and value:
            sender = value
        elif name in _REPLY:
            reply = value
        elif name in _REST and name not in seen:
            known += 1
        elif sender and not known and place == end + 1 and addresses_in(line.text):
            if not addresses_in(sender):
                sender = f"{sender} {line.text}"  # the address in a line of its own
            end = place
            continue
        elif known and (place == end + 1 or on):
            on = line.text.endswith((",", ";"))
            continue  # the list of recipients goes on
        else:
            break
        seen.add(name)
        end, on = place, (line.value or line.text).endswith((",", ";"))
    if sender is None or known < 2:
        return None
    above = lines[:at]
    while above and (above[-1].blank or _MARK.match(fold(_text(above[-1])[:100]))):
        above = above[:-1]
    shown, address = person(sender)
    reply_name, replied = person(reply)
    return Inside(shown, address, replied, reply_name, above, lines[end + 1 :])


def _after_date(text):
    """Return what follows the date in “On Monday, 3 May, 10:00, Ann <a@b> wrote”."""
    address = next(iter(addresses_in(text)), None)
    head = text[: text.find(address)] if address else text
    times = list(_TIME.finditer(head))
    return text[times[-1].end() :] if times else text


def person(text):
    """Split who sent a mail into name and address.

    >>> person('"Kunde, Kai" <Kai@kunde.example>')
    ('Kai Kunde', 'kai@kunde.example')
    >>> person("Kai Kunde [mailto:kai@kunde.example]")
    ('Kai Kunde', 'kai@kunde.example')
    """
    text = text[:500]
    found = addresses_in(text)
    address = found[0] if found else ""
    name = text.partition(address)[0] if address else text
    name = re.split(r"[<\[(]|mailto:", name)[0].strip(" \"',;:>*\t")
    parts = re.split(r"\b(?:wrote|schrieb|escribió|via|im auftrag|on behalf)\b", name)
    name = next(filter(str.strip, parts), "")
    name = " ".join(name.strip(" \"',;:>*").split())
    last, comma, first = name.partition(",")
    if comma and "," not in first and last.strip() and first.strip():
        name = f"{first.strip()} {last.strip()}"
    if not any(map(str.isalpha, name)) or "@" in name:
        name = ""
    return name[:200], address.lower()

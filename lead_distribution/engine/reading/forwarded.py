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
}  # fmt: skip
#: how many lines a header has
_HEADER = 12

_LINE = re.compile(r"^[>*\s]*\**([^\W\d][\w ()-]{0,24}?)\**\s*[:：]\**\s*(.*)$")
_WROTE = re.compile(
    r"^(?:on|el|am|le|il|w dniu|dnia|em|op|pe|den|dne)\b.{4,300}?"
    r"(?:wrote|escribio|schrieb|a ecrit|ha scritto|napisal\(?a?\)?|pisze|escreveu"
    r"|schreef"
    r"|skrev|napsal)\b",
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

    :param above: lines before it, of who forwards it
    :param below: its lines
    """

    name: str
    address: str
    reply_to: str
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
        if wrote.startswith(
            (
                "on ",
                "el ",
                "am ",
                "le ",
                "il ",
                "w ",
                "dnia ",
                "em ",
                "op ",
                "pe ",
                "den ",
                "dne ",
            )
        ):
            joined = " ".join(_text(x) for x in lines[at : at + 3])
            if _WROTE.match(fold(joined[:400]).strip("> ")):
                name, address = person(_after_date(joined))
                end = at + 1
                while (
                    end < at + 3
                    and end < len(lines)
                    and not _WROTE.match(
                        fold(" ".join(_text(x) for x in lines[at:end])[:400]).strip(
                            "> "
                        )
                    )
                ):
                    end += 1
                return Inside(name, address, "", lines[:at], lines[end:])
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
    seen = set()
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
        elif known and place == end + 1:
            continue  # the list of recipients goes on
        else:
            break
        seen.add(name)
        end = place
    if sender is None or known < 2:
        return None
    above = lines[:at]
    while above and (above[-1].blank or _MARK.match(fold(_text(above[-1])[:100]))):
        above = above[:-1]
    shown, address = person(sender)
    replied = (addresses_in(reply) or [""])[0].lower()
    return Inside(shown, address, replied, above, lines[end + 1 :])


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

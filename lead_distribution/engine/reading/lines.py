"""The lines of a letter: text and HTML brought into the same form.

A table of label and value, and a list of terms, become pairs; everything else lines of
text. Each character is looked at once.
"""

import re
from dataclasses import dataclass
from html import unescape

from ..text import SEARCHED, SEARCHED_HTML
from .labels import role_of

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,15})\b([^<>]*)>")
_HREF = re.compile(r"""\bhref\s?=\s?["']?mailto:([^"'?<>\s]{3,320})""", re.IGNORECASE)
_BLOCKS = set("p div br li ul ol h1 h2 h3 h4 h5 h6 hr pre blockquote section".split())
_SKIPPED = {"script", "style", "head", "title", "template"}
#: more than a handful of cells beside each other say who somebody is in no mail
_CELLS = 12
_BLANKS = re.compile(r"[ \t\r\f\v\u00a0\u2000-\u200d\u202f\u2060\ufeff]+")
_NO_CHARACTER = re.compile(r"&#[xX]?[0-9a-fA-F]{8,};?")
#: longer than any label
LONGEST_LABEL = 60
MOST_LINES = 1000


@dataclass(slots=True)
class Line:
    """A line of text; with a value it is a label and its value."""

    text: str
    value: str | None = None

    @property
    def blank(self):
        return not self.text and not self.value


def lines_of(text, html=""):
    """Bring a body into lines.

    :param text: used where there is no HTML
    :returns: list of :class:`Line`, blank ones included, :data:`MOST_LINES` at most
    """
    if html and "<" in html:
        found = _Html().parse(html[:SEARCHED_HTML])
    else:
        text = _words(html[:SEARCHED_HTML]) if html else text or ""
        found = [_line(line) for line in text[:SEARCHED].splitlines()]
    while found and found[0].blank:
        found.pop(0)
    return found[:MOST_LINES]


def _line(text):
    """Return a line; a tab stands between a label and its value."""
    label, tab, value = text.strip().partition("\t")
    if tab and "\t" not in value.strip() and role_of(label):
        return Line(_clean(label), _clean(value))
    return Line(_clean(text))


def _clean(text):
    return _BLANKS.sub(" ", text).strip()


def _words(text):
    return unescape(_NO_CHARACTER.sub(" ", text))


class _Row:
    """A row of a table that is being read; a row around a table is layout alone."""

    __slots__ = ("cells", "layout")

    def __init__(self):
        self.cells, self.layout = [], False


class _Html:
    def __init__(self):
        self.lines, self.buffer = [], []
        self.rows, self.header = [], []
        self.skipped, self.link, self.link_from = None, None, 0
        self.pre = 0

    def parse(self, html):
        first, *others = html.split("<!--")
        html = " ".join([first, *(other.partition("-->")[2] for other in others)])
        at = 0
        for match in _TAG.finditer(html):
            if match.start() > at:
                self.put(html[at : match.start()])
            at = match.end()
            self.tag(match[2].lower(), bool(match[1]), match[3])
            if len(self.lines) > MOST_LINES:
                break
        self.put(html[at:])
        while self.rows:
            self.end_row()
        self.add_header(self.header)
        self.flush()
        return self.lines

    @property
    def cell(self):
        """The cell that is being filled, None outside of tables."""
        row = self.rows[-1] if self.rows else None
        return row.cells[-1] if row and row.cells and not row.layout else None

    def put(self, text):
        if self.skipped or not text:
            return
        if not self.pre:
            text = text.replace("\n", " ")
        target = self.cell
        (self.buffer if target is None else target).append(text)

    def tag(self, name, closing, attributes):
        if self.skipped:
            if closing and name == self.skipped:
                self.skipped = None
            return
        if name in _SKIPPED and not closing:
            self.skipped = name
        elif name == "a":
            self.anchor(closing, attributes)
        elif name == "table":
            self.table(closing)
        elif name in ("tr", "dt"):
            self.start_row(name) if not closing else name == "tr" and self.end_row()
        elif name in ("td", "th", "dd"):
            if not closing:
                self.start_cell()
            elif name == "dd":
                self.end_row()
        elif name in _BLOCKS:
            if name == "pre":
                self.pre = max(0, self.pre + (-1 if closing else 1))
            self.newline()

    def anchor(self, closing, attributes):
        target = self.cell if self.cell is not None else self.buffer
        if not closing:
            link = _HREF.search(attributes)
            self.link, self.link_from = (link[1] if link else None), len(target)
        elif self.link:
            if "@" not in "".join(target[self.link_from :]):
                target.append(f" <{self.link}>")
            self.link = None

    def newline(self):
        if self.cell is None:
            self.flush()
        else:
            self.cell.append("\n")

    def flush(self):
        text = _words("".join(self.buffer))
        self.buffer = []
        self.lines += [Line(_clean(line)) for line in text.splitlines() or [""]]

    def table(self, closing):
        if closing:
            while self.rows and not self.rows[-1].layout:
                self.end_row()
            self.add_header(self.header)
            self.header = []
            self.flush_pre()
        elif self.rows and not self.rows[-1].layout:
            row = self.rows[-1]
            for cell in row.cells:
                self.buffer += [*cell, "\n"]
            row.layout = True
            self.flush_pre()
        else:
            self.flush()

    def flush_pre(self):
        """Empty the buffer, in which cells have lines of their own."""
        text = _words("".join(self.buffer))
        self.buffer = []
        self.lines += [Line(_clean(line)) for line in text.splitlines()]

    def start_row(self, name):
        if self.rows and not self.rows[-1].layout:
            self.end_row()
        self.flush_pre()
        self.rows.append(_Row())
        if name == "dt":
            self.start_cell()

    def start_cell(self):
        if not self.rows:
            self.rows.append(_Row())
        row = self.rows[-1]
        if row.layout:
            self.flush_pre()
        else:
            row.cells.append([])

    def end_row(self):
        if not self.rows:
            return
        row = self.rows.pop()
        if row.layout:
            self.flush_pre()
            return
        cells = [_words("".join(cell)).strip() for cell in row.cells[:_CELLS]]
        self.add_row(cells)

    def add_row(self, cells):
        cells = [cell for cell in cells if not _between(cell)] or cells
        filled = [cell for cell in cells if _clean(cell.replace("\n", " "))]
        known = [bool(role_of(cell)) for cell in filled]
        header, self.header = self.header, []
        if len(cells) == len(header) > 1 and filled and not known[0]:
            self.add_pairs(zip(header, cells, strict=True))
            return
        self.add_header(header)
        if len(filled) == len(cells) > 1 and all(known):
            self.header = cells  # values may stand below
        elif len(filled) == 2 and _is_label(filled[0]):
            self.add_pairs([filled])
        elif len(filled) == 4 and known[0] and known[2]:
            self.add_pairs([filled[:2], filled[2:]])
        else:
            for cell in filled:
                self.lines += [Line(_clean(line)) for line in cell.splitlines()]

    def add_header(self, cells):
        """What looked like labels above values, and was none."""
        if len(cells) == 2:
            self.add_pairs([cells])
        else:
            self.lines += [Line(_clean(cell.replace("\n", " "))) for cell in cells]

    def add_pairs(self, pairs):
        for label, value in pairs:
            value = "\n".join(filter(None, map(_clean, value.splitlines())))
            self.lines.append(Line(_clean(label.replace("\n", " ")), value))


def _between(cell):
    """Whether a cell has nothing but what stands between label and value."""
    return cell.strip() in (":", "=", "-", "–", "|", "»")


def _is_label(text):
    text = _clean(text.replace("\n", " "))
    return (
        0 < len(text) <= LONGEST_LABEL
        and any(map(str.isalpha, text))
        and "@" not in text
    )

"""Whoever hears the screen hears each button: an icon alone says nothing."""

import re
from pathlib import Path

import pytest
from lxml import etree

ROOT = Path(__file__).resolve().parents[2]

NAMES = ("title", "aria-label", "t-att-title", "t-att-aria-label", "t-attf-aria-label")
#: what becomes a text inside a button
TEXTS = ("t-out", "t-esc", "t-call", "t-slot")
ADDONS = sorted(path.parent for path in ROOT.glob("lead_distribution*/__manifest__.py"))


def says(node):
    """Whether a button or link has a name for a screen reader."""
    if node.get("string"):
        return True
    for inner in node.iter():
        if not isinstance(inner.tag, str):
            continue
        if inner.tag in ("field", "label", "widget") or inner.get("alt"):
            return True
        if any(inner.get(name) for name in (*NAMES, *TEXTS)):
            return True
        if (inner.text or "").strip():
            return True
        if inner is not node and (inner.tail or "").strip():
            return True
    return False


def templates():
    """Yield the path and the root of each view and each template of ours."""
    for addon in ADDONS:
        for path in sorted(addon.rglob("*.xml")):
            yield path, etree.parse(path).getroot()
        for path in sorted((addon / "static/src").rglob("*.js")):
            for text in re.findall(r"xml`(.*?)`", path.read_text(), re.S):
                text = text.replace("&nbsp;", " ")
                yield path, etree.fromstring(f"<t>{text}</t>")


def test_buttons_have_names():
    """Each button and each link has a text, a title or a label."""
    silent = []
    for path, root in templates():
        for node in root.iter("button", "a"):
            # a position names a button of another view
            if not node.get("position") and not says(node):
                silent.append(f"{path.relative_to(ROOT)}:{node.sourceline}")
    assert not silent


@pytest.mark.parametrize(
    ("button", "named"),
    [
        ("<button><i class='fa fa-x'/></button>", False),
        ("<button icon='fa-x' name='do'/>", False),
        ("<button icon='fa-x' string='Do'/>", True),
        ("<button icon='fa-x' title='Do'/>", True),
        ("<button><i class='fa fa-x'/> Do</button>", True),
        ("<a><i class='fa fa-x' title='Do'/></a>", True),
        ("<a><i class='fa fa-x'/><span/></a>", False),
        ("<a><span t-out='text'/></a>", True),
    ],
)
def test_what_is_a_name(button, named):
    """An icon is none; a text, a title and a label are."""
    assert says(etree.fromstring(button)) is named


def test_titles_keep_their_descenders():
    """A name in a title is as high as its letters: g, p and y are not cut."""
    lines = [
        f"{path.relative_to(ROOT)}: put `lead_title` beside `oe_title`."
        for path in ROOT.glob("lead_distribution*/*/*.xml")
        if 'class="oe_title"' in path.read_text()
    ]
    assert not lines, "\n".join(lines)

"""Dates and numbers are in the reader's format: none by a pattern of our own."""

import ast
import re
from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).resolve().parents[2]
#: what is not for readers: keys that are read back by a program
KEYS = {"%Y-%m-%d", "%Y-%m-01", "%Y-%m-%d %H:%M:%S"}


def test_no_patterns():
    """A date shown goes through ``tools/locale.py`` or Odoo's ``format_date``."""
    found = []
    for addon in sorted(ROOT.glob("lead_distribution*/__manifest__.py")):
        for path in sorted(addon.parent.rglob("*.py")):
            if "tests" in path.parts:
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
                    continue
                text = node.value
                # %m, %Y and their like are in no other texts than patterns of dates
                if re.search(r"%[mYyBb](?![a-zA-Z])", text) and text not in KEYS:
                    found.append(f"{path.relative_to(ROOT)}:{node.lineno} {text}")
    assert not found


#: what is written for programs and for the log
NOT_SHOWN = ("engine", "tests")


def sources():
    """Yield the path and the tree of each module whose texts people may read."""
    for addon in sorted(ROOT.glob("lead_distribution*/__manifest__.py")):
        for path in sorted(addon.parent.rglob("*.py")):
            if not set(NOT_SHOWN) & set(path.relative_to(ROOT).parts):
                yield path.relative_to(ROOT), ast.parse(path.read_text())


def own_numbers(tree):
    """Yield the lines where a number gets its decimals or its sign by a format of ours.

    ``plain_number`` and ``signed_number`` of ``tools/locale.py``, and Odoo's
    ``formatLang``, write the reader's comma.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.FormattedValue) and node.format_spec:
            spec = ast.unparse(node.format_spec)
            if re.search(r"[fgeE%n]['\"]*$", spec):
                yield node.lineno
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "strftime":
            first = node.args[0] if node.args else None
            # by a format that is given, for the database
            if isinstance(first, ast.Constant) and first.value not in KEYS:
                yield node.lineno


def test_no_own_numbers():
    found = [f"{path}:{line}" for path, tree in sources() for line in own_numbers(tree)]
    assert not found


def test_no_numbers_in_texts():
    """A text takes a number that is written already: "%(hours)s", not "%(hours).1f"."""
    found = [
        f"{pot.name}: {entry.msgid}"
        for pot in sorted(ROOT.glob("lead_distribution*/i18n/*.pot"))
        for entry in polib.pofile(str(pot))
        if re.search(r"%(\(\w+\))?[+0-9.]*[.0-9]*[feg]\b", entry.msgid)
    ]
    assert not found


def test_no_own_numbers_in_the_client():
    """The client writes with ``formatFloat``, ``formatDate`` and luxon's formats."""
    found = []
    for path in sorted(ROOT.glob("lead_distribution*/static/src/**/*.js")):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            # per cents of a width are for the style sheet
            if re.search(
                r"\.toFixed\(|toFormat\((?!\"(ccc|d)\")|toDateString\(", line
            ) and ("DAY" not in line):
                found.append(f"{path.relative_to(ROOT)}:{number}")
    assert not found


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ('f"{load:g}"', 1),
        ('f"{100 * rate:.0f} %"', 1),
        ('f"{number:+.2f}"', 1),
        ('f"{name:>20}"', 0),
        ('day.strftime("%d.%m.%Y")', 1),
        ('day.strftime("%Y-%m-%d")', 0),
        ("day.strftime(form)", 0),
    ],
)
def test_what_is_an_own_number(code, lines):
    assert len(list(own_numbers(ast.parse(code)))) == lines

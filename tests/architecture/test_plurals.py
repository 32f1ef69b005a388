"""A number stands after its noun, "Leads: 1", or its words follow it, "1 lead": no text
of ours says "1 leads"."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOUNS = (
    "activities|calls|candidates|customers|days|hours|leads|minutes|months|offers|people|"
    "routes|rows|salespeople|tasks|weeks"
)
NUMBER = re.compile(rf"(?:%s|%\(\w+\)s|%d) (?:{NOUNS})\b")
#: in views, where the number is a field
FIELD = re.compile(rf"/>\s*(?:{NOUNS})\b")

#: texts whose number is two at least, or fixed, or a rate
PLURAL = (
    # offered to one alone says so in other words
    "It was offered to %s people",
    "offered for %(time)s each, to %(max)s people at most",
    # the place among several
    "Number %(place)s of the %(count)s leads distributed together",
    # constants of the program, of several days
    "in the next %(days)s days",
    "the last %(days)s days",
    "a task starts %(days)s days after it",
    # counted in halves, too
    "this lead counts as %s leads",
    "%(hours)s hours",
    "takes leads of up to %(days)s days",
    "%(minutes)s minutes",
    "followed up within %s minutes",
)
#: not for people: the log
LOGS = ("debug", "info", "warning", "exception", "error")


def texts(source):
    """Yield ``(line, text)`` of what is translated in a Python file."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name in ("_", "_lt", "LazyTranslate") and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.lineno, first.value


def wrong(text):
    """Return whether a text may say "1 leads"."""
    return bool(NUMBER.search(text)) and not any(one in text for one in PLURAL)


def places(pattern):
    for path in sorted(ROOT.glob(pattern)):
        if "/tests/" not in str(path):
            yield path, path.read_text()


def test_python():
    found = [
        f"{path.relative_to(ROOT)}:{line}: {text}"
        for path, source in places("lead_distribution*/**/*.py")
        for line, text in texts(source)
        if wrong(text)
    ]
    assert not found


def test_client():
    found = [
        f"{path.relative_to(ROOT)}: {text}"
        for path, source in places("lead_distribution*/static/src/**/*.js")
        for text in re.findall(r'_t\(\s*"([^"]*)"', source)
        if wrong(text)
    ]
    assert not found


def test_views():
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path, source in places("lead_distribution*/**/*.xml")
        for match in FIELD.finditer(source)
    ]
    assert not found


@pytest.mark.parametrize(
    ("text", "is_wrong"),
    [
        ("%s leads wait", True),
        ("%(count)s tasks end", True),
        ("Leads that wait: %s", False),
        ("within %s", False),
    ],
)
def test_what_is_wrong(text, is_wrong):
    assert wrong(text) is is_wrong

"""Text from outside; no database."""

import doctest
import time

import pytest
from engine import text as texts
from hypothesis import given
from hypothesis import strategies as st

ANY = st.text(
    st.characters(exclude_categories=()) | st.sampled_from("<>&#\r\n\0\u2028(@."),
    max_size=300,
)


def test_examples_in_the_documentation():
    assert doctest.testmod(texts).failed == 0


@given(ANY)
def test_a_line_is_one(text):
    """Part 9, 20: for a header of a mail and for the database; once is enough."""
    line = texts.one_line(text)
    assert len(line.splitlines()) <= 1
    assert "\0" not in line
    line.encode()  # halves of characters cannot be
    assert texts.one_line(line) == line
    assert len(texts.header(text)) <= texts.HEADER


@given(ANY)
def test_any_text_can_be_kept_and_searched(text):
    """Part 9, 4, 20"""
    kept = texts.several_lines(text)
    assert "\0" not in kept
    kept.encode()
    assert texts.several_lines(kept) == kept
    texts.addresses_in(texts.plain(text))
    texts.id_of(text)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Zażółć gęślą", "Zażółć gęślą"),
        ("Ann\u00a0O\u2019Hara \U0001f468\u200d\U0001f469", None),
        ("a\r\nb\tc", "a b c"),
        ("a\x00\x1b\x7fb", "ab"),
        ("\u202eevil", "evil"),
        ("\ud800x", "x"),
    ],
)
def test_names(text, kept):
    """Part 9, 20: what people are called by stays as it is."""
    assert texts.one_line(text) == (text if kept is None else kept)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Mail jan.k+x@mail.test.", ["jan.k+x@mail.test"]),
        ("<a@b.test>,(c@d-e.test)", ["a@b.test", "c@d-e.test"]),
        ("a@b.test a@b.test", ["a@b.test"]),
        ("x" * 65 + "@b.test", []),
        ("no@address, @b.test, a@", []),
        ("mailto:a@b.test?subject=x", ["a@b.test"]),
    ],
)
def test_addresses(text, found):
    """V2: as portals write them."""
    assert texts.addresses_in(text) == found


def test_plain():
    """V2: words, and the addresses behind links."""
    text = texts.plain(
        "<style>p{}</style><p>Ann&nbsp;<b>Two</b><br/>Three</p><!-- <p>no -->"
        '<a href="mailto:ann@mail.test">Write</a><img src="data:image/png;base64,xx">'
    )
    assert "Ann\xa0 Two" in text
    assert "Two \nThree" in text
    assert "mailto:ann@mail.test" in text
    assert "no" not in text.split()
    assert "base64" not in text


@pytest.mark.parametrize(
    ("text", "number"),
    [("7", 7), (" 12 ", 12), ("²", None), ("9" * 5000, None), ("x", None), ("", None)],
)
def test_ids(text, number):
    """V1: only what a database has."""
    assert texts.id_of(text) == number


@pytest.mark.parametrize(
    "piece", ["<", "&#9", "<!--", "a", "a@", "x@a.", "href='", "("]
)
def test_time_has_a_bound(piece):
    """Part 9, 4: whatever the length."""
    text = piece * (2_000_000 // len(piece))
    started = time.process_time()
    texts.addresses_in(texts.plain(text))
    assert time.process_time() - started < 1

"""Which listings a text names by their references."""

import re

from .text import plain

#: what a reference of a listing may be written between
_WORD = re.compile(r"[^\s,;:()\[\]<>\"'#|?!=*]+")


def spaced(references):
    """Pick the references that consist of several words.

    :returns: ``((its first word, reference), ...)``

    >>> spaced({"b 12": 1, "k-7": 2})
    (('b', 'b 12'),)
    """
    return tuple(
        (reference.split()[0], reference)
        for reference in references
        if " " in reference.strip()
    )


def listings_in(text, references, spaced_references=()):
    """Find the listings whose references a text names.

    :param text: plain or HTML
    :param references: ``{reference in small letters: listing}``
    :param spaced_references: see :func:`spaced`
    :returns: set of listings

    >>> listings_in("Is (K-7) free?", {"k-7": 2, "k-70": 3})
    {2}
    """
    text = plain(text).lower()
    words = set(_WORD.findall(text))
    words |= {word.strip("./-_") for word in words}
    found = {references[word] for word in words if word in references}
    return found | {
        references[reference]
        for first, reference in spaced_references
        if first in text and reference in text
    }

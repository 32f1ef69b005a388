"""Text from people, as patterns of a search."""

import re


def literal_pattern(text):
    """The pattern of ``=ilike`` that finds this very text."""
    return re.sub(r"([\\%_])", r"\\\1", text)

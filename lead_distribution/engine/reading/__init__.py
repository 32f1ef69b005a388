"""Who asks, and for what: letters and data from outside read into a lead.

Plain Python. :func:`read_letter` is asked for a mail, :func:`read` for any text. What
is the company's own, or the provider's, is never the customer's.
"""

from .automatic import Automatic, automatic_kind
from .parsers import PARSERS, Parser
from .reader import is_generic, read, read_letter
from .types import Found, Letter, Own, Reading, phone_key

__all__ = [
    "PARSERS",
    "Automatic",
    "Found",
    "Letter",
    "Own",
    "Parser",
    "Reading",
    "automatic_kind",
    "is_generic",
    "phone_key",
    "read",
    "read_letter",
]

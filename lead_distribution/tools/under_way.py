"""Which leads are being distributed right now.

What is set off by a distribution, such as automation rules on what it writes, has the
same cursor, but not always the same context: computed fields have one of their own.
"""

from contextlib import contextmanager
from weakref import WeakKeyDictionary

#: ``{cursor: ids of leads}``
_LEADS = WeakKeyDictionary()


@contextmanager
def started(cr, lead_ids):
    """Remember that leads are being distributed, until that is over."""
    before = under_way(cr)
    _LEADS[cr] = before | set(lead_ids)
    try:
        yield
    finally:
        _LEADS[cr] = before


def under_way(cr):
    """Return the ids of the leads whose distribution set off what happens now."""
    return _LEADS.get(cr, frozenset())

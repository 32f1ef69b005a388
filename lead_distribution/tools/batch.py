"""Work on many records at once, so that one bad record stops none of the others."""

import contextlib

import psycopg2
from psycopg2 import errors

from odoo.exceptions import ConcurrencyError

#: errors after which all of the work is to be tried again
CONFLICTS = (
    errors.SerializationFailure,
    errors.DeadlockDetected,
    errors.LockNotAvailable,
    ConcurrencyError,
)


@contextlib.contextmanager
def isolated(cr, log, message, *args):
    """Work that fails without stopping what is around it: it is taken back, and logged.

    :param log: method of a logger
    :param message: says what is left undone, with ``args``
    :raises CONFLICTS: all of it is to be tried again
    """
    try:
        with cr.savepoint():
            yield
    except CONFLICTS:
        raise
    except Exception as error:
        if isinstance(error, psycopg2.InterfaceError):
            raise  # the connection is gone, this work is not to blame
        log(message, *args, exc_info=True)


def safely(cr, items, work, give_up):
    """Do some work for all items together; if it fails, find the item to blame.

    The items are halved until the failing one is alone; the others are done.

    :param items: records or a list, not empty
    :param work: takes items
    :param give_up: takes one item, as a slice, and the exception; logs it
    :returns: list of what ``work`` and ``give_up`` returned, in the order of the items
    :raises CONFLICTS: all of it is to be tried again
    """
    try:
        with cr.savepoint():
            return [work(items)]
    except CONFLICTS:
        raise
    except Exception as error:
        if isinstance(error, psycopg2.InterfaceError):
            raise  # the connection is gone, no item is to blame
        if len(items) > 1:
            middle = len(items) // 2
            return [
                *safely(cr, items[:middle], work, give_up),
                *safely(cr, items[middle:], work, give_up),
            ]
        with cr.savepoint():
            return [give_up(items, error)]

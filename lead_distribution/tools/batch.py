"""Work on many records at once, so that one bad record stops none of the others."""

import contextlib

import psycopg2
from psycopg2 import errors

from odoo.exceptions import ConcurrencyError

from .redacting_log import redacting_logger

_logger = redacting_logger(__name__)

#: errors after which all of the work is to be tried again
CONFLICTS = (
    errors.SerializationFailure,
    errors.DeadlockDetected,
    errors.LockNotAvailable,
    ConcurrencyError,
)


@contextlib.contextmanager
def isolated(cr, log, message, *args):
    """Work that fails without stopping what is around it; rolled back, and logged.

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


def drop_some(model, domain, most):
    """Delete what a domain selects, a block at a time, as autovacuum asks for it.

    :param most: how many records at once
    :returns: ``(number deleted, whether more remain)``
    """
    found = model.search(domain, limit=most + 1)
    dropped = found[:most]
    dropped.unlink()
    return len(dropped), len(found) > most


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


def in_blocks(env, step, size, seconds):
    """Some work of a schedule, each block in a transaction of its own.

    Where others write the same records the blocks become smaller.

    :param step: takes the size of a block, does that much, and returns how much it was
    :param seconds: left for this call of the schedule
    :returns: ``(seconds left, whether nothing is left to do)``
    """
    cron = env["ir.cron"]
    now = size
    while seconds:
        try:
            count = step(now)
        except CONFLICTS as conflict:
            env.cr.rollback()
            now //= 2
            _logger.info("Conflict, next block is %s: %s", now, conflict)
            if not now:
                return seconds, False
            continue
        if not count:
            # what comes next sees what others have committed until then
            return cron._commit_progress(), True
        now = min(size, now * 2)
        seconds = cron._commit_progress(count)
    return seconds, False

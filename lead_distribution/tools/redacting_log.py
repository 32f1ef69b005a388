"""What the log is told of an error: its kind and its place. Its text may hold what
people wrote: the address that a unique index refuses, a name in a message."""

import logging
import traceback


def error_kind(error):
    """Describe an error without the data in its message.

    :returns: the class of an error, and what the database says of it that is no data:
        its code, table and constraint
    """
    parts = [type(error).__name__]
    diag = getattr(error, "diag", None)
    for name in ("sqlstate", "table_name", "constraint_name"):
        if getattr(diag, name, None):
            parts.append(getattr(diag, name))
    return " ".join(parts)


class RedactingFilter(logging.Filter):
    """Tracebacks without the text of the errors."""

    def filter(self, record):
        error = record.exc_info and record.exc_info[1]
        if error:
            lines = traceback.format_tb(error.__traceback__)
            record.exc_text = "".join([*lines, error_kind(error)])
            # handlers that format it anew would write the text
            record.exc_info = None
        return True


def redacting_logger(name):
    """Make a logger that leaves out what people wrote.

    :returns: the logger of a module, for whatever may fail over what people wrote
    """
    logger = logging.getLogger(name)
    if not any(isinstance(known, RedactingFilter) for known in logger.filters):
        logger.addFilter(RedactingFilter())
    return logger

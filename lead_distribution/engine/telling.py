"""How somebody is told of leads: when a message waits, and until when.

Moments here are naive and in the salesperson's own time zone; hours are numbers such
as 21.5 for half past nine in the evening.
"""

from datetime import timedelta

BELL, MAIL, DIGEST, SMS, NONE = "bell", "mail", "digest", "sms", "none"

#: ways that send something, besides the bell
SENDING = (MAIL, DIGEST, SMS)

#: when a digest comes to somebody without quiet hours
DIGEST_HOUR = 8.0


def next_at(now, hour):
    """Return the next moment at some hour of a day, after now."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    found = midnight + timedelta(hours=hour)
    return found if found > now else found + timedelta(days=1)


def is_quiet(now, start, end):
    """Tell whether a moment is in somebody's quiet hours, which may go over midnight.

    :param start, end: hours; the same: there are none
    """
    hour = now.hour + now.minute / 60 + now.second / 3600
    if start <= end:
        return start <= hour < end
    return hour >= start or hour < end


def hold_until(way, now, start, end, deadline=None):
    """Tell until when a message waits.

    :param way: a code of this module
    :param start, end: quiet hours; the same: there are none
    :param deadline: when it is too late for it, or None
    :returns: a moment after now; None for what is sent at once, or not at all
    """
    if way not in SENDING:
        return None
    if way == DIGEST:
        until = next_at(now, end if start != end else DIGEST_HOUR)
    elif is_quiet(now, start, end):
        until = next_at(now, end)
    else:
        return None
    # whoever has until then hears of it in time
    return None if deadline and deadline <= until else until

"""Moments as files and programs write them.

Plain Python.
"""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

#: no lead arrived before
FIRST = datetime(2000, 1, 1)
_ISO = re.compile(
    r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})"
    r"(?:[T\s,]+(\d{1,2}):(\d{2})(?::(\d{2}))?(?:[.,]\d+)?\s*(AM|PM)?)?"
    r"\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?",
    re.IGNORECASE,
)
_WRITTEN = re.compile(
    r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})"
    r"(?:[T\s,]+(\d{1,2}):(\d{2})(?::(\d{2}))?(?:[.,]\d+)?\s*(AM|PM)?)?"
    r"\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?",
    re.IGNORECASE,
)
_SECONDS = re.compile(r"\d{10}(?:\d{3})?(?:\.\d+)?")


def moment_of(value, zone="UTC"):
    """Read a moment.

    Day before month where both are possible, but for times with AM or PM, which are
    American.

    :param value: text, number of seconds or milliseconds since 1970, date or datetime
    :param zone: name of the time zone of what says none
    :returns: naive datetime in UTC, None for what is none or before the year 2000

    >>> moment_of("2026-11-20T14:03:22+0100")
    datetime.datetime(2026, 11, 20, 13, 3, 22)
    >>> moment_of("20.11.2026 14:03", "Europe/Warsaw")
    datetime.datetime(2026, 11, 20, 13, 3)
    >>> moment_of("3/4/2026 2:05 PM")
    datetime.datetime(2026, 3, 4, 14, 5)
    >>> moment_of("soon")
    """
    try:
        found = _read(value, zone)
    except (ValueError, OverflowError, OSError):
        return None
    return found if found and found >= FIRST else None


def _read(value, zone):
    if isinstance(value, datetime):
        return _in_utc(value, value.tzinfo or ZoneInfo(zone))
    if isinstance(value, date):
        return _in_utc(datetime(value.year, value.month, value.day), ZoneInfo(zone))
    text = str(value or "").strip()[:60]
    if _SECONDS.fullmatch(text):
        seconds = float(text)
        seconds /= 1000 if seconds > 10**11 else 1
        return datetime.fromtimestamp(int(seconds), UTC).replace(tzinfo=None)
    match = _ISO.fullmatch(text)
    if match:
        year, month, day = map(int, match.groups()[:3])
    else:
        match = _WRITTEN.fullmatch(text)
        if not match:
            return None
        day, month, year = map(int, match.groups()[:3])
        if month > 12 or (match[7] and day <= 12):
            day, month = month, day
    hour, minute, second = (int(part or 0) for part in match.groups()[3:6])
    if match[7]:
        hour = hour % 12 + (12 if match[7].upper() == "PM" else 0)
    moment = datetime(year, month, day, hour, minute, second)
    offset = match[8]
    if not offset:
        return _in_utc(moment, ZoneInfo(zone))
    if offset[0] not in "+-":
        return moment
    ahead = timedelta(hours=int(offset[1:3]), minutes=int(offset[-2:]))
    return moment - ahead if offset[0] == "+" else moment + ahead


def _in_utc(moment, zone):
    return (
        moment.replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None, microsecond=0)
    )

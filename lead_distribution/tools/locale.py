"""Lengths of time and moments in the reader's words."""

from babel.dates import format_skeleton
from babel.units import format_unit

from odoo.tools.misc import babel_locale_parse, format_datetime, formatLang


def duration(env, number, unit):
    """A length of time in the reader's words, as "1 day" or "3 días".

    :param unit: a code of :data:`.constants.TASK_DELAYS`
    """
    locale = babel_locale_parse(env.lang)
    return format_unit(number, f"duration-{unit.removesuffix('s')}", locale=locale)


def time_since(env, since, now):
    """How long ago something was, in whole minutes, hours or days, as "5 days".

    :param since: naive UTC datetime
    :param now: naive UTC datetime
    """
    return length(env, (now - since).total_seconds() / 60)


def length(env, minutes):
    """A length of time, in whole minutes, hours or days, as "5 days"."""
    minutes = max(int(minutes), 0)
    if minutes < 60:
        return duration(env, minutes, "minutes")
    if minutes < 24 * 60:
        return duration(env, minutes // 60, "hours")
    return duration(env, minutes // (24 * 60), "days")


def moment(env, at, tz=None):
    """A moment as the reader writes dates, with hours and minutes.

    :param at: naive UTC datetime
    :param tz: name of the time zone, by default the reader's
    """
    return format_datetime(env, at, tz=tz or False, dt_format="short")


def short_date(env, day):
    """A day as the reader writes it, without the year: "Nov 28", "28 nov", "28 lis".

    :param day: date or datetime
    """
    return format_skeleton("MMMd", day, locale=babel_locale_parse(env.lang))


def month(env, day):
    """The month of a day, with its year, as the reader writes it: "Nov 2026".

    :param day: date or datetime
    """
    return format_skeleton("yMMM", day, locale=babel_locale_parse(env.lang))


def plain_number(env, number, digits=1):
    """A number as the reader writes it, without zeros behind the point: "42", "1,5".

    :param digits: decimals at most
    """
    number = round(number, digits) or 0.0
    if number == int(number):
        digits = 0
    return formatLang(env, number, digits=digits)


def signed_number(env, number, digits=2):
    """A number with its sign, as the reader writes it: "+1.5", "-0,25".

    :param digits: decimals at most
    """
    text = plain_number(env, number, digits)
    return text if text.startswith("-") else f"+{text}"

"""Hours, days, weeks and months in a company's time zone.

All take a ``res.company``, the current one where it is empty, and moments as naive
UTC datetimes.
"""

from datetime import datetime, time, timedelta

import pytz

from odoo import fields


def _zone(company):
    return (company or company.env.company)._lead_timezone()


def _span(company, at, first, length):
    zone = _zone(company)
    local = pytz.utc.localize(at).astimezone(zone)
    start = datetime.strptime(local.strftime(first), "%Y-%m-%d")
    end = datetime.strptime((start + length).strftime(first), "%Y-%m-%d")
    return tuple(
        zone.localize(moment).astimezone(pytz.utc).replace(tzinfo=None)
        for moment in (start, end)
    )


def day_span(company, at):
    """The company's day around a moment.

    :returns: naive UTC ``(start, end)``
    """
    return _span(company, at, "%Y-%m-%d", timedelta(days=1))


def hour_span(company, at):
    """The hour of the company's clock around a moment.

    :returns: naive UTC ``(start, end)``
    """
    zone = _zone(company)
    local = pytz.utc.localize(at).astimezone(zone)
    start = local - timedelta(
        minutes=local.minute, seconds=local.second, microseconds=local.microsecond
    )
    start = start.astimezone(pytz.utc).replace(tzinfo=None)
    return start, start + timedelta(hours=1)


def week_span(company, at):
    """The company's week around a moment; it begins as the company's language has it.

    :returns: naive UTC ``(start, end)``
    """
    # sudo: with which day the company's weeks begin, whoever asks
    here = (company or company.env.company).sudo()
    lang = here.env["res.lang"]._get_data(code=here.partner_id.lang or "en_US")
    first = int(lang.week_start or 1)
    today = company_date(company, at)
    start = today - timedelta(days=(today.isoweekday() - first) % 7)
    return (
        company_midnight(company, start),
        company_midnight(company, start + timedelta(days=7)),
    )


def days_span(company, at, number):
    """The last days of the company, today included.

    :returns: naive UTC ``(start, end)``
    """
    today = company_date(company, at)
    return (
        company_midnight(company, today - timedelta(days=number - 1)),
        company_midnight(company, today + timedelta(days=1)),
    )


def month_span(company, at):
    """The company's calendar month around a moment.

    :returns: naive UTC ``(start, end)``
    """
    return _span(company, at, "%Y-%m-01", timedelta(days=32))


def company_date(company, at):
    """The company's date at a moment."""
    return pytz.utc.localize(at).astimezone(_zone(company)).date()


def company_today(company):
    """The company's date now."""
    return company_date(company, fields.Datetime.now())


def company_midnight(company, date):
    """When the company's day begins, as a naive UTC datetime."""
    begin = _zone(company).localize(datetime.combine(date, time()))
    return begin.astimezone(pytz.utc).replace(tzinfo=None)

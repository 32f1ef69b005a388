"""Lengths of time in the reader's words."""

from babel.units import format_unit

from odoo.tools.misc import babel_locale_parse


def duration(env, number, unit):
    """A length of time in the reader's words, as "1 day" or "3 días".

    :param unit: a code of :data:`.constants.TASK_DELAYS`
    """
    locale = babel_locale_parse(env.lang)
    return format_unit(number, f"duration-{unit.removesuffix('s')}", locale=locale)

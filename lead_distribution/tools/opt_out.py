"""Core's own pause of a membership or a team.

Newer series of Odoo may rename its field: nothing else in the code names it, and
without it nobody is paused.
"""

OPT_OUT = "assignment_optout"


def opted_out(record):
    """Whether core's pause keeps leads from a membership or a team.

    :param record: one ``crm.team.member`` or ``crm.team``
    :returns: False where there is no such field
    """
    return OPT_OUT in record._fields and bool(record[OPT_OUT])


def opt_out_in(vals):
    """Whether values to write set or end core's pause."""
    return OPT_OUT in vals


def not_opted_out(model):
    """Domain for those that core's pause does not keep leads from.

    :param model: ``crm.team.member`` or ``crm.team``
    :returns: list of terms, empty where there is no such field
    """
    return [(OPT_OUT, "=", False)] if OPT_OUT in model._fields else []

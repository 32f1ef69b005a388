"""Waking a schedule, and the notification that a button answers with."""

from odoo import fields


def trigger_cron(env, name, delay=None, at=None):
    """Let one of our schedules run soon.

    :param name: XML id of the schedule, without the module
    :param delay: timedelta from now
    :param at: naive UTC datetime, instead of the delay
    """
    at = fields.Datetime.now() + delay if delay else at
    cron_id = env["ir.model.data"]._xmlid_to_res_id(
        f"lead_distribution.{name}", raise_if_not_found=True
    )
    # sudo: whoever creates a lead may not touch crons, yet needs them to run
    cron = env["ir.cron"].sudo().browse(cron_id)
    cron.fetch(["active"])  # of all that a schedule is, this is what it is asked
    cron._trigger(at)


def notification(message, kind):
    """The action that shows a message, then reloads the view.

    :param kind: ``success``, ``info`` or ``warning``
    """
    return {
        "type": "ir.actions.client",
        "tag": "display_notification",
        "params": {
            "message": message,
            "type": kind,
            "next": {"type": "ir.actions.client", "tag": "soft_reload"},
        },
    }

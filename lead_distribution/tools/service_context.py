"""The context of the service, and all other context keys of this addon.

Keys whose value is an object cannot be pretended by a remote call: only this code
has the object.
"""

from dataclasses import dataclass

from odoo import SUPERUSER_ID
from odoo.tools import clean_context

#: what the service itself writes
SERVICE_KEY, SERVICE = "lead_distribution_service", object()
#: tasks that the service itself finishes or hands out
TASK_KEY = "lead_distribution_task"
#: leads that a person makes on screen
SCREEN_KEY, SCREEN = "lead_distribution_screen", object()
#: leads that the mail gateway makes
GATEWAY_KEY, GATEWAY = "lead_distribution_gateway", object()
#: a mail that the gateway makes a lead of; which one: ``pipeline/mail_gateway.py``
MAIL_KEY, MAIL = "lead_distribution_mail", object()
#: the lead that stays when leads are merged: its id
MASTER_KEY = "lead_distribution_merge_master"
#: the merge that is under way, a :class:`Merge`
MERGE_KEY = "lead_distribution_merge"
#: leads that are being lost, whose reason is still to come
LOSING_KEY, LOSING = "lead_distribution_losing", object()
#: what a server action does: nobody's work
AUTOMATIC_KEY = "lead_distribution_automatic"
#: what counts as the past, an object (see ``pipeline/history.py``)
HISTORY_KEY = "lead_distribution_history"
#: findings of the health check while a list of them is read, a ``Findings``
FINDINGS_KEY = "lead_distribution_findings"

#: bulk: chatter lines, followers and activities are made in blocks
SERVICE_CONTEXT = {
    SERVICE_KEY: SERVICE,
    "tracking_disable": True,
    "mail_auto_subscribe_no_notify": True,
    "mail_activity_quick_update": True,
    "mail_create_nosubscribe": True,
    "active_test": True,
}


@dataclass(frozen=True)
class Merge:
    """A merge of leads.

    :param user_id: id of who gets the lead that stays; False for who has it
    """

    user_id: int | bool


#: what makes a record's name tell more than a name, such as a contact's address
TELLING = ("show_", "display_", "partner_show_", "formatted_", "bin_size", "hide_")


def telling_nothing(context):
    """A context in which the name of a record is a name and nothing more."""
    return {key: value for key, value in context.items() if not key.startswith(TELLING)}


def is_service(records):
    """Whether ``records`` are being written by the service itself."""
    return records.env.context.get(SERVICE_KEY) is SERVICE


def as_service(records, company=None):
    """The same records with the rights that the service needs.

    It decides for salespeople, leads and companies that whoever asked may not see.
    Its log lines are the system's, not those of the visitor who filled in a form.

    :param company: ``res.company`` to work in; none leaves it as it is
    :returns: ``records`` as superuser in the service's context
    """
    # sudo: the service decides for everybody; its callers check the rights
    records = records.with_user(SUPERUSER_ID)
    if company:
        records = records.with_company(company)
    # without the defaults that whoever asked put into the context, nor what makes
    # names tell more than names
    context = telling_nothing(clean_context(records.env.context))
    context = {**context, **SERVICE_CONTEXT}
    return records.with_context(context)  # pylint: disable=context-overridden


def outside(records):
    """The same records without the service's context, for code that is not ours.

    What such code writes is a change like any other.
    """
    context = dict(records.env.context)
    for key in SERVICE_CONTEXT:
        context.pop(key, None)
    return records.with_context(context)  # pylint: disable=context-overridden


def as_task(records):
    """The same records, to be finished or handed out by the service."""
    return records.with_context(**{TASK_KEY: SERVICE})


def is_task(records):
    """Whether the service itself finishes or hands out these tasks."""
    return records.env.context.get(TASK_KEY) is SERVICE


def on_screen(records):
    """The same records, made by a person on screen."""
    return records.with_context(**{SCREEN_KEY: SCREEN})


def from_gateway(records):
    """The same records, made by the mail gateway."""
    return records.with_context(**{GATEWAY_KEY: GATEWAY})

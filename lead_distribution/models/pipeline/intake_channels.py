"""Intake: sources, mail aliases and tools that are a salesperson's own (K12)."""

from dataclasses import dataclass

from odoo import api, fields, models

from ...engine import Limits
from ...tools.service_context import as_service


@dataclass
class Owner:
    """Whether a salesperson takes the leads of their own channels now.

    :param code: what keeps them from it, or ""
    :param limits: what the hard limits still allow
    """

    code: str
    limits: Limits = None


#: what says where a lead was delivered from, or whom it is of: programs know it, and
#: tools that have the contact do not
DELIVERED = frozenset(
    {
        "campaign_id",
        "consent_purpose_ids",
        "email_from",
        "external_ref",
        "listing_id",
        "medium_id",
        "phone",
        "source_id",
        "user_id",
    }
)


class LeadDistributionIntake(models.AbstractModel):
    _inherit = "lead.distribution.intake"

    @api.model
    def _by_own_tool(self, vals, context):
        """Whether a salesperson makes a lead in one of Odoo's own tools, which is no
        form of the lead: it is theirs as if they had made it there.

        The plugins for Outlook and Gmail make it of a contact and say nothing of a
        source; ``/lead`` in a chat names the chat and who typed it. A program that
        delivers leads in a salesperson's name says more, or names no contact.

        :param vals: of a lead
        :param context: in which it is made
        """
        if self.env.su or context.get("import_file"):
            return False
        if vals.get("origin_channel_id"):
            own = vals.get("referred") == self.env.user.partner_id.name
        else:
            own = type(vals.get("partner_id")) is int and DELIVERED.isdisjoint(vals)
        return own and self.env.user.has_group("sales_team.group_sale_salesman")

    @api.model
    def _own_channel(self, vals, company, leads, intake):
        """A source, or mail alias, of a salesperson's own assigns its leads to that
        one (K12), unless a pause, an absence or a limit keeps them from leads now:
        then the lead is distributed like any other, and its explanation says so."""
        owner_id = vals.get("user_id")  # the alias's
        if not owner_id:
            default = leads.env.context.get("default_source_id")
            owners = self.env["utm.source"]._owners()
            owner_id = owners.get(vals.get("source_id") or default)
        if not owner_id or owner_id in company.lead_distribution_intake_user_ids.ids:
            return
        owner = intake.owners.get((company.id, owner_id))
        if owner is None:
            owner = self._owner_of_channel(company, owner_id)
            intake.owners[company.id, owner_id] = owner
        value = vals.get("expected_revenue")
        value = value if isinstance(value, int | float) else 0.0
        code = owner.code or owner.limits.why_not(owner_id, value)
        if code:
            vals.pop("user_id", None)
        else:
            vals["user_id"] = owner_id
            owner.limits.take(owner_id, value)
        intake.channels[id(vals)] = (owner_id, code)

    @api.model
    def _owner_of_channel(self, company, user_id):
        """Look up whether the owner of a channel can take leads.

        :returns: an :class:`Owner`, asked for once in a call, however many leads it
            makes
        """
        service = as_service(self, company)
        user = service.env["res.users"].browse(user_id).exists()
        if not user:
            return Owner("archived")
        now = fields.Datetime.now()
        code = (
            service.env["lead.distribution.candidates"]
            ._excluded(company, user)
            .get(user.id)
        )
        if not code and user._lead_absent_at(now):
            code = "absent"
        if code:
            return Owner(code)
        candidates = service.env["lead.distribution.candidates"]
        return Owner("", Limits(candidates._persons(company, user, {}, now)))

    @api.model
    def _note_channels(self, fresh, intake):
        """Kept on the leads: on those that were assigned for the limits, on the others
        until they are assigned, for the explanation."""
        if not intake.channels:
            return
        came_by = {}
        for lead, vals in zip(fresh, intake.to_create, strict=True):
            if id(vals) in intake.channels:
                came_by.setdefault(intake.channels[id(vals)], []).append(lead.id)
        leads = as_service(self).env["crm.lead"]
        for channel, ids in came_by.items():
            leads.browse(ids).write({"distribution_own_channel": list(channel)})

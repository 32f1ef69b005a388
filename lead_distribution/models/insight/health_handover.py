"""Health check: what people still have who are gone (P6)."""

from odoo import api, models

from ...tools.constants import OPEN_LEAD
from .health_finding import Finding

HANDOVER = "lead_distribution.lead_distribution_handover_action"
#: so many people are told, those first who have most
MOST = 10


class LeadDistributionHealthChecks(models.AbstractModel):
    _inherit = "lead.distribution.health.checks"

    @api.model
    def _health_checks(self):
        return [*super()._health_checks(), "left"]

    @api.model
    def _health_left(self, setup):
        """Archived people, and those away without an end, with leads or customers."""
        gone = self._health_gone(setup)
        has = {}
        for model, domain in (
            (
                "crm.lead",
                [
                    ("company_id", "in", [False, setup.company.id]),
                    *OPEN_LEAD,
                ],
            ),
            ("res.partner", [("company_id", "in", [False, setup.company.id])]),
        ):
            found = self.env[model]._read_group(
                [("user_id", "in", gone.ids), *domain], ["user_id"], ["__count"]
            )
            for user, count in found:
                has.setdefault(user, {})[model] = count
        for user in sorted(has, key=lambda u: -sum(has[u].values()))[:MOST]:
            _ = self.env._
            values = {
                "user": user.name,
                "leads": has[user].get("crm.lead", 0),
                "customers": has[user].get("res.partner", 0),
            }
            text = (
                _(
                    "%(user)s is absent without an end date and still has open leads "
                    "(%(leads)s) and customers (%(customers)s): hand them over.",
                    **values,
                )
                if user.active
                else _(
                    "%(user)s is archived and still has open leads (%(leads)s) and "
                    "customers (%(customers)s): hand them over.",
                    **values,
                )
            )
            yield Finding(
                "left",
                "warning",
                text,
                setup.company,
                action=HANDOVER,
                context={"default_user_id": user.id},
            )

    @api.model
    def _health_gone(self, setup):
        """Find who of a company is archived, or away without an end."""
        users = self.env["res.users"].with_context(active_test=False)
        archived = users.search(
            [
                ("active", "=", False),
                ("share", "=", False),
                ("company_ids", "in", setup.company.ids),
            ]
        )
        absences = self.env["lead.distribution.absence"].search(
            [
                ("current", "=", True),
                ("date_to", "=", False),
                ("user_id.company_ids", "in", setup.company.ids),
            ]
        )
        return archived | absences.user_id

"""Leads that are reported: the buttons, and what is shown of it (P8)."""

from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmLead(models.Model):
    _inherit = "crm.lead"

    can_be_reported = fields.Boolean(
        compute="_compute_reported",
        groups="base.group_user",
        help="Whether it is the reader's, open, and not reported by them yet.",
    )
    reported_text = fields.Char(
        string="Reported",
        compute="_compute_reported",
        groups="base.group_user",
        help="Reported leads without a decision, visible to the reporter and to "
        "managers.",
    )

    @api.depends("user_id", "active", "won_status")
    @api.depends_context("uid", "lang")
    def _compute_reported(self):
        model, env = self.env["lead.distribution.reported"], self.env
        words = env["lead.distribution.reports"]
        reports = model
        if model.has_access("read") and model._in_use():
            reports = model.search(
                [("lead_id", "in", self.ids), ("state", "=", "open")]
            )
        by_lead = reports.grouped("lead_id")
        for lead in self:
            found = by_lead.get(lead._origin, model)
            mine = found.filtered(lambda report: report.user_id == env.user)
            lead.can_be_reported = (
                model.has_access("read")
                and bool(lead._origin)
                and lead.user_id == env.user
                and lead.active
                and lead.won_status == "pending"
                and not mine
            )
            lead.reported_text = ", ".join(
                words._line(report, env)
                + (f" ({report.reason})" if report.reason else "")
                for report in found
            )

    def action_report(self, kind, reason=False):
        """Report leads of one's own as not real, or as not one's own.

        :param kind: ``not_real`` or ``not_mine``
        :param reason: why, in the salesperson's words, if they say so
        :returns: a text that says what was done
        :raises UserError: for a lead of somebody else, one that is closed, and one that
            is reported already
        """
        leads = self.browse(self.ids).exists()
        reports = self.env["lead.distribution.reports"]
        reports._check_reportable(leads)
        if kind not in ("not_real", "not_mine"):
            raise UserError(self.env._("A lead is reported as not real, or not yours."))
        reason = self.env["lead.distribution.reported"]._answer(reason)
        reports._report(leads, kind, reason or False)
        return self.env._("Reported. A manager decides, and you are notified.")

    def action_ask_not_real(self):
        """Ask why these leads are not real; whoever knows none leaves it empty.

        :returns: the action that asks
        """
        return self._ask_report("not_real", self.env._("Not a Real Lead"))

    def action_ask_not_mine(self):
        """Ask why these leads are somebody else's; whoever knows none leaves it empty.

        :returns: the action that asks
        """
        return self._ask_report("not_mine", self.env._("Not My Lead"))

    def _ask_report(self, kind, title):
        leads = self.browse(self.ids).exists()
        reports = self.env["lead.distribution.reports"]
        reports._check_reportable(leads)
        return reports._ask(
            leads, "action_report", title, self.env._("Why? (optional)"), args=[kind]
        )

    def action_open_reported(self):
        """Open the reports of this lead that are not decided yet.

        :returns: the action of the list
        """
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "lead_distribution.lead_distribution_reported_action"
        )
        return dict(action, domain=[("lead_id", "=", self.id)], context={})

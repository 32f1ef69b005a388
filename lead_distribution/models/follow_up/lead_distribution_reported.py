"""Leads that salespeople report as not real or not theirs (P8)."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import ormcache

from ...tools.service_context import is_service

KINDS = [("not_real", "Not Real"), ("not_mine", "Wrong Salesperson")]


class LeadDistributionReported(models.Model):
    """A report of a salesperson, and what a manager said to it.

    Made and decided by :class:`.reported.LeadDistributionReports` alone: nobody has
    more than read access.
    """

    _name = "lead.distribution.reported"
    _description = "Reported Lead"
    _order = "id desc"
    _rec_name = "lead_id"

    lead_id = fields.Many2one(
        "crm.lead", required=True, index=True, ondelete="cascade", readonly=True
    )
    user_id = fields.Many2one(
        "res.users",
        string="Reported by",
        index=True,
        ondelete="set null",
        readonly=True,
    )
    kind = fields.Selection(KINDS, required=True, readonly=True)
    reason = fields.Char(string="Why", readonly=True)
    date = fields.Datetime(required=True, readonly=True)
    state = fields.Selection(
        [("open", "Open"), ("accepted", "Accepted"), ("refused", "Refused")],
        required=True,
        default="open",
        readonly=True,
    )
    result = fields.Selection(
        [
            ("remove", "Lead removed"),
            ("redistribute", "Distributed again"),
            ("moved", "Assigned to somebody else in the meantime: unchanged"),
            ("closed", "Closed in the meantime: unchanged"),
        ],
        string="The Lead",
        readonly=True,
    )
    answer = fields.Char(readonly=True)
    by_user_id = fields.Many2one(
        "res.users", string="Decided by", ondelete="set null", readonly=True
    )
    date_decided = fields.Datetime(string="Decided on", readonly=True)
    assignment_id = fields.Many2one(
        "lead.distribution.assignment",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
    )
    correction_id = fields.Many2one(
        "lead.distribution.assignment",
        string="Given back by",
        ondelete="set null",
        readonly=True,
    )
    activity_id = fields.Many2one("mail.activity", ondelete="set null", readonly=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, ondelete="cascade", readonly=True
    )

    _open_uniq = models.UniqueIndex(
        "(lead_id, user_id) WHERE state = 'open'",
        "You have reported this lead already.",
    )
    _not_mine_idx = models.Index(
        "(lead_id) WHERE kind = 'not_mine' AND state = 'accepted'"
    )

    @api.model
    @ormcache()
    def _in_use(self):
        """Whether anything was ever reported: until then nobody has to look."""
        # sudo: whether there is any report, whoever's
        return bool(self.sudo().search_count([], limit=1))

    @api.model_create_multi
    def create(self, vals_list):
        if not is_service(self):
            raise AccessError(
                self.env._("Leads are reported by the buttons of the lead only.")
            )
        first = not self._in_use()
        reports = super().create(vals_list)
        if first:
            self.env.registry.clear_cache()
        return reports

    def action_accept(self, answer=False):
        """Accept reports: the units go back to who reported, and the lead is removed or
        distributed again, without them.

        :param answer: what the salesperson reads, if anything
        :returns: a text that says what was done
        :raises AccessError: for everybody but managers of distribution
        :raises UserError: for a report that was decided already
        """
        reports = self._to_decide()
        return self.env["lead.distribution.reports"]._accept(
            reports, self._answer(answer)
        )

    def action_refuse(self, answer):
        """Refuse reports: the leads stay where they are.

        :param answer: why, for the salesperson
        :returns: a text that says what was done
        :raises AccessError: for everybody but managers of distribution
        :raises UserError: without an answer, or for one that was decided already
        """
        reports = self._to_decide()
        answer = self._answer(answer)
        if not answer:
            raise UserError(self.env._("Enter a reason. The salesperson can read it."))
        return self.env["lead.distribution.reports"]._refuse(reports, answer)

    def action_ask_accept(self):
        """Ask for the answer to reports that are accepted.

        :returns: the action that asks
        """
        reports = self._to_decide()
        ask = self.env["lead.distribution.reports"]._ask
        return ask(
            reports,
            "action_accept",
            self.env._("Accept"),
            self.env._("Answer to the salesperson (optional)"),
        )

    def action_ask_refuse(self):
        """Ask for the answer to reports that are refused.

        :returns: the action that asks
        """
        reports = self._to_decide()
        ask = self.env["lead.distribution.reports"]._ask
        return ask(
            reports,
            "action_refuse",
            self.env._("Refuse"),
            self.env._("Why? The salesperson can read it"),
            required=True,
        )

    def _to_decide(self):
        """Check that the current user may decide these.

        :returns: those that are there
        """
        reports = self.browse(self.ids).exists()
        if not self.env.su and not self.env.user.has_group(
            "lead_distribution.group_manager"
        ):
            raise AccessError(
                self.env._(
                    "Only managers of distribution can decide on reported leads."
                )
            )
        reports.check_access("read")
        if reports.filtered(lambda report: report.state != "open"):
            raise UserError(
                self.env._("A decision on this reported lead has already been made.")
            )
        return reports

    @api.model
    def _answer(self, text):
        """Return what somebody typed, without blanks around it, and not too long."""
        return text.strip()[:500] if isinstance(text, str) else ""

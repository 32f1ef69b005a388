"""Runs that are undone (B4)."""

from odoo import api, fields, models

from ...tools.scheduling import notification


class LeadDistributionRun(models.Model):
    _inherit = "lead.distribution.run"

    rule_is_on = fields.Boolean(compute="_compute_rule_is_on")

    @api.depends("rule_id")
    def _compute_rule_is_on(self):
        for run in self:
            # sudo: whether a rule of the run's company is on
            run.rule_is_on = run.sudo().rule_id.active

    def action_undo(self, redistribute=False):
        """Revert what this batch did with the leads that nobody touched since: the
        salesperson, the stage, a done activity, a message of a person.

        :param redistribute: whether leads that were nobody's before are distributed
            again; else they stay in the pool
        :returns: the number of leads and customers reverted, many of them in the
            background
        :raises AccessError: for who is neither manager of the distribution nor leader
            of the leads' teams
        :raises UserError: when somebody has worked on all of it since
        """
        return self.env["lead.distribution.undo.service"]._undo(self, redistribute)

    def action_stop_undo(self):
        """Stop an undo in the background after the block that is under way; what went
        back stays back, the rest stays as it is.

        :returns: the action that says how far it came, and reloads what is behind
        :raises AccessError: for who may not undo it
        :raises UserError: when none is under way
        """
        self.ensure_one()
        self.check_access("read")
        self.env["lead.distribution.undo.service"]._stop(self)
        message = self.env._(
            "Stopped. Taken back: %(done)s of %(total)s; the rest stays as it is.",
            done=self.undone_count,
            total=self.undo_total,
        )
        return notification(message, "info")

    def action_ask_undo(self):
        """Ask before this run is undone."""
        self.env["lead.distribution.undo.service"]._check_undo(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Undo"),
            "res_model": "lead.distribution.undo",
            "view_mode": "form",
            "target": "new",
            "context": {"default_run_id": self.id},
        }

"""Tasks of leads."""

from odoo import fields, models

from ...tools.service_context import LOSING, LOSING_KEY
from .task_closing import may_end


class CrmLead(models.Model):
    _inherit = "crm.lead"

    # tasks: activities, those done included
    lead_task_ids = fields.One2many(
        "mail.activity",
        "res_id",
        string="Tasks",
        domain=[("res_model", "=", "crm.lead")],
        context={"active_test": False},
        bypass_search_access=True,
        groups="base.group_user",
    )

    def _after_intake(self, intake):
        result = super()._after_intake(intake)
        self.env["lead.distribution.processes"]._trigger("lead", self)
        return result

    def _before_write(self, change):
        losing = self.env.context.get(LOSING_KEY) is LOSING
        if not losing and may_end(change.vals):
            tasks = self.env["lead.distribution.tasks"]
            change.kept["standing"] = tasks._standing(self)
        return super()._before_write(change)

    def _after_write(self, change):
        result = super()._after_write(change)
        if "standing" in change.kept:
            tasks = self.env["lead.distribution.tasks"]
            tasks._close_ended(change.kept["standing"])
        Activity = self.env["mail.activity"]
        # what a lead's company follows from
        moved = not {"company_id", "partner_id", "team_id", "user_id"}.isdisjoint(
            change.vals
        )
        if moved and Activity._lead_any("lead_team_id"):
            # sudo: the departments' tasks go with the lead, whoever moves it
            tasks = Activity.sudo().search(
                [
                    ("res_model", "=", "crm.lead"),
                    ("res_id", "in", self.ids),
                    ("lead_team_id", "!=", False),
                ]
            )
            self.env.add_to_compute(Activity._fields["lead_company_id"], tasks)
        return result

    def action_set_lost(self, **additional_values):
        # archived first, and the reason written afterwards: closed when it is known
        tasks = self.env["lead.distribution.tasks"]
        before = tasks._standing(self)
        leads = self.with_context(**{LOSING_KEY: LOSING})
        result = super(CrmLead, leads).action_set_lost(**additional_values)
        tasks._close_ended(before)
        return result

    def _merge_dependences(self, opportunities):
        self.env["lead.distribution.tasks"]._close_merged(self, opportunities)
        return super()._merge_dependences(opportunities)

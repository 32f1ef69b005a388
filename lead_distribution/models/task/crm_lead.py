"""Tasks of leads."""

from odoo import fields, models


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

    def _after_intake(self):
        result = super()._after_intake()
        self.env["lead.distribution.processes"]._trigger("lead", self)
        return result

    def _after_write(self, change):
        result = super()._after_write(change)
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

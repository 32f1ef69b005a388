"""Tasks of departments follow the company of their lead."""

from odoo import models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    def write(self, vals):
        result = super().write(vals)
        Activity = self.env["mail.activity"]
        # what a lead's company follows from
        moved = not {"company_id", "partner_id", "team_id", "user_id"}.isdisjoint(vals)
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

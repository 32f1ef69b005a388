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

from odoo import api, models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    @api.private  # the website calls it, with its request
    def website_form_input_filter(self, request, values):
        # whom the form itself names is no default of core's, nor whom a visitor does
        chosen = self.env["lead.distribution.website.form"]._is_chosen(
            request, values.get("user_id")
        )
        values = super().website_form_input_filter(request, values)
        return self.env["lead.distribution.website.form"]._form_values(
            request, values, chosen
        )

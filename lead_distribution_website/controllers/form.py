from odoo.http import request

from odoo.addons.website_crm.controllers.website_form import WebsiteForm


class LeadDistributionWebsiteForm(WebsiteForm):
    def extract_data(self, model_sudo, values):
        if model_sudo.model == "crm.lead":
            values = request.env["lead.distribution.website.form"]._form_references(
                request, values
            )
        return super().extract_data(model_sudo, values)

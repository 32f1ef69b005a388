from odoo import models
from odoo.http import request


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _register_website_track(cls, response):
        result = super()._register_website_track(response)
        request.env["lead.distribution.website.visit"]._page_opened(request, response)
        return result

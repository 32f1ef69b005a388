from lxml import etree
from markupsafe import Markup

from odoo import api, models

from .form_signature import sign_forms


class IrQweb(models.AbstractModel):
    _inherit = "ir.qweb"

    def _get_template(self, template):
        element, document, ref = super()._get_template(template)
        if self.env.context.get("website_id"):
            # sudo: the secret that is signed with
            sign_forms(element, self.sudo().env)
        return element, document, ref


class IrQwebFieldHtml(models.AbstractModel):
    _inherit = "ir.qweb.field.html"

    @api.model
    def value_to_html(self, value, options):
        result = super().value_to_html(value, options)
        if result and "<form" in result and 'name="user_id"' in result:
            # the way Odoo signs them
            body = etree.fromstring(f"<body>{result}</body>", etree.HTMLParser())[0]
            # sudo: the secret that is signed with
            sign_forms(body, self.sudo().env)
            html = etree.tostring(body, encoding="unicode", method="html")
            result = Markup(html.removeprefix("<body>").removesuffix("</body>"))
        return result

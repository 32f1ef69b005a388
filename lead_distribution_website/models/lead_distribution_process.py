from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import ormcache

from .website_visit import Page, parts_of, without_language


class LeadDistributionProcess(models.Model):
    _inherit = "lead.distribution.process"

    trigger = fields.Selection(
        selection_add=[("page", "A known visitor opens a page")],
        ondelete={"page": "cascade"},
    )
    page_url = fields.Char(
        string="Address",
        help="Such as /courses or /shop/checkout. The part before the path can be "
        "left out.",
    )
    page_match = fields.Selection(
        [("exact", "Is exactly this"), ("prefix", "Starts with this")],
        string="The Address",
        default="exact",
        required=True,
    )
    page_parameters = fields.Selection(
        [
            ("ignore", "Without its parameters"),
            ("same", "With the parameters written in it"),
        ],
        string="Compared",
        default="ignore",
        required=True,
        help="Without: the parameters of the address, such as those of advertising, "
        "do not matter. With: the address must have the parameters written here; "
        "others do not matter.",
    )
    website_id = fields.Many2one(
        "website", ondelete="cascade", help="Empty: all websites of the company."
    )

    page_makes_lead = fields.Boolean(
        string="A Lead for Known Contacts",
        help="Contacts who open the page and have no open lead get one. It is "
        "distributed like any other lead; then the task starts.",
    )

    @api.constrains("trigger", "page_url", "page_parameters")
    def _check_page_url(self):
        _ = self.env._
        for process in self.filtered(lambda x: x.trigger == "page"):
            path, parameters = parts_of((process.page_url or "").strip())
            if not path.startswith("/"):
                raise ValidationError(
                    _(
                        "Process “%s”: enter the address of the page, such as "
                        "/courses.",
                        process.name,
                    )
                )
            if process.page_parameters == "same" and not parameters:
                raise ValidationError(
                    _(
                        "Process “%s”: the address has no parameters to compare, such "
                        "as in /courses?level=2.",
                        process.name,
                    )
                )

    @api.constrains("company_id", "website_id")
    def _check_website(self):
        for process in self.filtered(lambda x: x.company_id and x.website_id):
            # sudo: of which company the website is, to compare
            if process.website_id.sudo().company_id != process.company_id:
                # sudo: of which company the website is, to compare
                raise ValidationError(
                    self.env._(
                        "Process “%(process)s”: %(who)s does not belong to "
                        "%(company)s.",
                        process=process.name,
                        who=process.website_id.sudo().name,
                        company=process.company_id.name,
                    )
                )

    @api.depends("page_url", "page_match", "page_makes_lead")
    def _compute_summary(self):
        return super()._compute_summary()

    def _describe_trigger(self):
        if self.trigger != "page" or not self.page_url:
            return super()._describe_trigger()
        _ = self.env._
        text = _("A known visitor opens %s", self.page_url)
        if self.page_match == "prefix":
            text = _("A known visitor opens a page that starts with %s", self.page_url)
        if self.page_makes_lead:
            text = _("%s, and gets a lead where they have none", text)
        return text

    def _origin_code(self):
        return "page" if self.trigger == "page" else super()._origin_code()

    @api.model
    @ormcache("website_id", "company_id")
    def _pages(self, website_id, company_id):
        """:returns: a :class:`Page` for each process that a page of this website sets
        off; from memory, since every visited page asks for it"""
        processes = self.sudo().search(  # sudo: visitors see no processes
            [
                ("trigger", "=", "page"),
                ("website_id", "in", [False, website_id]),
                ("company_id", "in", [False, company_id]),
            ]
        )
        pages = []
        for process in processes.filtered("page_url"):
            path, parameters = parts_of(process.page_url.strip())
            pages.append(
                Page(
                    process.id,
                    without_language(self.env, path),
                    parameters,
                    process.page_match == "prefix",
                    process.page_parameters == "same",
                    process.page_makes_lead,
                )
            )
        return tuple(pages)

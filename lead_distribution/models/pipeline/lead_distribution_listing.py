"""Who of a listing can receive leads."""

from markupsafe import Markup

from odoo import api, fields, models


class LeadDistributionListing(models.Model):
    _inherit = "lead.distribution.listing"

    receivers = fields.Html(
        string="Available Salespeople",
        compute="_compute_receivers",
        sanitize=False,
        help="Which of the contact persons can receive leads, and why the others "
        "cannot.",
    )

    @api.depends("contact_ids.user_ids.active", "date_from", "date_to", "active")
    @api.depends_context("lang", "company", "uid", "allowed_company_ids")
    def _compute_receivers(self):
        service, _ = self.env["lead.distribution"], self.env._
        known = service.env["lead.distribution.explanation"]._known_people()
        for listing in self:
            company = listing.company_id or self.env.company
            lines = []
            for candidate_id, user, code in service.env[
                "lead.distribution.candidates"
            ]._listing_candidates(company, listing, fields.Datetime.now()):
                code = code or service.env["lead.distribution.candidates"]._excluded(
                    company, user
                ).get(user.id)
                name = (
                    service.env["lead.distribution.filters"]._name_of(
                        "res.users", user.id
                    )
                    if user
                    else service.env["lead.distribution.filters"]._name_of(
                        "res.partner", -candidate_id
                    )
                )
                lines.append(
                    Markup("<li>%s: <span class='%s'>%s</span></li>")
                    % (
                        name,
                        "text-danger" if code else "text-success",
                        service.env["lead.distribution.explanation"]._why_not_told(
                            code, user.id, known
                        )
                        if code
                        else _("can receive leads"),
                    )
                )
            listing.receivers = (
                Markup("<ul class='mb-0'>%s</ul>") % Markup("").join(lines)
                if lines
                else False
            )

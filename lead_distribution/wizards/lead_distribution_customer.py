from markupsafe import Markup, escape

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.i18n import format_list

from ..engine.identity import words_of
from ..engine.text import LINE

#: of the lead, and of the customer that is made from it
PREFILLED = {
    "contact_name": "name",
    "partner_name": "company_name",
    "email_from": "email",
    "phone": "phone",
    "function": "function",
    "street": "street",
    "zip": "zip",
    "city": "city",
    "country_id": "country_id",
    "description": "comment",
}
#: from this likeness on a new customer is warned of
WORTH_A_WARNING = 0.5
#: kept on the lead, where the customer shows them
OF_THE_LEAD = ("source_id", "listing_id", "consent_purpose_ids")


class LeadDistributionCustomer(models.TransientModel):
    """Which customer a lead belongs to: one of those that match, or a new one. For a
    lead that has a customer: whether it is the wrong one, and whose it is instead."""

    _name = "lead.distribution.customer"
    _description = "Assign Lead to Customer"
    _inherit = "lead.distribution.guard"

    lead_id = fields.Many2one("crm.lead", required=True, readonly=True)
    customer_id = fields.Many2one("res.partner", string="Customer now", readonly=True)
    company_id = fields.Many2one(
        related="lead_id.company_id", string="Company of the Lead"
    )
    preview = fields.Html(compute="_compute_preview", sanitize=False)
    reason = fields.Char(string="Why", size=500)
    redistribute = fields.Selection(
        [
            ("keep", "The lead stays with its salesperson"),
            ("again", "The lead is distributed again"),
        ],
        string="Afterwards",
        default="keep",
        required=True,
    )
    line_ids = fields.One2many(
        "lead.distribution.customer.line", "wizard_id", string="Matching Customers"
    )
    no_match = fields.Char(compute="_compute_no_match")
    notify = fields.Boolean(
        string="Notify the customer's salesperson",
        default=True,
        help="The salesperson of the chosen customer gets a message.",
    )
    best_id = fields.Many2one(
        "res.partner", string="Best Match", compute="_compute_best"
    )
    best = fields.Char(
        compute="_compute_best", help="The customer that matches the form best."
    )
    other_id = fields.Many2one(
        "res.partner",
        string="Another Customer",
        domain="[('company_id', 'in', [False, company_id])]",
        help="A customer that is not in the list.",
    )
    contact_name = fields.Char()
    partner_name = fields.Char(string="Company Name")
    email_from = fields.Char(string="Email")
    phone = fields.Char()
    function = fields.Char(string="Job Position")
    street = fields.Char()
    zip = fields.Char(string="ZIP")
    city = fields.Char()
    country_id = fields.Many2one("res.country")
    description = fields.Html(string="Notes")
    source_id = fields.Many2one("utm.source")
    listing_id = fields.Many2one("lead.distribution.listing")
    consent_purpose_ids = fields.Many2many(
        "lead.distribution.consent.purpose",
        "lead_distribution_customer_consent_rel",
        "wizard_id",
        "purpose_id",
        string="Consents",
    )

    @api.model_create_multi
    def create(self, vals_list):
        wizards = super().create(vals_list)
        wizards.lead_id.check_access("write")
        return wizards

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        lead = self.env["crm.lead"].browse(values.get("lead_id", [])).exists()
        if not lead:
            return values
        lead.check_access("write")
        links = self.env["lead.distribution.customer.link"]
        for name in OF_THE_LEAD:
            if lead[name]:
                values[name] = lead._fields[name].convert_to_write(lead[name], lead)
        values.update(links._prefilled_customer(lead, PREFILLED))
        values["customer_id"] = lead.partner_id.id
        values["line_ids"] = [
            fields.Command.create(
                {
                    "partner_id": match.partner_id,
                    "score": round(100 * match.score),
                    "by": ",".join(match.by),
                }
            )
            for match in links._customer_matches(lead)
            if match.partner_id != lead.partner_id.id
        ]
        return values

    @api.depends("lead_id")
    def _compute_no_match(self):
        """Name what was looked for, no more than what the lead has."""
        _ = self.env._
        for wizard in self:
            lead = wizard.lead_id
            asked = [
                word
                for word, there in (
                    (_("email"), lead.email_normalized),
                    (_("phone"), lead.phone_sanitized or lead.phone),
                    (_("name"), lead.contact_name or lead.partner_name),
                )
                if there
            ]
            wizard.no_match = (
                _("No customer has this %s.", format_list(self.env, asked, "or"))
                if asked
                else _("The lead has no email, phone or name to look for.")
            )

    @api.depends("contact_name", "partner_name", "email_from", "phone", "lead_id")
    def _compute_best(self):
        """G6: who it may be that is about to be created once more, by what the form
        says now."""
        links = self.env["lead.distribution.customer.link"]
        for wizard in self:
            matches = links._matches_of(
                wizard.lead_id._origin,
                wizard.contact_name or wizard.partner_name,
                wizard.email_from,
                wizard.phone,
            )
            matches = [m for m in matches if m.partner_id != wizard.customer_id.id]
            best = (
                matches[0] if matches and matches[0].score >= WORTH_A_WARNING else None
            )
            wizard.best_id = best.partner_id if best else False
            wizard.best = links._tell_match(best) if best else False

    @api.depends("lead_id")
    def _compute_preview(self):
        for wizard in self:
            lead = wizard.lead_id
            told = (
                self.env["lead.distribution.customer.link"]._may_unlink_customer()
                and lead.has_access("write")
                and lead.partner_id
            )
            wizard.preview = (
                self.env["lead.distribution.customer.link"]._unlink_preview(lead)
                if told
                else False
            )

    # what is chosen ----------------------------------------------------------

    def _check_still_there(self):
        """Check that nobody linked the lead meanwhile.

        :raises UserError: when somebody was faster
        """
        lead = self.lead_id
        if lead.partner_id and lead.partner_id != self.customer_id:
            # sudo: who tied it, and the customer's name, for whoever was too late
            self.env["lead.distribution.customer.link"]._check_no_customer(lead.sudo())

    def _after(self):
        lead = self.lead_id
        if not lead.with_env(self.env).has_access("read"):
            # handed out to somebody else, whose it is now
            return {"type": "ir.actions.client", "tag": "home"}
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_unlink(self):
        """Only take the lead off its customer.

        :returns: the action that closes the wizard
        """
        self.ensure_one()
        self._check_still_there()
        self.lead_id.action_unlink_customer(
            redistribute=self.redistribute == "again", reason=self.reason
        )
        return self._after()

    def _select(self, partner):
        self._tie(lambda lead: lead.action_link_customer(partner.id, self.notify))
        return self._after()

    def _tie(self, tie):
        """Off the wrong customer, to the right one, and only then handed out, so that
        the right customer's salesperson comes first."""
        lead = self.lead_id
        self._check_still_there()
        if self.customer_id:
            lead.action_unlink_customer(reason=self.reason)
        tie(lead)
        if self.customer_id and self.redistribute == "again":
            self.env["lead.distribution.customer.link"]._hand_out_relinked(lead)

    def action_select_other(self):
        """Link to the customer that was looked up.

        :returns: the action that closes the wizard
        """
        self.ensure_one()
        if not self.other_id:
            raise UserError(self.env._("Choose the customer."))
        return self._select(self.other_id)

    def action_select_best(self):
        """Link to the customer that matches best, instead of making another one.

        :returns: the action that closes the wizard
        """
        self.ensure_one()
        if not self.best_id:
            raise UserError(self.env._("Choose the customer."))
        return self._select(self.best_id)

    def action_create(self):
        """Make a customer of what the form says.

        :returns: the action that closes the wizard
        """
        self.ensure_one()
        values = {
            PREFILLED[name]: self._fields[name].convert_to_write(self[name], self)
            for name in PREFILLED
            if name not in ("contact_name", "partner_name")
        }
        if not str(self.email_from or "").strip() and not str(self.phone or "").strip():
            raise UserError(
                self.env._("A customer needs an email address or a phone number.")
            )
        said = {name: self[name] for name in ("contact_name", "partner_name")}
        of_the_lead = {
            name: self._fields[name].convert_to_write(self[name], self)
            for name in OF_THE_LEAD
            if self[name] != self.lead_id[name]
        }

        def tie(lead):
            # core makes the contact, and its company, of what the lead says
            lead.write({**said, **of_the_lead})
            lead.action_convert_customer(values)

        self._tie(tie)
        return self._after()


class LeadDistributionCustomerLine(models.TransientModel):
    """A customer that matches, and by what."""

    _name = "lead.distribution.customer.line"
    _description = "Matching Customer"
    _inherit = "lead.distribution.guard"
    _order = "score desc, id"

    wizard_id = fields.Many2one("lead.distribution.customer", ondelete="cascade")
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    score = fields.Integer(string="Match %", readonly=True)
    by = fields.Char(readonly=True)
    matched = fields.Html(compute="_compute_matched", sanitize=False)
    user_id = fields.Many2one(
        related="partner_id.user_id", string="Salesperson", related_sudo=False
    )
    lead_count = fields.Integer(
        related="partner_id.related_lead_count", string="Leads", related_sudo=False
    )

    @api.depends("partner_id", "by")
    def _compute_matched(self):
        """What agrees is marked."""
        for line in self:
            partner, by = line.partner_id, (line.by or "").split(",")
            lead = line.wizard_id.lead_id
            asked = set(words_of(lead.contact_name or lead.partner_name or ""))
            name = Markup(" ").join(
                Markup("<mark>%s</mark>") % word
                if "name" in by and asked & set(words_of(word))
                else escape(word)
                for word in (partner.display_name or "")[:LINE].split()
            )
            parts = [name]
            for kind, text in (
                ("email", partner.email),
                ("phone", partner.phone),
                ("vat", partner.vat),
            ):
                if text:
                    shown = escape(text)
                    parts.append(
                        Markup("<mark>%s</mark>") % shown if kind in by else shown
                    )
            line.matched = Markup(" · ").join(parts)

    def action_select(self):
        """Link the lead to this customer.

        :returns: the action that closes the wizard
        """
        self.ensure_one()
        return self.wizard_id._select(self.partner_id)

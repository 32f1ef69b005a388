from markupsafe import Markup

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

#: what is typed in, by the names of the lead's own fields
TYPED = (
    "name",
    "contact_name",
    "email_from",
    "phone",
    "partner_id",
    "source_id",
    "listing_id",
    "tag_ids",
    "country_id",
    "state_id",
    "zip",
    "lang_id",
    "team_id",
    "priority",
    "expected_revenue",
    "description",
)


class LeadDistributionTry(models.TransientModel):
    """Who would get this lead? A lead, or what one would say, and a moment; answered as
    it is filled in. Not even the dialog itself is written."""

    _name = "lead.distribution.try"
    _description = "Who Would Get This Lead?"
    _inherit = "lead.distribution.guard"

    kind = fields.Selection(
        [("lead", "An existing lead"), ("values", "A new lead")],
        string="Test with",
        default="lead",
        required=True,
    )
    lead_id = fields.Many2one("crm.lead", ondelete="cascade")
    moment = fields.Datetime(
        help="When it arrives, or is distributed. Empty: now.",
    )
    name = fields.Char(string="Subject")
    contact_name = fields.Char()
    email_from = fields.Char(string="Email")
    phone = fields.Char()
    partner_id = fields.Many2one("res.partner", string="Customer", ondelete="cascade")
    source_id = fields.Many2one("utm.source", ondelete="cascade")
    listing_id = fields.Many2one("lead.distribution.listing", ondelete="cascade")
    tag_ids = fields.Many2many("crm.tag", string="Tags")
    country_id = fields.Many2one("res.country", ondelete="cascade")
    state_id = fields.Many2one(
        "res.country.state",
        domain="[('country_id', '=?', country_id)]",
        ondelete="cascade",
    )
    zip = fields.Char(string="Postcode")
    lang_id = fields.Many2one("res.lang", string="Language", ondelete="cascade")
    team_id = fields.Many2one("crm.team", string="Sales Team", ondelete="cascade")
    priority = fields.Selection(
        lambda self: self.env["crm.lead"]._fields["priority"].selection,
        string="Stars",
    )
    expected_revenue = fields.Float()
    description = fields.Text(string="Message")
    route_id = fields.Many2one(
        "lead.distribution.route", string="Edited Route", ondelete="cascade"
    )
    edited = fields.Json(help="Unsaved changes of the route.")
    answer = fields.Html(compute="_compute_answer", sanitize=False)

    @api.depends("kind", "lead_id", "moment", "route_id", "edited", *TYPED)
    @api.depends_context("lang", "uid", "allowed_company_ids")
    def _compute_answer(self):
        for wizard in self:
            wizard.answer = wizard._answer()

    def _asked(self):
        """Return what ``who_would_get`` is asked, or None while there is nothing."""
        self.ensure_one()
        if self.kind == "lead":
            return {"lead_id": self.lead_id._origin.id} if self.lead_id else None
        values = {}
        for name in TYPED:
            value = self[name]
            if not value:
                continue
            if isinstance(value, models.BaseModel):
                ids = value._origin.ids
                if not ids:
                    continue
                many = self._fields[name].type == "many2many"
                values[name] = [Command.set(ids)] if many else ids[0]
            else:
                values[name] = value
        return {"values": values} if values else None

    def _answer(self):
        asked = self._asked()
        if asked is None:
            return False
        asked["at"] = self.moment
        Route = self.env["lead.distribution.route"]
        try:
            if not self.edited:
                return Markup(Route.who_would_get(**asked)["explanation"])
            found = Route.what_would_change(
                self.route_id._origin.id, self.edited, **asked
            )
        except (AccessError, UserError) as error:
            return Markup("<p class='text-danger'>%s</p>") % str(error)
        _ = self.env._
        saved, edited = (
            Markup("<div class='col-lg-6'><h3>%s</h3>%s</div>")
            % (title, Markup(found[key]["explanation"]))
            for key, title in (("saved", _("As saved")), ("edited", _("As edited")))
        )
        change = (
            _("Nothing changes for this lead.")
            if found["same"]
            else _("The change moves this lead.")
        )
        side = "lead_muted" if found["same"] else "text-warning-emphasis"
        return Markup("<p class='lead %s'>%s</p><div class='row'>%s%s</div>") % (
            f"lead_distribution_change {side}",
            change,
            saved,
            edited,
        )

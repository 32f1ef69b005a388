from datetime import datetime, timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import ormcache


class LeadDistributionAbsence(models.Model):
    """A time in which a salesperson receives no leads from routes that skip the
    absent. Without an end it lasts until somebody ends it (the switch on the
    user). The reason is private to the salesperson and the managers. A deputy takes the
    leads of the customers of who is away (P6)."""

    _name = "lead.distribution.absence"
    _description = "Lead Absence"
    _inherit = ["lead.distribution.guard", "lead.distribution.kept"]
    _order = "date_from desc, id desc"
    _rec_name = "user_id"
    _lead_kept_fields = frozenset({"lent_to_id", "run_ids"})

    user_id = fields.Many2one(
        "res.users",
        string="Salesperson",
        required=True,
        default=lambda self: self.env.user,
        ondelete="cascade",
        index=True,
        domain=[("share", "=", False)],
    )
    date_from = fields.Datetime(
        string="From", required=True, default=lambda self: fields.Datetime.now()
    )
    date_to = fields.Datetime(string="Until", help="Empty: until further notice.")
    reason = fields.Char()
    deputy_id = fields.Many2one(
        "res.users",
        ondelete="set null",
        index="btree_not_null",
        domain="[('share', '=', False), ('id', '!=', user_id)]",
        help="Receives new leads of the absent salesperson's customers. If the deputy "
        "is absent too, their own deputy receives them.",
    )
    lend = fields.Boolean(
        string="Lend My Open Leads",
        help="The open leads go to the deputy when the absence begins. When it ends, "
        "those that the deputy still has go back. Units stay with the absent "
        "salesperson.",
    )
    lent_to_id = fields.Many2one(
        "res.users", readonly=True, copy=False, ondelete="set null"
    )
    run_ids = fields.One2many(
        "lead.distribution.run", "absence_id", readonly=True, copy=False
    )
    lent_count = fields.Integer(string="Lent", compute="_compute_lent")
    returned_count = fields.Integer(string="Given Back", compute="_compute_lent")
    deputy_note = fields.Char(string="About the Deputy", compute="_compute_deputy_note")
    current = fields.Boolean(
        string="Now", compute="_compute_current", search="_search_current"
    )

    _dates_order = models.Constraint(
        "CHECK (date_to IS NULL OR date_to > date_from)",
        "The end of an absence must be after its start.",
    )

    @api.constrains("deputy_id", "user_id")
    def _check_deputy(self):
        _ = self.env._
        # sudo: of both only whether one can stand in for the other
        for absence in self.sudo().filtered("deputy_id"):
            user, deputy = absence.user_id, absence.deputy_id
            if deputy == user:
                raise ValidationError(_("Users cannot be their own deputy."))
            if not deputy.active or not deputy.has_group(
                "sales_team.group_sale_salesman"
            ):
                raise ValidationError(
                    _("%s needs sales rights to be a deputy.", deputy.name)
                )
            if not deputy.company_ids & user.company_ids:
                raise ValidationError(
                    _(
                        "%(deputy)s works for other companies than %(user)s and "
                        "cannot be their deputy.",
                        deputy=deputy.name,
                        user=user.name,
                    )
                )

    @api.depends("run_ids.lead_count")
    def _compute_lent(self):
        # sudo: two numbers about one's own absence; batches are the managers' to read
        for absence in self.sudo():
            for name, trigger in (
                ("lent_count", "deputy"),
                ("returned_count", "return"),
            ):
                runs = absence.run_ids.filtered(lambda r, t=trigger: r.trigger == t)
                absence[name] = sum(runs.mapped("lead_count"))

    @api.depends("deputy_id", "date_from", "date_to")
    def _compute_deputy_note(self):
        for absence in self:
            start, end = absence.date_from, absence.date_to or datetime.max
            deputy = absence.deputy_id._origin
            away = False
            if deputy and start and end > start:
                # up to the last second of it
                last = end - timedelta(seconds=2)
                away = deputy._lead_absences(start, max(start, last))
            absence.deputy_note = (
                self.env._(
                    "%s is also absent for part of that time. Leads then go to their "
                    "own deputy, if they have one.",
                    deputy.name,
                )
                if away
                else False
            )

    @api.depends("date_from", "date_to")
    def _compute_current(self):
        now = fields.Datetime.now()
        for absence in self:
            absence.current = bool(
                absence.date_from
                and absence.date_from <= now
                and (not absence.date_to or absence.date_to > now)
            )

    @api.model
    def _search_current(self, operator, value):
        if operator != "in":
            return NotImplemented
        now = fields.Datetime.now()
        return [
            ("date_from", "<=", now),
            "|",
            ("date_to", "=", False),
            ("date_to", ">", now),
        ]

    @api.model
    @ormcache()
    def _with_deputies(self):
        """Whether any absence names a deputy: else nobody looks for one."""
        # sudo: whether there is one, not whose
        return bool(self.sudo().search_count([("deputy_id", "!=", False)], limit=1))

    @api.model_create_multi
    def create(self, vals_list):
        absences = super().create(vals_list)
        if any(vals.get("deputy_id") for vals in vals_list):
            self.env.registry.clear_cache()
        return absences

    def write(self, vals):
        result = super().write(vals)
        if vals.get("deputy_id"):
            self.env.registry.clear_cache()
        if not self.env.su:
            # nor does it become somebody's whom they may not make absent
            self.check_access("write")
        return result

    def action_end(self):
        """End the absence now; one that has not begun is dropped.

        :returns: True
        """
        now = fields.Datetime.now()
        future = self.filtered(lambda absence: absence.date_from >= now)
        (self - future).write({"date_to": now})
        future.unlink()
        return True

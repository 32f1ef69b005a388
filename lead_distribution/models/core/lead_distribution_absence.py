from odoo import api, fields, models


class LeadDistributionAbsence(models.Model):
    """A time in which a salesperson receives no leads from routes that skip the
    absent. Without an end it lasts until somebody ends it (the switch on the
    user). The reason is private to the salesperson and the managers."""

    _name = "lead.distribution.absence"
    _description = "Lead Absence"
    _inherit = "lead.distribution.guard"
    _order = "date_from desc, id desc"
    _rec_name = "user_id"

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
    current = fields.Boolean(
        string="Now", compute="_compute_current", search="_search_current"
    )

    _dates_order = models.Constraint(
        "CHECK (date_to IS NULL OR date_to > date_from)",
        "An absence ends after it began.",
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

    def write(self, vals):
        result = super().write(vals)
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

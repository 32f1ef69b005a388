from odoo import fields, models


class CalendarEvent(models.Model):
    _name = "calendar.event"
    _inherit = ["calendar.event", "lead.distribution.kept"]

    _lead_kept_fields = frozenset({"lead_held"})

    lead_held = fields.Boolean(
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="It has ended, and the lead was updated.",
    )

    _lead_held_idx = models.Index(
        "(stop) WHERE opportunity_id IS NOT NULL AND lead_held IS NOT TRUE"
    )

    def write(self, vals):
        leads = None
        changed = {"start", "stop", "start_date", "stop_date", "active", "allday"}
        if not changed.union({"opportunity_id"}).isdisjoint(vals):
            if self.env["lead.distribution.follow.up"]._watching(self):
                leads = self.env["lead.distribution.follow.up"]._meetings_changed(self)
        result = super().write(vals)
        if leads:
            # sudo: looked at again by the schedule, with its new end, whoever moved it
            super(CalendarEvent, self.sudo()).write({"lead_held": False})
            self.env["lead.distribution.follow.up"]._reconsider(leads)
        return result

    def unlink(self):
        leads = (
            self.env["lead.distribution.follow.up"]._meetings_changed(self)
            if self.env["lead.distribution.follow.up"]._watching(self)
            else None
        )
        result = super().unlink()
        if leads:
            self.env["lead.distribution.follow.up"]._reconsider(leads)
        return result

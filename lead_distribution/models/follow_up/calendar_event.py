from odoo import fields, models

from ...tools.service_context import as_task


class CalendarEvent(models.Model):
    _name = "calendar.event"
    _inherit = ["calendar.event", "lead.distribution.kept"]

    _lead_kept_fields = frozenset({"lead_held"})

    lead_held = fields.Boolean(
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="Its end has passed, and its lead knows of it.",
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
        if self.has_access("unlink"):  # else core says so
            self.env["lead.distribution.outcomes"]._outlive_meetings(self)
        result = super().unlink()
        if leads:
            self.env["lead.distribution.follow.up"]._reconsider(leads)
        return result

    def _sync_activities(self, fields):
        # whoever moves a meeting moves its task; whose it is, managers decide (S9)
        if not self.env["lead.distribution.outcomes"]._manages_tasks():
            # sudo: a task of a colleague's, which the meeting may not show
            others = self.filtered(
                lambda event: self.env["lead.distribution.outcomes"]._of_others(
                    event.sudo().activity_ids
                )
            )
            if others:
                kept = [name for name in fields if name != "user_id"]
                super(CalendarEvent, as_task(others))._sync_activities(kept)
            return super(CalendarEvent, self - others)._sync_activities(fields)
        return super()._sync_activities(fields)

"""Meetings and the tasks that planned them."""

from odoo import models

from ...tools.service_context import as_task


class CalendarEvent(models.Model):
    _inherit = "calendar.event"

    def unlink(self):
        if self.has_access("unlink"):  # else core says so
            self.env["lead.distribution.outcomes"]._outlive_meetings(self)
        return super().unlink()

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

"""The ledger tells what happened: each change of hands is a row of it."""

from odoo import fields, models

#: state of a row -> event
EVENT_OF = {
    "assigned": "assigned",
    "offered": "offered",
    "declined": "declined",
    "expired": "expired",
    "unplaced": "pooled",
    "released": "released",
}


class LeadDistributionAssignment(models.Model):
    _inherit = "lead.distribution.assignment"

    def _outgoing_data(self, event):
        """Return what is told of a row: numbers, codes and dates, no words."""
        self.ensure_one()

        def text(moment):
            return fields.Datetime.to_string(moment) if moment else None

        return {
            "event": event,
            "lead": self.lead_id.id,
            "salesperson": self.user_id.id or None,
            "previous_salesperson": self.previous_user_id.id or None,
            "route": self.route_id.id or None,
            "rule": self.rule_id.id or None,
            "listing": self.listing_id.reference or None,
            "reason": self.reason or None,
            "trigger": self.trigger or None,
            "deadline": text(self.deadline),
            "external_reference": self.lead_id.external_ref or None,
            "date": text(fields.Datetime.now()),
        }

    def _somebody_listens(self):
        """Whether anything is to be told to anybody outside."""
        return (
            self.env["lead.distribution.outgoing"]._anybody()
            or self.env["lead.distribution.route"]._channel_events()
        )

    def _tell_outgoing(self):
        if not self._somebody_listens():
            return
        groups = self.grouped("state")
        for state, rows in groups.items():
            if state in EVENT_OF:
                self.env["lead.distribution.outgoing"]._tell(EVENT_OF[state], rows)

    def _created(self):
        result = super()._created()
        self._tell_outgoing()
        return result

    def write(self, vals):
        before = {}
        if "state" in vals and self._somebody_listens():
            before = {row.id: row.state for row in self}
        result = super().write(vals)
        if before:
            self.filtered(lambda row: row.state != before[row.id])._tell_outgoing()
        return result

"""Rows of the ledger that are open: offers and assignments."""

from odoo import api, fields, models

from ...tools.service_context import as_service


class LeadDistributionAssignment(models.Model):
    _inherit = "lead.distribution.assignment"

    @api.model
    def _open_offers(self, leads, user=None):
        """Return the ledger's open offers of these leads, as the service."""
        domain = [("lead_id", "in", leads.ids), ("state", "=", "offered")]
        if user:
            domain.append(("user_id", "=", user.id))
        return as_service(self).env["lead.distribution.assignment"].search(domain)

    @api.model
    def _close_offers(self, rows, state, reason, values=None, by=""):
        """Close offers, and tell the web client of those who had them.

        :param state: what becomes of the rows
        :param reason: what the web client is told
        """
        if not rows:
            return
        now = fields.Datetime.now()
        rows.write({"state": state, "date_response": now, **(values or {})})
        rows.flush_recordset()
        for row in rows:
            row.user_id._bus_send(
                "lead_distribution.offer_closed",
                {"id": row.lead_id.id, "reason": reason, "by": by},
            )

    @api.model
    def _close_rows(self, rows, at, by=""):
        """Close open rows: assignments are released, offers are taken by somebody else.

        :param by: name of whoever took them, for the web client
        """
        given = rows.filtered(lambda row: row.state == "assigned")
        given.write({"state": "released", "date_response": at})
        self._close_offers(rows - given, "taken", "taken", by=by)
        rows.flush_recordset()  # the index of one assignment a lead is next

    def _claim_offer(self, vals):
        """Turn an offer into the assignment, from the moment when it was claimed.

        :param vals: what the assignment is, its ``date`` included
        """
        tracked = self.company_id.lead_distribution_tracking == "each"
        self.write(
            {
                **vals,
                "date_offered": self.date,
                "date_response": vals["date"],
                "tracking_pending": tracked,
            }
        )
        self.flush_recordset()

    def _reopen_offers(self):
        """Turn claimed offers into offers again, with those that the claim closed.

        :returns: all of them, open
        """
        rounds = self.search(
            [
                ("lead_id", "in", self.lead_id.ids),
                ("state", "=", "taken"),
                ("deadline", "!=", False),
            ]
        )
        claims = {row.lead_id: row for row in self}
        closed = rounds.filtered(
            lambda row: (
                row.offer_round == claims[row.lead_id].offer_round
                and row.date_response >= claims[row.lead_id].date
            )
        )
        reopening = self.with_context(lead_distribution_reopening=True)
        for row in reopening:
            row.write(
                {
                    "state": "offered",
                    "date": row.date_offered or row.date,
                    "date_offered": False,
                    "date_response": False,
                    "tracking_pending": False,
                    "activity_id": False,
                    "tag_ids_added": False,
                }
            )
        closed.with_context(lead_distribution_reopening=True).write(
            {"state": "offered", "date_response": False}
        )
        self.flush_recordset()  # the index of one assignment a lead is next
        return self | closed

    def _closed_by(self, later):
        """Whether a released row was closed when ``later`` was made."""
        self.ensure_one()
        return (
            self.user_id == later.previous_user_id
            and self.date_response == later.date
            and self.id < later.id
        )

    @api.model
    def _latest_rows(self, leads):
        """Return ``{lead_id: newest ledger row}``."""
        # sudo: told to who may read the lead; see _explain
        rows = (
            self.env["lead.distribution.assignment"]
            .sudo()
            .search([("lead_id", "in", leads.ids)], order="id desc")
        )
        found = {}
        for row in rows:
            found.setdefault(row.lead_id.id, row)
        return found

    @api.model
    def _lead_history(self, leads):
        """Who had each lead, and how often rules moved it since the last follow-up.

        :returns: ``({lead_id: set of user ids}, {lead_id: number})``
        """
        had = {lead.id: {lead.user_id.id} - {False} for lead in leads}
        moves = dict.fromkeys(leads.ids, 0)
        last = {lead.id: lead.last_follow_up_date for lead in leads}
        rows = self.env["lead.distribution.assignment"].search_fetch(
            [("lead_id", "in", leads.ids)],
            [
                "lead_id",
                "user_id",
                "previous_user_id",
                "rule_id",
                "date",
                "state",
                "taken_back",
            ],
        )
        for row in rows:
            if row.taken_back:
                continue
            lead_id = row.lead_id.id
            had[lead_id] |= {row.previous_user_id.id} - {False}
            if row.state not in ("assigned", "released", "removed", "undone"):
                continue  # an offer that was not taken
            had[lead_id] |= {row.user_id.id} - {False}
            if row.rule_id and not (last[lead_id] and row.date <= last[lead_id]):
                moves[lead_id] += 1
        return had, moves

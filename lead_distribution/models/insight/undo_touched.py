"""Which leads of a run somebody has touched since (B4)."""

from datetime import timedelta

from odoo import SUPERUSER_ID, api, models
from odoo.tools import SQL

from .undo import STANDING

#: what a transaction may still take after its run was closed
STAGE_MARGIN = timedelta(minutes=1)


class LeadDistributionUndoService(models.AbstractModel):
    _inherit = "lead.distribution.undo.service"

    @api.model
    def _subjects_of(self, rows):
        """Return the set of ``(model, id)`` of the leads and customers of rows."""
        leads = {("crm.lead", lead_id) for lead_id in rows.lead_id.ids}
        return leads | {
            ("res.partner", partner_id)
            for partner_id in rows._of_customers().partner_id.ids
        }

    @api.model
    def _rows_of_run(self, run):
        """Find the rows of a run that may be undone.

        :returns: what a run did and was not undone, in the companies of whoever asks;
            with all rights, for leaders see their own rows only
        """
        run.ensure_one().check_access("read")
        return (
            self.env["lead.distribution.assignment"]
            .sudo()  # sudo: leaders see their own rows only, and may read the run
            .search(
                [
                    ("run_id", "=", run.id),
                    ("company_id", "in", [False, *self.env.companies.ids]),
                    ("state", "!=", "undone"),
                    # in the pool before it was in the pool: nothing to revert
                    "|",
                    ("state", "!=", "unplaced"),
                    ("previous_user_id", "!=", False),
                ]
            )
        )

    @api.model
    def _rows_to_undo(self, run):
        rows = self._rows_of_run(run).filtered(lambda row: row.state in STANDING)
        rows = rows.filtered("lead_id") | rows._of_customers()
        return rows - self._touched_rows(rows)

    @api.model
    def _touched_rows(self, rows):
        """Salesperson, stage or anything else that is tracked, a done activity, a
        message or a meeting of a person, a merge, a sale, or closed: then it is
        somebody's work, and stays.

        :param rows: of the ledger, with all rights
        """
        of_leads = rows.filtered("lead_id")
        moved = of_leads.filtered(self._lead_went_on)
        newest = self.env["lead.distribution.assignment"]._latest_rows(of_leads.lead_id)
        moved |= of_leads.filtered(
            lambda row: (
                row.state != "assigned" and newest[row.lead_id.id].run_id != row.run_id
            )
        )
        worked = self._worked_on("crm.lead", {r.lead_id.id: r for r in of_leads})
        worked |= self._met_or_merged({r.lead_id.id: r for r in of_leads})
        moved |= of_leads.filtered(lambda row: row.lead_id.id in worked)
        of_customers = rows - of_leads
        # sudo: a sale is somebody's work, whichever company sold
        sales = (
            self.sudo()
            .env["lead.distribution.rates"]
            ._last_sales(of_customers.partner_id)
        )
        worked = self._worked_on(
            "res.partner", {row.partner_id.id: row for row in of_customers}
        )
        return moved | of_customers.filtered(
            lambda row: (
                row.partner_id.user_id != row.user_id
                # there is no pool of customers
                or not self.env["lead.distribution.tasks"]._allowed_in(
                    row.previous_user_id.filtered("active"), row.company_id
                )
                or row.partner_id.id in worked
                or (sale := sales.get(row.partner_id.commercial_partner_id.id))
                and sale >= row.date
            )
        )

    @api.model
    def _lead_went_on(self, row):
        """Tell by its own fields whether a lead was touched after its row was made.

        :returns: whether the lead says so itself
        """
        lead = row.lead_id
        dates = (
            lead.last_follow_up_date,
            lead.date_conversion,
            lead.customer_user_id and lead.date_customer,
        )
        # core writes this one with every team, too, at the end of the transaction
        stage, end = lead.date_last_stage_update, row.run_id.date_end
        if (
            not lead.active
            or (stage and end and stage > end + STAGE_MARGIN)
            or lead.won_status != "pending"
            or self.env["lead.distribution.lead.company"]._company_of_lead(lead)
            != row.company_id
            or any(date and date > row.date for date in dates)
        ):
            return True
        if row.state == "assigned":
            # with a deadline it was an offer, and somebody claimed it
            return bool(row.deadline) or lead.user_id != row.user_id
        state = "offered" if row.state == "offered" else "pool"
        return bool(lead.user_id) or lead.distribution_state != state

    @api.model
    def _given(self, rows):
        """Make a table of rows for the queries about what followed.

        :param rows: ``{record id: row}``
        :returns: SQL of a table of these records, and since when they are given
        """
        return SQL(
            "unnest(%s, %s::timestamp[]) AS given(id, date)",
            list(rows),
            [max(row.date, row.create_date) for row in rows.values()],
        )

    @api.model
    def _worked_on(self, model, rows):
        """Find what people worked on since.

        :param rows: ``{record id: row}``
        :returns: ids of those that a person changed, wrote on or answered, planned or
            did an activity of, after they were given. A mail may be older than the
            moment when it came in.
        """
        if not rows:
            return set()
        for name in ("mail.message", "mail.tracking.value", "mail.activity"):
            self.env[name].flush_model()
        found = self.env.execute_query(
            SQL(
                """SELECT m.res_id
                     FROM %(given)s
                     JOIN mail_message m
                       ON m.model = %(model)s AND m.res_id = given.id
                      AND GREATEST(m.date, m.create_date) > given.date
                    WHERE m.message_type = 'email'
                       OR m.mail_activity_type_id IS NOT NULL
                       OR m.create_uid != %(robot)s
                          AND (m.message_type NOT IN ('notification',
                                                      'user_notification')
                               OR EXISTS (SELECT FROM mail_tracking_value v
                                           WHERE v.mail_message_id = m.id))
                UNION
                   SELECT a.res_id
                     FROM %(given)s
                     JOIN mail_activity a
                       ON a.res_model = %(model)s AND a.res_id = given.id
                      AND a.create_uid != %(robot)s AND a.create_date > given.date""",
                given=self._given(rows),
                model=model,
                robot=SUPERUSER_ID,
            )
        )
        return {record_id for (record_id,) in found}

    @api.model
    def _met_or_merged(self, rows):
        """Find leads with a meeting or a merged inquiry since.

        :param rows: ``{lead_id: row}``
        :returns: ids of those for which a meeting was made since, or into which another
            inquiry was merged
        """
        if not rows:
            return set()
        for name in ("calendar.event", "lead.distribution.inquiry"):
            self.env[name].flush_model()
        found = self.env.execute_query(
            SQL(
                """SELECT e.opportunity_id
                     FROM %(given)s
                     JOIN calendar_event e
                       ON e.opportunity_id = given.id AND e.create_date > given.date
                UNION
                   SELECT i.lead_id
                     FROM %(given)s
                     JOIN lead_distribution_inquiry i
                       ON i.lead_id = given.id AND i.create_date > given.date""",
                given=self._given(rows),
            )
        )
        return {lead_id for (lead_id,) in found}

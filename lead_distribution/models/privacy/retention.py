"""Retention: explanations and the raw text of merged inquiries are dropped after so
many months, by the nightly clean-up, in bounded steps. Figures go by what stays."""

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.service_context import as_service

#: rows that one step of the clean-up looks after
ROWS_PER_STEP = 10_000


class LeadDistributionRetention(models.AbstractModel):
    _name = "lead.distribution.retention"
    _description = "Lead Distribution: Retention"

    @api.model
    def _retentions(self):
        """Tell how long each company keeps details.

        :returns: ``[(condition on company_id, naive UTC datetime), ...]``: whose
            details from before then are to go; what is of no company goes by the
            superuser's
        """
        companies = as_service(self).env["res.company"].with_context(active_test=False)
        found = []
        for company in companies.search([("lead_trace_months", ">", 0)]):
            before = fields.Datetime.now() - relativedelta(
                months=company.lead_trace_months
            )
            found.append((SQL("company_id = %s", company.id), before))
            if company == companies.env.company:
                found.append((SQL("company_id IS NULL"), before))
        return found

    @api.model
    def _drop_explanations(self, limit=ROWS_PER_STEP):
        """Drop a step's worth of what has been kept long enough: traces with the words
        of those who declined, then the snapshots that no row needs any more.

        :returns: ``(number dropped, whether more may remain)``
        """
        self.env.flush_all()
        done = 0
        for company, before in self._retentions():
            done += self._step(
                SQL(
                    """UPDATE lead_distribution_assignment
                          SET trace = NULL, snapshot_id = NULL, decline_reason = NULL
                        WHERE id IN (
                              SELECT id FROM lead_distribution_assignment
                               WHERE %s AND date < %s AND trace IS NOT NULL
                            ORDER BY date, id
                               LIMIT %s
                                 FOR UPDATE SKIP LOCKED)""",
                    company,
                    before,
                    limit - done,
                )
            )
            if done < limit:
                done += self._step(
                    SQL(
                        """DELETE FROM lead_distribution_snapshot
                            WHERE id IN (
                                  SELECT s.id FROM lead_distribution_snapshot s
                                   WHERE %s AND s.date < %s
                                     AND NOT EXISTS (
                                         SELECT FROM lead_distribution_assignment a
                                          WHERE a.snapshot_id = s.id)
                                ORDER BY s.id
                                   LIMIT %s
                                     FOR UPDATE SKIP LOCKED)""",
                        company,
                        before,
                        limit - done,
                    )
                )
            if done >= limit:
                return done, True
        return done, False

    @api.model
    def _drop_inquiries(self, limit=ROWS_PER_STEP):
        """The same for what merged inquiries said, of leads that are closed. When they
        came, from where and under which number stays.

        :returns: ``(number dropped, whether more may remain)``
        """
        self.env.flush_all()
        done = 0
        for company, before in self._retentions():
            done += self._step(
                SQL(
                    """UPDATE lead_distribution_inquiry
                          SET "values" = NULL, contact_name = NULL,
                              email_from = NULL, phone = NULL
                        WHERE id IN (
                              SELECT i.id FROM lead_distribution_inquiry i
                               WHERE i.%s AND i.date < %s AND i."values" IS NOT NULL
                                 AND EXISTS (
                                     SELECT FROM crm_lead l
                                      WHERE l.id = i.lead_id
                                        AND (l.won_status <> 'pending'
                                             OR l.active IS NOT TRUE))
                            ORDER BY i.id
                               LIMIT %s
                                 FOR UPDATE SKIP LOCKED)""",
                    company,
                    before,
                    limit - done,
                )
            )
            if done >= limit:
                return done, True
        return done, False

    @api.model
    def _step(self, query):
        """Run a statement and count the rows that it changed.

        :returns: how many rows a statement changed
        """
        self.env.cr.execute(query)
        self.env.invalidate_all(flush=False)
        return self.env.cr.rowcount

    # and what is said of it ---------------------------------------------------

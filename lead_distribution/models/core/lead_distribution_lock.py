from psycopg2 import errors

from odoo import api, fields, models
from odoo.tools import SQL


class LeadDistributionLock(models.Model):
    """One row per company, and one for no company, that every distributor and
    every claim updates: two of them never decide on the same snapshot.

    A table of its own, since updating ``res_company`` would make unrelated
    requests fail. Manual changes do not take it: the lead's row guards them.
    """

    _name = "lead.distribution.lock"
    _description = "Lead Distribution Lock"
    _log_access = False

    company_id = fields.Many2one("res.company", ondelete="cascade", index=True)
    counter = fields.Integer(default=0)
    rule_places = fields.Json(
        help="Where rules ran out of time: the place in what each of them finds."
    )

    _company_uniq = models.UniqueIndex("(COALESCE(company_id, 0))")

    @api.model
    def _ensure(self, companies):
        """Make the rows that are missing, the one for no company included."""
        locks = self.sudo()  # sudo: nobody has rights to locks; they say nothing
        known = set(locks.search([]).mapped("company_id.id"))
        if locks.search_count([("company_id", "=", False)], limit=1):
            known.add(False)
        locks.create(
            [
                {"company_id": company_id}
                for company_id in [False, *companies.ids]
                if company_id not in known
            ]
        )

    @api.model
    def _acquire(self, company):
        """Take the company's row without waiting.

        :returns: False when somebody else has it, or has had it since this
            transaction's snapshot was taken; nothing is broken then, the caller
            leaves its leads pending.
        """
        cr = self.env.cr
        row = SQL("company_id IS NOT DISTINCT FROM %s", company.id or None)
        try:
            with cr.savepoint(flush=False):
                cr.execute(
                    SQL(
                        """WITH free AS (
                               SELECT id FROM lead_distribution_lock
                                WHERE %s FOR UPDATE NOWAIT)
                           UPDATE lead_distribution_lock l SET counter = counter + 1
                             FROM free WHERE l.id = free.id RETURNING l.id""",
                        row,
                    ),
                    log_exceptions=False,
                )
                found = cr.fetchone()
        except (errors.LockNotAvailable, errors.SerializationFailure):
            return False
        if not found:
            self._ensure(company)
        self._after_acquire(company)
        return True

    @api.model
    def _after_acquire(self, company):
        """Hook: what whoever has the lock now sees to besides."""

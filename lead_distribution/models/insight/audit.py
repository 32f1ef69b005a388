"""The audit of the ledger: each lead against the rows about it."""

from collections import Counter

from odoo import api, fields, models
from odoo.tools import SQL

from ...engine.audit import Lead, Row, audit

#: leads that are read at once
BLOCK = 20_000
#: leads that are shown
SHOWN = 1_000


class LeadDistributionAudit(models.AbstractModel):
    """Looks for what must never be: a lead of two salespeople, an offer of a lead that
    is nobody's to claim, and the like; see ``engine/audit.py``."""

    _name = "lead.distribution.audit"
    _description = "Lead Distribution: Audit of the Ledger"

    @api.model
    def _audit_companies(self, companies):
        """Check the leads of companies, and those of none.

        :returns: ``(number of leads, number of rows, [Contradiction, ...])``
        """
        self.env["crm.lead"].flush_model()
        self.env["lead.distribution.assignment"].flush_model()
        now = fields.Datetime.now()
        last, lead_count, row_count, found = 0, 0, 0, []
        while leads := self._leads_after(companies, last):
            last = leads[-1].id
            rows = self._rows_of([lead.id for lead in leads])
            found += audit(leads, rows, now)
            lead_count += len(leads)
            row_count += len(rows)
        return lead_count, row_count, found

    @api.model
    def _leads_after(self, companies, last):
        self.env.cr.execute(
            SQL(
                """SELECT id, distribution_state, user_id, write_date
                     FROM crm_lead
                    WHERE id > %s AND (company_id IS NULL OR company_id = ANY(%s))
                    ORDER BY id
                    LIMIT %s""",
                last,
                companies.ids,
                BLOCK,
            )
        )
        return [Lead(*row) for row in self.env.cr.fetchall()]

    @api.model
    def _rows_of(self, lead_ids):
        self.env.cr.execute(
            SQL(
                """SELECT id, lead_id, user_id, state, date, date_response, deadline
                     FROM lead_distribution_assignment
                    WHERE lead_id = ANY(%s)
                    ORDER BY id""",
                lead_ids,
            )
        )
        return [Row(*row) for row in self.env.cr.fetchall()]

    @api.model
    def _audit_labels(self):
        """Say what each code means, ``{code: words}``."""
        _ = self.env._
        return {
            "two_owners": _("two open assignments"),
            "no_row": _("assigned, but not in the ledger"),
            "other_owner": _("the ledger names another salesperson"),
            "row_left": _("an open assignment, though nobody has the lead"),
            "no_offer": _("offered, but to nobody"),
            "offer_left": _("an open offer, though the lead is not offered"),
            "pool_owned": _("in the pool, with a salesperson"),
            "pending_left": _("waiting for its distribution for more than an hour"),
            "expired_left": _("an offer that ended more than an hour ago"),
            "answer_before": _("answered before it was created"),
        }

    @api.model
    def _audit_action(self):
        """Audit the reader's companies.

        :returns: the action that says what was found, and shows the leads concerned
            that the reader may read
        """
        lead_count, row_count, found = self._audit_companies(self.env.companies)
        labels = self._audit_labels()
        message = self.env._(
            "Leads checked: %(leads)s. Rows of the ledger: %(rows)s.",
            leads=lead_count,
            rows=row_count,
        )
        params = {"type": "success", "message": message}
        action = {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": params,
        }
        if not found:
            params["message"] += " " + self.env._("Nothing contradicts.")
            return action
        kinds = Counter(entry.code for entry in found)
        params.update(
            type="warning",
            sticky=True,
            message=" ".join(
                [message, *(f"{labels[code]}: {kinds[code]}." for code in kinds)]
            ),
        )
        leads = self.env["crm.lead"].with_context(active_test=False)
        leads = leads.search([("id", "in", [entry.lead for entry in found[:SHOWN]])])
        if leads:
            params["next"] = {
                "type": "ir.actions.act_window",
                "name": self.env._("Contradictions in the Ledger"),
                "res_model": "crm.lead",
                "views": [(False, "list"), (False, "form")],
                "domain": [("id", "in", leads.ids)],
                "context": {"active_test": False},
            }
        return action

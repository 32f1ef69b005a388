"""Which company a lead is of. Odoo leaves it empty on many leads (its first team has
none); whoever asks, asks here: for a lead, for many, for a condition of a query."""

from odoo import api, models
from odoo.tools import SQL


class LeadDistributionCompany(models.AbstractModel):
    _name = "lead.distribution.lead.company"
    _description = "Lead Distribution: Lead Company"

    @api.model
    def _company_of_lead(self, lead):
        """The company that a lead is of: its own; else its team's; else its
        salesperson's, where they work for one only; else its customer's; else the only
        one of the database.

        :returns: ``res.company``, as superuser; empty when nothing tells
        """
        # sudo: which company it is, nothing of its people
        lead = lead.sudo()
        company = lead.company_id or lead.team_id.company_id
        if not company and lead.user_id:
            works_for = lead.user_id.with_context(active_test=True).company_ids
            company = works_for if len(works_for) == 1 else company
        company = company or lead.partner_id.company_id
        return company or company.browse(company._lead_only_company()[0])

    @api.model
    def _company_of_record(self, record):
        """Return ``res.company`` of anything that tasks and processes are about."""
        if record._name == "crm.lead":
            return self._company_of_lead(record)
        return record.company_id

    @api.model
    def _leads_by_company(self, leads):
        """Group leads by the company that they are of.

        :returns: ``{company: leads}``, as superuser; under the empty company those of
            which nothing tells
        """
        # sudo: which company each lead is of, nothing else
        return leads.sudo().grouped(self._company_of_lead)

    @api.model
    def _lead_companies(self, leads):
        """Return ``res.company``, those that any of the leads is of."""
        # sudo: companies, for the settings of distribution; callers tell no one
        companies = self.env["res.company"].sudo()
        return companies.union(*self._leads_by_company(leads))

    @api.model
    def _sql_of_company(self, alias, company):
        """The same as :meth:`_company_of_lead`, as a condition on a table of leads.

        :param alias: of ``crm_lead`` in the query
        :param company: empty: leads of which nothing tells
        :returns: ``SQL``
        """
        own = self._sql_column("crm.lead", alias, "company_id")
        told = self._sql_company_told(alias)
        if not company:
            return SQL("(%s IS NULL AND %s IS NULL)", own, told)
        # in two arms, each of which an index finds
        return SQL(
            "(%(own)s = %(id)s OR %(own)s IS NULL AND %(told)s = %(id)s)",
            own=own,
            told=told,
            id=company.id,
        )

    @api.model
    def _sql_company(self, alias):
        """Express in SQL which company a lead is of.

        :param alias: of ``crm_lead`` in a query
        :returns: the id of the company that a lead is of, or NULL; ``SQL``
        """
        own = self._sql_column("crm.lead", alias, "company_id")
        return SQL("COALESCE(%s, %s)", own, self._sql_company_told(alias))

    @api.model
    def _sql_company_told(self, alias):
        only, alone = self.env["res.company"]._lead_only_company()
        if alone:
            return SQL("%s::int", only)  # nothing else it could be
        return SQL(
            """COALESCE((SELECT %(of_team)s FROM crm_team t WHERE t.id = %(team)s),
                        (SELECT min(w.cid) FROM res_company_users_rel w
                           JOIN res_company b ON b.id = w.cid AND %(active)s
                          WHERE w.user_id = %(user)s HAVING count(*) = 1),
                        (SELECT %(of_customer)s FROM res_partner p
                          WHERE p.id = %(customer)s),
                        %(only)s::int)""",
            of_team=self._sql_column("crm.team", "t", "company_id"),
            team=self._sql_column("crm.lead", alias, "team_id"),
            active=self._sql_column("res.company", "b", "active"),
            user=self._sql_column("crm.lead", alias, "user_id"),
            of_customer=self._sql_column("res.partner", "p", "company_id"),
            customer=self._sql_column("crm.lead", alias, "partner_id"),
            only=only or None,
        )

    @api.model
    def _sql_column(self, model, alias, name):
        return SQL.identifier(alias, name, to_flush=self.env[model]._fields[name])

    # when it is distributed --------------------------------------------------

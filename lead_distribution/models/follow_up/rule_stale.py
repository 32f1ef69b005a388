"""What a rule finds: leads and customers that nobody works."""

from odoo import api, fields, models
from odoo.fields import Domain

from ...tools.service_context import as_service

#: customers whose sales are looked at in one go
CUSTOMERS_PER_LOOK = 5000


class LeadDistributionRule(models.Model):
    _inherit = "lead.distribution.rule"

    @api.model
    def _stale_domain(self, company, rule, at):
        """Return the domain of what a rule looks for, its own filter included."""
        of = "customers_" if rule.entity == "customer" else ""
        find = getattr(self, f"_stale_{of}{rule.kind}")
        domain = find(company, rule, at) & rule._filter_domain(company)
        if rule.leave_planned:
            domain &= self._unplanned(company, rule, at)
        return domain

    def _filter_domain(self, company):
        """Return the rule's own filter, as far as it looks in a company."""
        self.ensure_one()
        return self.env["lead.distribution.filters"]._filter_within(
            self.env[self._filter_model()],
            self._parsed_domain(),
            self.company_id or company,
        )

    def _scope(self, company):
        """Return the domain of what the rule is for, its time aside."""
        self.ensure_one()
        domain = self._filter_domain(company)
        if self.entity == "lead" and self.kind == "no_first_follow_up":
            domain &= Domain("first_follow_up_date", "=", False)
        return domain

    def _moves_on(self, records):
        """Whether the rule may move such records away from who has them."""
        self.ensure_one()
        return (
            self.entity_model == records._name
            and self.kind != "new"
            and not self.problem
        )

    @api.model
    def _stale_no_follow_up(self, company, rule, at):
        return (
            self.env["lead.distribution.rule.runner"]._stale_of_company(company)
            & Domain("user_id", "!=", False)
            & Domain("active", "=", True)
            & Domain("won_status", "=", "pending")
            & Domain("distribution_idle_since", "<=", rule._cutoff(company, at))
        )

    @api.model
    def _stale_no_first_follow_up(self, company, rule, at):
        return self._stale_no_follow_up(company, rule, at) & Domain(
            "first_follow_up_date", "=", False
        )

    @api.model
    def _stale_new(self, company, rule, at):
        """What came in by itself, was nobody's yet, and no route took: none matched, or
        those that did found nobody."""
        return (
            Domain("distribution_company_id", "=", company.id)
            & Domain("distribution_state", "=", "pool")
            & Domain("user_id", "=", False)
            & Domain("won_status", "=", "pending")
            & Domain("create_date", "<=", rule._cutoff(company, at))
            & ~Domain(
                "distribution_assignment_ids",
                "any",
                [
                    "|",
                    ("user_id", "!=", False),
                    ("reason", "not in", ["no_route", "no_company", "nobody"]),
                ],
            )
        )

    @api.model
    def _stale_no_sales(self, company, rule, at):
        """Open leads that somebody has for so long; whose customers bought is sorted
        out by :meth:`_still_stale`."""
        cutoff = rule._cutoff(company, at)
        return (
            Domain("distribution_company_id", "=", company.id)
            & Domain("user_id", "!=", False)
            & Domain("active", "=", True)
            & Domain("won_status", "=", "pending")
            & Domain("create_date", "<=", cutoff)
            & ~Domain(
                "distribution_assignment_ids",
                "any",
                [("state", "=", "assigned"), ("date", ">", cutoff)],
            )
        )

    @api.model
    def _stale(self, company, rule, at):
        """Return what the rule would move at ``at``."""
        Model = self.env[rule.entity_model]
        found = Model.search(self._stale_domain(company, rule, at))
        return self._still_stale(company, rule, at, found)

    @api.model
    def _stale_from(self, company, rule, at, place, limit, but_ids=()):
        """Some of what the rule would move, the leads that are stale for longest first.

        :param place: where the block before ended, None for the first one
        :param but_ids: ids of those that are not to be found
        :returns: ``(records, place)``; the place None when nothing is left to look at.
            Customers may be looked at and none be found.
        """
        Model = self.env[rule.entity_model]
        domain = self._stale_domain(company, rule, at)
        if but_ids:
            domain &= Domain("id", "not in", list(but_ids))
        if rule.kind == "new" or rule._sorts_out():
            domain &= Domain("id", ">", place or 0)
            look = CUSTOMERS_PER_LOOK if rule._sorts_out() else limit
            seen = Model.search(domain, limit=look, order="id")
            found = self._still_stale(company, rule, at, seen)
            seen = found[:limit] if len(found) > limit else seen
            return found[:limit], seen[-1:].id or None
        since, seen = place or (False, [])
        if since:
            # domains know whole seconds: of the last one, all but those seen
            domain &= Domain("distribution_idle_since", ">=", since)
            domain &= Domain("id", "not in", seen)
        found = Model.search(domain, limit=limit, order="distribution_idle_since, id")
        if not found:
            return found, None
        seconds = [fields.Datetime.to_string(x.distribution_idle_since) for x in found]
        last = seconds[-1]
        same = [
            x.id for x, second in zip(found, seconds, strict=True) if second == last
        ]
        return found, [last, same if last != since else seen + same]

    def _sorts_out(self):
        """Whether no domain can say all that the rule asks for."""
        self.ensure_one()
        return self.kind == "no_sales" or (
            self.entity == "customer" and self.kind != "new"
        )

    @api.model
    def _still_stale(self, company, rule, at, records):
        """Sort out what no domain can say: whose customers bought meanwhile, with whom
        somebody was in touch.

        :param records: what :meth:`_stale_domain` finds
        """
        if rule.entity == "customer":
            return self._still_stale_customers(company, rule, at, records)
        if rule.kind != "no_sales":
            return records
        cutoff = rule._cutoff(company, at)
        # sudo: the firm behind each lead, of which a date is told
        firms = {x.id: x.sudo().partner_id.commercial_partner_id.id for x in records}
        sales = self.env["lead.distribution.rates"]._last_sales(records.partner_id)
        return records.filtered(
            lambda x: (sales.get(firms[x.id]) or x.create_date) <= cutoff
        )

    @api.model
    def _companies_of(self, rule):
        """Pick the companies for which the reader looks at a rule.

        :returns: list of those of the rule's companies that the reader has chosen, in
            which what is of no company belongs, too
        """
        companies = self.env.companies
        if rule.company_id:
            return [c for c in rule.company_id if self.env.su or c in companies]
        return list(companies)

    @api.model
    def _stale_of(self, rule):
        """What a rule, on or off, kept or not, would move now, as far as the current
        user may read it: a filter that is only tried looks at nothing else.

        :returns: ``crm.lead`` or ``res.partner``
        """
        found = self.env[rule._filter_model()]
        if self.env["lead.distribution.rule.runner"]._half_filled(
            rule
        ) or not found.has_access("read"):
            return found
        now = fields.Datetime.now()
        for company in self._companies_of(rule):
            service = self.with_context(active_test=True)  # rules look at nothing else
            service = service.with_company(company) if company else service
            found |= (
                service.env["lead.distribution.rule"]
                ._stale(company, rule, now)
                .with_env(self.env)
            )
        return found

    @api.model
    def _count_stale(self, rule, company):
        """Count what a rule would move now, whoever's they are."""
        if self.env["lead.distribution.rule.runner"]._half_filled(rule):
            return 0
        service, now = as_service(self, company), fields.Datetime.now()
        rule = rule.with_env(service.env)
        if rule._sorts_out():
            return len(service.env["lead.distribution.rule"]._stale(company, rule, now))
        domain = service.env["lead.distribution.rule"]._stale_domain(company, rule, now)
        return service.env[rule._filter_model()].search_count(domain)

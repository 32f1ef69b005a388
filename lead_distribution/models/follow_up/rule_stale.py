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
        find = getattr(self, f"_stale_{rule.kind}")
        model = self.env[rule._filter_model()]
        domain = self.env["lead.distribution.filters"]._filter_within(
            model, rule._parsed_domain(), rule.company_id or company
        )
        return find(company, rule, at) & domain

    @api.model
    def _stale_no_follow_up(self, company, rule, at):
        return (
            self.env["lead.distribution.rule.runner"]._neglected_of_company(company)
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
        """What came in by itself, was nobody's yet, and no route took."""
        return (
            Domain("distribution_company_id", "=", company.id)
            & Domain("distribution_state", "=", "pool")
            & Domain("distribution_route_id", "=", False)
            & Domain("user_id", "=", False)
            & Domain("won_status", "=", "pending")
            & Domain("create_date", "<=", rule._cutoff(company, at))
            & ~Domain(
                "distribution_assignment_ids",
                "any",
                [
                    "|",
                    ("user_id", "!=", False),
                    ("reason", "not in", ["no_route", "no_company"]),
                ],
            )
        )

    @api.model
    def _stale_no_sales(self, company, rule, at):
        """Customers that are old enough and somebody's of this company; who bought is
        sorted out by :meth:`_without_sales`."""
        cutoff = rule._cutoff(company, at)
        return (
            Domain("company_id", "in", [False, company.id])
            & Domain("user_id", "!=", False)
            & Domain("user_id.company_ids", "in", company.ids)
            & Domain("active", "=", True)
            # whose contacts go with them
            & (Domain("is_company", "=", True) | Domain("parent_id", "=", False))
            & Domain("create_date", "<=", cutoff)
            & (
                Domain("lead_salesperson_since", "=", False)
                | Domain("lead_salesperson_since", "<=", cutoff)
            )
        )

    @api.model
    def _stale(self, company, rule, at):
        """Return what the rule would move at ``at``."""
        Model = self.env[rule.entity_model]
        found = Model.search(self._stale_domain(company, rule, at))
        if rule.entity == "lead":
            return found
        return self._without_sales(company, rule, at, found)

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
        if rule.kind in ("new", "no_sales"):
            domain &= Domain("id", ">", place or 0)
            if rule.kind == "new":
                found = Model.search(domain, limit=limit, order="id")
                return found, found[-1:].id or None
            seen = Model.search(domain, limit=CUSTOMERS_PER_LOOK, order="id")
            found = self._without_sales(company, rule, at, seen)
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

    @api.model
    def _without_sales(self, company, rule, at, partners):
        """The clock of a customer runs from the last sale, else the creation, and anew
        with every salesperson, whoever chose them; only sales are left to look at."""
        cutoff = rule._cutoff(company, at)
        sales = self.env["lead.distribution.rates"]._last_sales(partners)
        return partners.filtered(lambda p: (sales.get(p.id) or p.create_date) <= cutoff)

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
        if rule.entity == "customer":
            return len(service.env["lead.distribution.rule"]._stale(company, rule, now))
        domain = service.env["lead.distribution.rule"]._stale_domain(company, rule, now)
        return service.env["crm.lead"].search_count(domain)

"""Explanations: which condition of a filter a lead fails; why one was left alone."""

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

#: so many conditions are named of one filter
CONDITIONS = 3


class LeadDistributionExplanation(models.AbstractModel):
    _inherit = "lead.distribution.explanation"

    @api.model
    def _why_no_match(self, route, lead):
        """Name the conditions of a route's filter that a lead fails as it is now.

        :returns: "Country: Spain; the lead's is Poland", "" where nothing can be told
        """
        _ = self.env._
        if not route.exists() or not lead.exists() or not lead.has_access("read"):
            return ""
        try:
            domain = route.sudo()._parsed_domain()  # sudo: the filter, told in words
            failed = self._failed(lead, domain)
        except Exception:
            return ""  # a filter that is broken is said elsewhere
        if not failed:
            return _("it did not match at that time, but matches now")
        filters = self.env["lead.distribution.filters"]
        told = []
        for condition in failed[:CONDITIONS]:
            words = filters._domain_in_words(self.env["crm.lead"], condition)
            has = self._value_of(lead, condition)
            told.append(
                _("%(condition)s; the lead's is %(value)s", condition=words, value=has)
                if has
                else words
            )
        return ". ".join(told)

    @api.model
    def _failed(self, lead, domain):
        """List the conditions, of those that all have to hold, that do not.

        :returns: list of Domain
        """
        if getattr(domain, "OPERATOR", "") == "&":
            return [
                one for child in domain.children for one in self._failed(lead, child)
            ]
        # sudo: whether one condition holds, for who may read the lead
        Lead = self.env["crm.lead"].sudo().with_context(active_test=False)
        if lead.ids:
            found = Lead.search_count(Domain("id", "=", lead.id) & domain, limit=1)
        else:
            # sudo: the same, of a lead that is only asked about
            found = lead.sudo().filtered_domain(domain)
        return [] if found else [domain]

    @api.model
    def _value_of(self, lead, condition):
        """Tell what a lead has where a condition asks, as far as the reader may know.

        :returns: str; "" where that is not one value of a field
        """
        path = getattr(condition, "field_expr", "")
        if not path or condition.operator in ("any", "not any"):
            return ""
        records = lead
        try:
            *way, name = path.split(".")
            for step in way:
                records = records[step]
            field = records._fields[name]
            values = records.mapped(name)
        except (AccessError, KeyError, TypeError):
            return ""
        filters = self.env["lead.distribution.filters"]
        if field.relational:
            named = filters._names_of(values) if values else []
        elif field.type == "boolean":
            return ""  # "not Active" says it
        else:
            named = filters._values_in_words(field, records, values)
        shown = ", ".join(one for one in named if one)
        return shown or self.env._("empty")

    @api.model
    def _why_left_alone(self, lead):
        """Tell why nothing ever decided about a lead.

        :param lead: readable by whoever asks
        """
        _ = self.env._
        # sudo: switches of the company, and who made the lead, no more
        service = self.sudo()
        companies = service.env["lead.distribution.lead.company"]
        company = companies._company_of_lead(lead.with_env(service.env))
        routes = service.env["lead.distribution.route"]._routes_of(company)
        name = self.env["lead.distribution.filters"]._name_of
        owner, maker = lead.user_id, lead.create_uid
        if not company:
            return _("The company of this lead is unknown, so no route applies.")
        if company.lead_distribution_mode == "off":
            return _("The distribution is switched off in %s.", company.name)
        first = min(routes.mapped("create_date"), default=False)
        if not first:
            return _("No route is switched on: nothing is distributed.")
        if owner and owner == maker:
            return _(
                "%s created this lead manually. Leads that salespeople create stay "
                "with them.",
                name("res.users", owner.id),
            )
        if lead.create_date and lead.create_date < first:
            return _("This lead arrived before the first route was created.")
        if owner:
            return _(
                "%(maker)s created this lead with the salesperson %(owner)s. A lead "
                "that has a salesperson is not distributed.",
                maker=name("res.users", maker.id),
                owner=name("res.users", owner.id),
            )
        return _("This lead has not been distributed yet.")

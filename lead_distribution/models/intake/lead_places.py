"""Countries and states as people write them."""

from odoo import api, models

from ...engine.identity import fold
from ...tools.countries import codes_by_name
from ...tools.text import literal_pattern


class LeadDistributionIntake(models.AbstractModel):
    _inherit = "lead.distribution.intake"

    @api.model
    def _places(self, leads, company):
        """Find the countries and states that leads name. What is not found becomes an
        answer of the lead, so that nothing is lost.

        :param leads: list of :class:`.LeadValues`, whose answers may grow
        :param company: ``res.company``, whose country is meant where none is named
        :returns: list of ``(res.country, res.country.state)``, either may be empty
        """
        none = self.env["res.country"], self.env["res.country.state"]
        if not any(lead.country or lead.state for lead in leads):
            return [none] * len(leads)
        countries, states, found = {}, {}, []
        for lead in leads:
            if lead.country not in countries:
                countries[lead.country] = self._country_named(lead.country)
            country = countries[lead.country]
            if lead.country and not country:
                lead.answers.append((self.env._("Country"), lead.country))
            where = country or (none[0] if lead.country else company.country_id)
            if where.id not in states:
                states[where.id] = {
                    fold(word): state
                    for state in where.state_ids
                    for word in (state.name, state.code)
                }
            state = states[where.id].get(fold(lead.state).strip(), none[1])
            if lead.state and not state:
                lead.answers.append((self.env._("State or Province"), lead.state))
            found.append((country or state.country_id, state))
        return found

    @api.model
    def _country_named(self, name):
        """Find a country by its code, or its name in one of many languages.

        :returns: ``res.country``, empty for none
        """
        countries = self.env["res.country"]
        name = name.strip()
        if not name:
            return countries
        code = codes_by_name().get(fold(name))
        if code:
            return countries.search([("code", "=", code)], limit=1)
        for language, _label in self.env["res.lang"].get_installed():
            named = [("name", "=ilike", literal_pattern(name))]
            found = countries.with_context(lang=language).search(named, limit=1)
            if found:
                return found.with_env(self.env)
        return countries

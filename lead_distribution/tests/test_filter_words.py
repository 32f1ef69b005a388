"""What is wrong with a filter, in words."""

from odoo.fields import Domain
from odoo.tests.common import tagged

from .common import DistributionCase


@tagged("post_install", "-at_install")
class TestFilterWords(DistributionCase):
    """K3 U9: bad filters are told in the words of who reads them, not in Python's."""

    def _problem(self, text, model="crm.lead"):
        return self.env["lead.distribution.filters"]._filter_problem(model, text)

    def test_good_filters(self):
        """K3: what works has no problem, paths, parts of dates and nested conditions
        included."""
        for text in (
            False,
            "[]",
            "[('name', 'ilike', 'villa')]",
            "['|', ('partner_id.country_id.code', '=', 'PL'), ('priority', '=', '3')]",
            "[('create_date.month_number', '=', 3)]",
            "[('tag_ids', 'any', [('name', '=', 'x')])]",
            "[('id', '=', 0)]",
        ):
            self.assertEqual(self._problem(text), "", text)

    def test_no_list(self):
        """K3: text that is no list, or only half of one."""
        for text in ("villa", "{", "[(", "('name', '=', 1)", "import os"):
            problem = self._problem(text)
            self.assertIn("not a list of conditions", problem, text)
            self.assertNotIn("Error", problem)

    def test_half_a_condition(self):
        """K3: a condition that lacks a part, or compares in an unknown way."""
        for text in ("[('name', '=')]", "['name']", "['|']", "[('name', 'near', 1)]"):
            self.assertIn("One of its conditions", self._problem(text), text)

    def test_no_such_field(self):
        """K3: a field that is gone is named, with what it was looked for on."""
        self.assertIn(
            "“Lead” has no field “no_such_field”",
            self._problem("[('no_such_field', '=', 1)]"),
        )
        self.assertIn(
            "“Contact” has no field “shoe_size”",
            self._problem("[('name', '=', 1), ('partner_id.shoe_size', '=', 1)]"),
        )

    def test_what_cannot_be_compared(self):
        """K3: a comparison that does not go with its field."""
        problem = self._problem("[('partner_id.name', 'any', [('id', '=', 1)])]")
        self.assertIn("“Contact / Name”", problem)
        self.assertIn("any", problem)

    def test_told_on_a_rule(self):
        """U9: a manager reads it on the rule and on the route."""
        rule = (
            self.env["lead.distribution.rule"]
            .with_user(self.manager)
            .new({"name": "Try", "domain": "[('no_such_field', '=', 1)]"})
        )
        self.assertIn("has no field", rule.problem)
        route = (
            self.env["lead.distribution.route"]
            .with_user(self.manager)
            .new({"name": "Try", "domain": "[("})
        )
        self.assertIn("not a list of conditions", route.problem)

    def test_what_the_lead_has(self):
        """U9: numbers stand as the reader writes them, and what is missing is said."""
        lead = self._lead(expected_revenue=12500.5, email_from=False)
        explain = self.env["lead.distribution.explanation"]
        for condition, words in (
            (("expected_revenue", ">=", 1000000), "12,500.50"),
            (("email_from", "=", "a@customers.test"), "empty"),
            (("color", "=", 3), "0"),
        ):
            self.assertEqual(explain._value_of(lead, Domain([condition])), words)
        filters = self.env["lead.distribution.filters"]
        self.assertEqual(
            filters._filter_in_words("crm.lead", "[('expected_revenue', '>', 1e6)]"),
            "Expected Revenue more than 1,000,000",
        )

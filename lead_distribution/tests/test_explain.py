import json

from odoo.exceptions import AccessError
from odoo.tests.common import tagged

from .common import DistributionCase


@tagged("post_install", "-at_install")
class TestExplain(DistributionCase):
    def _explanation(self, lead, user):
        action = lead.with_user(user).action_explain_distribution()
        wizard = lead.with_user(user).env[action["res_model"]].browse(action["res_id"])
        return wizard.explanation

    def test_why(self):
        """B1: routes tried, candidates with load, target and workload %, and why,
        for the salesperson with own documents only."""
        self._route(self.clara, name="Elsewhere", sequence=1, domain="[('id', '=', 0)]")
        self._route(self.anna | self.boris, name="Main", standard_target=20)
        self._lead()
        lead = self._lead()
        self.assertEqual(lead.user_id, self.boris)
        text = self._explanation(lead, self.boris)
        for word in (
            "Main",
            "Elsewhere",
            "does not match",
            "took the lead",
            "Anna",
            "Boris",
            "5 %",
            "20",
        ):
            self.assertIn(word, text)
        with self.assertRaises(AccessError):
            self._explanation(lead, self.anna)

    def test_older_and_later_traces(self):
        """B1: whatever version wrote a trace, it is told as far as it is known."""
        route = self._route(self.anna | self.boris, name="Main")
        lead = self._lead()
        row = self._rows(lead)
        chosen = [lead.user_id.id, 1.0, 30, 0.5]

        def told(trace):
            self.env.flush_all()
            self.env.cr.execute(
                "UPDATE lead_distribution_assignment SET trace = %s, snapshot_id = NULL"
                " WHERE id = %s",
                [json.dumps(trace), row.id],
            )
            self.env.invalidate_all()
            return self._explanation(lead, self.manager)

        name = lead.user_id.name
        # without the keys that came later
        for trace in ({"v": 1}, {"routes": []}, {"v": 1, "chosen": chosen}):
            self.assertIn(name, told(trace))
        text = told({"v": 1, "routes": [[route.id, "taken"]], "chosen": chosen})
        for words in ("took the lead", "Main", "+0.5", "3 %"):
            self.assertIn(words, text)
        self.assertNotIn("later version", text)
        text = told({"v": 2, "routes": [["unknown"]], "chosen": "unknown"})
        self.assertIn(name, text)
        self.assertIn("written by a later version", text)

    def test_written_once_never_recomputed(self):
        """B1: later changes do not change what is told."""
        route = self._route(self.anna | self.boris)
        lead = self._lead()
        trace = self._rows(lead).sudo().trace
        self._lead(5)
        route.strategy = "round_robin"
        self.anna.write({"lead_target_mode": "individual", "lead_target": 3})
        self.assertEqual(self._rows(lead).sudo().trace, trace)
        self.assertIn("furthest behind", self._explanation(lead, self.anna))

    def test_trace_holds_no_names(self):
        """Ids, codes and numbers only, and not readable raw."""
        self._route(self.anna | self.boris, name="Secret name")
        lead = self._lead()
        row = self._rows(lead)
        self.assertNotRegex(str(row.sudo().trace), "Anna|Boris|Secret")
        with self.assertRaises(AccessError):
            row.with_user(self.anna).read(["trace"])
        with self.assertRaises(AccessError):
            row.snapshot_id.with_user(self.manager).read(["data"])

    def test_names_of_the_absent_are_the_managers(self):
        """B1: whoever has no say in it learns that somebody was not available."""
        self.boris.lead_absent = True
        self._route(self.anna | self.boris)
        lead = self._lead()
        self.assertIn("1 × not available", self._explanation(lead, self.anna))
        self.assertNotIn("absent", self._explanation(lead, self.anna))
        self.assertNotIn("Boris", self._explanation(lead, self.anna))
        self.assertIn("absent (Boris)", self._explanation(lead, self.manager))

    def test_in_the_readers_language(self):
        """B1: the same trace, the words of the reader."""
        self.env["res.lang"]._activate_lang("es_ES")
        self.env["ir.module.module"]._load_module_terms(
            ["lead_distribution"], ["es_ES"]
        )
        self._route(self.anna)
        lead = self._lead()
        self.anna.lang = "es_ES"
        text = self._explanation(lead.with_context(lang="es_ES"), self.anna)
        self.assertIn("Rutas probadas", text)

    def test_leads_without_a_row(self):
        lead = self._lead(user_id=self.anna.id)
        self.assertIn("nothing is distributed", self._explanation(lead, self.anna))

    def test_history(self):
        """B1 O24: what happened before, a line each."""
        self._route(self.anna)
        lead = self._lead()
        lead.user_id = self.boris
        text = self._explanation(lead, self.boris)
        self.assertIn("manually", text)
        self.assertIn("Before that", text)
        self.assertIn("Anna", text)

    def test_pool_says_why(self):
        self._route(self.anna, name="Only Anna")
        self.anna.lead_distribution_paused = True
        lead = self._lead()
        text = self._explanation(lead, self.anna)
        self.assertIn("nobody", text)
        self.assertIn("1 × paused for leads", text)

    def test_those_at_a_limit_or_without_target_are_named(self):
        """B1: not only counted; a salesperson reads it of themselves alone."""
        self.boris.write({"lead_target_mode": "individual", "lead_target": 0})
        self.clara.lead_max_day = 1
        self._route(self.clara | self.boris | self.anna, strategy="round_robin")
        # clara takes the first and is at her limit within the same block
        leads = self._lead(3)
        self.assertEqual(leads[0].user_id, self.clara)
        text = self._explanation(leads[2], self.manager)
        self.assertIn("at the limit of leads a day (Clara)", text)
        self.assertIn("with a target of 0 (Boris)", text)
        lead = self._lead()
        self.assertIn(
            "at the limit of leads a day (Clara)", self._explanation(lead, self.manager)
        )
        text = self._explanation(lead, self.anna)
        self.assertNotIn("Clara", text)
        self.assertNotIn("Boris", text)
        self.assertIn("2 × not available", text)

    def test_closed_direct_routes_below_are_listed(self):
        """B1 K5: a direct route would have won wherever it stands in the list."""
        self._route(self.anna, name="Main", sequence=1)
        for number, (name, values) in enumerate(
            (
                ("Closed direct", {"date_from": "2040-01-01"}),
                ("Matches not", {"domain": "[('id', '=', 0)]"}),
            )
        ):
            self._route(
                name=name,
                sequence=5 + number,
                pool_source="user",
                user_id=self.boris.id,
                **values,
            )
        text = self._explanation(self._lead(), self.anna)
        self.assertIn("Closed direct: was closed when the lead arrived", text)
        self.assertNotIn("Matches not", text)
        self._route(
            name="Open direct", sequence=9, pool_source="user", user_id=self.clara.id
        )
        text = self._explanation(self._lead(), self.clara)
        self.assertIn("Closed direct: was closed", text)
        self.assertIn("Open direct: took the lead", text)

    def test_decline_reason_is_shown(self):
        """K8 B1 K13: in why?, ledger, chatter and statistics."""
        self._route(
            self.anna | self.boris, delivery="offer", strategy="round_robin", name="Two"
        )
        lead = self._lead()
        lead.with_user(self.anna).action_decline("Too far <away>")
        lead.with_user(self.boris).action_claim()
        self.assertIn(
            "the reason given: Too far &lt;away&gt;",
            self._explanation(lead, self.boris),
        )
        row = self._rows(lead)[0]
        self.assertEqual(row.with_user(self.manager).decline_reason, "Too far <away>")
        bodies = " ".join(lead.message_ids.mapped("body"))
        self.assertIn("Declined by <b>Anna</b>: Too far &lt;away&gt;", bodies)
        found = self.env["lead.distribution.report"].with_user(self.manager)
        groups = found._read_group(
            [("declined", "=", 1), ("route_id.name", "=", "Two")],
            ["decline_reason"],
            ["__count"],
        )
        self.assertEqual(groups, [("Too far <away>", 1)])

    def test_the_condition_that_failed(self):
        """A route that a lead does not match names the condition, and what it has."""
        spain, poland = self.env.ref("base.es"), self.env.ref("base.pl")
        self._route(
            self.anna,
            name="Spain",
            domain=f"[('country_id', '=', {spain.id}), ('type', '=', 'lead')]",
            sequence=1,
        )
        lead = self._lead(country_id=poland.id)
        text = self._told(lead)
        self.assertIn("Country: Spain; the lead&#39;s is Poland", text)
        self.assertNotIn("Type", text.split("Spain")[1][:200])
        lead.country_id = spain
        self.assertIn("but matches now", self._told(lead))

    def test_why_it_was_left_alone(self):
        """A lead that nothing decided about says the one reason that holds."""
        old = self._lead()
        self._route(self.anna)
        Lead = self.env["crm.lead"].with_user(self.boris)
        own = Lead.create({"name": "My own", "user_id": self.boris.id})
        self.assertFalse(self._rows(own))
        self.assertIn("Boris created this lead manually", self._told(own))
        self.company.lead_distribution_mode = "off"
        self.assertFalse(self._rows(old))
        self.assertIn("switched off", self._told(old))

    def _told(self, lead):
        self.env.invalidate_all()
        explain = self.env["lead.distribution.explanation"].with_user(self.manager)
        return str(explain._explain_lead(lead.with_user(self.manager)))

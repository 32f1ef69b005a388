"""Languages, skills and territories (P4)."""

from datetime import datetime, timedelta
from html import unescape

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, HttpCase, tagged

from .common import DistributionCase, tour_user


@tagged("post_install", "-at_install")
class TestTalents(DistributionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for code in ("de_DE", "pl_PL"):
            cls.env["res.lang"]._activate_lang(code)
        cls.german = cls.env["res.lang"]._lang_get("de_DE")
        cls.polish = cls.env["res.lang"]._lang_get("pl_PL")
        cls.loans, cls.villas = cls.env["crm.tag"].create(
            [{"name": "Loans of test"}, {"name": "Villas of test"}]
        )
        cls.spain, cls.poland = cls.env.ref("base.es"), cls.env.ref("base.pl")
        cls.madrid = cls.env["lead.distribution.territory"].create(
            {
                "name": "Madrid",
                "country_ids": cls.spain.ids,
                "postcodes": "28001-28055, 27*",
            }
        )

    def _territory(self, **values):
        return self.env["lead.distribution.territory"].create(
            {"name": "Somewhere", **values}
        )

    def _excluded(self, lead):
        return self._rows(lead)[-1].sudo().trace.get("excluded")

    def _explained(self, lead, user):
        lead = lead.with_user(user)
        return unescape(lead.env["lead.distribution.explanation"]._explain_lead(lead))

    def test_language(self):
        """P4: who speaks the lead's language; without languages of their own the one
        they work in. The explanation says who does not."""
        self.anna.lead_language_ids = self.german
        self._route(self.anna | self.boris, match_language="must")
        leads = self._lead(3, lang_id=self.german.id)
        self.assertEqual(leads.user_id, self.anna)
        text = self._explained(leads[0], self.manager)
        self.assertIn("does not speak the lead's language (Boris)", text)
        self.boris.lang = "de_DE"
        self.assertEqual(self._lead(lang_id=self.german.id).user_id, self.boris)
        lead = self._lead(lang_id=self.polish.id)
        self.assertEqual(lead.distribution_state, "pool")
        self.assertEqual(self._excluded(lead), {"no_language": 2})
        # a lead without a language is anybody's
        self.assertTrue(self._lead().user_id)

    def test_skills(self):
        """P4: one of the lead's tags is enough, more come first; tags that are nobody's
        skill do not count."""
        self.anna.lead_skill_ids = self.loans
        self.boris.lead_skill_ids = self.loans | self.villas
        self._route(self.anna | self.boris | self.clara, match_skill="must")
        lead = self._lead(tag_ids=[Command.set((self.loans | self.villas).ids)])
        self.assertEqual(lead.user_id, self.boris, "who has both")
        lead = self._lead(tag_ids=[Command.set((self.loans | self.villas).ids)])
        self.assertEqual(lead.user_id, self.anna, "but not ahead of their share")
        self.assertEqual(self._excluded(lead), {"no_skill": 1})
        hot = self.env["crm.tag"].create({"name": "Hot of test"})
        self.assertEqual(self._lead(tag_ids=[Command.set(hot.ids)]).user_id, self.clara)

    def test_territory(self):
        """P4: countries, states, ranges and prefixes of postcodes."""
        self.anna.lead_territory_ids = self.madrid
        barcelona = self.env.ref("base.state_es_b")
        self.boris.lead_territory_ids = self._territory(state_ids=barcelona.ids)
        self._route(self.anna | self.boris, match_territory="must")
        spain = {"country_id": self.spain.id}
        self.assertEqual(self._lead(zip="28 013", **spain).user_id, self.anna)
        self.assertEqual(self._lead(zip="27999", **spain).user_id, self.anna)
        lead = self._lead(zip="08001", state_id=barcelona.id, **spain)
        self.assertEqual(lead.user_id, self.boris)
        lead = self._lead(zip="41001", **spain)
        self.assertEqual(self._excluded(lead), {"no_territory": 2})
        self.assertFalse(self._lead(country_id=self.poland.id).user_id)
        self.assertTrue(self._lead().user_id, "without an address anybody")

    def test_what_a_territory_may_be(self):
        """P4: postcodes that cannot be read, and nowhere, are refused in words."""
        with self.assertRaisesRegex(ValidationError, "no postcode"):
            self.madrid.postcodes = "28055-28001"
        with self.assertRaisesRegex(ValidationError, "has no area"):
            self._territory()
        with Form(self.env["lead.distribution.territory"].with_user(self.manager)) as f:
            f.name = "Bilbao"
            f.postcodes = "48*"
            f.user_ids.add(self.anna)
        self.assertEqual(self.anna.lead_territory_ids.name, "Bilbao")

    def test_should(self):
        """P4: let go when nobody is left, and said so."""
        self.anna.lead_language_ids = self.german
        self._route(self.anna | self.boris, match_language="should")
        leads = self._lead(2, lang_id=self.german.id)
        self.assertEqual(leads.user_id, self.anna)
        self.anna.lead_distribution_paused = True
        lead = self._lead(lang_id=self.german.id)
        self.assertEqual(lead.user_id, self.boris)
        text = self._explained(lead, self.boris)
        self.assertIn("does not speak the lead's language", text)

    def test_should_waits(self):
        """P4: so many minutes for somebody who matches, then others; a person who
        presses Distribute does not wait."""
        self.anna.lead_language_ids = self.german
        self.anna.lead_distribution_paused = True
        route = self._route(
            self.anna | self.boris, match_language="should", relax_minutes=30
        )
        one, two, three = self._lead(3, lang_id=self.german.id)
        self.assertEqual(one.distribution_state, "pending")
        due = one.create_date + timedelta(minutes=30)
        self.assertAlmostEqual(one.distribution_due, due, delta=timedelta(seconds=2))
        self.assertIn("who matches it", self._explained(one, self.manager))
        two.with_user(self.manager).action_distribute()
        self.assertEqual(two.user_id, self.boris)
        with freeze_time(fields.Datetime.now() + timedelta(minutes=31)):
            self._run_cron()
        self.assertEqual((one | three).user_id, self.boris)
        # somebody who matches is back
        self.anna.lead_distribution_paused = False
        route.relax_minutes = 10
        self.assertEqual(self._lead(lang_id=self.german.id).user_id, self.anna)

    def test_known_advisor(self):
        """P4 O13: the customer's advisor passes a should, not a must."""
        partner = self.env["res.partner"].create(
            {"name": "Hers", "user_id": self.boris.id}
        )
        self.anna.lead_language_ids = self.german
        route = self._route(self.anna | self.boris, match_language="should")
        values = {"partner_id": partner.id, "lang_id": self.german.id}
        lead = self._lead(**values)
        self.assertEqual(lead.user_id, self.boris)
        lead.active = False  # no open inquiry that the next one would go with
        route.match_language = "must"
        self.assertEqual(self._lead(**values).user_id, self.anna)

    def test_offers(self):
        """P4: offered to those who match alone."""
        self.anna.lead_language_ids = self.boris.lead_language_ids = self.german
        self._route(
            self.anna | self.boris | self.clara,
            match_language="must",
            delivery="offer_all",
        )
        lead = self._lead(lang_id=self.german.id)
        self.assertEqual(lead.offer_user_ids, self.anna | self.boris)

    def test_simulation(self):
        """P4 B2: a replay compares, too, and waits as long as the route would."""
        self.anna.lead_language_ids = self.german
        route = self._route(self.anna | self.boris, match_language="must")
        leads = self._lead(3, lang_id=self.german.id)
        now = fields.Datetime.now()
        found = self.env["lead.distribution.replay"]._replay(
            self.company, route, now - timedelta(days=1), now + timedelta(days=1), 99
        )
        found = {lead.id: decision.user_id for lead, decision in found}
        self.assertEqual({found[lead.id] for lead in leads}, {self.anna.id})

    def test_tasks_by_a_route(self):
        """P4 S1: a task that a route gives out goes to who matches."""
        self.anna.lead_language_ids = self.german
        route = self._route(self.anna | self.boris, match_language="must", active=False)
        leads = self._lead(3, lang_id=self.german.id)
        route.active = True
        found = self.env["lead.distribution.tasks"]._choose_by_route(
            self.company, leads, route.id, datetime.now()
        )
        self.assertEqual(set(found.values()), {self.anna.id})

    def test_rights(self):
        """P4: set by managers; colleagues may know them; companies apart."""
        self.anna.with_user(self.manager).write(
            {
                "lead_language_ids": [Command.set(self.german.ids)],
                "lead_skill_ids": [Command.set(self.loans.ids)],
                "lead_territory_ids": [Command.set(self.madrid.ids)],
            }
        )
        theirs = self.anna.with_user(self.boris)
        self.assertEqual(theirs.lead_territory_ids.name, "Madrid")
        with self.assertRaises(AccessError):
            self.anna.with_user(self.anna).lead_skill_ids = False
        with self.assertRaises(AccessError):
            self.madrid.with_user(self.anna).name = "Mine"
        other = self._territory(
            company_id=self.company_2.id, country_ids=self.spain.ids
        )
        with self.assertRaises(AccessError):
            other.with_user(self.manager).read(["name"])

    def test_backlog(self):
        """P4 P2: what nobody covered is tried again when a territory is given out."""
        self._route(self.anna, match_territory="must", drain=True)
        lead = self._lead(zip="28001", country_id=self.spain.id)
        self._run_cron()
        self.assertEqual(lead.distribution_state, "pool")
        with freeze_time(fields.Datetime.now() + timedelta(minutes=2)):
            self.env.cr.execute(
                "UPDATE lead_distribution_territory SET write_date = %s WHERE id = %s",
                [fields.Datetime.now(), self.madrid.id],
            )
            self.env.cr.execute(
                "INSERT INTO lead_distribution_territory_user_rel "
                "(territory_id, user_id) VALUES (%s, %s)",
                [self.madrid.id, self.anna.id],
            )
            self.env.invalidate_all()
            self._run_cron()
        self.assertEqual(lead.user_id, self.anna)

    def test_who_would_get(self):
        """P4 P1 P9: values typed in are compared, too, and may have to wait."""
        self.anna.lead_language_ids = self.german
        self.boris.lead_territory_ids = self.madrid
        route = self._route(self.anna | self.boris, match_language="must")
        routes = self.env["lead.distribution.route"].with_user(self.manager)
        found = routes.who_would_get(values={"name": "x", "lang_id": self.german.id})
        self.assertEqual(found["user_id"], self.anna.id)
        route.write({"match_language": "no", "match_territory": "must"})
        values = {"name": "x", "zip": "28001", "country_id": self.spain.id}
        self.assertEqual(routes.who_would_get(values=values)["user_id"], self.boris.id)
        route.write({"match_territory": "should", "relax_minutes": 30})
        self.boris.lead_distribution_paused = True
        found = routes.who_would_get(values=values)
        self.assertEqual((found["user_id"], found["reason"]), (False, "hold"))
        self.assertIn("it would wait until", found["explanation"])

    def test_two_companies(self):
        """P4: territories of another company say nothing here."""
        self.anna.company_ids |= self.company_2
        self.anna.lead_territory_ids = self._territory(
            company_id=self.company_2.id, country_ids=self.spain.ids
        )
        self._route(self.anna, match_territory="must")
        self._route(self.anna, match_territory="must", company_id=self.company_2.id)
        here = self._lead(country_id=self.spain.id)
        self.assertEqual(here.distribution_state, "pool")
        there = self._lead(country_id=self.spain.id, company_id=self.company_2.id)
        self.assertEqual(there.user_id, self.anna)

    def test_health(self):
        """P4 B3: a territory that nobody covers."""
        route = self._route(self.anna, match_territory="should")
        health = self.env["lead.distribution.health"].with_user(self.manager)

        def found():
            self.env.invalidate_all()
            return health.search([("kind", "=", "territory")]).mapped("name")

        self.assertIn("covers the territory Madrid", found()[0])
        self.anna.lead_territory_ids = self.madrid
        self.assertFalse(found())
        self.anna.lead_distribution_paused = True
        self.assertTrue(found())
        route.match_territory = "no"
        self.assertFalse(found())

    def test_sentence_and_form(self):
        """P4 K14: the route says what it compares."""
        route = self._route(self.anna)
        with Form(route.with_user(self.manager)) as form:
            form.match_language = "must"
            form.match_skill = "should"
            form.relax_minutes = 20
        self.assertIn("only people who speak the lead's language", route.summary)
        self.assertIn(
            "people who have a tag of the lead first; others after 20", route.summary
        )
        view = "lead_distribution.res_users_view_form_salesperson"
        with Form(self.anna.with_user(self.manager), view=view) as form:
            form.lead_territory_ids.add(self.madrid)
            form.lead_skill_ids.add(self.loans)
        self.assertEqual(self.anna.lead_skill_ids, self.loans)

    def test_queries_do_not_grow(self):
        """P4: no query a lead more."""
        self.company.lead_distribution_mode = "queued"
        self.anna.write(
            {
                "lead_language_ids": self.german.ids,
                "lead_skill_ids": self.loans.ids,
                "lead_territory_ids": self.madrid.ids,
            }
        )
        self._route(
            self.anna | self.boris,
            match_language="should",
            match_skill="should",
            match_territory="should",
        )

        def cost(count):
            leads = self._lead(
                count,
                lang_id=self.german.id,
                zip="28001",
                country_id=self.spain.id,
                tag_ids=[Command.set(self.loans.ids)],
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["lead.distribution"]._distribute_block(self.company, count)
            self.env.flush_all()
            self.assertEqual(leads.user_id, self.anna)
            return self.env.cr.sql_log_count - before

        cost(10)
        few, many = cost(20), cost(200)
        self.assertLess(many - few, 40)


@tagged("post_install", "-at_install")
class TestTalentsInTheBrowser(HttpCase):
    def test_territory(self):
        """P4: a manager makes a territory, and sees it on the board."""
        tour_user(self.env, "places", "group_sale_manager")
        anna = tour_user(self.env, "covers")
        self.start_tour(
            "/odoo/lead-territories/new",
            "lead_distribution_territory",
            login="tour_places",
        )
        self.assertEqual(anna.lead_territory_ids.postcodes, "28001-28055, 08*")

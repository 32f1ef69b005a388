from odoo import Command, fields
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain
from odoo.tests.common import tagged

from ..tools.service_context import as_service
from .common import DistributionCase


@tagged("post_install", "-at_install")
class TestRoutes(DistributionCase):
    def test_filter_takes_what_it_matches(self):
        """K3: any domain on the lead."""
        poland = self.env.ref("base.pl")
        self._route(
            self.boris,
            name="Poland by portal",
            domain=str(
                [("country_id", "=", poland.id), ("source_id", "=", self.source.id)]
            ),
        )
        self._route(self.anna, name="Rest", sequence=20)
        both = self._lead(country_id=poland.id, source_id=self.source.id)
        self.assertEqual(both.user_id, self.boris)
        self.assertEqual(self._lead(country_id=poland.id).user_id, self.anna)

    def test_filters_of_every_kind(self):
        """K3: media, campaigns, teams, tags, states, languages, listings."""
        listing = self.env["lead.distribution.listing"].create({"name": "House"})
        tag = self.env["crm.tag"].create({"name": "Hot"})
        campaign = self.env["utm.campaign"].create({"name": "Spring"})
        medium = self.env["utm.medium"].create({"name": "Billboard of Test"})
        state = self.env["res.country.state"].search([], limit=1)
        lang = self.env["res.lang"].search([], limit=1)
        values = {
            "listing_id": listing.id,
            "campaign_id": campaign.id,
            "medium_id": medium.id,
            "state_id": state.id,
            "lang_id": lang.id,
            "team_id": self.team.id,
        }
        route = self._route(self.boris, name="Special")
        self._route(self.anna, name="Rest", sequence=20)
        for name, value in values.items():
            route.domain = str([(name, "=", value)])
            self.assertEqual(self._lead(**{name: value}).user_id, self.boris, name)
            other = self._lead(team_id=False)
            if name != "lang_id":
                self.assertEqual(other.user_id, self.anna, name)
        route.domain = str([("tag_ids", "in", tag.ids)])
        self.assertEqual(self._lead(tag_ids=[(6, 0, tag.ids)]).user_id, self.boris)

    def test_filters_match_what_is_searched(self):
        """Whatever a filter asks, it takes the leads that a search finds: missing
        values, other tables and nothing at all included."""
        tag = self.env["crm.tag"].create({"name": "Sea view"})
        spain = self.env.ref("base.es")
        madrid = self.env["res.partner"].create({"name": "Acme", "city": "Madrid"})
        leads = (
            self._lead(3)
            | self._lead(2, country_id=spain.id, tag_ids=tag.ids, priority="2")
            | self._lead(2, partner_id=madrid.id, expected_revenue=900, city="Vigo")
        )
        service = as_service(self.env["lead.distribution.matching"])
        ours = leads.with_env(service.env)
        found = set()
        for domain in (
            [("country_id", "=", spain.id)],
            [("country_id", "!=", spain.id)],
            [("country_id.code", "=", "ES")],
            [("partner_id.city", "ilike", "mad")],
            ["!", ("partner_id.city", "ilike", "mad")],
            ["|", ("city", "=ilike", "v%"), ("tag_ids.name", "ilike", "sea")],
            [("tag_ids", "not in", tag.ids)],
            [("city", "=", False), ("priority", "in", ["0", "1"])],
            [("city", "not ilike", "i")],
            [("expected_revenue", ">", 100)],
            [("id", "in", [])],
            [("partner_id", "child_of", madrid.ids)],
        ):
            within = service._within(ours, Domain(domain))
            answer = service._matching(ours, {1: within})[1]
            self.assertEqual(answer, set(leads.filtered_domain(domain).ids), domain)
            searched = leads.search(Domain("id", "in", leads.ids) & Domain(domain))
            self.assertEqual(answer, set(searched.ids), domain)
            found.add(frozenset(answer))
        self.assertGreater(len(found), 5, "they differ")

    def test_order_is_priority(self):
        """K4: the first with somebody eligible; the explanation says why not the
        earlier ones."""
        skipped = self._route(self.clara, name="Away", sequence=1)
        skipped.paused_user_ids = self.clara
        other = self._route(self.clara, name="Other", sequence=2)
        other.domain = "[('name', '=', 'nobody is called so')]"
        takes = self._route(self.boris, name="Takes", sequence=3)
        self._route(self.anna, name="Later", sequence=4)
        lead = self._lead()
        self.assertEqual(lead.user_id, self.boris)
        self.assertEqual(lead.distribution_route_id, takes)
        self.assertEqual(
            self._rows(lead).sudo().trace["routes"],
            [[skipped.id, "nobody"], [other.id, "no_match"], [takes.id, "taken"]],
        )
        takes.sequence = 9
        self.assertEqual(self._lead().user_id, self.anna)

    def test_direct_route_wins_wherever_it_stands(self):
        """K5"""
        self._route(self.anna, name="First", sequence=1)
        direct = self._route(
            name="Direct",
            sequence=99,
            pool_source="user",
            user_id=self.clara.id,
            domain="[('priority', '=', '3')]",
        )
        lead = self._lead(priority="3")
        self.assertEqual(
            (lead.user_id, self._rows(lead).reason), (self.clara, "direct")
        )
        self.assertEqual(self._lead(priority="0").user_id, self.anna)
        self.clara.lead_distribution_paused = True
        self.assertEqual(self._lead(priority="3").user_id, self.anna)
        self.clara.lead_distribution_paused = False
        direct.active = False
        self.assertEqual(self._lead(priority="3").user_id, self.anna)

    def test_through_one_route_that_somebody_chose(self):
        """S4 U11: whatever the other routes, and its own filter and hours, say; a
        wait keeps the choice, a paused route takes nothing."""
        self._route(self.anna, sequence=1)
        self._route(name="Direct", pool_source="user", user_id=self.clara.id)
        chosen = self._route(self.boris, domain="[('priority', '=', '3')]", sequence=9)
        lead = self._lead()
        self.assertEqual(lead.user_id, self.clara)
        self.env["lead.distribution"]._distribute(lead, "outcome", route=chosen)
        self.assertEqual(
            (lead.user_id, lead.distribution_route_id), (self.boris, chosen)
        )
        self.assertIn(
            "another route",
            self.env["lead.distribution.explanation"]._explain(self._rows(lead)[-1]),
        )
        chosen.write({"delay_number": 5, "delay_unit": "minutes"})
        waiting = self._lead(user_id=False)
        self.env["lead.distribution"]._distribute(waiting, "outcome", route=chosen)
        self.assertEqual(waiting.distribution_state, "pending")
        as_service(self.env["lead.distribution"]).env["crm.lead"].browse(
            waiting.id
        ).distribution_due = fields.Datetime.now()
        self._run_cron()
        self.assertEqual(waiting.distribution_route_id, chosen)
        self.assertFalse(waiting.distribution_asked_route_id)
        chosen.active = False
        pooled = self._lead()
        pooled.with_user(self.manager).action_release_to_pool()
        self.env["lead.distribution"]._distribute(pooled, "outcome", route=chosen)
        self.assertEqual(pooled.distribution_state, "pool")

    def test_paused_route_takes_nothing(self):
        """K6: the toggle archives; the status shows on its tab."""
        route = self._route(self.anna).with_user(self.manager)
        self._route(self.boris, sequence=20)
        self.assertEqual(self._lead().user_id, self.anna)
        route.active = False
        self.assertEqual(route.status, "paused")
        self.assertEqual(self._lead().user_id, self.boris)
        found = route.with_context(active_test=False).search(
            [("status", "=", "paused")]
        )
        self.assertIn(route, found)
        route.active = True
        self.assertEqual(route.status, "active")

    def test_only_managers_change_routes(self):
        """K14: a salesperson reads, a manager creates, edits, duplicates."""
        route = self._route(self.anna)
        Route = self.env["lead.distribution.route"]
        self.assertTrue(route.with_user(self.anna).summary)
        with self.assertRaises(AccessError):
            route.with_user(self.anna).name = "Mine"
        with self.assertRaises(AccessError):
            Route.with_user(self.anna).create({"name": "Mine"})
        with self.assertRaises(AccessError):
            route.with_user(self.anna).copy()
        made = Route.with_user(self.manager).create(
            {"name": "Ours", "member_ids": [(0, 0, {"user_id": self.boris.id})]}
        )
        twin = made.copy()
        self.assertEqual(twin.member_ids.user_id, self.boris)
        self.assertFalse(twin.active, "a copy starts paused")
        self.assertNotEqual(twin.name, made.name)

    def test_route_says_what_it_does(self):
        """K14: in one sentence, in the reader's language."""
        route = self._route(self.anna | self.boris, strategy="round_robin")
        self.assertIn("Anna, Boris", route.summary)
        self.assertIn("one each in order", route.summary)
        route.write({"pool_source": "user", "user_id": self.clara.id})
        self.assertIn("straight to Clara", route.summary)

    def test_filter_that_does_not_parse_is_refused(self):
        """Bad input: the route's name and the reason, and nothing is saved."""
        route = self._route(self.anna, name="Flats")
        for broken in (
            "[('name', '=',",
            "name = 3",
            "[('no_such_field', '=', 1)]",
            "[('name', 'is bigger', 1)]",
            "__import__('os').system('true')",
            "{}",
        ):
            with self.assertRaisesRegex(ValidationError, "Flats"):
                route.domain = broken

    def test_filter_broken_later_passes_the_route_over(self):
        """Bad input: after an uninstall the route is passed over, and says so."""
        broken = self._route(self.anna, name="Broken", sequence=1)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE lead_distribution_route SET domain = %s WHERE id = %s",
            ["[('gone_field', '=', 1)]", broken.id],
        )
        broken.invalidate_recordset()
        self._route(self.boris, sequence=2)
        with self.assertLogs("odoo.addons.lead_distribution", "WARNING"):
            lead = self._lead()
        self.assertEqual(lead.user_id, self.boris)
        self.assertIn([broken.id, "broken"], self._rows(lead).sudo().trace["routes"])
        self.assertIn("gone_field", broken.problem)
        self.assertIn("broken", lead.distribution_assignment_ids.explanation)

    def test_a_filter_the_database_refuses_hurts_only_its_route(self):
        broken = self._route(self.anna, name="Too big", sequence=1)
        broken.domain = "[('probability', '>', 1e999)]"
        self.env.flush_all()
        self._route(self.boris, sequence=2, domain="[('name', '!=', 'x')]")
        bomb = "[('id', '=', 99999999999999999999)]"
        self.env.cr.execute(
            "UPDATE lead_distribution_route SET domain = %s WHERE id = %s",
            [bomb, broken.id],
        )
        broken.invalidate_recordset()
        lead = self._lead()
        self.assertEqual(lead.user_id, self.boris)

    def test_companies_of_a_route_are_checked(self):
        with self.assertRaises(ValidationError):
            self._route(self.anna, company_id=self.company_2.id)
        with self.assertRaises(ValidationError):
            self._route(company_id=self.company_2.id, team_ids=self.team.ids)
        with self.assertRaises(ValidationError):
            self._route(pool_source="user")

    def test_condition_in_words(self):
        """K14: any filter is read in words, never as "matches the filter"."""
        spain = self.env.ref("base.es")
        words = {
            "[]": "Every lead",
            f"[('country_id', '=', {spain.id})]": "Country: Spain",
            "['|', ('priority', '=', '3'), ('expected_revenue', '>=', 1000)]": (
                "Priority: Very High or Expected Revenue at least 1,000"
            ),
            "['!', ('name', 'ilike', 'test')]": "Opportunity does not contain test",
            "[('source_id', '=', False), ('email_from', '!=', False)]": (
                "Source is not set and Email is set"
            ),
            "[('partner_id.country_id.code', '=', 'ES')]": (
                "Contact › Country › Country Code: ES"
            ),
            "[('listing_id.reference', '=like', 'N-%')]": (
                "Listing › Reference begins with N-"
            ),
            "[('tag_ids', 'any', [('name', '=', 'A')])]": "Tags (Tag Name: A)",
            "[('priority', '=', '3'), '|', ('city', '=', 'A'), ('city', '=', 'B')]": (
                "Priority: Very High and (City: A or City: B)"
            ),
        }
        route = self._route(self.anna)
        for domain, said in words.items():
            route.domain = domain
            self.assertEqual(route.condition, said)
            self.assertNotIn("match the filter", route.summary)

    def test_line_of_the_list(self):
        """K13 K14: its place, who is in it by whatever way, who is next, leads today;
        paused ones have no place."""
        first = self._route(self.anna | self.boris, sequence=1, strategy="round_robin")
        teams = self._route(pool_source="teams", team_ids=self.team.ids, sequence=2)
        direct = self._route(pool_source="user", user_id=self.clara.id, sequence=3)
        direct.domain = "[('id', '=', 0)]"
        paused = self._route(self.clara, active=False, sequence=0)
        routes = (first | teams | direct | paused).with_user(self.manager)
        self.assertEqual(routes.mapped("position"), [1, 2, 3, 0])
        self.assertEqual(routes[1].candidate_ids, self.anna | self.boris | self.clara)
        self.assertEqual(routes[0].next_user_id, self.anna)
        self.assertEqual(routes[2].next_user_id, self.clara)
        self.assertEqual(self._lead().user_id, self.anna)
        self.env.invalidate_all()
        self.assertEqual(routes[0].next_user_id, self.boris)
        self.assertEqual(routes[0].today_count, 1)
        self.boris.lead_distribution_paused = True
        self.env.invalidate_all()
        self.assertEqual(routes[0].next_user_id, self.anna)
        self.assertEqual(routes[0].hours, "Always")

    def test_week_as_a_picture(self):
        """P15: the hours of this week in the time zone of the working schedule, with
        its holidays, in the reader's order of days; what is open is what decides."""
        calendar = self.env["resource.calendar"].create(
            {"name": "Mornings", "tz": "Asia/Tokyo", "attendance_ids": False}
        )
        calendar.attendance_ids = [
            Command.create(
                {"name": "x", "dayofweek": day, "hour_from": 9, "hour_to": 13.5}
            )
            for day in ("0", "1", "2")
        ]
        calendar.global_leave_ids = [
            Command.create(
                {
                    "name": "Founders",
                    "date_from": "2026-03-02 15:00:00",  # midnight of Tuesday there
                    "date_to": "2026-03-03 15:00:00",
                }
            )
        ]
        route = self._route(
            self.anna, schedule="within", resource_calendar_id=calendar.id
        )
        at = fields.Datetime.to_datetime("2026-03-01 16:00:00")  # Monday in Tokyo
        self.env.ref("base.lang_en").week_start = "1"
        week = route.with_user(self.manager)._week(at)
        self.assertEqual(week["zone"], "Asia/Tokyo")
        days = week["days"]
        self.assertEqual([day["today"] for day in days], [True] + [False] * 6)
        morning, never = [(540, 810)], []
        self.assertEqual(
            [day["parts"] for day in days], [morning, never, morning, *[never] * 4]
        )
        self.assertEqual(
            [day["holiday"] for day in days[:3]], [False, "Founders", False]
        )
        self.assertEqual(days[1]["text"], "Closed (Founders)")
        self.assertIn("9:00", days[0]["text"])
        self.assertEqual(days[6]["text"], "Closed")
        route.schedule = "outside"
        days = route._week(at)["days"]
        self.assertEqual(days[0]["parts"], [(0, 540), (810, 1440)])
        self.assertEqual(days[1]["text"], "All day (Founders)")
        route.schedule, route.date_to = "always", "2026-03-03"
        days = route._week(at)["days"]
        self.assertEqual([len(day["parts"]) for day in days], [1, 1, 0, 0, 0, 0, 0])
        self.env.ref("base.lang_en").week_start = "7"
        self.assertEqual(len(route._week(at)["days"][0]["parts"]), 1)
        self.assertTrue(route._week(at)["days"][1]["today"])

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import HttpCase
from odoo.tests.common import tagged

from .common import MANAGER, DistributionCase, tour_user


@tagged("post_install", "-at_install")
class TestHealth(DistributionCase):
    """B3: each kind is found, its link opens where the manager mends it, and then it
    is gone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["lead.distribution.rule"].search([]).active = False
        cls.env["lead.distribution.process"].search([]).active = False
        cls.company.lead_distribution_manager_id = cls.manager
        cls.admin = cls._user("admin", f"{MANAGER},base.group_system")

    def _findings(self, kind=None, user=None):
        self.env.flush_all()
        Health = self.env["lead.distribution.health"].with_user(user or self.manager)
        Health.invalidate_model()
        found = Health.search([])
        return found.filtered(lambda one: one.kind == kind) if kind else found

    def _the(self, kind, severity, *words, user=None):
        """:returns: the one finding of a kind, which says these words"""
        found = self._findings(kind, user)
        self.assertEqual(len(found), 1, found.mapped("name"))
        self.assertEqual(found.severity, severity, found.name)
        for word in words:
            self.assertIn(word, found.name)
        return found

    def _opened(self, finding):
        """:returns: the records that the link opens, as who mends them"""
        self.assertTrue(finding.can_open)
        action = finding.action_open()
        Model = finding.env[action["res_model"]].with_context(active_test=False)
        if action.get("res_id"):
            self.assertEqual(action["views"][0][1], "form")
            return Model.browse(action["res_id"])
        return Model.search(action["domain"])

    def _gone(self, kind, user=None):
        self.assertFalse(self._findings(kind, user).mapped("name"))

    def _sql(self, query, *values):
        self.env.flush_all()
        self.env.cr.execute(query, values)
        self.env.invalidate_all()

    def _calendar(self, hours=True, company=None):
        return self.env["resource.calendar"].create(
            {
                "name": "Night watch",
                "tz": "Europe/Warsaw",
                "company_id": (company or self.company).id,
                "attendance_ids": [(5, 0, 0)]
                + [
                    (
                        0,
                        0,
                        {
                            "name": f"Day {day}",
                            "dayofweek": str(day),
                            "hour_from": 0,
                            "hour_to": 24,
                            "day_period": "full_day",
                        },
                    )
                    for day in range(7 if hours else 0)
                ],
            }
        )

    # nothing ----------------------------------------------------------------

    def test_nothing_to_mend(self):
        """B3: a healthy house shows nothing; nor does one that distributes nothing."""
        self.assertFalse(self._findings().mapped("name"))
        self._route(
            name="Large",
            pool_source="user",
            user_id=self.anna.id,
            domain="[('expected_revenue', '>', 1000)]",
        )
        self._route(
            name="Portal",
            pool_source="teams",
            team_ids=self.team.ids,
            domain=str([("source_id", "=", self.source.id)]),
        )
        self._route(self.anna | self.boris, name="Rest", sequence=20)
        self.env["lead.distribution.rule"].create(
            {
                "name": "Old",
                "active": True,
                "member_ids": [(0, 0, {"user_id": self.anna.id})],
            }
        )
        self._lead(3)
        self.assertFalse(self._findings().mapped("name"))

    def test_only_managers(self):
        """B3: salespeople neither read nor open it."""
        self._route()
        finding = self._the("pool", "danger")
        with self.assertRaises(AccessError):
            self._findings(user=self.anna)
        with self.assertRaises(AccessError):
            finding.with_user(self.anna).action_open()
        with self.assertRaises(AccessError):
            finding.create({"name": "Mine"})

    def test_two_companies(self):
        """B3: of the companies chosen alone; what concerns all is told once."""
        self._route(name="Ours")
        self._route(name="Theirs", company_id=self.company_2.id)
        shared = self._route(name="Everybody's", company_id=False)
        texts = self._findings().mapped("name")
        self.assertEqual(len(texts), 2, texts)
        self.assertNotIn("Theirs", "".join(texts))
        both = self._user(
            "both",
            "sales_team.group_sale_manager",
            company_ids=[(6, 0, (self.company | self.company_2).ids)],
        )
        Health = self.env["lead.distribution.health"].with_user(both)
        chosen = {"allowed_company_ids": (self.company | self.company_2).ids}
        found = Health.with_context(**chosen).search([("kind", "=", "pool")])
        self.assertEqual(
            {one.company_id for one in found},
            {self.company, self.company_2, self.env["res.company"]},
        )
        self.assertEqual(len(found), 3, found.mapped("name"))
        self.assertEqual(
            [self._opened(one) for one in found if not one.company_id], [shared]
        )
        theirs = Health.with_context(allowed_company_ids=self.company_2.ids)
        theirs.invalidate_model()
        found = theirs.search([("company_id", "!=", False)])
        self.assertIn("Theirs", found.filtered(lambda x: x.kind == "pool").name)
        self.assertEqual(found.company_id, self.company_2)

    def test_people_of_other_companies_are_not_named(self):
        """B3: on a route of all companies."""
        stranger = self._user("stranger", company_id=self.company_2.id)
        self._route(stranger, name="Everybody's", company_id=False)
        finding = self._the("pool", "info", "1 of other companies")
        self.assertNotIn(stranger.name, finding.name)
        stranger.active = False
        finding = self._the("pool", "danger", "1 of other companies")
        self.assertNotIn(stranger.name, finding.name)

    def test_the_same_finding_keeps_its_number(self):
        """B3: the link leads where it did when the list was read; what was mended
        meanwhile says so."""
        first, second = self._route(name="First"), self._route(name="Second")
        found = self._findings("pool")
        of_second = found.filtered(lambda one: "Second" in one.name)
        self._mend(first)
        again = self._the("pool", "danger", "Second")
        self.assertEqual(again, of_second)
        self.assertEqual(self._opened(again), second)
        self._mend(second)
        self.env.flush_all()
        action = of_second.action_open()
        self.assertEqual(action["tag"], "display_notification")
        self.assertEqual(action["params"]["type"], "success")

    def _mend(self, route):
        route.member_ids = [(0, 0, {"user_id": self.anna.id})]

    def test_worst_first(self):
        """B3"""
        self._route(self.anna).member_ids.write(
            {"target_mode": "individual", "target": 0}
        )
        late = self._route(self.boris, date_to="2020-01-01")
        late.date_to = "2020-01-01"
        severities = self._findings().mapped("severity")
        self.assertEqual(severities, ["danger", "warning"])

    def _cost(self):
        """:returns: number of statements that the list takes"""
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.env["lead.distribution.health"].with_user(self.manager).search([])
        return self.env.cr.sql_log_count - before

    def test_checked_once_an_opening(self):
        """Part 10: one opening of the list checks once, whatever it asks the database:
        pages, groups, exports; the next opening checks anew."""
        for name in ("Empty", "Bare"):
            self._route(name=name)
        Health = self.env["lead.distribution.health"].with_user(self.manager)
        checks = self.registry["lead.distribution.health.checks"]
        spec = {"name": {}, "kind": {}, "company_id": {"fields": {"display_name": {}}}}
        openings = {
            "list": lambda: Health.web_search_read([], spec, limit=80),
            "page": lambda: Health.web_search_read([], spec, limit=1),
            "groups": lambda: Health.web_read_group(
                [],
                ["kind"],
                ["__count"],
                auto_unfold=True,
                unfold_read_specification=spec,
            ),
            "export": lambda: found.with_user(self.admin).export_data(["name"]),
        }
        found = Health.search([])
        for name, opening in openings.items():
            Health.invalidate_model()
            with patch.object(
                checks, "_health", autospec=True, side_effect=checks._health
            ) as check:
                answer = opening()
            self.assertEqual(check.call_count, 1, name)
            self.assertIn("Empty", str(answer))
        self._route(self.anna, name="Later").active = False
        self.env["lead.distribution.route"].search([("name", "=", "Empty")]).active = 0
        self.assertNotIn("Empty", str(openings["page"]()))

    def test_queries_do_not_grow_with_leads(self):
        """B3"""
        self._route(self.anna | self.boris, domain="[('name', '=', 'x')]")
        counts = []
        for number in (5, 60):
            leads = self._lead(number)
            self._sql(
                "UPDATE crm_lead SET create_date = create_date - interval '2 days'"
                " WHERE id = ANY(%s)",
                leads.ids,
            )
            self._the("leads", "warning")
            counts.append(self._cost())
        self.assertEqual(counts[0], counts[1])

    def test_queries_do_not_grow_with_listings(self):
        """B3"""
        self._route(pool_source="listing")
        counts = []
        for number in (5, 60):
            self.env["lead.distribution.listing"].create(
                [
                    {
                        "name": f"Flat {n} of {number}",
                        "contact_ids": [
                            (0, 0, {"name": f"Owner {n} of {number}"}),
                            (4, self.anna.partner_id.id),
                        ],
                    }
                    for n in range(number)
                ]
            )
            self._gone("listing")
            counts.append(self._cost())
        self.assertLess(counts[1] - counts[0], 5, counts)

    # filters ----------------------------------------------------------------

    def test_broken_filter(self):
        """B3: a field that an uninstalled addon left behind."""
        route = self._route(self.anna, name="Flats")
        self._sql(
            "UPDATE lead_distribution_route SET domain = %s WHERE id = %s",
            "[('gone_field', '=', 1)]",
            route.id,
        )
        finding = self._the("filter", "danger", "Flats", "gone_field")
        self._opened(finding).domain = "[]"
        self._gone("filter")

    def test_contradictory_filter(self):
        """B3"""
        self._route(
            self.anna,
            name="Both",
            domain="[('type', '=', 'lead'), ('type', '=', 'opportunity')]",
        )
        self._route(self.anna, domain="[('source_id', 'in', [])]", name="None")
        found = self._findings("filter")
        self.assertEqual(len(found), 2)
        for finding in found:
            self.assertIn("contradicts itself", finding.name)
            self._opened(finding).domain = "[('type', '=', 'lead')]"
        self._gone("filter")

    def test_filter_on_what_is_gone(self):
        """B3: deleted sources, archived campaigns, listings of a listing's team."""
        source = self.env["utm.source"].create({"name": "Portal that closed"})
        other = self.env["utm.source"].create({"name": "Portal that stays"})
        route = self._route(
            self.anna, name="Portal", domain=str([("source_id", "=", source.id)])
        )
        self._gone("filter")
        number = source.id
        source.unlink()
        finding = self._the(
            "filter", "danger", "never match", f"Source no. {number} (deleted)"
        )
        mended = self._opened(finding)
        mended.domain = str([("source_id", "in", [number, other.id])])
        self._the("filter", "warning", "may match fewer", f"no. {number} (deleted)")
        mended.domain = str([("source_id", "not in", [number])])
        self._gone("filter")
        campaign = self.env["utm.campaign"].create({"name": "Spring"})
        route.domain = str(["|", ("name", "=", "x"), ("campaign_id", "=", campaign.id)])
        self._gone("filter")
        campaign.active = False
        self._the("filter", "warning", "“Spring” (archived)")
        route.domain = str([("listing_id.user_id", "=", 2**40)])
        self._the("filter", "danger", "(deleted)")
        route.domain = str(["!", ("source_id", "=", number)])
        self._gone("filter")

    def test_filters_of_rules_and_processes(self):
        """B3"""
        rule = self.env["lead.distribution.rule"].create(
            {
                "name": "Lost sight of",
                "active": True,
                "domain": "[('id', 'in', [])]",
                "member_ids": [(0, 0, {"user_id": self.anna.id})],
            }
        )
        finding = self._the("filter", "danger", "Rule “Lost sight of”")
        self.assertEqual(self._opened(finding), rule)
        rule.domain = "[]"
        process = self.env["lead.distribution.process"].create({"name": "Empty"})
        finding = self._the("process", "danger", "Process “Empty”", "no step")
        self.assertEqual(self._opened(finding), process)
        self._opened(finding).step_ids = [(0, 0, {"activity_type_id": self.call.id})]
        self._gone("process")
        self._gone("filter")

    # when -------------------------------------------------------------------

    def test_route_that_is_over(self):
        """B3"""
        self._route(self.boris)
        route = self._route(self.anna, name="Fair", date_to="2020-05-01")
        finding = self._the("hours", "warning", "Fair", "2020")
        self._opened(finding).date_to = fields.Date.today() + timedelta(days=5)
        self._gone("hours")
        self.assertTrue(route.active)

    def test_hours_of_another_zone(self):
        """B3 K1: hours that run in another time zone than their company; a manager
        mends those of the distribution, an administrator the others."""
        self.company.resource_calendar_id.tz = "Europe/Warsaw"
        calendar = self._calendar()
        calendar.write({"tz": "Asia/Tokyo", "lead_distribution": True})
        self._route(self.boris)
        self._route(
            self.anna,
            name="Night",
            schedule="within",
            resource_calendar_id=calendar.id,
        )
        finding = self._the("hours", "warning", "Asia/Tokyo", "Europe/Warsaw", "Night")
        mended = self._opened(finding)
        self.assertEqual(mended, calendar)
        mended.tz = "Europe/Warsaw"
        self._gone("hours")
        process = self.env["lead.distribution.process"].create(
            {
                "name": "Calls",
                "step_ids": [
                    (
                        0,
                        0,
                        {
                            "activity_type_id": self.call.id,
                            "resource_calendar_id": calendar.id,
                        },
                    )
                ],
            }
        )
        calendar.tz = "Asia/Tokyo"
        self.env["lead.distribution.route"].search([]).schedule = "always"
        self._the("hours", "warning", "Asia/Tokyo")
        process.step_ids.resource_calendar_id = False
        self._gone("hours")

    def test_schedule_that_never_opens(self):
        """B3: no hours, hours that never end, holidays that nobody entered."""
        self._route(self.boris)
        calendar = self._calendar(hours=False)
        route = self._route(
            self.anna,
            name="Night",
            schedule="within",
            resource_calendar_id=calendar.id,
        )
        finding = self._the("hours", "danger", "Night", "Night watch")
        mended = self._opened(finding)
        mended.resource_calendar_id = self._calendar()
        self._gone("hours")
        mended.schedule = "outside"
        self._the("hours", "danger", "do not end")
        mended.schedule = "holidays"
        self._the("hours", "warning", "public holidays")
        soon = fields.Datetime.now() + timedelta(days=100)
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Feast",
                "calendar_id": route.resource_calendar_id.id,
                "date_from": soon,
                "date_to": soon + timedelta(days=1),
            }
        )
        self._gone("hours")
        mended.date_to = fields.Date.today() + timedelta(days=50)
        self._the("hours", "warning", "public holidays")

    def test_behind_a_route_that_takes_everything(self):
        """B3: direct routes come first; a reserve stands behind on purpose."""
        greedy = self._route(self.anna, name="Greedy", sequence=5)
        self._route(self.boris, name="Reserve", sequence=6)
        self._route(
            pool_source="user", user_id=self.clara.id, sequence=7
        ).domain = "[('name', '=', 'x')]"
        self._gone("order")
        late = self._route(self.boris, sequence=8, domain="[('name', '=', 'y')]")
        late.name = "Late"
        finding = self._the("order", "warning", "Greedy", "Late")
        self.assertNotIn("Reserve", finding.name)
        action = finding.action_open()
        self.assertEqual(action["res_model"], "lead.distribution.route")
        late.with_user(self.manager).sequence = 1
        self._gone("order")
        late.sequence = 8
        greedy.schedule = "within"
        self.env["lead.distribution.route"].search(
            [("name", "=", "Reserve")]
        ).active = False
        self._gone("order")
        direct = self._route(pool_source="user", user_id=self.clara.id, name="All")
        self._the("order", "warning", "Route “All”", "Greedy", "Late")
        direct.active = False
        self._gone("order")

    def test_hours_that_no_route_covers(self):
        """B3: as the week shows them."""
        calendar = self.company.resource_calendar_id
        self._route(
            self.anna, schedule="within", resource_calendar_id=calendar.id, name="Day"
        )
        finding = self._the("week", "warning", "Hours of the week")
        action = finding.action_open()
        self.assertEqual(action["res_model"], "lead.distribution.week")
        context = action["context"]
        week = self.env["lead.distribution.week"].create(
            {
                "date": context["default_date"],
                "company_id": context["default_company_id"],
            }
        )
        count = finding.name.split(":")[1].split(".")[0].strip()
        self.assertIn(f"no route covers: {count}<", week.table)
        night = self._route(
            self.boris, schedule="outside", resource_calendar_id=calendar.id
        )
        self._gone("week")
        night.with_user(self.manager).active = False
        self._route(self.boris)
        self._gone("week")

    def test_week_of_a_route_of_all_companies(self):
        """B3 K1: by the working schedule of the company that is shown."""
        self._route(self.anna, company_id=False, schedule="within")
        self.company_2.resource_calendar_id = self._calendar(company=self.company_2)
        week = self.env["lead.distribution.week"].create(
            {"company_id": self.company_2.id}
        )
        self.assertIn("Every hour of this week is covered", week.table)
        self._the("week", "warning")

    # who --------------------------------------------------------------------

    def test_empty_pools(self):
        """B3: no members, archived, paused, without rights."""
        route = self._route(name="Nobody's")
        finding = self._the("pool", "danger", "Nobody's")
        mended = self._opened(finding)
        mended.member_ids = [
            (0, 0, {"user_id": user.id}) for user in (self.anna, self.boris)
        ]
        self._gone("pool")
        self.anna.with_user(self.manager).lead_distribution_paused = True
        self._gone("pool")
        self.boris.active = False
        self._the(
            "pool", "danger", "Anna (paused for leads)", "Boris (no longer active)"
        )
        self.anna.lead_distribution_paused = False
        self._the("pool", "info", "lists people who can never", "Boris")
        mended.member_ids.filtered(lambda m: m.user_id == self.boris).unlink()
        self._gone("pool")
        route.paused_user_ids = self.anna
        finding = self._the("pool", "danger", "paused on this route")
        self._opened(finding).paused_user_ids = False
        self.anna.with_user(self.manager).lead_absent = True
        self._the("pool", "warning", "Anna (absent)")
        route.skip_absent = False
        self._gone("pool")

    def test_teams_and_tags_without_people(self):
        """B3"""
        team = self.env["crm.team"].create(
            {"name": "Ghosts", "company_id": self.company.id}
        )
        route = self._route(
            name="By team", pool_source="teams", team_ids=(self.team | team).ids
        )
        finding = self._the("pool", "warning", "Ghosts")
        self.assertEqual(self._opened(finding), team)
        route.team_ids = team
        finding = self._the("pool", "danger", "no members", "Ghosts")
        self._opened(finding).member_ids = self.clara
        self._gone("pool")
        tag = self.env["res.partner.category"].create({"name": "Speaks Basque"})
        route.category_ids = tag
        finding = self._the("pool", "danger", "without the tags")
        self.assertEqual(self._opened(finding), route)
        self.clara.partner_id.category_id = tag
        self._gone("pool")

    def test_direct_route_to_nobody(self):
        """B3"""
        route = self._route(pool_source="user", user_id=self.clara.id, name="Clara's")
        self._gone("pool")
        self.clara.active = False
        finding = self._the("pool", "danger", "Clara's", "no longer active")
        self.assertEqual(self._opened(finding), route)

    def test_targets_of_0(self):
        """B3: on the route, of a salesperson, of the company."""
        route = self._route(self.anna | self.boris, name="Main")
        anna = route.member_ids[0]
        anna.write({"target_mode": "individual", "target": 0})
        finding = self._the("target", "info", "Main", "Anna")
        self.assertNotIn("Boris", finding.name)
        route.member_ids[1].write({"target_mode": "individual", "target": 0})
        finding = self._the("target", "danger", "Main", "known customers")
        self._opened(finding).member_ids.write({"target_mode": "user"})
        self._gone("target")
        self.boris.write({"lead_target_mode": "individual", "lead_target": 0})
        finding = self._the("target", "info", "Boris")
        action = finding.action_open()
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("res.users", self.boris.id)
        )
        finding.env["res.users"].browse(self.boris.id).lead_target = 3
        self._gone("target")
        self.company.lead_standard_target = 0
        finding = self._the("target", "warning", "standard target", "Anna")
        self.assertEqual(finding.action_open()["res_model"], "res.users")
        finding = self._the("target", "warning", user=self.admin)
        self.assertEqual(finding.action_open()["res_model"], "res.config.settings")
        route.with_user(self.manager).standard_target = 10
        self._gone("target")

    def test_listings_without_salespeople(self):
        """B3: on offer, where a route draws from them."""
        contact = self.env["res.partner"].create({"name": "Paul Nouser"})
        bare, deaf, good, over = self.env["lead.distribution.listing"].create(
            [
                {"name": "Bare"},
                {"name": "Deaf", "contact_ids": [(6, 0, contact.ids)]},
                {"name": "Good", "contact_ids": [(6, 0, self.anna.partner_id.ids)]},
                {"name": "Over", "date_to": "2020-01-01"},
            ]
        )
        self._route(self.anna, sequence=50)
        self._gone("listing")
        self._route(pool_source="listing", name="Contacts")
        found = self._findings("listing")
        self.assertEqual(len(found), 2)
        self.assertFalse([x for x in found if "Good" in x.name or "Over" in x.name])
        without = found.filtered(lambda x: "Bare" in x.name)
        self.assertEqual(self._opened(without), bare)
        self._opened(without).contact_ids = self.boris.partner_id
        finding = self._the("listing", "warning", "Deaf (without a user of their own)")
        self.assertEqual(self._opened(finding), deaf)
        self._opened(finding).contact_ids = self.clara.partner_id
        self._gone("listing")
        self.anna.active = False
        finding = self._the("listing", "warning", "Good (no longer active)")
        self.assertEqual(self._opened(finding), good)
        self.assertNotIn(over, self._opened(finding))

    def test_nobody_is_told(self):
        """B3"""
        route = self._route(self.anna, name="Silent")
        self._gone("nobody")
        self.company.lead_distribution_manager_id = False
        finding = self._the("nobody", "info", "Silent")
        self.assertEqual(self._opened(finding), route)
        self._opened(finding).responsible_id = self.manager
        self._gone("nobody")

    # the rest ---------------------------------------------------------------

    def test_two_engines(self):
        """B3: core takes from the pool what no route took, unless none is left."""
        self.env["crm.team"].search([("id", "!=", self.team.id)]).active = False
        route = self._route(self.anna, domain="[('name', '=', 'x')]")
        self._gone("engines")
        self.env["ir.config_parameter"].set_param("crm.lead.auto.assignment", True)
        self._the("engines", "info", "Field", "manually")
        self.env.ref("crm.ir_cron_crm_lead_assign").active = True
        finding = self._the("engines", "warning", "Odoo also assigns", "Field")
        self.assertEqual(self._opened(finding), self.team)
        self._opened(finding).assignment_optout = True
        self._gone("engines")
        self.team.assignment_optout = False
        route.domain = "[]"
        self._gone("engines")
        route.write(
            {
                "pool_source": "teams",
                "team_ids": self.team.ids,
                "domain": "[('name', '=', 'x')]",
            }
        )
        self._gone("engines")
        self.team.assignment_domain = "[('name', '=', 'y')]"
        finding = self._the("engines", "info", "has no effect")
        self._opened(finding).assignment_domain = False
        self._gone("engines")

    def test_rules_that_move_nothing(self):
        """B3"""
        rule = self.env["lead.distribution.rule"].create(
            {"name": "Forgotten", "active": True}
        )
        finding = self._the("rule", "danger", "Forgotten", "does not say who")
        self._opened(finding).member_ids = [(0, 0, {"user_id": self.anna.id})]
        self._gone("rule")
        self.anna.lead_distribution_paused = True
        self._the("rule", "danger", "Anna (paused for leads)")
        self.anna.lead_distribution_paused = False
        self.anna.lead_absent = True
        self._the("rule", "warning", "Anna (absent)")
        self.anna.lead_absent = False
        rule.sudo().waiting_count = 300
        finding = self._the("rule", "warning", "300")
        self._opened(finding).action_confirm()
        self._gone("rule")
        rule.target_mode = "routes"
        finding = self._the("rule", "danger", "there is no route")
        route = self._route(self.anna, name="Desk", domain="[('name', '=', 'x')]")
        self._gone("rule")
        rule.route_id = route
        self._route(self.anna)
        route.active = False
        finding = self._the("rule", "danger", "“Desk”", "paused")
        self._opened(finding).route_id = False
        self._gone("rule")

    def test_routes_that_something_chooses(self):
        """B3: their filter and their place do not matter; being paused does."""
        self._route(self.boris)
        route = self._route(
            self.anna, name="Desk", sequence=90, domain="[('id', 'in', [])]"
        )
        self._the("filter", "danger", "Desk")
        self._the("order", "warning", "Desk")
        outcome = self.env["lead.activity.outcome"].create(
            {
                "name": "For the desk",
                "activity_type_id": self.call.id,
                "company_id": self.company.id,
                "redistribute": "route",
                "route_id": route.id,
            }
        )
        self.assertFalse(self._findings().mapped("name"))
        route.active = False
        finding = self._the("process", "danger", "For the desk", "Desk")
        self.assertEqual(self._opened(finding), outcome)
        self._opened(finding).redistribute = "routes"
        self._gone("process")
        process = self.env["lead.distribution.process"].create(
            {
                "name": "Welcome",
                "step_ids": [
                    (
                        0,
                        0,
                        {
                            "activity_type_id": self.call.id,
                            "assignee": "route",
                            "route_id": route.id,
                        },
                    )
                ],
            }
        )
        finding = self._the("process", "warning", "Process “Welcome”", "Desk")
        self.assertEqual(self._opened(finding), process)
        route.with_user(self.manager).active = True
        self._gone("process")

    def test_switched_off(self):
        """B3: nothing else is told of such a company; all routes paused is a hint."""
        route = self._route()
        pooled = self._lead()
        self.assertEqual(pooled.distribution_state, "pool")
        self.company.lead_distribution_mode = "off"
        finding = self._the("off", "warning", "do nothing: 1", "salesperson: 1")
        self.assertEqual(self._findings(), finding)
        self.assertFalse(finding.can_open)
        self.assertEqual(finding.action_open()["tag"], "display_notification")
        finding = self._the("off", "warning", user=self.admin)
        self.assertEqual(finding.action_open()["res_model"], "res.config.settings")
        route.company_id = False
        self._the("off", "info", "do nothing: 0", "salesperson: 1")
        pooled.unlink()
        self._gone("off")
        route.company_id = self.company
        self.company.lead_distribution_mode = "queued"
        self._gone("off")
        route.active = False
        self._the("off", "info", "paused")

    def test_schedules_switched_off(self):
        """B3: an administrator's to mend."""
        self._route(self.anna)
        cron = self.env.ref("lead_distribution.ir_cron_distribute_pending")
        cron.active = False
        finding = self._the("schedule", "danger", cron.name)
        self.assertFalse(finding.can_open)
        finding = self._the("schedule", "danger", user=self.admin)
        self.assertEqual(self._opened(finding), cron)
        self._opened(finding).active = True
        self._gone("schedule")

    def test_leads_that_wait(self):
        """B3: pending for an hour, in the pool for a day."""
        self._route(self.anna, domain="[('name', '=', 'Wanted')]")
        pooled = self._lead(2)
        self.company.lead_distribution_mode = "queued"
        pending = self._lead(name="Wanted")
        self._gone("leads")
        self._sql(
            "UPDATE crm_lead SET write_date = write_date - interval '61 minutes'"
            " WHERE id = %s",
            pending.id,
        )
        finding = self._the("leads", "danger", "1. The schedule")
        self.assertEqual(self._opened(finding), pending)
        self._opened(finding).action_distribute()
        self._gone("leads")
        self._sql(
            "UPDATE crm_lead SET create_date = create_date - interval '25 hours'"
            " WHERE id = ANY(%s)",
            pooled.ids,
        )
        finding = self._the("leads", "warning", "pool: 2.")
        self.assertEqual(self._opened(finding), pooled)
        self._opened(finding).user_id = self.anna
        self._gone("leads")


@tagged("post_install", "-at_install")
class TestHealthScreens(HttpCase):
    def test_health(self):
        """B3: found, opened, mended, gone; in the browser, by a manager."""
        self.env["lead.distribution.route"].search([]).active = False
        self.env["lead.distribution.rule"].search([]).active = False
        self.env["lead.distribution.process"].search([]).active = False
        self.env["crm.lead"].search(
            [("distribution_state", "=", "pool")]
        ).active = False

        boris = tour_user(self.env, "boris")
        manager = tour_user(self.env, "manager", "group_sale_manager")
        self.env.company.write(
            {
                "lead_distribution_mode": "immediate",
                "lead_standard_target": 30,
                "lead_distribution_manager_id": manager.id,
            }
        )
        route = self.env["lead.distribution.route"].create({"name": "Empty desk"})
        self.start_tour("/odoo/crm", "lead_distribution_health", login="tour_manager")
        self.assertEqual(route.member_ids.user_id, boris)

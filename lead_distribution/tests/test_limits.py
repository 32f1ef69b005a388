"""Limits that fit (P7): of an hour, a day, a week, a month, some days, and of what is
open; by number and by value; of salespeople and of members of a route."""

from datetime import datetime

from freezegun import freeze_time
from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, HttpCase, tagged
from odoo.tools import mute_logger

from ..tools.limits import LIMIT_CODES, LIMIT_OF, LIMITS
from .common import DistributionCase, tour_user

#: a Wednesday
NOW = "2025-09-10 08:15:00"


@tagged("post_install", "-at_install")
class TestLimits(DistributionCase):
    def setUp(self):
        super().setUp()
        clock = freeze_time(NOW)
        clock.start()
        self.addCleanup(clock.stop)
        self.route = self._route(self.anna | self.boris)
        # what the hour, the day, the week, the month and the days before had
        for moment in (
            "2025-08-20 08:00:00",
            "2025-09-02 08:00:00",
            "2025-09-08 08:00:00",
            "2025-09-10 06:00:00",
            "2025-09-10 08:05:00",
        ):
            self._had(self.anna, moment, 100)

    def _had(self, user, moment, value=0, route=None):
        with freeze_time(moment):
            lead = self._lead(expected_revenue=value, name=f"Had {moment}")
            if lead.user_id != user:
                lead.user_id = user
        return lead

    def _excluded(self, lead):
        return self._rows(lead)[-1].sudo().trace.get("excluded")

    def _member(self, user=None):
        user = user or self.anna
        return self.route.member_ids.filtered(lambda m: m.user_id == user)

    #: what Anna had by then
    HAD = {"hour": 1, "day": 2, "week": 3, "month": 4, "days": 3, "open": 5}

    def test_every_limit_of_a_salesperson(self):
        """P7: each of the twelve holds alone: one less is too few, one more enough."""
        self.boris.lead_distribution_paused = True
        self.anna.lead_max_days_number = 3
        for limit in LIMITS:
            most = self.HAD[limit.span] * (100 if limit.by_value else 1)
            with self.subTest(limit.code):
                self.anna[limit.field] = most
                lead = self._lead()
                self.assertFalse(lead.user_id)
                self.assertEqual(self._excluded(lead), {limit.code: 1, "paused": 1})
                self.anna[limit.field] = most + 1
                with self.env.cr.savepoint() as point:
                    lead = self._lead(expected_revenue=1)
                    self.assertEqual(lead.user_id, self.anna)
                    self.env.flush_all()
                    point.rollback()
                self.env.invalidate_all()
                self.anna[limit.field] = 0

    def test_every_limit_of_a_member(self):
        """P7: the same on one route alone: others give as much as they like."""
        self._member(self.boris).unlink()
        other = self._route(self.anna, name="Other", domain="[('priority', '=', '3')]")
        other.sequence = 1
        self._member().lead_max_days_number = 3
        for limit in LIMITS:
            most = self.HAD[limit.span] * (100 if limit.by_value else 1)
            with self.subTest(limit.code):
                self._member()[limit.field] = most
                lead = self._lead()
                self.assertFalse(lead.user_id)
                self.assertEqual(self._excluded(lead), {f"member_{limit.code}": 1})
                with self.env.cr.savepoint() as point:
                    self.assertEqual(self._lead(priority="3").user_id, self.anna)
                    self._member()[limit.field] = most + 1
                    lead = self._lead(expected_revenue=1)
                    self.assertEqual(lead.user_id, self.anna)
                    self.env.flush_all()
                    point.rollback()
                self.env.invalidate_all()
                self._member()[limit.field] = 0

    def test_value_that_does_not_fit(self):
        """P7: a lead that is worth more than is left goes to a colleague, a smaller
        one does not; within a block as well."""
        self.anna.lead_max_day_value = 260
        self.boris.write({"lead_target_mode": "individual", "lead_target": 1})
        big, small, none = self.env["crm.lead"].create(
            [
                {"name": f"Worth {value}", "type": "lead", "expected_revenue": value}
                for value in (61, 60, 0)
            ]
        )
        self.assertEqual(big.user_id, self.boris)
        self.assertEqual(small.user_id, self.anna)
        self.assertEqual(self._excluded(big), {"limit_day_value": 1})
        self.assertEqual(none.user_id, self.boris, "all of it is used up")

    def test_value_counts_as_it_was(self):
        """P7: what a lead was worth when it was given, in the company's currency."""
        lead = self._had(self.anna, NOW, 500)
        row = self._rows(lead)
        self.assertEqual(row[-1].expected_revenue, 500)
        lead.expected_revenue = 5
        self.anna.lead_max_hour_value = 600
        self.boris.lead_distribution_paused = True
        self.assertFalse(self._lead().user_id)
        self.anna.write({"lead_max_hour_value": 0, "lead_max_open_value": 506})
        self.assertTrue(self._lead(expected_revenue=1).user_id, "open: as it is now")
        self.assertFalse(self._lead(expected_revenue=1).user_id)

    def test_weeks_and_hours_of_the_company(self):
        """P7: the week begins as the company has it, the hour as its clock."""
        self.boris.lead_distribution_paused = True
        self.anna.lead_max_week = 1
        lang = self.env["res.lang"]._get_data(code=self.company.partner_id.lang)
        first = {"7": "2025-09-14", "1": "2025-09-15"}[lang.week_start or "7"]
        with freeze_time(f"{first} 08:00:00"):
            self.assertEqual(self._lead().user_id, self.anna)
            self.assertFalse(self._lead().user_id)
        self.env["res.lang"]._lang_get(self.company.partner_id.lang).week_start = "3"
        with freeze_time("2025-09-17 08:00:00"):
            self.assertEqual(self._lead().user_id, self.anna)
        self.anna.write({"lead_max_week": 0, "lead_max_hour": 1})
        with freeze_time("2025-09-17 08:59:00"):
            self.assertFalse(self._lead().user_id)
        with freeze_time("2025-09-17 09:00:00"):
            self.assertEqual(self._lead().user_id, self.anna)

    def test_new_hire(self):
        """P7: one a day on this route, by whatever way it comes: by the route, from
        the pool, by hand; on another route as many as there are."""
        clara = self.clara
        self.route.member_ids = [(0, 0, {"user_id": clara.id, "lead_max_day": 1})]
        (self.anna | self.boris).lead_distribution_paused = True
        first, second = self._lead(), self._lead()
        self.assertEqual((first.user_id, second.distribution_state), (clara, "pool"))
        with self.assertRaisesRegex(UserError, "leads a day on this route"):
            second.with_user(clara).action_claim()
        with self.assertRaisesRegex(UserError, "leads a day on this route"):
            second.with_user(self.manager).user_id = clara
        # given by hand it counts, too
        with freeze_time("2025-09-11 08:00:00"):
            second.with_user(self.manager).user_id = clara
            self.assertEqual(second.user_id, clara)
            third = self._lead()
            self.assertFalse(third.user_id)
            self.assertEqual(self._excluded(third)["member_limit_day"], 1)
            other = self._route(clara, name="Other", domain="[('name', '=', 'x')]")
            other.sequence = 1
            self.assertEqual(self._lead(name="x").user_id, clara)

    def test_claims_by_value(self):
        """P7: what is claimed must fit, too; a batch as a whole."""
        (self.anna | self.boris).lead_distribution_paused = True
        leads = self._lead(2, expected_revenue=60)
        (self.anna | self.boris).lead_distribution_paused = False
        self.anna.lead_max_hour_value = 210
        with self.assertRaisesRegex(UserError, "limit of value an hour"):
            leads.with_user(self.anna).action_claim()
        leads[0].with_user(self.anna).action_claim()
        self.assertEqual(leads[0].user_id, self.anna)
        with self.assertRaisesRegex(UserError, "limit of value an hour"):
            leads[1].with_user(self.anna).action_claim()

    def test_offers(self):
        """P7: open offers count; who reaches a limit meanwhile is asked no more."""
        self.route.write({"delivery": "offer"})
        self._member().lead_max_hour = 2
        first, second = self._lead(2)
        self.assertEqual(
            second.offer_user_ids | first.offer_user_ids, self.anna | self.boris
        )
        third = self._lead()
        self.assertEqual(third.offer_user_ids, self.boris)
        theirs = (first | second).filtered(lambda x: self.anna in x.offer_user_ids)
        theirs.with_user(self.anna).action_claim()
        self.assertEqual(
            theirs.user_id, self.anna, "an offer that is taken is one less"
        )
        self._member().lead_max_hour = 0
        fourth = self._lead()
        self.assertEqual(fourth.offer_user_ids, self.anna)
        self._member().lead_max_hour = 1
        self.assertEqual(fourth.offer_user_ids, self.boris, "it goes on at once")

    def test_offers_to_all(self):
        """P7: of those to whom it is offered at once, nobody is at a limit, and a lead
        of that value fits all of them."""
        self.route.write({"delivery": "offer_all"})
        self._member().lead_max_hour_value = 150
        lead = self._lead(expected_revenue=60)
        self.assertEqual(lead.offer_user_ids, self.boris)
        lead = self._lead(expected_revenue=40)
        self.assertEqual(lead.offer_user_ids, self.anna | self.boris)
        lead = self._lead(expected_revenue=40)
        self.assertEqual(lead.offer_user_ids, self.boris)

    def test_rules(self):
        """P7: a rule that names its salespeople keeps their limits by value."""
        lead = self._had(self.boris, "2025-09-01 08:00:00", 60)
        lead.last_follow_up_date = False
        rule = self.env["lead.distribution.rule"].create(
            {
                "name": "Neglected",
                "kind": "no_follow_up",
                "delay_number": 1,
                "delay_unit": "days",
                "target_mode": "members",
                "domain": f"[('id', '=', {lead.id})]",
                "member_ids": [(0, 0, {"user_id": self.anna.id})],
                "confirmed": True,
                "active": True,
            }
        )
        self.anna.lead_max_day_value = 250
        self._run_cron("ir_cron_apply_rules")
        self.assertEqual(lead.user_id, self.boris)
        self.anna.lead_max_day_value = 260
        self._run_cron("ir_cron_apply_rules")
        self.assertEqual((lead.user_id, rule.active), (self.anna, True))

    def test_said_in_the_explanation(self):
        """P7: which limit it was, and of whom; a colleague reads that they were not
        available, and no more."""
        self.anna.lead_max_month_value = 1
        self._member(self.boris).lead_max_day = 1
        self.boris.lead_distribution_paused = False
        self._lead()
        lead = self._lead()
        self.assertFalse(lead.user_id)
        explained = self.env["lead.distribution.explanation"]
        text = explained.with_user(self.manager)._explain_lead(lead)
        self.assertIn("at the limit of value a month (Anna)", text)
        self.assertIn("at the limit of leads a day on this route (Boris)", text)
        text = explained.with_user(self.boris)._explain_lead(lead.with_user(self.boris))
        self.assertNotIn("value", text)
        self.assertIn("at the limit of leads a day on this route (Boris)", text)
        self.assertIn("1 × not available", text)
        # every code has words of its own
        for code in LIMIT_CODES:
            self.assertNotEqual(explained._why_not(code), code)

    def test_who_may_read_and_set_them(self):
        """P7: one's own, a team's leader, and managers; set by managers alone."""
        names = [limit.field for limit in LIMITS] + [
            "lead_max_days_number",
            "lead_limits",
        ]
        values = {name: 3 for name in names[:-1]}
        self.anna.with_user(self.manager).write(values)
        mine = self.anna.with_user(self.anna)
        self.assertEqual(mine.read(names)[0]["lead_max_week_value"], 3)
        self.assertIn("3 a week", mine.lead_limits)
        theirs = self.anna.with_user(self.boris)
        self.assertEqual(set(theirs.read(names)[0].values()) - {self.anna.id}, {0})
        for name in names:
            with self.subTest(name), self.assertRaises(AccessError):
                theirs.mapped(name)
        with self.assertRaises(AccessError):
            mine.lead_max_week = 0
        member = self._member().with_user(self.anna)
        with self.assertRaises(AccessError):
            member.read(["lead_max_day"])
        with self.assertRaises(AccessError):
            member.action_edit_limits()
        member = member.with_user(self.manager)
        self.assertEqual(member.action_edit_limits()["res_id"], member.id)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(CheckViolation),
            self.env.cr.savepoint(),
        ):
            member.lead_max_day = -1
            self.env.flush_all()

    def test_values_per_company(self):
        """P7: each company has its own, in its own currency."""
        self.company_2.currency_id = self.env.ref("base.EUR")
        self.anna.company_ids |= self.company_2
        here = self.anna.with_company(self.company_2)
        here.write({"lead_max_week": 7, "lead_max_month_value": 1000})
        self.assertEqual(self.anna.with_company(self.company).lead_max_week, 0)
        self.assertEqual(here.lead_limits, "7 a week, 1,000.00\xa0€ a month")
        self._route(self.anna, company_id=self.company_2.id)
        self.assertEqual(len(self._lead(5).filtered("user_id")), 5)
        here.lead_max_week = 1
        leads = self._lead(2, company_id=self.company_2.id)
        self.assertEqual(leads.mapped("user_id"), self.anna)
        self.assertEqual(leads.mapped("distribution_state"), ["assigned", "pool"])

    def test_in_words(self):
        """P7: on the board and on the member's line."""
        self.anna.write(
            {"lead_max_days": 9, "lead_max_days_number": 10, "lead_max_open": 4}
        )
        self.assertEqual(self.anna.lead_limits, "9 in 10 days, 4 open")
        self.assertFalse(self.boris.lead_limits)

    def test_no_flood_when_it_is_raised(self):
        """P7 O11: who stood at a limit of a route catches up on nothing there."""
        self._member().lead_max_day = 2
        for _n in range(6):
            self.assertEqual(self._lead().user_id, self.boris)
        self._member().lead_max_day = 0
        leads = self._lead() | self._lead() | self._lead() | self._lead()
        self.assertEqual(len(leads.filtered(lambda x: x.user_id == self.anna)), 2)

    def test_own_source_counts(self):
        """P7 K12: leads of their own sources count against value and hour, too."""
        self.source.lead_user_id = self.anna
        self.anna.lead_max_hour_value = 150
        lead = self._lead(source_id=self.source.id, expected_revenue=40)
        self.assertEqual((lead.user_id, lead.distribution_state), (self.anna, "none"))
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET create_date = %s WHERE id = %s", [NOW, lead.id]
        )
        self.boris.lead_distribution_paused = True
        lead = self._lead(source_id=self.source.id, expected_revenue=20)
        self.assertFalse(lead.user_id)
        self.assertEqual(self._excluded(lead), {"limit_hour_value": 1, "paused": 1})

    def test_queries_do_not_grow(self):
        """P7: no query a lead more, and a few a block, whatever is limited."""
        self.company.lead_distribution_mode = "queued"

        def cost(count):
            leads = self._lead(count)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["lead.distribution"]._distribute_block(self.company, count)
            self.env.flush_all()
            self.assertEqual(set(leads.mapped("distribution_state")), {"assigned"})
            return self.env.cr.sql_log_count - before

        cost(10)
        plain = cost(20)
        values = {limit.field: 100_000 for limit in LIMITS}
        (self.anna | self.boris).write({**values, "lead_max_days_number": 9})
        self.route.member_ids.write({**values, "lead_max_days_number": 5})
        few, many = cost(20), cost(200)
        self.assertLess(few - plain, 8)
        self.assertLess(many - few, 40)

    def test_simulation(self):
        """P7 B2: a replay keeps limits of hours, weeks, days and of members."""
        self.env["crm.lead"].search([]).active = False
        for moment in ("07:00:00", "07:30:00", "09:00:00", "09:45:00"):
            self._had(self.anna, f"2025-09-09 {moment}", 10)
        start, end = datetime(2025, 9, 9), datetime(2025, 9, 10)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET create_date = a.date FROM "
            "lead_distribution_assignment a WHERE a.lead_id = crm_lead.id"
        )
        self.env.invalidate_all()
        self._member(self.boris).unlink()
        replay = self.env["lead.distribution.replay"]

        def given():
            return sum(
                bool(decision.user_id)
                for _lead, decision in replay._replay(
                    self.company, self.route, start, end, 99
                )
            )

        self.assertEqual(given(), 4)
        self.anna.lead_max_hour = 1
        self.assertEqual(given(), 2)
        # one more of that week was worth a hundred
        self.anna.write({"lead_max_hour": 0, "lead_max_week_value": 130})
        self.assertEqual(given(), 3)
        self.anna.lead_max_week_value = 0
        self._member().write({"lead_max_days": 2, "lead_max_days_number": 2})
        self.assertEqual(given(), 1)

    def test_screens(self):
        """P7: the salesperson's dialog and the member's."""
        view = "lead_distribution.res_users_view_form_salesperson"
        with Form(self.anna.with_user(self.manager), view=view) as form:
            for number, limit in enumerate(LIMITS, 2):
                form[limit.field] = number
            form.lead_max_days_number = 5
        self.assertEqual(self.anna.lead_max_open_value, 13)
        view = "lead_distribution.lead_distribution_route_member_view_form_limits"
        with Form(self._member().with_user(self.manager), view=view) as form:
            for number, limit in enumerate(LIMITS, 2):
                form[limit.field] = number
        self.assertEqual(self._member().lead_max_open_value, 13)
        self.assertEqual(len(LIMIT_OF), 12)


@tagged("post_install", "-at_install")
class TestLimitsInTheBrowser(HttpCase):
    def test_limits_of_a_member(self):
        """P7: a manager sets what a new hire gets at most on a route."""
        tour_user(self.env, "limits", "group_sale_manager")
        anna = tour_user(self.env, "hire")
        route = self.env["lead.distribution.route"].create(
            {"name": "Route of hires", "member_ids": [(0, 0, {"user_id": anna.id})]}
        )
        self.start_tour(
            f"/odoo/lead-routes/{route.id}",
            "lead_distribution_member_limits",
            login="tour_limits",
        )
        member = route.member_ids
        self.assertEqual((member.lead_max_day, member.lead_max_week_value), (1, 5000))

"""What rules must not do, whatever happens around them."""

from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests.common import tagged

from ..models.follow_up import rule_runner, rule_stale
from ..tools.service_context import as_service
from .test_rules import RulesCase


@tagged("post_install", "-at_install")
class TestRulesHold(RulesCase):
    def test_exhausted_keeps_the_company(self):
        """U10: in the pool the lead is still its company's, where its team has none."""
        self._rule(self.boris, max_moves=1)
        team = self.env["crm.team"].create({"name": "Of nobody", "company_id": False})
        lead = self._lead(user_id=self.anna.id, team_id=team.id)
        lead.company_id = self.company
        for _turn in range(2):
            self._neglect(lead)
            self._apply()
        self.assertFalse(lead.user_id)
        self.assertEqual(self._rows(lead)[-1].reason, "exhausted")
        self.assertEqual(lead.company_id, self.company)

    def test_offered_to_all_but_who_had_it(self):
        """U10 K15: a rule's offer to all leaves out whom it took the lead from."""
        self._route(self.anna | self.boris | self.clara, delivery="offer_all")
        self._rule(target_mode="routes")
        lead = self._lead(user_id=self.anna.id)
        self._neglect(lead)
        self._apply()
        rows = self._rows(lead).filtered(lambda row: row.state == "offered")
        self.assertEqual(rows.user_id, self.boris | self.clara)
        self.assertEqual(rows.previous_user_id, self.anna)
        self.assertNotIn(self.anna.partner_id, lead.message_partner_ids)
        self.assertEqual(lead.company_id, self.company)
        lead.with_user(self.boris).action_claim()
        self.assertEqual(self._rows(lead)[0].previous_user_id, self.anna)
        had, moves = self.env["lead.distribution.assignment"]._lead_history(lead)
        self.assertEqual(had[lead.id], set((self.anna | self.boris).ids))
        self.assertEqual(moves[lead.id], 1)

    def test_next_offer_is_not_for_who_had_it(self):
        """U10 K9: when an offer of a rule expires, the next one is the rule's too, and
        not for whom the lead was taken from."""
        self._route(self.boris | self.anna | self.clara, delivery="offer")
        rule = self._rule(target_mode="routes")
        lead = self._lead(user_id=self.anna.id)
        self._neglect(lead)
        self._apply()
        self.assertEqual(lead.offer_user_id, self.boris)
        lead.with_user(self.boris).action_decline("no time")
        self.assertEqual(lead.offer_user_id, self.clara)
        row = self._rows(lead)[-1]
        self.assertEqual((row.user_id, row.rule_id), (self.clara, rule))
        lead.with_user(self.clara).action_decline("no time")
        self.assertEqual(lead.distribution_state, "pool")

    def test_a_lead_that_breaks_stays(self):
        """U5: what cannot be moved stays with who has it; the others move."""
        self._rule(self.boris)
        leads = self._lead(3, user_id=self.anna.id)
        self._neglect(leads)
        walk = type(self.env["lead.distribution.rule.runner"])._assign_members

        def breaks(this, context, found):
            if leads[1] in found:
                raise ValueError("this one")
            return walk(this, context, found)

        with (
            patch.object(
                type(self.env["lead.distribution.rule.runner"]),
                "_assign_members",
                breaks,
            ),
            self.assertLogs("odoo.addons.lead_distribution", "WARNING"),
        ):
            self._apply()
        names = [lead.user_id.name for lead in leads]
        self.assertEqual(names, ["Boris", "Anna", "Boris"])
        self.assertEqual(leads[1].user_id, self.anna)
        self.assertFalse(self._rows(leads[1]).filtered("rule_id"))

    def test_a_rule_that_breaks_stops_no_other(self):
        """U1: the rules after one that cannot be applied are applied."""
        broken = self._rule(self.clara, sequence=1, name="Broken")
        self._rule(self.boris, sequence=2)
        lead = self._lead(user_id=self.anna.id)
        self._neglect(lead)
        neglected = type(self.env["lead.distribution.rule"])._stale_from

        def breaks(this, company, rule, *args, **kwargs):
            if rule.id == broken.id:
                raise ValueError("this one")
            return neglected(this, company, rule, *args, **kwargs)

        with (
            patch.object(
                type(self.env["lead.distribution.rule"]), "_stale_from", breaks
            ),
            self.assertLogs("odoo.addons.lead_distribution", "ERROR"),
        ):
            self._apply()
        self.assertEqual(lead.user_id, self.boris)

    def _lock(self):
        return self.env["lead.distribution.lock"].search(
            [("company_id", "=", self.company.id)]
        )

    def _apply_for_a_block(self):
        """The company's rules in a run that has time for one block of two.

        :returns: ids of the leads that were looked at
        """
        seen, service = [], self.env["lead.distribution"]
        move = type(service.env["lead.distribution.rule.runner"])._move_by_rule

        def watched(this, context, leads):
            seen.extend(leads.ids)
            return move(this, context, leads)

        def one_block(cron, processed=0, **values):
            return 0 if processed else 60

        with (
            patch.object(
                type(service.env["lead.distribution.rule.runner"]),
                "_move_by_rule",
                watched,
            ),
            patch.object(rule_runner, "MOVES_PER_BLOCK", 2),
            patch.object(type(self.env["ir.cron"]), "_commit_progress", one_block),
        ):
            _seconds, done = service.env["lead.distribution.rule.runner"]._apply_rules(
                self.company, 60
            )
        if seen:
            self.assertFalse(done, "the time was up")
        self.env.invalidate_all()
        return seen

    def test_a_backlog_keeps_no_rule_waiting(self):
        """U1: leads that each cannot move use up the time of a run; the next one goes
        on behind them, also within a second, and the next rule has its turn."""
        first = self._rule(self.boris | self.clara, sequence=1)
        self.boris.lead_distribution_paused = True
        leads = self._lead(5, user_id=self.clara.id)
        leads.write({"user_id": self.anna.id})
        self._neglect(leads)
        second = self._rule(self.manager, sequence=2)
        seen = [self._apply_for_a_block() for _run in range(3)]
        self.assertEqual([len(ids) for ids in seen], [2, 2, 1])
        self.assertEqual(sorted(sum(seen, [])), leads.ids)
        self.assertEqual(leads.user_id, self.anna, "nobody of the first rule may")
        turns = 0
        while self.anna in leads.user_id or self._lock().rule_places:
            turns += 1
            self.assertLess(turns, 19, "the second rule never had its turn")
            self._apply_for_a_block()
        self.assertEqual(leads.user_id, self.manager)
        self.assertEqual(self._rows(leads).rule_id, second)
        self.boris.lead_distribution_paused = False
        self._neglect(leads)
        while self._apply_for_a_block():
            pass
        self.assertEqual(leads.user_id, self.boris)
        self.assertEqual(self._rows(leads).rule_id, first | second)

    def test_the_place_of_a_rule_that_is_gone(self):
        """U1: a run that was to go on with a rule that is off now begins anew."""
        gone = self._rule(self.boris, sequence=1)
        self._rule(self.clara, sequence=2)
        lead = self._lead(user_id=self.anna.id)
        self._neglect(lead)
        self._lock().rule_places = {str(gone.id): ["2000-01-01 00:00:00", lead.ids]}
        gone.active = False
        self._apply()
        self.assertEqual(lead.user_id, self.clara)
        self.assertFalse(self._lock().rule_places)

    def test_asked_once_what_all_would_move(self):
        """U1 U3: a rule that is not confirmed and finds nobody asks once a run how many
        it would move, however many parts it looks at."""
        customers = self.env["res.partner"].create(
            [{"name": f"C{n}", "user_id": self.anna.id} for n in range(6)]
        )
        self._make_old(customers)
        leads = self._lead(6, user_id=self.anna.id)
        for lead, customer in zip(leads, customers, strict=True):
            lead.partner_id = customer
        leads.action_set_won()
        self._rule(
            self.boris,
            entity="customer",
            kind="no_sales",
            delay_number=6,
            delay_unit="months",
            domain=f"[('id', 'in', {customers.ids})]",
        )
        sizes = []
        still_stale = type(self.env["lead.distribution.rule"])._still_stale

        def watched(this, company, rule, at, partners):
            sizes.append(len(partners))
            return still_stale(this, company, rule, at, partners)

        with (
            patch.object(
                type(self.env["lead.distribution.rule"]), "_still_stale", watched
            ),
            patch.object(rule_stale, "CUSTOMERS_PER_LOOK", 2),
        ):
            self._apply()
        self.assertEqual(sizes, [6, 2, 2, 2, 0])

    def test_absurd_delay(self):
        """U4: a delay longer than the calendar finds nobody, and breaks nothing."""
        for unit in ("hours", "days", "weeks", "months"):
            rule = self._rule(self.boris, delay_number=10**9, delay_unit=unit)
            self.assertEqual(rule.would_move_count, 0)

    def test_asked_rule_is_not_the_routes(self):
        """U11: through a rule's members means them: when they are away it is not the
        routes' turn."""
        self._route(self.anna)
        rule = self._rule(self.clara, delay_number=99)
        self.clara.lead_distribution_paused = True
        self.company.lead_distribution_mode = "queued"
        lead, held = self._lead(2)
        held.user_id = self.boris
        self.env["lead.distribution"]._distribute_later(lead | held, rule=rule)
        self._run_cron()
        self.assertFalse(lead.user_id)
        self.assertEqual(lead.distribution_state, "pool")
        self.assertEqual(held.user_id, self.boris)
        self.assertNotEqual(held.distribution_state, "pending")

    def test_routes_that_have_nobody_left(self):
        """U10: through the routes it ends too, when all of the routes that a lead
        matches had it; others' routes do not count."""
        self._route(self.anna | self.boris, domain="[('name', 'like', 'North')]")
        self._route(self.clara, domain="[('name', 'like', 'South')]")
        self._rule(target_mode="routes", max_moves=9)
        lead = self._lead(user_id=self.anna.id, name="North")
        owners = []
        for _turn in range(2):
            self._neglect(lead)
            self._apply()
            owners.append(lead.user_id)
        self.assertEqual(owners[0], self.boris)
        self.assertFalse(owners[1])
        self.assertEqual(self._rows(lead)[-1].reason, "exhausted")
        self.assertTrue(lead.activity_ids.filtered("lead_distribution_unplaced"))

    def test_crowd_of_another_company(self):
        """U1: a rule of all companies waits for the crowd of any of them."""
        self.company.lead_rule_confirm_above = 2
        self.company_2.write(
            {"lead_rule_confirm_above": 2, "lead_distribution_mode": "immediate"}
        )
        zoe = self._user("zoe", company_id=self.company_2.id)
        rule = self._rule(self.boris, company_id=False)
        few = self._lead(user_id=self.anna.id)
        many = self._lead(4, user_id=zoe.id, company_id=self.company_2.id)
        self._neglect(few | many)
        self.company_2.lead_follow_up_next = 0
        self._apply()
        self.assertFalse(rule.confirmed)
        self.assertEqual(few.user_id, self.anna)
        self.assertEqual(many.user_id, zoe)

    def test_scheduled_action_is_not_for_salespeople(self):
        """U11: nobody but managers runs what distributes whatever its filter finds, nor
        by way of an action of several."""
        lead = self._lead(user_id=False, company_id=self.company.id)
        model_id = self.env["ir.model"]._get_id("crm.lead")
        values = {"name": "All", "model_id": model_id, "state": "lead_distribute"}
        action = self.env["ir.actions.server"].create(
            {
                **values,
                "usage": "ir_cron",
                "lead_distribute_domain": f"[('id', '=', {lead.id})]",
            }
        )
        several = self.env["ir.actions.server"].create(
            {
                "name": "Several",
                "model_id": model_id,
                "state": "multi",
                "child_ids": [Command.create(values)],
            }
        )
        self._route(self.boris)
        for one in (action, several):
            with self.assertRaises(AccessError):
                one.with_user(self.anna).run()
            with self.assertRaises(AccessError):
                one.with_user(self.anna).with_context(
                    active_model="crm.lead", active_ids=lead.ids
                ).run()
        self.assertFalse(lead.user_id)
        action.with_user(self.manager).run()
        self.assertEqual(lead.user_id, self.boris)

    def test_rates_are_for_managers(self):
        """U6: how many of the colleagues' leads were won is not every salesperson's to
        read."""
        rule = self._rule(self.boris)
        route = self._route(self.boris)
        for member in (rule.member_ids, route.member_ids):
            with self.assertRaises(AccessError):
                member.with_user(self.anna).read(["rate"])
            self.assertTrue(member.with_user(self.manager).read(["rate"]))

    def test_merged_by_the_schedule(self):
        """U4: the calls on a lead that the schedule merges are those of the lead that
        stays."""
        self._route(self.boris, domain="[('name', '=', 'Nothing')]")
        first, second = self._lead(2, user_id=self.anna.id, email_from="x@y.test")
        second.with_user(self.anna).message_post(body="Hi", message_type="comment")
        self.env.invalidate_all()
        said = second.last_follow_up_date
        self.assertTrue(said)
        service = as_service(self.env["lead.distribution"], self.company)
        (service.env["crm.lead"].browse((first | second).ids)).merge_opportunity(
            auto_unlink=True
        )
        self.env.invalidate_all()
        self.assertEqual((first | second).exists().last_follow_up_date, said)

    def test_many_at_once_keep_their_clocks(self):
        """U4: whoever is written on many leads has a new clock only for those that were
        somebody else's."""
        self._rule(self.boris)
        mine, other = self._lead(2, user_id=self.anna.id)
        other.user_id = self.clara
        self._neglect(mine | other)
        since = mine.distribution_idle_since
        (mine | other).with_user(self.manager).write({"user_id": self.anna.id})
        self.assertEqual(mine.distribution_idle_since, since)
        self.assertGreater(other.distribution_idle_since, since)

    def test_nobody_there_leaves_no_runs(self):
        """B4: as long as nobody can have anything there is no run to read about."""
        self._rule(self.boris)
        self.boris.lead_distribution_paused = True
        lead = self._lead(user_id=self.anna.id)
        self._neglect(lead)
        runs = self.env["lead.distribution.run"].search_count([])
        self._apply()
        self.assertEqual(lead.user_id, self.anna)
        self.assertEqual(self.env["lead.distribution.run"].search_count([]), runs)


@tagged("post_install", "-at_install")
class TestCustomersHold(RulesCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.env["res.partner"].create(
            {"name": "Old customer", "is_company": True, "user_id": cls.anna.id}
        )
        cls._make_old(cls.customer)

    def _customers(self, users, **values):
        return self._rule(
            users,
            entity="customer",
            kind="no_sales",
            delay_number=6,
            delay_unit="months",
            domain=f"[('id', '=', {self.customer.id})]",
            **values,
        )

    def test_by_hand_begins_anew(self):
        """U3 U4: a customer that was given to somebody by hand is theirs for as long as
        to anybody."""
        rule = self._customers(self.boris)
        self.assertEqual(rule.would_move_count, 1)
        self.customer.with_user(self.manager).user_id = self.clara
        self.env.invalidate_all()
        self.assertEqual(rule.would_move_count, 0)
        self._apply()
        self.assertEqual(self.customer.user_id, self.clara)

    def test_decided_once(self):
        """U10: when nobody is left the responsible decides, once."""
        self._customers(self.anna, responsible_id=self.manager.id)

        def told():
            return (
                self.env["mail.activity"]
                .with_context(active_test=False)
                .search(
                    [
                        ("res_model", "=", "res.partner"),
                        ("res_id", "=", self.customer.id),
                    ]
                )
            )

        self._apply()
        self.assertEqual(told().user_id, self.manager)
        told().action_done()
        self._apply()
        self.assertEqual(len(told()), 1)

    def test_many_customers_are_looked_at_in_parts(self):
        """U3: of however many customers, some at a time; those that bought lie between
        those that did not."""
        customers = self.customer | self.env["res.partner"].create(
            [
                {"name": f"Customer {n}", "is_company": True, "user_id": self.anna.id}
                for n in range(6)
            ]
        )
        self._make_old(customers)
        bought = customers[1:4]
        leads = self._lead(3, user_id=self.anna.id)
        for lead, customer in zip(leads, bought, strict=True):
            lead.partner_id = customer
        leads.action_set_won()
        rule = self._customers(self.boris)
        rule.domain = f"[('id', 'in', {customers.ids})]"
        self.assertEqual(rule.would_move_count, 4)
        with patch.object(rule_stale, "CUSTOMERS_PER_LOOK", 2):
            self._apply()
        self.assertEqual(bought.user_id, self.anna)
        self.assertEqual((customers - bought).user_id, self.boris)

    def test_without_members(self):
        """U3: a rule that names nobody moves nothing and bothers nobody."""
        self._customers(self.env["res.users"], responsible_id=self.manager.id)
        self._apply()
        self.assertFalse(self.customer.activity_ids)

    def test_customers_are_no_leads(self):
        """O13: customers that a rule moved do not use up a limit of leads."""
        self.boris.lead_max_day = 1
        self._customers(self.boris)
        self._apply()
        self.assertEqual(self.customer.user_id, self.boris)
        self._route(self.boris)
        self.assertEqual(self._lead().user_id, self.boris)
        report = self.env["lead.distribution.report"].search(
            [("user_id", "=", self.boris.id)]
        )
        self.assertEqual(sum(report.mapped("received")), 1)

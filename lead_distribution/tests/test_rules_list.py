"""The list of rules: who is asked when nobody is left, customers, what is planned."""

from datetime import timedelta

from odoo import fields
from odoo.tests import Form
from odoo.tests.common import tagged

from .test_rules import RulesCase


@tagged("post_install", "-at_install")
class TestNobodyLeft(RulesCase):
    """U10: a rule that has nobody left does not match; the next ones are asked."""

    def test_the_next_rule_when_its_time_comes(self):
        """U10: after two hours to one, after a day to the others: the lead stays where
        it is until then, and goes to the pool when nobody of the list is left."""
        first = self._rule(
            self.boris, name="First", sequence=1, delay_number=2, delay_unit="hours"
        )
        second = self._rule(
            self.clara, name="Second", sequence=2, delay_number=24, delay_unit="hours"
        )
        lead = self._lead(user_id=self.anna.id)
        owners = []
        for hours in (3, 3, 25, 25):
            self._neglect(lead, days=hours / 24)
            self._apply()
            owners.append(lead.user_id)
        nobody = self.env["res.users"]
        self.assertEqual(owners, [self.boris, self.boris, self.clara, nobody])
        rows = self._rows(lead).filtered("rule_id")
        self.assertEqual(rows[:2].rule_id, first | second)
        self.assertEqual(rows[-1].reason, "exhausted")

    def test_the_next_rule_at_once(self):
        """U10: the next rule takes it in the same run when it is due there, too; also
        when those of the first are paused."""
        self._rule(self.boris, name="First", sequence=1)
        self._rule(self.clara, name="Second", sequence=2)
        lead, other = self._lead(2, user_id=self.anna.id)
        lead.with_user(self.manager).user_id = self.boris
        self._neglect(lead | other)
        self.boris.lead_distribution_paused = True
        self._apply()
        self.assertEqual((lead | other).user_id, self.clara)

    def test_moves_of_all_rules(self):
        """U10: a rule whose number of moves is used up does not match, either."""
        self._rule(self.boris | self.clara, name="First", sequence=1, max_moves=1)
        dora = self._user("dora")
        self._rule(dora, name="Second", sequence=2, max_moves=2, delay_number=30)
        lead = self._lead(user_id=self.anna.id)
        owners = []
        for days in (4, 4, 31, 31):
            self._neglect(lead, days=days)
            self._apply()
            owners.append(lead.user_id)
        nobody = self.env["res.users"]
        self.assertEqual(owners, [self.boris, self.boris, dora, nobody])

    def test_other_rules_that_do_not_count(self):
        """U10: a rule that is off, for others, or without anybody saves no lead from
        the pool."""
        self._rule(self.boris, name="First", sequence=1)
        self._rule(self.clara, name="Off", active=False)
        self._rule(self.clara, name="Others", domain="[('name', '=', 'Another')]")
        self._rule(self.env["res.users"], name="Nobody")
        self._rule(self.clara, name="New", kind="new")
        lead = self._lead(user_id=self.anna.id)
        for _turn in range(2):
            self._neglect(lead)
            self._apply()
        self.assertFalse(lead.user_id)
        self.assertEqual(lead.distribution_state, "pool")

    def test_a_rule_through_one_route(self):
        """U10: of a rule that hands over through one route, its people count."""
        self._route(self.anna, name="All")
        route = self._route(self.clara, name="Senior", domain="[('id', '=', 0)]")
        self._rule(self.boris, name="First", sequence=1)
        self._rule(
            name="Second", target_mode="routes", route_id=route.id, delay_number=30
        )
        lead = self._lead(user_id=self.anna.id)
        owners = []
        for days in (4, 4, 31):
            self._neglect(lead, days=days)
            self._apply()
            owners.append(lead.user_id)
        self.assertEqual(owners, [self.boris, self.boris, self.clara])
        self.assertFalse(lead.distribution_asked_route_id)

    def test_new_where_the_route_found_nobody(self):
        """U1 U4: kind new takes leads whose route found nobody; what somebody declined
        is not new."""
        self._route(self.anna, name="Main")
        self.anna.lead_distribution_paused = True
        lead = self._lead()
        self.assertEqual(lead.distribution_state, "pool")
        self.assertEqual(self._rows(lead).reason, "nobody")
        self._rule(self.boris, kind="new", delay_number=0)
        self._apply()
        self.assertEqual(lead.user_id, self.boris)
        self.assertIn("no route took it", lead.message_ids[0].body)

    def test_numbers(self):
        """U1: rules are numbered as they are obeyed, those that are off included."""
        rules = self.env["lead.distribution.rule"].with_context(active_test=False)
        rules.search([]).unlink()
        third = self._rule(self.boris, name="Third", sequence=30)
        first = self._rule(self.boris, name="First", sequence=1)
        second = self._rule(self.boris, name="Second", sequence=2, active=False)
        elsewhere = self._rule(
            name="Elsewhere", sequence=2, company_id=self.company_2.id
        )
        numbers = (first | second | third).with_user(self.manager).mapped("number")
        self.assertEqual(numbers, [1, 2, 3])
        self.assertEqual(elsewhere.number, 1)


@tagged("post_install", "-at_install")
class TestCustomersWithoutFollowUp(RulesCase):
    """U3 (G1): entity and kind are two free choices."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customers = cls.env["res.partner"].create(
            [
                {
                    "name": f"Customer {n}",
                    "user_id": cls.anna.id,
                    "is_company": True,
                }
                for n in range(5)
            ]
        )
        cls.contact = cls.env["res.partner"].create(
            {
                "name": "Contact",
                "parent_id": cls.customers[1].id,
                "email": "contact@customers.test",
            }
        )
        cls._make_old(cls.customers | cls.contact)
        cls.domain = f"[('id', 'in', {cls.customers.ids})]"

    def _customers_rule(self, **values):
        return self._rule(
            self.boris | self.clara,
            entity="customer",
            domain=self.domain,
            **{"kind": "no_follow_up", **values},
        )

    def test_no_follow_up(self):
        """U3 U4: customers with whom nobody was in touch move; a note of the
        salesperson, a mail to a contact, a call that was made and a follow-up of a lead
        of theirs keep them."""
        quiet, mailed, called, noted, worked = self.customers
        self.contact.with_user(self.anna).message_post(
            body="Hello",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.contact.ids,
        )
        called.with_user(self.anna).activity_schedule(
            "mail.mail_activity_data_call", user_id=self.anna.id
        ).action_feedback()
        noted.with_user(self.anna).message_post(
            body="Thinks about it", message_type="comment"
        )
        quiet.with_user(self.boris).message_post(
            body="Not mine", message_type="comment"
        )
        lead = self._lead(user_id=self.anna.id, partner_id=worked.id)
        lead.last_follow_up_date = fields.Datetime.now()
        rule = self._customers_rule()
        self.assertEqual(
            rule.summary.split(":")[0],
            "Customers without follow-up for 3 days, with ID",
        )
        self.assertEqual(rule.would_move_count, 1)
        self._apply()
        self.assertEqual(quiet.user_id, self.boris)
        self.assertEqual((self.customers - quiet).user_id, self.anna)
        self.assertIn("no follow-up since", quiet.message_ids[0].body)
        self._apply()
        self.assertEqual(quiet.user_id, self.boris, "the clock began anew")

    def test_no_first_follow_up(self):
        """U3 U4: customers whom nobody ever called, wrote or met."""
        quiet, met, *_others = self.customers
        now = fields.Datetime.now()
        self.env["calendar.event"].create(
            {
                "name": "Long ago",
                "start": now - timedelta(days=100),
                "stop": now - timedelta(days=100) + timedelta(hours=1),
                "partner_ids": [(6, 0, met.ids)],
            }
        )
        rule = self._customers_rule(kind="no_first_follow_up")
        self.assertEqual(rule.would_move_count, 4)
        self.company.lead_follow_up_meeting = False
        rule.invalidate_recordset()
        self.assertEqual(rule.would_move_count, 5, "meetings do not count here")
        self.company.lead_follow_up_meeting = True
        self._apply()
        self.assertEqual(met.user_id, self.anna)
        self.assertEqual(quiet.user_id, self.boris)

    def test_new_customers(self):
        """U3: new customers are those that came with a lead and are nobody's."""
        web, vendor, taken, *_others = self.customers
        self.customers.user_id = False
        self._lead(partner_id=web.id, user_id=False)
        self._lead(partner_id=taken.id, user_id=self.anna.id)
        rule = self._customers_rule(kind="new", delay_number=0)
        self.assertEqual(
            self.env["res.partner"].search(rule.action_preview()["domain"]), web
        )
        self.assertEqual(rule.would_move_count, 1)
        self._neglect(self.env["crm.lead"])
        self._apply()
        self.assertEqual(web.user_id, self.boris)
        self.assertFalse((vendor | taken).user_id)

    def test_leads_without_sales(self):
        """U3: leads that are open for too long, and whose customer bought nothing."""
        old, fresh, bought = self._lead(3, user_id=self.anna.id)
        bought.partner_id = self.customers[0]
        sold = self._lead(user_id=self.anna.id, partner_id=self.customers[0].id)
        sold.action_set_won()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET create_date = now() - interval '2 years' "
            "WHERE id = ANY(%s)",
            [(old | bought).ids],
        )
        self.env.invalidate_all()
        rule = self._rule(
            self.boris,
            kind="no_sales",
            domain=f"[('id', 'in', {(old | fresh | bought).ids})]",
        )
        self.assertEqual(rule.would_move_count, 1)
        self._apply()
        self.assertEqual(old.user_id, self.boris)
        self.assertEqual((fresh | bought).user_id, self.anna)
        self._apply()
        self.assertEqual(old.user_id, self.boris, "the clock began anew")

    def test_the_next_rule(self):
        """U10: of customers, too, the next rule is asked before the responsible is."""
        self._customers_rule(sequence=1)
        dora = self._user("dora")
        self._rule(
            dora,
            entity="customer",
            kind="no_sales",
            domain=self.domain,
            delay_number=50,
            sequence=2,
        )
        customer = self.customers[0]
        for user in (self.boris, self.clara):
            self._apply()
            self.assertEqual(customer.user_id, user)
            self._age(customer)
        self._apply()
        self.assertEqual(customer.user_id, self.clara)
        self.assertFalse(customer.activity_ids, "there is somebody left, later")

    def _age(self, customer):
        since = fields.Datetime.now() - timedelta(days=10)
        customer.lead_salesperson_since = since
        self.env.flush_all()

    def test_form(self):
        """U3: a manager chooses customers and no follow-up on the form."""
        form = Form(self.env["lead.distribution.rule"].with_user(self.manager))
        form.name = "Quiet customers"
        form.entity = "customer"
        form.kind = "no_follow_up"
        form.leave_planned = True
        rule = form.save()
        self.assertEqual(
            (rule.entity, rule.kind, rule.target_mode),
            ("customer", "no_follow_up", "members"),
        )


@tagged("post_install", "-at_install")
class TestPlanned(RulesCase):
    """U10 (G5): what has a planned call or meeting ahead is left alone."""

    def test_leads(self):
        """U10: a call or a meeting that is still to come; not one that is overdue, not
        a to-do, and not the activity that the route made."""
        route = self._route(self.anna, activity_type_id=self.call.id, activity_days=30)
        leads = self._lead(6)
        self.assertEqual(leads.user_id, self.anna)
        self.assertEqual(len(leads.activity_ids), 6)
        route.active = False
        planned, overdue, todo, meeting, past, _nothing = leads
        today = fields.Date.today()
        for lead, kind, days in (
            (planned, "call", 20),
            (overdue, "call", -2),
            (todo, "todo", 20),
        ):
            lead.activity_schedule(
                f"mail.mail_activity_data_{kind}",
                date_deadline=today + timedelta(days=days),
                user_id=self.anna.id,
            )
        now = fields.Datetime.now()
        for lead, days in ((meeting, 2), (past, -5)):
            start = now + timedelta(days=days)
            self.env["calendar.event"].create(
                {
                    "name": "Visit",
                    "start": start,
                    "stop": start + timedelta(hours=1),
                    "opportunity_id": lead.id,
                }
            )
        rule = self._rule(self.boris, leave_planned=True)
        self._neglect(leads)
        self.assertIn("with no call or meeting ahead", rule.summary)
        self.assertEqual(rule.would_move_count, 4)
        self._apply()
        self.assertEqual((planned | meeting).user_id, self.anna)
        self.assertEqual((leads - planned - meeting).user_id, self.boris)
        rule.leave_planned = False
        self.assertFalse(rule.confirmed, "it moves more, so it asks again")
        self._apply()
        self.assertEqual(leads.user_id, self.boris)

    def test_customers(self):
        """U10: of customers, their own, their contacts' and their open leads' plans."""
        customers = self.env["res.partner"].create(
            [
                {"name": f"C{n}", "user_id": self.anna.id, "is_company": True}
                for n in range(5)
            ]
        )
        contact = self.env["res.partner"].create(
            {"name": "Contact", "parent_id": customers[1].id}
        )
        self._make_old(customers | contact)
        later = fields.Date.today() + timedelta(days=5)
        lead = self._lead(user_id=self.anna.id, partner_id=customers[2].id)
        for record in (customers[0], contact, lead):
            record.activity_schedule(
                "mail.mail_activity_data_call",
                date_deadline=later,
                user_id=self.anna.id,
            )
        start = fields.Datetime.now() + timedelta(days=3)
        self.env["calendar.event"].create(
            {
                "name": "Lunch",
                "start": start,
                "stop": start + timedelta(hours=1),
                "partner_ids": [(6, 0, customers[3].ids)],
            }
        )
        self._rule(
            self.boris,
            entity="customer",
            kind="no_sales",
            leave_planned=True,
            domain=f"[('id', 'in', {customers.ids})]",
        )
        self._apply()
        self.assertEqual(customers[:4].user_id, self.anna)
        self.assertEqual(customers[4].user_id, self.boris)


@tagged("post_install", "-at_install")
class TestPreview(RulesCase):
    """What a rule would move, and what its run says afterwards."""

    def _shown(self, rule, user, records):
        context = rule.with_user(user).action_preview()["context"]
        return records.with_user(user).with_context(**context)

    def test_who_and_how_long(self):
        """Each lead says how long it was idle and who would get it; then they do."""
        rule = self._rule(self.boris | self.clara)
        leads = self._lead(3, user_id=self.anna.id)
        self._neglect(leads)
        shown = self._shown(rule, self.manager, leads)
        receivers = shown.mapped("lead_rule_receiver")
        self.assertEqual(receivers, ["Boris", "Clara", "Boris"])
        days = (fields.Datetime.now() - leads[0].distribution_idle_since).days
        self.assertEqual(shown[0].lead_rule_idle, f"{days} days")
        self.assertFalse(leads[0].lead_rule_receiver, "without a rule")
        self._apply()
        self.assertEqual([lead.user_id.name for lead in leads], receivers)

    def test_nobody_can_take_it(self):
        """Whose receivers are paused stays; who had it does not get it again."""
        rule = self._rule(self.boris)
        lead = self._lead(user_id=self.anna.id)
        self._neglect(lead)
        self.boris.lead_distribution_paused = True
        shown = self._shown(rule, self.manager, lead)
        self.assertEqual(shown.lead_rule_receiver, "stays: nobody can take it now")
        self.boris.lead_distribution_paused = False
        lead.user_id = self.boris
        self._neglect(lead)
        shown = self._shown(rule, self.manager, lead)
        self.assertIn("nobody is left", shown.lead_rule_receiver)

    def test_through_a_route(self):
        """A rule that hands over through a route previews the route's decision."""
        route = self._route(self.clara, domain="[('name', '=', 'Nothing')]")
        rule = self._rule(target_mode="routes", route_id=route.id)
        lead = self._lead(user_id=self.anna.id)
        self._neglect(lead)
        shown = self._shown(rule, self.manager, lead)
        self.assertEqual(shown.lead_rule_receiver, "Clara")
        route.delivery = "offer"
        shown.invalidate_recordset()
        self.assertEqual(shown.lead_rule_receiver, "offered to Clara")

    def test_customers(self):
        """Customers say it, too."""
        partner = self.env["res.partner"].create({"name": "New", "is_company": True})
        self._lead(partner_id=partner.id, user_id=False)
        rule = self._rule(
            self.boris, entity="customer", kind="new", delay_number=0, domain="[]"
        )
        shown = self._shown(rule, self.manager, partner)
        self.assertEqual(shown.lead_rule_receiver, "Boris")

    def test_salespeople_read_no_decision(self):
        """Who may not change rules sees how long, not who."""
        rule = self._rule(self.boris)
        lead = self._lead(user_id=self.anna.id)
        self._neglect(lead)
        shown = self._shown(rule, self.anna, lead)
        self.assertTrue(shown.lead_rule_idle)
        self.assertFalse(shown.lead_rule_receiver)

    def test_the_run_names_its_rule(self):
        """Undoing a run of a rule that is on says so, and can switch it off."""
        rule = self._rule(self.boris, name="Three days")
        lead = self._lead(user_id=self.anna.id)
        self._neglect(lead)
        self._apply()
        run = self._rows(lead).run_id
        self.assertEqual(run.rule_id, rule)
        self.assertTrue(run.display_name.startswith("Three days, "))
        action = run.with_user(self.manager).action_ask_undo()
        wizard = self.env[action["res_model"]].with_user(self.manager)
        wizard = wizard.with_context(**action["context"]).create({})
        self.assertTrue(wizard.rule_is_on and wizard.may_switch_off)
        said = wizard.action_confirm()["params"]
        self.assertIn("“Three days” is still on", said["message"])
        self.assertTrue(run.rule_is_on)
        self._neglect(lead)
        self._apply()
        run = self._rows(lead).run_id - run
        action = run.with_user(self.manager).action_ask_undo()
        wizard = wizard.with_context(**action["context"]).create({"switch_off": True})
        said = wizard.action_confirm()["params"]
        self.assertNotIn("still on", said["message"])
        self.assertFalse(rule.active)

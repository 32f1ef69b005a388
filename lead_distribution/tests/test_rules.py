from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form
from odoo.tests.common import tagged

from ..models.pipeline import rates as rates_module
from .common import DistributionCase


class RulesCase(DistributionCase):
    """Three salespeople with leads, and no rule yet."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["lead.distribution.rule"].search([]).active = False
        cls.company.lead_distribution_manager_id = cls.manager

    @classmethod
    def _rule(cls, users=None, **values):
        if users is not None:
            values["member_ids"] = [
                (0, 0, {"user_id": user.id, "sequence": n})
                for n, user in enumerate(users)
            ]
        values.setdefault("name", "Neglected")
        values.setdefault("active", True)
        values.setdefault("company_id", cls.company.id)
        return cls.env["lead.distribution.rule"].create(values)

    @classmethod
    def _make_old(cls, partners):
        """As if they had been created two years ago."""
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE res_partner SET create_date = now() - interval '2 years' "
            "WHERE id = ANY(%s)",
            [partners.ids],
        )
        cls.env.invalidate_all()

    def _neglect(self, leads, days=4):
        """As if nobody had touched them for so long, and the records of what
        happened before the first rule had been read."""
        self.company.lead_follow_up_next = 0
        leads.write(
            {"distribution_idle_since": fields.Datetime.now() - timedelta(days=days)}
        )

    def _apply(self):
        self._run_cron("ir_cron_apply_rules")


@tagged("post_install", "-at_install")
class TestRules(RulesCase):
    def test_moves_the_neglected(self):
        """U1 U4 U5 U6: what nobody touched for three days goes to the members in order;
        what somebody followed up stays."""
        rule = self._rule(self.boris | self.clara)
        leads = self._lead(5, user_id=self.anna.id)
        self._neglect(leads[:4])
        leads[3].with_user(self.anna).message_post(
            body="Called her", message_type="comment"
        )
        self.assertEqual(rule.would_move_count, 3)
        self.assertEqual(
            self.env["crm.lead"].search(rule.action_preview()["domain"]), leads[:3]
        )
        self._apply()
        self.assertEqual(leads[0].user_id, self.boris)
        self.assertEqual(leads[1].user_id, self.clara)
        self.assertEqual(leads[2].user_id, self.boris)
        self.assertEqual(leads[3:].user_id, self.anna)
        rows = self._rows(leads[:3]).filtered("rule_id")
        self.assertRecordValues(
            rows[0],
            [
                {
                    "user_id": self.boris.id,
                    "previous_user_id": self.anna.id,
                    "rule_id": rule.id,
                    "reason": "rule",
                    "state": "assigned",
                    "trigger": "rule",
                }
            ],
        )
        self.assertTrue(rows.run_id)
        self._apply()
        self.assertEqual(leads[0].user_id, self.boris, "the clock began anew")

    def test_order_one_rule_at_a_time(self):
        """U1: the first rule of the list takes it; the next one waits for its turn."""
        self._rule(self.clara, name="Second", sequence=20)
        self._rule(self.boris, name="First", sequence=1)
        lead = self._lead(user_id=self.anna.id)
        self._neglect(lead)
        self._apply()
        self.assertEqual(lead.user_id, self.boris)
        self.assertEqual(len(self._rows(lead).filtered("rule_id")), 1)

    def test_new_only_what_no_route_took(self):
        """U1 U4: new leads that no route took; routes go first, what was given back to
        the pool is not new."""
        self._route(self.anna, domain="[('name', '=', 'For the route')]")
        rule = self._rule(self.boris, kind="new", delay_number=0)
        lead, routed = self._lead(), self._lead(name="For the route")
        self.assertEqual(lead.distribution_state, "pool")
        self.assertEqual(routed.user_id, self.anna)
        routed.action_release_to_pool()
        self.assertEqual(rule.would_move_count, 1)
        self._apply()
        self.assertEqual(lead.user_id, self.boris)
        self.assertFalse(routed.user_id)

    def test_first_follow_up(self):
        """U4: a rule for those who never had a follow-up leaves the others."""
        self._rule(self.boris, kind="no_first_follow_up", delay_number=2)
        leads = self._lead(2, user_id=self.anna.id)
        leads[0].with_user(self.anna).message_post(body="x", message_type="comment")
        self._neglect(leads)
        self._apply()
        self.assertEqual(leads[0].user_id, self.anna)
        self.assertEqual(leads[1].user_id, self.boris)

    def test_delays(self):
        """U4: hours, days, weeks, months; working time where the rule says so."""
        rule = self._rule(self.boris)
        monday = datetime(2026, 3, 9, 9, 0)
        for number, unit, expected in (
            (5, "hours", datetime(2026, 3, 9, 4, 0)),
            (3, "days", datetime(2026, 3, 6, 9, 0)),
            (2, "weeks", datetime(2026, 2, 23, 9, 0)),
            (1, "months", datetime(2026, 2, 9, 9, 0)),
        ):
            rule.write({"delay_number": number, "delay_unit": unit})
            self.assertEqual(rule._cutoff(self.company, monday), expected)
        rule.write(
            {"delay_number": 8, "delay_unit": "hours", "delay_working_time": True}
        )
        self.assertLess(
            rule._cutoff(self.company, monday), datetime(2026, 3, 7), "last Friday"
        )

    def test_only_managers(self):
        """U2: rules are made and changed by managers of the distribution."""
        rule = self._rule(self.boris)
        Rule = self.env["lead.distribution.rule"]
        with self.assertRaises(AccessError):
            Rule.with_user(self.anna).create({"name": "Mine"})
        with self.assertRaises(AccessError):
            rule.with_user(self.anna).write({"name": "Mine"})
        with self.assertRaises(AccessError):
            rule.with_user(self.anna).action_confirm()
        made = Rule.with_user(self.manager).create({"name": "Ours"})
        self.assertTrue(made.summary)

    def test_absent_paused_and_limits(self):
        """U5: the absent, the paused, who is about to be away and who is at a limit get
        nothing; when nobody is free the lead stays where it is."""
        rule = self._rule(self.boris | self.clara, absence_lookahead_days=3)
        lead = self._lead(user_id=self.anna.id)
        self._neglect(lead)
        self.boris.lead_distribution_paused = True
        self.env["lead.distribution.absence"].create(
            {
                "user_id": self.clara.id,
                "date_from": fields.Datetime.now() + timedelta(days=2),
                "date_to": fields.Datetime.now() + timedelta(days=5),
            }
        )
        self._apply()
        self.assertEqual(lead.user_id, self.anna)
        rule.absence_lookahead_days = 0
        self.clara.with_company(self.company).lead_max_open = 1
        self._lead(user_id=self.clara.id)
        self._apply()
        self.assertEqual(lead.user_id, self.anna)
        self.boris.lead_distribution_paused = False
        self._apply()
        self.assertEqual(lead.user_id, self.boris)

    def test_through_the_routes(self):
        """U5: a rule hands over to the routes, or to one; never to who had it."""
        route = self._route(self.anna | self.boris, name="Main")
        other = self._route(self.clara, name="Other", sequence=99)
        rule = self._rule(target_mode="routes")
        lead = self._lead()
        self.assertEqual(lead.user_id, self.anna)
        self._neglect(lead)
        self._apply()
        self.assertEqual(lead.user_id, self.boris)
        row = self._rows(lead)[-1]
        self.assertEqual((row.rule_id, row.route_id), (rule, route))
        rule.route_id = other
        self._neglect(lead)
        self._apply()
        self.assertEqual(lead.user_id, self.clara)
        self.assertEqual(lead.distribution_route_id, other)
        self.assertFalse(lead.distribution_asked_route_id)

    def test_through_an_offering_route(self):
        """U5: a route that offers takes it from who neglected it, and offers it."""
        self._route(self.boris, name="Offers", delivery="offer")
        self._rule(target_mode="routes")
        lead = self._lead(user_id=self.anna.id)
        self._neglect(lead)
        self._apply()
        self.assertFalse(lead.user_id)
        self.assertEqual(lead.offer_user_id, self.boris)

    def test_no_carousel(self):
        """U10: at most so often by all rules together until the next follow-up, never
        back, then the pool with an activity for the responsible."""
        dora, emil = self._user("dora"), self._user("emil")
        rule = self._rule(self.boris | self.clara | dora | emil, max_moves=2)
        lead = self._lead(user_id=self.anna.id)
        owners = []
        for _turn in range(4):
            self._neglect(lead)
            self._apply()
            owners.append(lead.user_id)
        self.assertEqual(owners[:2], [self.boris, self.clara])
        self.assertFalse(owners[2])
        self.assertFalse(owners[3], "the rules leave it in the pool")
        self.assertEqual(lead.distribution_state, "pool")
        self.assertEqual(self._rows(lead)[-1].reason, "exhausted")
        activity = lead.activity_ids.filtered("lead_distribution_unplaced")
        self.assertEqual(activity.user_id, self.manager)
        self.assertIn(rule.name, activity.summary)

    def test_a_follow_up_begins_anew(self):
        """U10: who follows up gets the whole number of moves again, yet nobody gets it
        back who had it."""
        self._rule(self.anna | self.boris | self.clara, max_moves=1)
        lead = self._lead(user_id=self.anna.id)
        self._neglect(lead)
        self._apply()
        self.assertEqual(lead.user_id, self.boris)
        with freeze_time(fields.Datetime.now() + timedelta(minutes=10)):
            lead.with_user(self.boris).message_post(body="x", message_type="comment")
        self._neglect(lead)
        self._apply()
        self.assertEqual(lead.user_id, self.clara)

    def test_everybody_had_it(self):
        """U10: when everybody whom the rule names had it, the pool is next."""
        self._rule(self.anna | self.boris, max_moves=9)
        lead = self._lead(user_id=self.anna.id)
        self._neglect(lead)
        self._apply()
        self._neglect(lead)
        self._apply()
        self.assertEqual(lead.distribution_state, "pool")

    def test_tags_and_template(self):
        """U7 U8: a tag marks what the rule moved, an email tells the salesperson."""
        tag = self.env["crm.tag"].create({"name": "Moved"})
        template = self.env["mail.template"].create(
            {
                "name": "You have it now",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "subject": "Now yours: {{ object.name }}",
                "body_html": "<p>Go</p>",
            }
        )
        self._rule(self.boris, tag_ids=tag.ids, mail_template_id=template.id)
        lead = self._lead(user_id=self.anna.id)
        self._neglect(lead)
        self._apply()
        self.assertEqual(lead.tag_ids, tag)
        self._run_cron("ir_cron_send_mail")
        mail = self.env["mail.mail"].search(
            [("subject", "=", f"Now yours: {lead.name}")]
        )
        self.assertEqual(mail.recipient_ids, self.boris.partner_id)

    def test_filters(self):
        """U9: any field of the lead; a filter that breaks is told and moves nothing."""
        rule = self._rule(
            self.boris,
            domain="['&', ('source_id.name', 'ilike', 'portal'), '|', "
            "('city', '=', 'Gdynia'), ('priority', 'in', ['2', '3'])]",
        )
        leads = self._lead(3, user_id=self.anna.id)
        leads[:2].source_id = self.source
        leads[0].city = "Gdynia"
        self._neglect(leads)
        self._apply()
        self.assertEqual(leads[0].user_id, self.boris)
        self.assertEqual(leads[1:].user_id, self.anna)
        with self.assertRaises(ValidationError):
            rule.domain = "[('no_such_field', '=', 1)]"
        self.env.cr.execute(
            "UPDATE lead_distribution_rule SET domain = %s",
            ["[('no_such_field', '=', 1)]"],
        )
        self.env.invalidate_all()
        self.assertTrue(rule.problem)
        self.assertEqual(rule.would_move_count, 0)
        self._apply()

    def test_a_crowd_waits_for_confirmation(self):
        """U1: a rule that would move more than the company's number at its first run
        waits for a manager."""
        self.company.lead_rule_confirm_above = 2
        rule = self._rule(self.boris)
        leads = self._lead(3, user_id=self.anna.id)
        self._neglect(leads)
        self._apply()
        self.assertEqual(leads.user_id, self.anna)
        self.assertEqual(rule.waiting_count, 3)
        self.assertEqual(rule.activity_ids.user_id, self.manager)
        rule.with_user(self.manager).action_confirm()
        self.assertFalse(rule.activity_ids)
        self._apply()
        self.assertEqual(leads.user_id, self.boris)
        rule.delay_number = 1
        self.assertFalse(rule.confirmed, "another rule now")

    def test_the_loser_is_told(self):
        """U5 B1: who loses a lead is told why; the explanation says it to the new one,
        who sees own documents only."""
        rule = self._rule(self.boris, name="Three days")
        lead = self._lead(user_id=self.anna.id)
        self._neglect(lead)
        self._apply()
        told = self.env["mail.message"].search(
            [
                ("partner_ids", "in", self.anna.partner_id.ids),
                ("model", "=", rule._name),
            ]
        )
        self.assertEqual(len(told), 1)
        self.assertIn(lead.name, told.body)
        self.assertIn("no follow-up since", told.body)
        self.assertIn("Three days", lead.message_ids[0].body)
        self.assertNotIn(self.anna.partner_id, lead.message_partner_ids)
        mine = lead.with_user(self.boris)
        why = (
            self.env["lead.distribution.explanation"]
            .with_user(self.boris)
            ._explain_lead(mine)
        )
        self.assertIn("Three days", why)
        self.assertIn("no follow-up since", why)

    def test_two_companies(self):
        """U1: a rule moves the leads of its company, among its people."""
        self._rule(self.boris)
        other = self._user("else", company_id=self.company_2.id)
        theirs = self._lead(user_id=other.id, company_id=self.company_2.id)
        self._neglect(theirs)
        self._apply()
        self.assertEqual(theirs.user_id, other)
        with self.assertRaises(ValidationError):
            self._rule(other)

    def test_queries_do_not_grow_with_leads(self):
        """U1: a block costs as many queries for forty leads as for twenty."""
        self._rule(self.boris | self.clara)
        counts = []
        for number in (20, 20, 40):
            leads = self._lead(number, user_id=self.anna.id)
            self._neglect(leads)
            self.env.flush_all()
            self.env.invalidate_all()
            rule = self.env["lead.distribution.rule.runner"]._rules_of(self.company)
            start = self.env.cr.sql_log_count
            moved = {"crm.lead": set(), "res.partner": set()}
            self.env["lead.distribution.rule.runner"]._rule_block(
                self.company, rule, moved, None, 500
            )
            counts.append(self.env.cr.sql_log_count - start)
            self.assertNotIn(self.anna, leads.user_id)
        self.assertLess(counts[2] - counts[1], 20, counts)

    def test_history(self):
        """U4: the dates of leads that were there before are found out, in steps."""
        self._rule(self.boris)
        lead = self._lead(user_id=self.anna.id)
        lead.with_user(self.anna).message_post(body="x", message_type="comment")
        at = lead.last_follow_up_date
        activity = lead.activity_schedule(
            "mail.mail_activity_data_call", user_id=self.anna.id
        )
        activity.with_user(self.anna).action_feedback("done")
        names = self.env["lead.distribution.follow.up"]._follow_up_fields()
        lead.write(dict.fromkeys(names, False))
        self.env["res.company"]._schedule_backfill(self.company)
        self._apply()
        self.assertFalse(self.company.lead_follow_up_next)
        self.assertEqual(lead.first_follow_up_date, at)
        self.assertTrue(lead.distribution_idle_since)
        self.company.lead_follow_up_note = False
        self.company.lead_follow_up_activity = False
        self._apply()
        self.assertFalse(lead.first_follow_up_date)

    def test_nobody_fakes_the_clock(self):
        """U4: a salesperson cannot write the dates that rules go by."""
        lead = self._lead(user_id=self.anna.id)
        with self.assertRaises(AccessError):
            lead.with_user(self.anna).write(
                {"distribution_idle_since": fields.Datetime.now()}
            )

    def test_merge_keeps_the_latest(self):
        """U4: a merged lead's follow-ups are the remaining one's."""
        self._rule(self.boris)
        leads = self._lead(2, user_id=self.anna.id)
        leads[1].with_user(self.anna).message_post(body="x", message_type="comment")
        at = leads[1].last_follow_up_date
        head = leads.merge_opportunity(auto_unlink=True)
        self.assertEqual(head.last_follow_up_date, at)


@tagged("post_install", "-at_install")
class TestRulesOfCustomers(RulesCase):
    """U3 U4: customers without sales go round among the members."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls._rule(
            cls.boris | cls.clara,
            entity="customer",
            kind="no_sales",
            delay_number=6,
            delay_unit="months",
        )
        cls.customers = cls.env["res.partner"].create(
            [
                {
                    "name": f"Old customer {n}",
                    "user_id": cls.anna.id,
                    "is_company": True,
                }
                for n in range(3)
            ]
        )
        cls.contact = cls.env["res.partner"].create(
            {
                "name": "Contact",
                "parent_id": cls.customers[0].id,
                "user_id": cls.anna.id,
            }
        )
        cls._make_old(cls.customers | cls.contact)
        # whoever else is in the database stays out of it
        cls.rule.domain = f"[('id', 'in', {cls.customers.ids})]"
        cls.lead = cls._lead(
            user_id=cls.anna.id, partner_id=cls.customers[2].id, name="Sold"
        )
        cls.lead.action_set_won()

    def test_move(self):
        """U3 U4 U7: who bought stays, the others move with their contacts and a tag."""
        tag = self.env["res.partner.category"].create({"name": "Moved"})
        self.rule.partner_tag_ids = tag
        self.assertEqual(self.rule.would_move_count, 2)
        self._apply()
        self.assertEqual(self.customers[0].user_id, self.boris)
        self.assertEqual(self.customers[1].user_id, self.clara)
        self.assertEqual(self.customers[2].user_id, self.anna)
        self.assertEqual(self.contact.user_id, self.boris)
        self.assertEqual(self.customers[:2].category_id, tag)
        row = self.env["lead.distribution.assignment"].search(
            [("partner_id", "=", self.customers[0].id), ("rule_id", "!=", False)]
        )
        self.assertFalse(row.lead_id)
        self.assertEqual((row.user_id, row.units), (self.boris, 0.0))
        self.assertIn("no sale since", self.customers[0].message_ids[0].body)
        self._apply()
        self.assertEqual(self.customers[0].user_id, self.boris, "the clock began anew")
        self._nobody_left()

    def _nobody_left(self):
        """U10: never back; the responsible is told once."""
        later = fields.Datetime.now()
        for months in (7, 14, 21):
            with freeze_time(later + timedelta(days=31 * months)):
                self._apply()
        self.assertEqual(self.customers[0].user_id, self.clara)
        activities = self.customers[0].activity_ids
        self.assertEqual(activities.user_id, self.manager)
        self.assertEqual(len(activities), 1)

    def test_template(self):
        """U8: the template tells the new salesperson of a customer."""
        self.rule.mail_template_id = self.env["mail.template"].create(
            {
                "name": "Customer",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "subject": "Yours: {{ object.name }}",
                "body_html": "<p>Go</p>",
            }
        )
        self._apply()
        self._run_cron("ir_cron_send_mail")
        mail = self.env["mail.mail"].search([("subject", "=", "Yours: Old customer 0")])
        self.assertEqual(mail.recipient_ids, self.boris.partner_id)

    def test_form(self):
        """U3: the form knows what goes together; what does not is refused."""
        form = Form(self.env["lead.distribution.rule"].with_user(self.manager))
        form.name = "Customers"
        form.entity = "customer"
        self.assertEqual((form.kind, form.target_mode), ("no_sales", "members"))
        form.save()
        with self.assertRaises(ValidationError):
            self.rule.target_mode = "routes"


@tagged("post_install", "-at_install")
class TestRates(RulesCase):
    """U6: strategies by rates of the real past, on rules and routes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.route = cls._route(cls.anna | cls.boris, name="Before")
        leads = cls._lead(8)
        cls.annas = leads.filtered(lambda x: x.user_id == cls.anna)
        cls.boris_leads = leads - cls.annas
        for lead in cls.boris_leads[:3]:
            lead.action_set_won()
        cls.annas[0].action_set_won()
        cls.route.active = False

    def _rates(self):
        return self.env["lead.distribution.rates"]._rates(
            self.company,
            self.anna | self.boris | self.clara,
            180,
            fields.Datetime.now() + timedelta(hours=1),
        )

    def test_closing_rate(self):
        """U6: won of received; nobody without history is first."""
        rates = self._rates()
        self.assertEqual(
            [(r.won, r.had) for r in rates.values()], [(1, 4), (3, 4), (0, 0)]
        )
        rule = self._rule(self.anna | self.boris | self.clara, strategy="closing_rate")
        texts = rule.with_user(self.manager).member_ids.mapped("rate")
        self.assertIn("1 won of 4", texts[0])
        self.assertIn("first", texts[2])
        dora = self._user("dora")
        leads = self._lead(4, user_id=dora.id)
        self._neglect(leads)
        self._apply()
        self.assertEqual(
            [lead.user_id for lead in leads],
            [self.clara, self.boris, self.anna, self.clara],
        )

    def test_follow_up_speed_on_a_route(self):
        """U6: the fastest first, one each, on a route too."""
        later = fields.Datetime.now() + timedelta(hours=5)
        with freeze_time(later):
            for lead in self.boris_leads:
                lead.with_user(self.boris).message_post(
                    body="x", message_type="comment"
                )
        route = self._route(
            self.anna | self.boris, strategy="follow_up_speed", name="Fast"
        )
        with freeze_time(later + timedelta(hours=40)):
            leads = self._lead(3)
        self.assertEqual(
            [lead.user_id for lead in leads], [self.boris, self.anna, self.boris]
        )
        texts = route.with_user(self.manager).member_ids.mapped("rate")
        self.assertTrue(all(texts))
        why = self.env["lead.distribution.explanation"]._explain_lead(leads[0])
        self.assertIn("Hours to follow-up", why)

    def test_a_few_queries_for_everybody(self):
        """U6: two queries, however many salespeople."""
        self._rates()
        with self.assertQueryCount(2):
            self._rates()

    def _lead_counting(self):
        """Make a lead.

        :returns: how many times leads received were counted for it, and the lead
        """
        times, service = [], self.registry["lead.distribution.rates"]
        original = service._received_leads

        def counted(*args):
            times.append(args)
            return original(*args)

        with patch.object(service, "_received_leads", counted):
            lead = self._lead()
        self.assertTrue(lead.user_id)
        return len(times), lead

    def test_counted_once_for_all_routes(self):
        """Part 13: twenty routes by rate took three seconds a lead, each its own."""
        users = self.anna | self.boris
        for number, strategy in enumerate(["closing_rate", "follow_up_speed"] * 3):
            never = "[('name', '=', 'Nothing')]"
            self._route(users, strategy=strategy, name=f"{number}", domain=never)
        self._route(users, strategy="closing_rate", name="For all")
        times, lead = self._lead_counting()
        self.assertEqual((times, lead.user_id), (1, self.boris))
        self._route(users, strategy="closing_rate", rate_period_days=30)
        self.assertEqual(self._lead_counting()[0], 2)

    def test_many_are_counted_every_few_minutes(self):
        """Part 13: counting the leads of months takes a second in a big company; a
        rate of months hardly changes from lead to lead."""
        self._route(self.anna | self.boris, strategy="closing_rate")
        self.addCleanup(self.registry.clear_cache)
        noon = fields.Datetime.now().replace(hour=12, minute=0) + timedelta(days=1)

        def times(minutes):
            with freeze_time(noon + timedelta(minutes=minutes)):
                return self._lead_counting()[0]

        self.assertEqual([times(0), times(1)], [1, 1])
        with patch.object(rates_module, "MANY", 9):
            self.registry.clear_cache()
            self.assertEqual(
                [times(minutes) for minutes in (1, 2, 4, 5, 9, 10)], [1, 0, 0, 1, 0, 1]
            )


@tagged("post_install", "-at_install")
class TestServerAction(RulesCase):
    """U11: the server action "Distribute leads"."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.model_id = cls.env["ir.model"]._get_id("crm.lead")
        cls.route = cls._route(cls.boris, domain="[('name', '=', 'Nothing')]")

    def _action(self, **values):
        return self.env["ir.actions.server"].create(
            {
                "name": "Distribute",
                "model_id": self.model_id,
                "state": "lead_distribute",
                **values,
            }
        )

    def _run(self, action, leads, user=None):
        action = action.with_user(user or self.manager)
        action.with_context(active_model="crm.lead", active_ids=leads.ids).run()

    def test_routes_route_and_rule(self):
        """U11: through the routes, through one route, through a rule's members."""
        rule = self._rule(self.clara, delay_number=99)
        leads = self._lead(3)
        self.assertFalse(leads.user_id)
        self._run(self._action(), leads[0])
        self.assertFalse(leads[0].user_id, "no route matches")
        self._run(
            self._action(
                lead_distribute_through="route",
                lead_distribution_route_id=self.route.id,
            ),
            leads[1],
        )
        self.assertEqual(leads[1].user_id, self.boris)
        self._run(
            self._action(
                lead_distribute_through="rule", lead_distribution_rule_id=rule.id
            ),
            leads[2],
        )
        self.assertEqual(leads[2].user_id, self.clara)
        self.assertEqual(self._rows(leads[2])[-1].rule_id, rule)
        self.assertFalse(leads[2].distribution_asked_rule_id)

    def test_who_may(self):
        """U11: from the Action menu, for managers and team leaders only."""
        lead = self._lead(user_id=self.anna.id)
        with self.assertRaises(AccessError):
            self._run(self._action(), lead, self.anna)

    def test_by_an_automation(self):
        """U11: an automation rule of a salesperson's change runs it."""
        if "base.automation" not in self.env:
            # CRM does not depend on it: as the automation runs it, as superuser
            lead = self._lead(user_id=self.anna.id)
            action = self._action(
                lead_distribute_through="route",
                lead_distribution_route_id=self.route.id,
            )
            self._run(action.with_user(self.anna).sudo(), lead, None)
            self.assertEqual(lead.user_id, self.boris)

    def test_scheduled(self):
        """U11: as a scheduled action it takes what its filter finds."""
        leads = self._lead(2)
        leads[0].city = "Gdynia"
        cron = self.env["ir.cron"].create(
            {
                "name": "Every evening",
                "model_id": self.model_id,
                "state": "lead_distribute",
                "lead_distribute_through": "route",
                "lead_distribution_route_id": self.route.id,
                "lead_distribute_domain": "[('user_id', '=', False), "
                "('city', '=', 'Gdynia')]",
            }
        )
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(leads[0].user_id, self.boris)
        self.assertFalse(leads[1].user_id)
        with self.assertRaises(ValidationError):
            cron.lead_distribute_domain = "[('nope', '=', 1)]"

    def test_needs_its_parts(self):
        """U11: what is missing is said."""
        with self.assertRaises(ValidationError):
            self._action(lead_distribute_through="rule")
        with self.assertRaises(ValidationError):
            self._action(model_id=self.env["ir.model"]._get_id("res.partner"))


@tagged("post_install", "-at_install")
class TestHalfAYear(RulesCase):
    def test_half_a_year(self):
        """U4 U10: twenty salespeople of whom five neglect everything, half a year, day
        by day: no lead lies longer than the rule allows plus a run, none moves more
        often than allowed without a follow-up, none goes back to who had it."""
        people = self.env["res.users"].union(
            *(self._user(f"half{n}") for n in range(20))
        )
        lazy = people[:5]
        rule = self._rule(people, delay_number=3, max_moves=3)
        allowed = timedelta(days=4)  # three days, and the rules run once a day here
        start = datetime(2026, 1, 5, 8, 0)
        everything = self.env["crm.lead"]
        for day in range(182):
            now = start + timedelta(days=day)
            with freeze_time(now):
                if day % 6 == 0:
                    everything |= self._lead(user_id=people[day % 20].id)
                open_leads = everything.filtered("user_id")
                busy = open_leads.filtered(
                    lambda lead, day=day: (
                        lead.user_id not in lazy and (lead.id + day) % 3 == 0
                    )
                )
                for lead in busy:
                    lead.with_user(lead.user_id).message_post(
                        body="Still on it", message_type="comment"
                    )
                self.env.flush_all()
                self.env["lead.distribution.rule.runner"]._rule_block(
                    self.company,
                    rule,
                    {"crm.lead": set(), "res.partner": set()},
                    None,
                    99,
                )
                for lead in everything.filtered("user_id"):
                    self.assertLessEqual(now - lead.distribution_idle_since, allowed)
        rows = self._rows(everything)
        self.assertTrue(rows.filtered("rule_id"), "something moved")
        for lead, mine in rows.grouped("lead_id").items():
            had = [row.user_id.id for row in mine.filtered("rule_id") if row.user_id]
            self.assertEqual(len(had), len(set(had)), "back to a former holder")
            first = mine[0].previous_user_id
            self.assertNotIn(first.id, had)
            # a lazy one follows up never, so the moves between lazy ones are in a row
            streak = 0
            for user_id in had:
                streak = streak + 1 if user_id in lazy.ids else 0
                self.assertLessEqual(streak, rule.max_moves)
            self.assertLessEqual(
                self.env["lead.distribution.assignment"]._lead_history(lead)[1][
                    lead.id
                ],
                rule.max_moves,
            )

"""Deputies of absences: new leads of the absent one's customers (P6)."""

from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import DistributionCase


@tagged("post_install", "-at_install", "lead_distribution")
class TestDeputies(DistributionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.now = fields.Datetime.now()
        cls.Absence = cls.env["lead.distribution.absence"]
        cls.customer = cls.env["res.partner"].create(
            {"name": "Hers", "user_id": cls.anna.id, "email": "hers@customers.test"}
        )

    def _away(self, user, deputy=None, days=5, **values):
        return self.Absence.create(
            {
                "user_id": user.id,
                "deputy_id": deputy.id if deputy else False,
                "date_from": self.now - timedelta(days=1),
                "date_to": self.now + timedelta(days=days),
                **values,
            }
        )

    def _hers(self):
        return self._lead(partner_id=self.customer.id)

    def test_new_lead_of_a_customer(self):
        """The deputy gets it, is told why, and the customer stays whose it is."""
        self._route(self.anna | self.boris | self.clara, contact_owner_policy="always")
        absence = self._away(self.anna, self.boris, reason="Secret surgery")
        lead = self._hers()
        self.assertEqual(lead.user_id, self.boris)
        row = self._rows(lead)
        self.assertEqual(row.reason, "deputy")
        self.assertEqual(row.units, 1)
        until = fields.Datetime.to_string(absence.date_to)
        steps = row.sudo().trace["deputies"]
        self.assertEqual(steps, [[self.anna.id, until, self.boris.id]])
        self.assertEqual(self.customer.user_id, self.anna)
        self.assertIn("deputy of Anna", "".join(lead.message_ids.mapped("body")))
        with freeze_time(absence.date_to + timedelta(minutes=1)):
            again = self._lead(email_from="hers@customers.test", name="Later")
            self.assertEqual(again.user_id, self.anna)

    def test_explained_as_far_as_one_may_know(self):
        """The deputy and managers read until when; a colleague that she is not there;
        nobody the reason."""
        self._route(self.anna | self.boris | self.clara)
        self._away(self.anna, self.boris, reason="Secret surgery")
        lead = self._hers()
        Explanation = self.env["lead.distribution.explanation"]
        all_leads = self._user("all", "sales_team.group_sale_salesman_all_leads")
        for user, told in (
            (self.manager, True),
            (self.boris, True),
            (all_leads, False),
        ):
            text = Explanation.with_user(user)._explain_lead(lead.with_user(user))
            self.assertEqual("is absent until" in text, told, user.name)
            self.assertEqual("is not available; " in text, not told, user.name)
            self.assertIn("Boris", text)
            self.assertNotIn("surgery", text)

    def test_deputy_elsewhere(self):
        """Not on the route: theirs all the same; of another company: not."""
        self._route(self.anna | self.clara)
        absence = self._away(self.anna, self.boris)
        lead = self._hers()
        self.assertEqual((lead.user_id, lead.company_id), (self.boris, self.company))
        both = self.company | self.company_2
        foreign = self._user("foreign", company_ids=[(6, 0, both.ids)])
        absence.deputy_id = foreign
        foreign.write(
            {"company_ids": [(6, 0, self.company_2.ids)], "company_id": self.company_2}
        )
        other = self.env["res.partner"].create({"name": "2", "user_id": self.anna.id})
        lead = self._lead(partner_id=other.id)
        self.assertEqual(self._rows(lead).reason, "strategy")
        self.assertEqual(
            self._rows(lead).sudo().trace["advisors"][1],
            [foreign.id, "deputy", "company"],
        )

    def test_limit_of_the_deputy(self):
        self._route(self.anna | self.boris | self.clara)
        self._away(self.anna, self.boris)
        self.boris.write({"lead_max_day": 1})
        self._lead(partner_id=self.customer.id)
        other = self.env["res.partner"].create({"name": "2", "user_id": self.anna.id})
        lead = self._lead(partner_id=other.id)
        self.assertEqual(lead.user_id, self.clara)
        self.assertIn(
            [self.boris.id, "deputy", "limit_day"],
            self._rows(lead).sudo().trace["advisors"],
        )

    def test_deputy_away_too(self):
        """Followed once, never in circles."""
        self._route(self.anna | self.boris | self.clara)
        absence = self._away(self.anna, self.boris)
        second = self._away(self.boris, self.clara)
        self.assertIn("also absent for part of that time", absence.deputy_note)
        lead = self._hers()
        self.assertEqual(lead.user_id, self.clara)
        self.assertEqual(
            [step[::2] for step in self._rows(lead).sudo().trace["deputies"]],
            [[self.anna.id, self.boris.id], [self.boris.id, self.clara.id]],
        )
        second.deputy_id = self.anna
        other = self.env["res.partner"].create({"name": "2", "user_id": self.anna.id})
        lead = self._lead(partner_id=other.id)
        self.assertEqual(lead.user_id, self.clara)
        self.assertEqual(self._rows(lead).reason, "strategy")

    def test_offered_to_the_deputy_alone(self):
        self._route(self.anna | self.boris | self.clara, delivery="offer_all")
        self._away(self.anna, self.boris)
        lead = self._hers()
        rows = self._rows(lead)
        self.assertEqual((rows.state, rows.user_id), ("offered", self.boris))
        lead.with_user(self.boris).action_claim()
        self.assertEqual(lead.user_id, self.boris)
        self.assertEqual(self.customer.user_id, self.anna)

    def test_question_simulation_and_undo(self):
        """They decide as the distribution does."""
        route = self._route(self.anna | self.boris | self.clara)
        self._away(self.anna, self.boris)
        answer = (
            self.env["lead.distribution.route"]
            .with_user(self.manager)
            .who_would_get(values={"name": "Q", "partner_id": self.customer.id})
        )
        self.assertEqual(answer["user_id"], self.boris.id)
        self.assertEqual(answer["reason"], "deputy")
        self.assertIn("is their deputy", answer["explanation"])
        lead = self._hers()
        # what came to be in the time that is replayed, was not there before
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET create_date = %s WHERE id = %s",
            [self.now - timedelta(days=9), self.customer.id],
        )
        self.env.invalidate_all()
        replay = self.env["lead.distribution.replay"]._replay(
            self.company,
            route,
            lead.create_date - timedelta(minutes=1),
            lead.create_date + timedelta(minutes=1),
            10,
        )
        found = {
            one.id: (decision.user_id, decision.reason) for one, decision in replay
        }
        self.assertEqual(found[lead.id], (self.boris.id, "deputy"))
        pooled = self._hers()
        pooled.action_release_to_pool()
        pooled.with_user(self.manager).action_distribute()
        self.assertEqual(pooled.user_id, self.boris)
        run = self._rows(pooled)[-1].run_id
        run.with_user(self.manager).action_undo()
        self.assertFalse(pooled.user_id)

    def test_who_may_be_one(self):
        """One's own absence, with a colleague who sells; nobody else's."""
        mine = self.Absence.with_user(self.anna).create({"deputy_id": self.boris.id})
        self.assertEqual(mine.deputy_id, self.boris)
        with self.assertRaises(ValidationError):
            mine.deputy_id = self.anna
        clerk = self._user("clerk", "base.group_user")
        with self.assertRaises(ValidationError):
            mine.deputy_id = clerk
        foreign = self._user("foreign", company_id=self.company_2.id)
        with self.assertRaises(ValidationError):
            self.Absence.create({"user_id": self.anna.id, "deputy_id": foreign.id})
        with self.assertRaises(AccessError):
            mine.with_user(self.boris).deputy_id = self.clara
        self.assertFalse(self.Absence.with_user(self.boris).search([]))
        with Form(self.Absence.with_user(self.clara)) as form:
            form.deputy_id = self.boris
            self.assertFalse(form.deputy_note)
        self._away(self.boris)
        with Form(self.Absence.with_user(self.clara)) as form:
            form.deputy_id = self.boris
            self.assertIn("Boris is also absent", form.deputy_note)

    def test_no_statement_where_nobody_has_one(self):
        """Absences without a deputy cost nothing; with one a statement a block."""
        self._route(self.anna | self.boris | self.clara)
        absence = self._away(self.anna)
        users = self.anna | self.boris
        self.env.flush_all()
        users._lead_deputies(self.now)
        with self.assertQueryCount(0):
            self.assertEqual(users._lead_deputies(self.now), {})
        absence.deputy_id = self.boris
        self.env.flush_all()
        users._lead_deputies(self.now)
        with self.assertQueryCount(1):
            found = users._lead_deputies(self.now)
        self.assertEqual(found, {self.anna.id: (self.boris.id, absence.date_to)})


@tagged("post_install", "-at_install", "lead_distribution")
class TestLending(DistributionCase):
    """Open leads that are lent to the deputy for the time, and come back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.now = fields.Datetime.now()
        cls.route = cls._route(cls.anna | cls.boris, activity_type_id=cls.call.id)
        cls.boris.lead_distribution_paused = True
        cls.leads = cls._lead(3)
        cls.boris.lead_distribution_paused = False
        cls.absence = cls.env["lead.distribution.absence"].create(
            {
                "user_id": cls.anna.id,
                "deputy_id": cls.boris.id,
                "lend": True,
                "date_from": cls.now - timedelta(minutes=1),
                "date_to": cls.now + timedelta(days=5),
            }
        )

    def _cron(self):
        self._run_cron("ir_cron_lend_leads")

    def _units(self):
        return self.env["lead.distribution.candidates"]._units_of_month(
            self.company, (self.anna | self.boris).ids, fields.Datetime.now()
        )

    def test_there_and_back(self):
        """Lent when it begins, with tasks and without units; back when it ends, what
        the deputy still has."""
        task = self.leads[0].activity_schedule(
            activity_type_id=self.call.id, user_id=self.anna.id
        )
        before = self._units()
        self.boris.lead_max_day = 1
        self._cron()
        self.assertEqual(self.leads.user_id, self.boris)
        self.assertEqual(task.user_id, self.boris)
        self.assertEqual(before, {self.anna.id: 3.0})
        after = {user_id: units for user_id, units in self._units().items() if units}
        self.assertEqual(after, before)
        self.assertEqual(self.absence.lent_count, 3)
        rows = self._rows(self.leads).filtered(lambda row: row.state == "assigned")
        self.assertEqual(set(rows.mapped("trigger")), {"deputy"})
        self.assertIn("Boris for Anna", rows.run_id.display_name)
        self.assertFalse(rows.activity_id)
        text = self.env["lead.distribution.explanation"]._explain_lead(self.leads[0])
        self.assertIn("Boris is their deputy", text)
        # what is lent uses none of the deputy's limit of the day
        customer = self.env["res.partner"].create(
            {"name": "C", "user_id": self.boris.id}
        )
        self.assertEqual(self._lead(partner_id=customer.id).user_id, self.boris)
        self._cron()
        self.assertEqual(len(self._rows(self.leads[0])), len(rows.run_id) + 1)
        # one is won, another somebody else's
        self.leads[1].user_id = self.clara
        self.leads[2].action_set_won()
        self.absence.with_user(self.anna).action_end()
        self._cron()
        self.assertEqual(self.leads.mapped("user_id.name"), ["Anna", "Clara", "Boris"])
        self.assertEqual(task.user_id, self.anna)
        self.assertEqual(self.absence.with_user(self.anna).returned_count, 1)
        self.assertEqual(self._rows(self.leads[0])[-1].reason, "return")
        self._cron()
        self.assertEqual(self.leads[0].user_id, self.anna)

    def test_changed_meanwhile(self):
        """Prolonged, another deputy, switched off, deleted: the leads follow."""
        self._cron()
        self.absence.date_to += timedelta(days=3)
        self._cron()
        self.assertEqual(self.leads.user_id, self.boris)
        self.absence.deputy_id = self.clara
        self._cron()
        self.assertEqual(self.leads.user_id, self.clara)
        self.absence.lend = False
        self._cron()
        self.assertEqual(self.leads.user_id, self.anna)
        self.absence.lend = True
        self._cron()
        self.assertEqual(self.leads.user_id, self.clara)
        self.absence.unlink()
        self._cron()
        self.assertEqual(self.leads.user_id, self.anna)

    def test_not_before_it_begins(self):
        self.absence.date_from = self.now + timedelta(days=1)
        self._cron()
        self.assertEqual(self.leads.user_id, self.anna)
        with freeze_time(self.now + timedelta(days=2)):
            self._cron()
            self.assertEqual(self.leads.user_id, self.boris)
        with freeze_time(self.now + timedelta(days=6)):
            self._cron()
            self.assertEqual(self.leads.user_id, self.anna)

    def test_undone(self):
        """A manager undoes the loan: it is not lent again."""
        self._cron()
        run = self._rows(self.leads).run_id
        self.assertEqual(run.with_user(self.manager).action_undo(), 3)
        self.assertEqual(self.leads.user_id, self.anna)
        self._cron()
        self.assertEqual(self.leads.user_id, self.anna)

    def test_deputy_of_another_company(self):
        """Leads of a company in which the deputy does not work stay."""
        both = [(6, 0, (self.company | self.company_2).ids)]
        self.anna.company_ids = both
        self._route(self.anna, company_id=self.company_2.id, name="Second")
        other = self._lead(
            user_id=self.anna.id, company_id=self.company_2.id, team_id=False
        )
        self._cron()
        self.assertEqual(self.leads.user_id, self.boris)
        self.assertEqual(other.user_id, self.anna)

    def _names(self):
        return [lead.user_id.name for lead in self.leads]

    def _back(self, absence):
        absence.date_to = fields.Datetime.now() - timedelta(seconds=1)
        self._cron()

    def _lent_on(self):
        """Boris, who has Anna's leads, goes away, too, and lends his own to Clara."""
        self._cron()
        second = self.absence.copy(
            {"user_id": self.boris.id, "deputy_id": self.clara.id}
        )
        self._cron()
        self.assertEqual(self.leads.user_id, self.clara)
        return second

    def test_lent_on_and_the_first_is_back_first(self):
        """What Boris lent on is Anna's all the same: she has it again as soon as she is
        back, and his return takes nothing from her."""
        second = self._lent_on()
        self._back(self.absence)
        self.assertEqual(self.leads.user_id, self.anna)
        self._back(second)
        self.assertEqual(self.leads.user_id, self.anna)

    def test_lent_on_and_the_second_is_back_first(self):
        second = self._lent_on()
        # given to Clara by somebody: hers
        self.leads[0].user_id = self.anna
        self.leads[0].user_id = self.clara
        self._back(second)
        self.assertEqual(self._names(), ["Clara", "Boris", "Boris"])
        self._back(self.absence)
        self.assertEqual(self._names(), ["Clara", "Anna", "Anna"])

    def test_deputy_is_not_there_yet(self):
        """Nobody can take them when the absence begins: they go when somebody can."""
        self.boris.lead_distribution_paused = True
        self._cron()
        self.assertEqual(self.leads.user_id, self.anna)
        self.assertFalse(self.absence.lent_to_id)
        self.boris.lead_distribution_paused = False
        self._cron()
        self.assertEqual(self.leads.user_id, self.boris)

    def test_one_is_held(self):
        """Somebody works on one of them: all are lent a minute later."""
        Lead = type(self.env["crm.lead"])
        with patch.object(
            Lead, "try_lock_for_update", lambda leads, **_k: leads[:-1], create=True
        ):
            self._cron()
        self.assertEqual(self.leads.user_id, self.anna)
        self.assertFalse(self.absence.lent_to_id)
        self._cron()
        self.assertEqual(self.leads.user_id, self.boris)

    def test_one_cannot_be_written(self):
        """The rule of somebody's automation stops one lead, and nothing else, both
        ways."""
        stubborn, original = self.leads[1], type(self.env["crm.lead"]).write

        def write(leads, vals):
            if vals.get("user_id") and stubborn in leads:
                raise UserError("Not this one")  # pylint: disable=translation-required
            return original(leads, vals)

        logger = "odoo.addons.lead_distribution.models.manual.lending"
        with (
            self.assertLogs(logger, "WARNING"),
            patch.object(type(self.env["crm.lead"]), "write", write),
        ):
            self._cron()
        self.assertEqual(self._names(), ["Boris", "Anna", "Boris"])
        self.assertEqual(self.absence.lent_count, 2)
        stubborn = self.leads[0]
        with (
            self.assertLogs(logger, "WARNING"),
            patch.object(type(self.env["crm.lead"]), "write", write),
        ):
            self._back(self.absence)
        self.assertEqual(self._names(), ["Boris", "Anna", "Anna"])
        self.assertEqual(self.absence.returned_count, 1)

    def test_in_blocks(self):
        """Whoever has many leads lends them block by block, and all come back."""
        module = "odoo.addons.lead_distribution.models.manual.lending"
        with patch(f"{module}.LEADS_PER_BLOCK", 2):
            self._cron()
            self.assertEqual(self.leads.user_id, self.boris)
            self.assertEqual(self.absence.lent_count, 3)
            self._back(self.absence)
        self.assertEqual(self.leads.user_id, self.anna)
        self.assertEqual(self.absence.returned_count, 3)
        runs = self.absence.run_ids.filtered(lambda run: run.trigger == "deputy")
        self.assertTrue(all(runs.mapped("date_returned")))

    def test_becomes_somebody_elses(self):
        """An absence that was entered for the wrong one: what was lent goes back."""
        self._cron()
        self.absence.user_id = self.clara
        hers = self._lead(user_id=self.clara.id, team_id=self.team.id)
        self._cron()
        self.assertEqual(self.leads.user_id, self.anna)
        self.assertEqual(hers.user_id, self.boris)

    def test_two_absences_at_once(self):
        """The first is over: the leads go to the deputy of the other one."""
        self._cron()
        second = self.absence.copy({"deputy_id": self.clara.id})
        self._cron()
        self.assertEqual(self.leads.user_id, self.boris)
        self._back(self.absence)
        self.assertEqual(self.leads.user_id, self.clara)
        self._back(second)
        self.assertEqual(self.leads.user_id, self.anna)

    def test_merged_while_lent(self):
        """Two of hers become one in that time: it comes back once."""
        self._cron()
        self.leads[:2].with_context(
            lead_distribution_merge_master=self.leads[0].id
        )._merge_opportunity(user_id=self.boris.id, auto_unlink=True)
        left = self.leads.exists()
        self.assertEqual(len(left), 2)
        self._back(self.absence)
        self.assertEqual(left.user_id, self.anna)
        self.assertEqual(self.absence.returned_count, 2)

    def test_clock(self):
        """What nobody followed up so far has its clock begin anew with who has it; the
        others have none."""
        self.route.write({"clock_minutes": 60, "clock_working_time": False})
        begin = self.absence.date_from
        self.absence.date_from = self.now + timedelta(days=1)
        self.boris.lead_distribution_paused = True
        leads = self._lead(2)
        self.boris.lead_distribution_paused = False
        self.absence.date_from = begin
        self.assertEqual(leads.user_id, self.anna)
        self.assertTrue(all(leads.mapped("clock_next")))
        activity = (
            leads[0]
            .with_user(self.anna)
            .activity_schedule("mail.mail_activity_data_call", user_id=self.anna.id)
        )
        activity.with_user(self.anna).action_feedback("reached")
        self.env.invalidate_all()
        later = fields.Datetime.now().replace(microsecond=0) + timedelta(minutes=30)
        with freeze_time(later):
            self._cron()
        self.assertEqual(leads.user_id, self.boris)
        self.assertFalse(leads[0].clock_next)
        self.assertEqual(leads[1].clock_deadline, later + timedelta(minutes=60))
        row = self._rows(leads[1])[-1]
        self.assertEqual(row.clock_deadline, leads[1].clock_deadline)
        with freeze_time(later + timedelta(minutes=61)):
            self._run_cron("ir_cron_run_clocks")
        self.assertEqual(row.clock_result, "missed")

    def test_figures(self):
        """Who lends and who borrows received nothing by it: in the report, on the
        dashboard and the route, and where a route goes by results."""
        before = self.now - timedelta(days=3)
        self._cron()
        self._back(self.absence)
        self.assertEqual(self.leads.user_id, self.anna)
        self.env.flush_all()
        groups = self.env["lead.distribution.report"]._read_group(
            [("user_id", "in", (self.anna | self.boris).ids)],
            ["user_id"],
            ["received:sum", "won_percent:count"],
        )
        numbers = {user.name: numbers for user, *numbers in groups}
        self.assertEqual(numbers, {"Anna": [3, 3], "Boris": [0, 0]})
        self.assertEqual(self.route.month_count, 3)
        self.assertEqual(self.route.today_count, 3)
        rates = self.env["lead.distribution.rates"]
        received = rates._received_leads(
            self.company,
            self.anna | self.boris,
            before,
            fields.Datetime.now() + timedelta(minutes=1),
        )
        found = [(user_id, count) for user_id, count, *_rest in received]
        self.assertEqual(found, [(self.anna.id, 3)])

    def test_no_digest(self):
        """What is lent was handed out to nobody: the daily email counts it once."""
        self.company.write(
            {
                "lead_distribution_tracking": "digest",
                "lead_distribution_fallback_email": "office@house.test",
            }
        )
        self.company.lead_distribution_digest_date = self.now - timedelta(days=3)
        self._cron()
        self._back(self.absence)
        with freeze_time(self.now + timedelta(days=1)):
            self.env["lead.distribution.notification"]._send_digests()
        mail = self.env["mail.mail"].search([("email_to", "=", "office@house.test")])
        self.assertEqual(mail.subject, "Leads assigned: 3")

    def test_days_of_the_run(self):
        """A run says from which day to which, in the company's time zone."""
        self.absence.write(
            {
                "date_from": datetime(2027, 2, 28, 23),  # midnight in Warsaw
                "date_to": datetime(2027, 3, 14, 23),
            }
        )
        with freeze_time(datetime(2027, 3, 1, 9)):
            self._cron()
        run = self._rows(self.leads).run_id
        self.assertIn("Mar 1 – Mar 14", run.note)

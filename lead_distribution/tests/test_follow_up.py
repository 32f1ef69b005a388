from datetime import timedelta

from odoo import fields
from odoo.tests import freeze_time
from odoo.tests.common import tagged

from .common import DistributionCase


@tagged("post_install", "-at_install")
class TestFollowUp(DistributionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.route = cls._route(cls.anna)
        cls.customer = cls.env["res.partner"].create(
            {"name": "Zofia", "email": "zofia@customers.test"}
        )
        with freeze_time("2026-03-02 08:00:00"):
            cls.lead = cls._lead(partner_id=cls.customer.id)
        cls.start = fields.Datetime.to_datetime("2026-03-02 08:00:00")

    def _say(self, lead, text):
        """As the chatter's "Log note" does."""
        lead.message_post(body=text, message_type="comment")

    def _last(self):
        self.env.invalidate_all()
        return fields.Datetime.to_string(self.lead.last_follow_up_date)

    def test_assigned(self):
        """U4: the clock starts with the assignment, by the service or by hand."""
        self.assertEqual(self.lead.distribution_idle_since, self.start)
        with freeze_time("2026-03-02 09:00:00"):
            self.lead.with_user(self.anna).user_id = self.boris
        self.assertEqual(
            self.lead.distribution_idle_since, self.start + timedelta(hours=1)
        )
        with freeze_time("2026-03-02 10:00:00"):
            self.lead.with_user(self.boris).user_id = self.boris  # no change
        self.assertEqual(
            self.lead.distribution_idle_since, self.start + timedelta(hours=1)
        )

    def test_self_assigned(self):
        """U4: what a salesperson captured is theirs from then on."""
        with freeze_time("2026-03-02 09:00:00"):
            lead = self._lead(user_id=self.clara.id)
        self.assertEqual(lead.distribution_state, "none")
        self.assertEqual(lead.distribution_idle_since, self.start + timedelta(hours=1))

    def test_past_is_read(self):
        """U4: leads of an existing database, in blocks that can be resumed."""
        self.route.active = False
        leads = self.lead | self._lead(3)
        leads.user_id = self.anna
        call = leads[1].activity_schedule(
            "mail.mail_activity_data_call", user_id=self.anna.id
        )
        stage = self.env["crm.stage"].create({"name": "Talking"})
        self.flush_tracking()  # what is new is not tracked
        with freeze_time("2026-03-05 12:00:00"):
            self._say(leads[0].with_user(self.anna), "a note")
            call.with_user(self.anna).action_feedback()
            leads[2].with_user(self.anna).stage_id = stage
            self.flush_tracking()
        self.assertFalse(any(leads.mapped("last_follow_up_date")))
        self.route.active = True
        self.assertEqual(self.company.lead_follow_up_next, 1)
        self.company.lead_follow_up_next = leads[0].id
        self.assertEqual(
            self.env["lead.distribution.backfill"]._backfill_step(self.company, 1), 1
        )
        self.assertEqual(self.company.lead_follow_up_next, leads[0].id + 1)
        self._run_cron("ir_cron_apply_rules")
        self.assertEqual(self.company.lead_follow_up_next, 0)
        self.env.invalidate_all()
        self.assertEqual(
            [str(lead.last_follow_up_date) for lead in leads[:3]],
            ["2026-03-05 12:00:00"] * 3,
        )
        self.assertFalse(leads[3].last_follow_up_date)
        self.assertTrue(all(leads.mapped("distribution_idle_since")))

    def test_merge(self):
        """U4: the follow-up of both is the master's."""
        duplicates = self._lead(partner_id=self.customer.id)
        duplicates.user_id = self.anna
        with freeze_time("2026-03-07 12:00:00"):
            self._say(duplicates.with_user(self.anna), "rang")
        master = (self.lead | duplicates).with_user(self.manager).merge_opportunity()
        self.env.invalidate_all()
        self.assertEqual(str(master.last_follow_up_date), "2026-03-07 12:00:00")

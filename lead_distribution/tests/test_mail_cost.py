"""What a mail costs beside what core does for it."""

from unittest.mock import patch

from odoo.models import BaseModel
from odoo.tests.common import tagged

from ..tools.service_context import MAIL, MAIL_KEY
from .test_mail import MailCase

FORM = "Name: Kai Kunde\nEmail: {}\nTelefon: +49 1512 3456789\nNachricht: Hallo"
#: statements beside core's: who is one of us, who sends for several people, the
#: company's country, the listing, the schedule
MORE = 14


@tagged("post_install", "-at_install")
class TestMailCost(MailCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.lead_distribution_mode = "queued"

    def _form(self, number):
        text = FORM.format(f"kai{number}@kunde.test")
        return self._mail("WordPress <wordpress@shop.test>", text)

    def _statements(self, number):
        self._form(number)  # what is read once
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        self._form(number + 1)
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_statements(self):
        """Part 12: reading a mail asks the database little beside what core asks."""
        ours = self._statements(1)
        with patch.object(
            type(self.env["res.company"]), "_lead_distribution_on", lambda self: False
        ):
            core = self._statements(11)
        self.assertLessEqual(ours - core, MORE)

    def test_environments(self):
        """A mail leaves no environment behind, which each later one looks through."""
        for number in range(3):
            self._form(number)
        before = len(list(self.env.transaction.envs))
        for number in range(3, 8):
            self._form(number)
        self.assertLessEqual(len(list(self.env.transaction.envs)), before + 2)

    def test_each_mail_is_its_own(self):
        """What was read of a mail is told of its lead alone."""
        self._form(1)
        lead = self._form(2)
        self.assertEqual(lead.email_normalized, "kai2@kunde.test")
        other = self.env["crm.lead"].sudo().create({"name": "No mail"})
        self.assertFalse(other.intake_reading)

    def test_fields_are_named(self):
        """Core asks which fields a lead has, and is told that; whoever asks once the
        lead is made is told all of them."""
        core, asked = BaseModel.fields_get, []

        def fields_get(records, allfields=None, attributes=None):
            if records._name == "crm.lead":
                asked.append(attributes)
            return core(records, allfields, attributes)

        with patch.object(BaseModel, "fields_get", fields_get):
            lead = self._form(1)
        self.assertTrue(asked)
        self.assertNotIn(None, asked)
        again = lead.with_context(**{MAIL_KEY: MAIL})
        self.assertEqual(again.fields_get(["name"])["name"]["string"], "Opportunity")

    def test_country_of_the_company(self):
        """The company's country is found by the columns that it takes, and follows
        what the company says."""
        company = self.company
        for country in ("pl", "de"):
            company.country_id = self.env.ref(f"base.{country}")
            self.env.flush_all()
            self.env.invalidate_all()
            self.assertEqual(company._lead_country_code(), country.upper())
            partner = company.partner_id
            comment = partner._fields["comment"]
            self.assertFalse(self.env.cache.contains(partner, comment))
            self.assertEqual(company.country_id.code, country.upper())
        company.country_id = False
        self.assertEqual(company._lead_country_code(), "")

    def test_workers_are_woken_once(self):
        """Schedules wanted by one transaction wake the workers once."""
        crons, told = self.env["ir.cron"], []
        data = self.env.cr.postcommit.data
        self.addCleanup(data.pop, "lead_distribution.cron_workers_told", None)
        core = next(
            each
            for each in type(crons).__mro__
            if each.__module__.endswith("ir_cron")
            and "base" in each.__module__
            and "_notifydb" in vars(each)
        )
        with patch.object(core, "_notifydb", lambda self: told.append(1)):
            crons._notifydb()
            crons._notifydb()
            self.assertEqual(told, [1])
            data.clear()  # as after a commit
            crons._notifydb()
        self.assertEqual(told, [1, 1])

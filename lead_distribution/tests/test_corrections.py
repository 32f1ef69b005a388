"""Units given or taken by managers."""

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, HttpCase
from odoo.tests.common import tagged

from .common import DistributionCase, tour_user


@tagged("post_install", "-at_install")
class TestCorrections(DistributionCase):
    """P8: a correction is a row of the ledger."""

    def _correct(self, user, units, reason="The lead was a test"):
        ids = user.with_user(self.manager).action_correct_units(units, reason)
        return self.env["lead.distribution.assignment"].browse(ids)

    def test_counts_as_workload(self):
        """P8: whoever was given units is behind the others no more, and who had some
        taken comes first; shown on the board, in the statistics and in "Why?"."""
        self._route(self.anna | self.boris)
        row = self._correct(self.anna, 3)
        self.assertEqual(
            (row.state, row.reason, row.units, row.user_id, row.company_id),
            ("corrected", "correction", 3.0, self.anna, self.company),
        )
        self.assertEqual(
            (row.note, row.by_user_id), ("The lead was a test", self.manager)
        )
        leads = self._lead(3)
        self.assertEqual(leads.user_id, self.boris)
        self.assertEqual(self.anna.lead_workload_units, 3)
        self._correct(self.anna, -2.5)
        self.env.invalidate_all()
        self.assertEqual(self.anna.lead_workload_units, 0.5)
        lead = self._lead()
        self.assertEqual(lead.user_id, self.anna)
        why = self.env["lead.distribution.explanation"].with_user(self.manager)
        self.assertIn("by correction", why._explain_lead(lead.with_user(self.manager)))
        self.assertIn("+3 units", why._headline(row))
        self.env.flush_all()
        report = self.env["lead.distribution.report"].search(
            [("user_id", "=", self.anna.id)]
        )
        self.assertEqual(sum(report.mapped("units")), 1.5)
        self.assertEqual(sum(report.mapped("received")), 1)

    def test_month_limits_and_turns(self):
        """P8: it counts in the month of the correction, against no limit by number, and
        for nobody's turn."""
        route = self._route(self.anna | self.boris, strategy="round_robin")
        with freeze_time("2025-09-10 10:00:00"):
            self._correct(self.boris, 5)
        self.assertEqual(self.boris.lead_workload_units, 0)
        self.anna.lead_max_day = 1
        self._correct(self.anna, 4)
        self.assertEqual(self._lead().user_id, self.anna)
        self.assertEqual(self._lead().user_id, self.boris)
        self.assertTrue(route.active)

    def test_told_and_seen(self):
        """P8: the salesperson is told, and reads the row among their own; colleagues
        do not."""
        row = self._correct(self.anna, -1.5, "  A favour  ")
        message = self.env["mail.message"].search(
            [("partner_ids", "in", self.anna.partner_id.ids)], limit=1
        )
        self.assertIn("removed units from your workload: 1.50", message.body)
        self.assertIn("A favour", message.body)
        Ledger = self.env["lead.distribution.assignment"]
        mine = Ledger.with_user(self.anna).search([("state", "=", "corrected")])
        self.assertEqual(mine, row)
        self.assertEqual(mine.note, "A favour")
        every = self._user("every", "sales_team.group_sale_salesman_all_leads")
        for user in self.boris | every:
            # why it was corrected is between the two of them
            self.assertFalse(Ledger.with_user(user).search([("id", "=", row.id)]))
        self.assertTrue(Ledger.with_user(self.manager).search([("id", "=", row.id)]))

    def test_taken_back_once(self):
        """P8: a contrary row undoes it, once."""
        row = self._correct(self.anna, 2)
        back = row.with_user(self.manager).action_take_back()
        back = self.env["lead.distribution.assignment"].browse(back)
        self.assertEqual((back.units, back.corrects_id), (-2.0, row))
        self.assertEqual(self.anna.lead_workload_units, 0)
        self.env.invalidate_all()
        for again in (row, back):
            with self.assertRaises(UserError):
                again.with_user(self.manager).action_take_back()
        lead_row = self.env["lead.distribution.assignment"]
        self._route(self.anna)
        lead_row = self._rows(self._lead())
        with self.assertRaises(UserError):
            lead_row.with_user(self.manager).action_take_back()

    def test_refused(self):
        """P8: managers only, of their companies, with a reason, within bounds; and
        nobody writes such a row past the method."""
        for user in (self.anna, self.boris):
            with self.assertRaises(AccessError):
                self.anna.with_user(user).action_correct_units(1, "Mine")
            with self.assertRaises(AccessError):
                self.anna.with_user(user).action_ask_correction()
        other = self._user("other", company_id=self.company_2.id)
        with self.assertRaises(AccessError):
            self._correct(other, 1)
        for units in (0, "1", 1e9, float("nan"), float("inf"), 10**400, True, None):
            with self.assertRaises(UserError):
                self._correct(self.anna, units)
        for reason in ("", "  ", False, None, 5):
            with self.assertRaises(UserError):
                self._correct(self.anna, 1, reason)
        row = self._correct(self.anna, 1)
        for user in (self.anna, self.manager):
            with self.assertRaises(AccessError):
                row.with_user(user).write({"units": 9})
        with self.assertRaises(AccessError):
            row.with_user(self.anna).action_take_back()

    def test_two_companies(self):
        """P8: units of one company are none of the other's."""
        self.anna.company_ids |= self.company_2
        self.manager.company_ids |= self.company_2
        self._correct(self.anna, 2)
        self.assertEqual(self.anna.with_company(self.company).lead_workload_units, 2)
        self.assertEqual(self.anna.with_company(self.company_2).lead_workload_units, 0)

    def test_forgotten_with_the_person(self):
        """P8: whoever is anonymised leaves no words behind."""
        row = self._correct(self.anna, 2)
        self.anna.active = False
        action = self.env.ref(
            "lead_distribution.lead_distribution_anonymize_action_users"
        )
        wizard = self.env[action.res_model].with_context(
            active_model="res.users", active_ids=self.anna.ids
        )
        wizard.create({"understood": True}).action_confirm()
        row.invalidate_recordset()
        self.assertFalse(row.note)
        self.assertEqual(row.units, 2)

    def test_dialog(self):
        """P8: the dialog of the list of salespeople."""
        action = self.anna.with_user(self.manager).action_ask_correction()
        form = Form(
            self.env[action["res_model"]]
            .with_user(self.manager)
            .with_context(**action["context"])
        )
        form.units = -1
        form.reason = "It was a test"
        form.save().action_confirm()
        self.assertEqual(self.anna.lead_workload_units, -1)


@tagged("post_install", "-at_install")
class TestCorrectionsTour(HttpCase):
    def test_tour(self):
        """P8: a manager gives units on the board's list, and takes them back."""
        tour_user(self.env, "manager", "group_sale_manager")
        anna = tour_user(self.env, "anna")
        self.start_tour(
            "/odoo/lead-salespeople", "lead_distribution_correct", login="tour_manager"
        )
        rows = self.env["lead.distribution.assignment"].search(
            [("user_id", "=", anna.id)], order="id"
        )
        self.assertEqual(rows.mapped("units"), [2.0, -2.0])
        self.assertEqual(rows[1].corrects_id, rows[0])

"""Leads that salespeople report as not real or not theirs (P8)."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase
from odoo.tests.common import tagged

from ..tools.service_context import as_service
from .common import DistributionCase, tour_user


@tagged("post_install", "-at_install")
class TestReported(DistributionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.lead_distribution_manager_id = cls.manager
        cls.reports = cls.env["lead.distribution.reported"]

    def _reported(self, lead, kind="not_real", reason="The number is made up"):
        lead.with_user(lead.user_id).action_report(kind, reason)
        return self.reports.search([("lead_id", "in", lead.ids)], limit=1)

    def _accept(self, report, answer="Thank you"):
        said = report.with_user(self.manager).action_accept(answer)
        self.env.invalidate_all()
        return said

    def test_report(self):
        """P8: a report is a record of its own, one open a lead and reporter; the
        responsible has an activity, and a mail about it."""
        head = self._user("head", "lead_distribution.group_manager")
        self._route(self.anna, responsible_id=head.id)
        lead = self._lead()
        mine = lead.with_user(self.anna)
        self.assertTrue(mine.can_be_reported)
        self.assertEqual(mine.action_ask_not_real()["params"]["args"], ["not_real"])
        report = self._reported(lead, reason="  <b>Nobody</b> there ")
        self.assertEqual(
            (report.user_id, report.kind, report.reason, report.state),
            (self.anna, "not_real", "<b>Nobody</b> there", "open"),
        )
        self.assertEqual(report.assignment_id, self._rows(lead))
        self.assertEqual(report.company_id, self.company)
        activity = report.activity_id
        self.assertEqual((activity.user_id, activity.res_id), (head, lead.id))
        self.assertIn("Reported by Anna", activity.summary)
        self.assertTrue(
            self.env["mail.message"].search(
                [
                    ("partner_ids", "in", head.partner_id.ids),
                    ("res_id", "=", lead.id),
                ]
            )
        )
        self.env.invalidate_all()
        self.assertFalse(mine.can_be_reported)
        self.assertIn("not real", mine.reported_text)
        self.assertIn("Nobody", lead.with_user(self.manager).reported_text)
        with self.assertRaisesRegex(UserError, "already"):
            mine.action_report("not_mine")
        self.assertEqual(lead.user_id, self.anna)

    def test_told(self):
        """P8: told is who may decide, and not who reports: else the company's manager
        of distribution."""
        self._route(self.anna, responsible_id=self.clara.id)
        report = self._reported(self._lead())
        self.assertEqual(report.activity_id.user_id, self.manager)
        self.env["crm.lead"].create({"name": "Own", "user_id": self.manager.id})
        own = self.env["crm.lead"].search([("user_id", "=", self.manager.id)], limit=1)
        self.assertFalse(self._reported(own).activity_id)

    def test_not_real(self):
        """P8: the lead is removed, with a reason, and the unit given back once, by a
        correction of the assignment; the salesperson is told."""
        self._route(self.anna)
        lead = self._lead()
        row = self._rows(lead)
        self.assertEqual(self.anna.lead_workload_units, 1)
        report = self._reported(lead)
        said = self._accept(report)
        self.assertIn("removed: 1", said)
        self.assertEqual(
            (report.state, report.result, report.by_user_id, report.answer),
            ("accepted", "remove", self.manager, "Thank you"),
        )
        self.assertFalse(lead.active)
        self.assertEqual(lead.intake_status, "removed")
        self.assertEqual(
            lead.removal_reason_id,
            self.env.ref("lead_distribution.removal_reason_reported"),
        )
        correction = report.correction_id
        self.assertEqual(
            (correction.units, correction.corrects_id, correction.user_id),
            (-1.0, row, self.anna),
        )
        self.assertEqual(correction.by_user_id, self.manager)
        self.assertEqual(row.state, "released")
        self.assertEqual(self.anna.lead_workload_units, 0)
        self.env.flush_all()
        statistics = self.env["lead.distribution.report"].search(
            [("user_id", "=", self.anna.id)]
        )
        self.assertEqual(sum(statistics.mapped("units")), 0)
        self.assertFalse(report.activity_id)
        message = self.env["mail.message"].search(
            [("partner_ids", "in", self.anna.partner_id.ids)], limit=1
        )
        self.assertIn("accepted by Manager: Thank you", message.body)
        self.assertIn("accepted by Manager: Thank you", lead.message_ids[0].body)
        # brought back, it goes through the routes, and counts for who gets it
        lead.with_user(self.manager).action_restore()
        self._run_cron()
        self.assertEqual(lead.user_id, self.anna)
        self.assertEqual(self.anna.lead_workload_units, 1)

    def test_not_mine(self):
        """P8: the lead goes through the routes without who reported it, now and later,
        and the unit is given back."""
        route = self._route(self.anna | self.boris)
        lead = self._lead(user_id=False)
        first = lead.user_id
        other = (self.anna | self.boris) - first
        report = self._reported(lead, "not_mine", False)
        said = self._accept(report, False)
        self.assertIn("distributed again: 1", said)
        self.assertEqual(lead.user_id, other)
        self.assertEqual(first.lead_workload_units, 0)
        self.assertEqual(other.lead_workload_units, 1)
        self.assertEqual(report.result, "redistribute")
        self.assertNotIn(first.partner_id, lead.message_partner_ids)
        # nobody else is there: it waits, and never comes back
        route.member_ids.filtered(lambda m: m.user_id == other).unlink()
        lead.with_user(self.manager).action_release_to_pool()
        lead.with_user(self.manager).action_distribute()
        self.assertFalse(lead.user_id)
        why = self.env["lead.distribution.explanation"].with_user(self.manager)
        text = why._explain_lead(lead.with_user(self.manager))
        self.assertIn("wrong salesperson; accepted by Manager", text)
        self.assertIn("units given back: 1.00", text)

    def test_not_mine_of_offers(self):
        """P8: an offer that goes on does not come to who said that it is not theirs."""
        self._route(self.anna | self.boris, delivery="offer", offer_minutes=30)
        lead = self._lead()
        first = lead.offer_user_id
        lead.with_user(first).action_claim()
        self._accept(self._reported(lead, "not_mine"))
        second = lead.offer_user_id
        self.assertEqual(first | second, self.anna | self.boris)
        lead.with_user(second).action_decline()
        self.env.invalidate_all()
        self.assertFalse(lead.offer_user_ids)
        self.assertEqual(lead.distribution_state, "pool")

    def test_refused(self):
        """P8: a refusal has an answer, changes nothing, and one may report again."""
        self._route(self.anna)
        lead = self._lead()
        report = self._reported(lead)
        decide = report.with_user(self.manager)
        self.assertTrue(decide.action_ask_refuse()["params"]["required"])
        for answer in ("", "  ", False, 5):
            with self.assertRaises(UserError):
                decide.action_refuse(answer)
        decide.action_refuse("He exists: I spoke to him")
        self.env.invalidate_all()
        self.assertEqual((report.state, lead.user_id), ("refused", self.anna))
        self.assertEqual(self.anna.lead_workload_units, 1)
        self.assertFalse(report.correction_id)
        message = self.env["mail.message"].search(
            [("partner_ids", "in", self.anna.partner_id.ids)], limit=1
        )
        self.assertIn("I spoke to him", message.body)
        with self.assertRaisesRegex(UserError, "already been made"):
            decide.action_accept()
        self.assertTrue(lead.with_user(self.anna).can_be_reported)
        lead.with_user(self.anna).action_report("not_mine")

    def test_changed_meanwhile(self):
        """P8: a lead that is somebody else's by then, or closed, is left alone; the
        unit goes back all the same, and the answer says so."""
        self._route(self.anna)
        moved, won, twice = self._lead(3)
        reports = self.reports.union(*(self._reported(x) for x in (moved, won, twice)))
        moved.with_user(self.manager).sudo().user_id = self.boris
        won.action_set_won()
        twice.with_user(self.anna).action_remove(
            self.env.ref("lead_distribution.removal_reason_spam").id
        )
        self.env.invalidate_all()
        before = self.anna.lead_workload_units
        said = self._accept(reports)
        self.assertIn("now assigned to somebody else: 1", said)
        self.assertIn("because closed now: 2", said)
        self.assertEqual((moved.user_id, moved.active), (self.boris, True))
        self.assertEqual(won.won_status, "won")
        self.assertEqual(
            reports.mapped("result"),
            [{moved: "moved"}.get(report.lead_id, "closed") for report in reports],
        )
        # what was removed had given its unit back by itself
        self.assertEqual(before - self.anna.lead_workload_units, 2)
        self.assertFalse(
            reports.filtered(lambda report: report.lead_id == twice).correction_id
        )

    def test_rights(self):
        """P8: one reports what one has; managers decide; nobody writes a report past
        the buttons; everybody reads their own."""
        self._route(self.anna)
        lead = self._lead()
        with self.assertRaises(AccessError):
            lead.with_user(self.boris).action_report("not_real")
        with self.assertRaises(UserError):
            lead.with_user(self.manager).action_report("not_real")
        with self.assertRaises(UserError):
            lead.with_user(self.anna).action_report("boring")
        report = self._reported(lead)
        for user in (self.anna, self.boris):
            with self.assertRaises(AccessError):
                report.with_user(user).action_accept()
            with self.assertRaises(AccessError):
                report.with_user(user).action_refuse("No")
        self.assertEqual(self.reports.with_user(self.anna).search([]), report)
        self.assertFalse(self.reports.with_user(self.boris).search([]))
        for user in (self.anna, self.manager):
            with self.assertRaises(AccessError):
                report.with_user(user).write({"state": "accepted"})
            with self.assertRaises(AccessError):
                self.reports.with_user(user).create(
                    {"lead_id": lead.id, "kind": "not_real", "date": "2026-01-01"}
                )
        self.assertFalse(lead.with_user(self.boris).sudo().reported_text == "")
        # a manager of the distribution without sales rights decides as well
        plain = self._user("plain", "lead_distribution.group_manager")
        report.with_user(plain).action_accept()
        self.assertFalse(lead.active)

    def test_words_of_others(self):
        """P8: who may read the lead reads what was decided, not what was said."""
        everybody = self._user("all", "sales_team.group_sale_salesman_all_leads")
        self._route(self.anna)
        lead = self._lead()
        report = self._reported(lead, reason="Secret reason")
        report.with_user(self.manager).action_refuse("Secret answer")
        for user, told in ((self.anna, True), (self.manager, True), (everybody, False)):
            why = self.env["lead.distribution.explanation"].with_user(user)
            text = str(why._explain_lead(lead.with_user(user)))
            self.assertIn("refused by", text)
            self.assertEqual("Secret reason" in text, told)
            self.assertEqual("Secret answer" in text, told)

    def test_two_companies(self):
        """P8: reports are the company's in which the lead is."""
        self.anna.company_ids |= self.company_2
        stranger = self._user(
            "stranger", "sales_team.group_sale_manager", company_id=self.company_2.id
        )
        self._route(self.anna, company_id=self.company_2.id)
        lead = self._lead(company_id=self.company_2.id)
        self.assertEqual(lead.user_id, self.anna)
        lead.with_user(self.anna).with_context(
            allowed_company_ids=self.anna.company_ids.ids
        ).action_report("not_real")
        report = self.reports.search([])
        self.assertEqual(report.company_id, self.company_2)
        with self.assertRaises(AccessError):
            report.with_user(self.manager).action_accept()
        report.with_user(stranger).action_accept()
        self.env.invalidate_all()
        anna = self.anna.with_company(self.company_2)
        self.assertEqual(anna.lead_workload_units, 0)
        self.assertEqual(report.correction_id.company_id, self.company_2)

    def test_merged_and_deleted(self):
        """P8: a merge takes the report along, and accepting it leaves the lead that
        stays alone; who is forgotten leaves no words behind."""
        self._route(self.anna)
        head, other = self._lead(2)
        other.contact_name = "Zoe"
        report = self._reported(other)
        (head | other).merge_opportunity()
        self.env.invalidate_all()
        report = self.reports.search([])
        kept = report.lead_id
        self.assertTrue(kept.exists())
        if kept == head:
            self._accept(report)
            self.assertTrue(head.active)
        lead = self._lead(partner_id=self.env["res.partner"].create({"name": "Z"}).id)
        report = self._reported(lead)
        as_service(self.env["lead.distribution.privacy"])._anonymize(lead.partner_id)
        self.env.invalidate_all()
        self.assertFalse(report.reason)
        lead.unlink()
        self.assertFalse(report.exists())


@tagged("post_install", "-at_install")
class TestReportedTour(HttpCase):
    def test_tour(self):
        """P8: a salesperson reports a lead with one click and Enter; a manager accepts
        in the list."""
        anna = tour_user(self.env, "anna")
        tour_user(self.env, "manager", "group_sale_manager")
        lead = self.env["crm.lead"].create(
            {
                "name": "Prank call",
                "type": "opportunity",
                "email_from": "prank@customers.test",
                "user_id": anna.id,
            }
        )
        self.start_tour(
            f"/odoo/crm/{lead.id}", "lead_distribution_report", login="tour_anna"
        )
        report = self.env["lead.distribution.reported"].search(
            [("lead_id", "=", lead.id)]
        )
        self.assertEqual((report.kind, report.reason), ("not_real", "Nobody there"))
        self.start_tour(
            "/odoo/reported-leads",
            "lead_distribution_report_accept",
            login="tour_manager",
        )
        self.env.invalidate_all()
        self.assertEqual((report.state, report.answer), ("accepted", "Well seen"))
        self.assertFalse(lead.active)

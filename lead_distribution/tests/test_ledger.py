import psycopg2

from odoo.exceptions import AccessError, UserError
from odoo.tests.common import tagged
from odoo.tools import mute_logger

from ..tools.constants import STATES, TRANSITIONS
from ..tools.service_context import as_service
from .common import DistributionCase


@tagged("post_install", "-at_install")
class TestLedger(DistributionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._route(cls.anna)
        cls.lead = cls._lead()
        cls.row = cls.env["lead.distribution.assignment"].search(
            [("lead_id", "=", cls.lead.id)]
        )

    def test_nobody_writes_the_ledger(self):
        """Rows are made and changed only by the service: not by a manager, not
        with sudo, not by a forged context."""
        Assignment = self.env["lead.distribution.assignment"]
        values = {
            "lead_id": self.lead.id,
            "user_id": self.boris.id,
            "state": "released",
            "reason": "manual",
            "date": "2026-01-01",
        }
        forged = {"lead_distribution_service": True}
        for who in (
            Assignment.with_user(self.manager),
            Assignment.sudo(),
            Assignment.sudo().with_context(**forged),
        ):
            with self.assertRaises(AccessError):
                who.create(values)
        for who in (
            self.row.with_user(self.manager),
            self.row.sudo(),
            self.row.sudo().with_context(**forged),
        ):
            with self.assertRaises(AccessError):
                who.write({"state": "released"})
            with self.assertRaises(UserError):
                who.unlink()

    def test_only_states_along_the_table(self):
        """Every state has its line, and only what is on it passes."""
        self.assertEqual(set(TRANSITIONS), {code for code, _label in STATES})
        service = as_service(self.env["lead.distribution"], self.company)
        row = service.env["lead.distribution.assignment"].browse(self.row.id)
        with self.assertRaises(AccessError):
            row.write({"units": 3})
        with self.assertRaises(AccessError):
            row.write({"state": "released", "user_id": self.boris.id})
        with self.assertRaises(UserError):
            row.write({"state": "declined"})
        row.write({"state": "released"})
        with self.assertRaises(UserError):
            row.write({"state": "assigned"})

    @mute_logger("odoo.sql_db")
    def test_one_assignment_a_lead(self):
        service = as_service(self.env["lead.distribution"], self.company)
        with self.assertRaises(psycopg2.errors.UniqueViolation):
            service.env["lead.distribution.assignment"].create(
                {
                    "lead_id": self.lead.id,
                    "user_id": self.boris.id,
                    "state": "assigned",
                    "reason": "manual",
                    "date": "2026-01-01",
                }
            )

    def test_deleting_leads_and_people_keeps_working(self):
        """The ledger stays, what it pointed to may go."""
        row = self.row
        self.lead.unlink()
        self.assertFalse(row.lead_id)
        self.assertEqual(row.user_id, self.anna)
        gone = self._user("gone")
        self._route(gone, sequence=0)
        lead = self._lead()
        row = self._rows(lead)
        self.assertEqual(row.user_id, gone)
        lead.user_id = False
        self.env["lead.distribution.route.member"].search(
            [("user_id", "=", gone.id)]
        ).unlink()
        gone.unlink()
        self.assertFalse(row.user_id)
        self.assertTrue(row.explanation)

    def test_columns_are_a_contract(self):
        """Scripts of others rely on these names."""
        fields = self.row._fields
        for name in """lead_id partner_id user_id previous_user_id previous_team_id
            partner_previous_user_id activity_id tag_ids_added route_id rule_id run_id
            listing_id state reason decline_reason trace date deadline date_response
            units company_id""".split():
            self.assertIn(name, fields)
            self.assertTrue(fields[name].store, name)

    def test_units_by_state(self):
        """Unit: assigned and released count, undone does not."""
        self.assertEqual(self.anna.lead_workload_units, 1)
        service = as_service(self.env["lead.distribution"], self.company)
        row = service.env["lead.distribution.assignment"].browse(self.row.id)
        row.write({"state": "released"})
        self.env.invalidate_all()
        self.assertEqual(self.anna.lead_workload_units, 1)
        row.write({"state": "undone"})
        self.env.invalidate_all()
        self.assertEqual(self.anna.lead_workload_units, 0)

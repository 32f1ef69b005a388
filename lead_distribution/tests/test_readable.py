"""Screens that everybody can read and use: contrast, badges, a phone of 390 pixels."""

from datetime import timedelta

from odoo import Command, fields
from odoo.tests import HttpCase
from odoo.tests.common import tagged

from .common import tour_user


class ScreensCase(HttpCase):
    """A manager, a salesperson, a route that offers, and something of everything."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["lead.distribution.route"].search([]).active = False
        cls.env.company.lead_distribution_mode = "immediate"
        cls.manager = tour_user(cls.env, "manager", "group_sale_manager")
        cls.anna = tour_user(cls.env, "anna")
        cls.boris = tour_user(cls.env, "boris")
        cls.boris.lead_distribution_paused = True
        cls.env["crm.team"].create(
            {
                "name": "Phone",
                "user_id": cls.manager.id,
                "member_ids": [Command.set((cls.anna | cls.boris).ids)],
            }
        )
        cls.route = cls.env["lead.distribution.route"].create(
            {
                "name": "Phone",
                "delivery": "offer",
                "domain": "[('name', 'like', 'offer')]",
                "member_ids": [
                    Command.create({"user_id": user.id})
                    for user in (cls.anna, cls.boris)
                ],
            }
        )
        cls.offer = cls.env["crm.lead"].create(
            {"name": "Phone offer", "phone": "+48 512 900 101"}
        )
        cls.env["crm.lead"].create({"name": "Nobody's", "user_id": False})
        cls.lead = cls.env["crm.lead"].create(
            {"name": "Phone lead", "type": "opportunity", "user_id": cls.anna.id}
        )
        cls.kind = (
            cls.env["mail.activity.type"]
            .with_user(cls.manager)
            .create({"name": "Phone task", "icon": "fa-phone", "res_model": "crm.lead"})
        )
        cls.lead.with_user(cls.anna).activity_schedule(
            activity_type_id=cls.kind.id,
            summary="Phone task",
            user_id=cls.anna.id,
            date_deadline=fields.Date.today(),
        )
        cls.env["lead.distribution.absence"].create(
            {
                "user_id": cls.anna.id,
                "date_from": fields.Datetime.now() + timedelta(days=1),
                "date_to": fields.Datetime.now() + timedelta(days=3),
            }
        )


@tagged("post_install", "-at_install")
class TestReadable(ScreensCase):
    """Texts have a contrast of 4.5 to 1, badges are not stretched."""

    def _readable(self, *paths, user=None):
        for path in paths:
            with self.subTest(path):
                self.start_tour(
                    f"/odoo/{path}",
                    "lead_contrast_tour",
                    login=(user or self.manager).login,
                )

    def test_people(self):
        self._readable("lead-salespeople", "lead-people-days", "lead-absences")

    def test_routes(self):
        self._readable("lead-routes", f"lead-routes/{self.route.id}")

    def test_leads(self):
        self._readable("lead-pool", f"crm/{self.lead.id}", "lead-dashboard")

    def test_work(self):
        self._readable("lead-tasks", "lead-health", "lead-assignments")


@tagged("post_install", "-at_install")
class TestPhone(ScreensCase):
    """At 390 pixels, with a thumb."""

    browser_size = "390x844"
    touch_enabled = True

    def test_claim(self):
        """An offer is claimed from the header; Won first, Not a Lead last."""
        self.start_tour("/odoo/crm", "lead_phone_claim_tour", login=self.anna.login)
        self.assertEqual(self.offer.user_id, self.anna)

    def test_task(self):
        """A task is finished with two taps, and can be undone."""
        self.start_tour(
            "/odoo/lead-tasks", "lead_phone_task_tour", login=self.anna.login
        )

    def test_readable(self):
        """The same contrast on the phone."""
        for path in ("lead-tasks", "lead-pool", f"crm/{self.lead.id}"):
            self.start_tour(
                f"/odoo/{path}", "lead_contrast_tour", login=self.anna.login
            )

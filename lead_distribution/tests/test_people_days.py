"""People and days, and what salespeople see of themselves."""

from datetime import timedelta

from odoo import fields
from odoo.tests.common import tagged

from .common import DistributionCase


@tagged("post_install", "-at_install")
class TestPeopleDays(DistributionCase):
    """One screen of who is there, absent, paused, at a limit, with loads."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # people who work at any hour, so that weekends do not matter
        cls.hours = cls.env["resource.calendar"].create(
            {"name": "Any time", "flexible_hours": True, "company_id": cls.company.id}
        )
        people = cls.anna | cls.boris | cls.clara
        people.with_company(cls.company).lead_calendar_id = cls.hours

    def _people(self, user, **values):
        self.env.invalidate_all()
        found = self.env["res.users"].with_user(user).lead_people_days(**values)
        return {row["id"]: row for row in found["people"]}

    def test_managers_see_everybody(self):
        """There, absent for two days, paused, at a limit, with the load."""
        self._route(self.anna | self.boris)
        self._lead(2)
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        self.env["lead.distribution.absence"].create(
            {
                "user_id": self.boris.id,
                "date_from": tomorrow.replace(hour=0, minute=0, second=0),
                "date_to": tomorrow + timedelta(days=3),
            }
        )
        self.clara.lead_distribution_paused = True
        self.anna.lead_max_day = 1
        people = self._people(self.manager)
        self.assertEqual(people[self.anna.id]["cells"], ["here"] * 14)
        self.assertEqual(people[self.boris.id]["cells"][2], "absent")
        self.assertEqual(people[self.boris.id]["cells"][0], "here")
        self.assertEqual(people[self.clara.id]["cells"], ["paused"] * 14)
        self.assertTrue(people[self.anna.id]["full"])
        self.assertFalse(people[self.boris.id]["full"])
        self.assertEqual(people[self.anna.id]["load"], "1 of 30")

    def test_other_days(self):
        """Any first day and length; what is asked for beyond reason is cut."""
        found = self.env["res.users"].with_user(self.manager)
        days = found.lead_people_days("2026-02-01", 500)["days"]
        self.assertEqual(days[0], {"date": "2026-02-01", "today": False})
        self.assertEqual(len(days), 62)

    def test_salespeople_see_themselves(self):
        """Nothing of colleagues; leaders see their team."""
        self.assertEqual(list(self._people(self.anna)), self.anna.ids)
        self.team.user_id = self.clara
        team = self.anna | self.boris | self.clara
        self.assertEqual(set(self._people(self.clara)), set(team.ids))

    def test_my_day(self):
        """Own target and load, and the switch that says I am there."""
        mine = self.env["res.users"].with_user(self.anna)
        self.assertEqual(mine.lead_my_day()["load"], "0 of 30")
        self.anna.with_user(self.anna).write({"lead_absent": True})
        self.env.invalidate_all()
        self.assertTrue(mine.lead_my_day()["absent"])
        self.anna.with_user(self.anna).write({"lead_absent": False})
        self.env.invalidate_all()
        self.assertFalse(mine.lead_my_day()["absent"])
        outsider = self._user("outsider", "base.group_user")
        self.assertEqual(self.env["res.users"].with_user(outsider).lead_my_day(), {})

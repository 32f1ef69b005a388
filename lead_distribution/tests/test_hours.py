"""Hours and holidays that managers of the distribution change themselves."""

from datetime import date, datetime
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form
from odoo.tests.common import tagged

from ..tools import public_holidays
from .common import DistributionCase

VIEW = "lead_distribution.resource_calendar_view_form_lead"
HOLIDAYS = "lead_distribution.resource_calendar_leaves_view_list_lead"


@tagged("post_install", "-at_install")
class TestHours(DistributionCase):
    """K1 K2: what a manager without Settings rights does with hours."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id.tz = "Europe/Warsaw"
        cls.route = cls._route(cls.anna, name="Office", schedule="within")
        cls.env["lead.distribution.hours"].with_user(cls.manager).create(
            {"route_id": cls.route.id, "name": "Office hours"}
        ).action_confirm()
        cls.hours = cls.route.resource_calendar_id.with_user(cls.manager)
        cls.Leave = cls.env["resource.calendar.leaves"].with_user(cls.manager)

    def test_manager_changes_and_deletes_hours(self):
        """A manager edits lines and zone of hours of a route, and deletes them."""
        with Form(self.hours, VIEW) as form:
            form.tz = "Europe/Madrid"
            with form.attendance_ids.edit(0) as line:
                line.hour_to = 14.0
            form.attendance_ids.remove(1)
        self.assertEqual(self.hours.tz, "Europe/Madrid")
        self.assertEqual(self.hours.attendance_ids[0].hour_to, 14.0)
        self.assertEqual(len(self.hours.attendance_ids), 4)
        self.hours.attendance_ids[0].unlink()
        self.route.resource_calendar_id = False
        self.hours.unlink()
        self.assertFalse(self.hours.exists())

    def test_manager_makes_hours_from_the_menu(self):
        """New hours are the manager's company's, open at noon, in its zone."""
        self.company.lead_distribution_tz = "Europe/Madrid"
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "lead_distribution.lead_distribution_calendar_action"
        )
        self.assertIn("lead_distribution_hours", action["context"])
        Calendar = self.env["resource.calendar"].with_user(self.manager)
        form = Form(Calendar.with_context(lead_distribution_hours=True), VIEW)
        form.name = "Evenings"
        hours = form.save()
        self.assertTrue(hours.lead_distribution)
        self.assertEqual((hours.tz, hours.company_id), ("Europe/Madrid", self.company))
        self.assertEqual(set(hours.attendance_ids.mapped("day_period")), {"full_day"})
        self.assertEqual(len(hours.attendance_ids), 5)

    def test_other_hours_stay_the_administrators(self):
        """The company's own hours, another company's, and what becomes them: no."""
        usual = self.company.resource_calendar_id.with_user(self.manager)
        theirs = self.env["resource.calendar"].create(
            {
                "name": "Theirs",
                "company_id": self.company_2.id,
                "lead_distribution": True,
            }
        )
        for calendar in (usual, theirs.with_user(self.manager)):
            with self.assertRaises(AccessError):
                calendar.write({"name": "Mine"})
            with self.assertRaises(AccessError):
                calendar.attendance_ids[0].write({"hour_to": 23.0})
            with self.assertRaises(AccessError):
                calendar.attendance_ids[0].unlink()
            with self.assertRaises(AccessError):
                calendar.unlink()
            with self.assertRaises(AccessError):
                self.hours.attendance_ids[0].write({"calendar_id": calendar.id})
            with self.assertRaises(AccessError):
                self._holiday(calendar)
        for values in ({"company_id": self.company_2.id}, {"lead_distribution": False}):
            with self.assertRaises(AccessError):
                self.hours.write(values)
            self.env.invalidate_all()
        made = self.hours.create({"name": "Made", "lead_distribution": False})
        self.assertTrue(made.lead_distribution)

    def test_salespeople_change_no_hours(self):
        hours = self.hours.with_user(self.anna)
        with self.assertRaises(AccessError):
            hours.write({"name": "Mine"})
        with self.assertRaises(AccessError):
            self._holiday(hours)

    def test_administrators_change_all_hours(self):
        admin = self.env.ref("base.user_admin")
        self.assertTrue(admin.has_group("lead_distribution.group_manager"))
        self.company.resource_calendar_id.with_user(admin).write({"name": "Usual"})
        self.hours.with_user(admin).write({"lead_distribution": False})

    def _holiday(self, calendar, day="2030-12-25", **values):
        return calendar.env["resource.calendar.leaves"].create(
            {
                "name": "Feast",
                "calendar_id": calendar.id,
                "lead_first_day": day,
                "date_from": f"{day} 00:00:00",
                "date_to": f"{day} 01:00:00",
                **values,
            }
        )

    def test_manager_enters_a_holiday(self):
        """A day in the hours' own zone, which a manager moves and deletes; a route
        within them is closed then."""
        with freeze_time("2030-12-01"):
            holiday = self._holiday(self.hours)
            self.assertEqual(holiday.date_from, datetime(2030, 12, 24, 23))
            self.assertEqual(holiday.date_to, datetime(2030, 12, 25, 23))
            self.assertEqual(holiday.lead_last_day, date(2030, 12, 25))
            noon = datetime(2030, 12, 25, 11)
            self.assertFalse(self.route._opening(noon, noon)(noon))
            holiday.lead_last_day = date(2030, 12, 26)
            self.assertEqual(holiday.date_to, datetime(2030, 12, 26, 23))
            holiday.lead_first_day = date(2030, 12, 26)
            self.assertTrue(self.route._opening(noon, noon)(noon))
            with self.assertRaises(AccessError):
                holiday.write({"calendar_id": False})
            self.env.invalidate_all()
            holiday.unlink()

    def test_import_of_public_holidays(self):
        """Public holidays of a country and region, twice the same is once."""
        with freeze_time("2026-11-01 12:00"):
            Wizard = self.env["lead.distribution.holidays"].with_user(self.manager)
            form = Form(Wizard.with_context(default_calendar_ids=self.hours.ids))
            self.assertEqual(form.country_id, self.env.ref("base.pl"))
            form.country_id = self.env.ref("base.es")
            self.assertIn("Madrid (MD)", form.regions)
            form.year_to = 2026
            days = [line["date"] for line in form.line_ids._records]
            self.assertNotIn(date(2026, 1, 1), days)  # over
            self.assertIn(date(2026, 12, 25), days)
            form.region = "Nowhere"
            self.assertIn("Nowhere", form.problem)
            self.assertFalse(len(form.line_ids))
            form.region = "madrid"
            self.assertFalse(form.problem)
            with form.line_ids.new() as line:
                line.date, line.name = date(2026, 12, 24), "Our own"
            wizard = form.save()
            wizard.action_confirm()
            found = self.Leave.search([("calendar_id", "=", self.hours.id)])
            self.assertEqual(
                found.mapped("lead_first_day"),
                sorted({*days, date(2026, 12, 24), *wizard.line_ids.mapped("date")}),
            )
            self.assertEqual(
                found.mapped("lead_first_day"), found.mapped("lead_last_day")
            )
            wizard.action_confirm()
            self.assertEqual(
                self.Leave.search_count([("calendar_id", "=", self.hours.id)]),
                len(found),
            )

    def test_import_is_the_managers(self):
        """Neither salespeople, nor into hours that are not the manager's."""
        Wizard = self.env["lead.distribution.holidays"]
        with self.assertRaises(AccessError):
            Wizard.with_user(self.anna).create({"calendar_ids": self.hours.ids})
        wizard = Wizard.with_user(self.manager).create(
            {"calendar_ids": self.company.resource_calendar_id.ids}
        )
        with self.assertRaises(AccessError):
            wizard.action_confirm()
        wizard.line_ids = False
        with self.assertRaises(UserError):
            wizard.action_confirm()
        with self.assertRaises(ValidationError):
            wizard.write({"year_from": 2030, "year_to": 2020})

    def test_without_the_library(self):
        """Days are added by hand, and the screen says why."""
        with patch.object(public_holidays, "holidays", None):
            wizard = (
                self.env["lead.distribution.holidays"]
                .with_user(self.manager)
                .create({"calendar_ids": self.hours.ids})
            )
            self.assertIn("not installed", wizard.problem)
            self.assertFalse(wizard.line_ids)
            wizard.line_ids = [(0, 0, {"date": "2031-05-05", "name": "Ours"})]
            wizard.action_confirm()
        self.assertEqual(
            self.Leave.search([("calendar_id", "=", self.hours.id)]).name, "Ours"
        )

    def test_zone_stands_beside_hours(self):
        """In names of hours, in the route's sentence, in the week."""
        hours = self.hours.with_context(lead_distribution_zone=True)
        self.assertEqual(hours.display_name, "Office hours (Europe/Warsaw)")
        self.assertEqual(
            self.hours.with_context(lang="en_US").display_name, "Office hours"
        )
        self.assertIn("within working hours (Europe/Warsaw)", self.route.summary)
        week = self.env["lead.distribution.week"].create({})
        self.assertIn("Europe/Warsaw", week.table)

    def test_week_tells_of_routes_with_a_filter(self):
        """K1 B3: hours that only routes for some leads cover are not covered."""
        self.route.schedule = "always"
        Week = self.env["lead.distribution.week"]
        self.assertIn("for every lead", Week.create({}).table)
        self.route.domain = "[('priority', '=', '3')]"
        self.assertIn(
            "Hours covered only by routes that take some leads: 168",
            Week.create({}).table,
        )


@tagged("post_install", "-at_install")
class TestNamesOfOtherCompanies(DistributionCase):
    def test_route_and_rule_tell_no_name_of_another_company(self):
        """Whoever puts another company's user or team on a route or a rule does not
        learn the name from the refusal."""
        stranger = self._user("stranger", company_id=self.company_2.id)
        team = self.env["crm.team"].create(
            {"name": "Strange Team", "company_id": self.company_2.id}
        )
        line = [(0, 0, {"user_id": stranger.id})]
        for model, values, name in (
            ("route", {"member_ids": line}, "Stranger"),
            ("route", {"pool_source": "user", "user_id": stranger.id}, "Stranger"),
            ("route", {"pool_source": "teams", "team_ids": team.ids}, "Strange Team"),
            ("rule", {"kind": "new", "member_ids": line}, "Stranger"),
        ):
            with self.assertRaises(ValidationError) as caught:
                self.env[f"lead.distribution.{model}"].with_context(
                    allowed_company_ids=self.company.ids
                ).create({"name": "Ours", "company_id": self.company.id, **values})
            self.assertNotIn(name, str(caught.exception))
            self.assertIn("another company", str(caught.exception))

from datetime import datetime, timedelta
from unittest.mock import patch

from dateutil.relativedelta import relativedelta
from freezegun import freeze_time
from lxml import etree

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests.common import tagged
from odoo.tools.template_inheritance import apply_inheritance_specs

from ..tools import opt_out
from ..tools.periods import month_span
from .common import DistributionCase


@tagged("post_install", "-at_install")
class TestPeople(DistributionCase):
    def _excluded(self, lead):
        return self._rows(lead)[-1].sudo().trace.get("excluded")

    def test_candidates_from_teams(self):
        """O2: one or several teams; core's pause of a membership is respected."""
        north = self.env["crm.team"].create(
            {
                "name": "North",
                "member_ids": self.anna.ids,
                "company_id": self.company.id,
            }
        )
        dora = self._user("dora")
        south = self.env["crm.team"].create(
            {"name": "South", "member_ids": dora.ids, "company_id": self.company.id}
        )
        self._route(pool_source="teams", team_ids=(north | south).ids)
        leads = self._lead(4)
        self.assertEqual(leads.mapped("user_id"), self.anna | dora)
        self.assertEqual(
            leads.filtered(lambda x: x.user_id == dora).mapped("team_id"), south
        )
        south.crm_team_member_ids.assignment_optout = True
        lead = self._lead()
        self.assertEqual(lead.user_id, self.anna)
        self.assertEqual(self._excluded(lead), {"team_pause": 1})

    def test_a_series_without_cores_pause(self):
        """Part 15, 16: where core's field has another name, leads are distributed,
        memberships change, the check of health runs, and the form is whole."""
        with patch.object(opt_out, "OPT_OUT", "named_differently"):
            self.team.crm_team_member_ids.assignment_optout = True
            self._route(pool_source="teams", team_ids=self.team.ids)
            lead = self._lead()
            self.assertIn(lead.user_id, self.team.member_ids)
            self.team.crm_team_member_ids.active = False
            parameters = self.env["ir.config_parameter"]
            parameters.set_param("crm.lead.auto.assignment", True)
            self.env["lead.distribution.health"].with_user(self.manager).search([])
        core = self.env.ref("crm.crm_team_member_view_form").arch
        core = core.replace("assignment_optout", "named_differently")
        ours = self.env.ref("lead_distribution.crm_team_member_view_form").arch
        arch = apply_inheritance_specs(etree.fromstring(core), etree.fromstring(ours))
        self.assertTrue(arch.xpath("//page//field[@name='lead_workload_target']"))

    def test_candidates_named_in_order(self):
        """O2 U6: the round robin goes in the order of the list."""
        route = self._route(self.clara | self.anna | self.boris, strategy="round_robin")
        users = [lead.user_id for lead in self._lead(4)]
        self.assertEqual(users, [self.clara, self.anna, self.boris, self.clara])
        self.assertEqual(self._lead().user_id, self.anna)  # the turn is remembered
        route.member_ids.filtered(lambda m: m.user_id == self.boris).sequence = 1
        self.assertEqual(self._lead().user_id, self.boris)

    def test_tags_narrow_the_candidates(self):
        """O3"""
        category = self.env["res.partner.category"].create({"name": "Speaks Polish"})
        self.boris.partner_id.category_id = category
        self._route(self.anna | self.boris, category_ids=category.ids)
        lead = self._lead()
        self.assertEqual(lead.user_id, self.boris)
        self.assertEqual(self._excluded(lead), {"tag": 1})

    def test_only_active_internal_users_with_sales_rights(self):
        """O4: each excluded one is listed with the reason."""
        outsider = self._user("outsider", "base.group_user")
        route = self._route(self.anna | self.boris | self.clara | outsider)
        self.boris.active = False
        self.clara.group_ids = [
            Command.unlink(self.env.ref("sales_team.group_sale_salesman").id)
        ]
        lead = self._lead()
        self.assertEqual(lead.user_id, self.anna)
        self.assertEqual(self._excluded(lead), {"archived": 1, "no_rights": 2})
        table = self._rows(lead).snapshot_id.sudo().data["routes"][str(route.id)]
        self.assertEqual(
            {row[0]: row[3] for row in table["candidates"]},
            {
                self.anna.id: "",
                self.boris.id: "archived",
                self.clara.id: "no_rights",
                outsider.id: "no_rights",
            },
        )

    def test_users_of_another_company(self):
        """Two companies never receive each other's leads."""
        stranger = self._user("stranger", company_id=self.company_2.id)
        self._route(stranger, company_id=False)
        lead = self._lead()
        self.assertFalse(lead.user_id)
        self.assertEqual(self._excluded(lead), {"company": 1})

    def test_targets(self):
        """O6: member line, individual, route's, company's; 0 is not standard."""
        route = self._route(self.anna | self.boris | self.clara)
        self.assertEqual(
            set(
                self.env["lead.distribution.candidates"]
                ._targets_on(route, self.company, route._users())
                .values()
            ),
            {30},
        )
        route.standard_target = 40
        self.anna.write({"lead_target_mode": "individual", "lead_target": 0})
        route.member_ids.filtered(lambda m: m.user_id == self.boris).write(
            {"target_mode": "individual", "target": 7}
        )
        self.assertEqual(
            self.env["lead.distribution.candidates"]._targets_on(
                route, self.company, route._users()
            ),
            {self.anna.id: 0, self.boris.id: 7, self.clara.id: 40},
        )
        leads = self._lead(10)
        self.assertNotIn(self.anna, leads.user_id)
        self.anna.lead_target_mode = "standard"
        self.assertEqual(
            self.env["lead.distribution.candidates"]._targets_on(
                route, self.company, route._users()
            )[self.anna.id],
            40,
        )

    def test_target_zero_still_gets_the_own_customers(self):
        """O6 O13"""
        self._route(self.anna | self.boris)
        self.anna.write({"lead_target_mode": "individual", "lead_target": 0})
        partner = self.env["res.partner"].create(
            {"name": "Hers", "user_id": self.anna.id}
        )
        self.assertEqual(self._lead(partner_id=partner.id).user_id, self.anna)
        self.assertEqual(self._lead().user_id, self.boris)

    def test_targets_are_per_company(self):
        both = self._user(
            "both", company_ids=[(6, 0, (self.company | self.company_2).ids)]
        )
        both.write({"lead_target_mode": "individual", "lead_target": 5})
        route = self._route(both)
        self.assertEqual(
            self.env["lead.distribution.candidates"]._targets_on(
                route, self.company, route._users()
            ),
            {both.id: 5},
        )
        self.company_2.lead_standard_target = 11
        self.assertEqual(
            self.env["lead.distribution.candidates"]._targets_on(
                route, self.company_2, route._users()
            ),
            {both.id: 11},
        )

    def test_workload_evens_out(self):
        """O7 O5: by the assignments of the month, all routes together."""
        self.anna.write({"lead_target_mode": "individual", "lead_target": 10})
        self.boris.write({"lead_target_mode": "individual", "lead_target": 20})
        self._route(self.anna, domain="[('priority', '=', '3')]", sequence=1)
        self._route(self.anna | self.boris, sequence=2)
        self._lead(3, priority="3")
        leads = self._lead(12)
        got = leads.mapped("user_id.id")
        counts = {u: len(leads.filtered(lambda x, u=u: x.user_id.id == u)) for u in got}
        # 15 units in all, a third of them is owed to Anna, who had 3 already
        self.assertEqual(counts, {self.anna.id: 2, self.boris.id: 10})
        self.assertEqual(self.anna.lead_workload_units, 5)
        self.assertEqual(self.anna.lead_workload_percent, 50)
        self.assertEqual(self.boris.lead_workload_percent, 50)

    def test_past_the_target_leads_keep_flowing(self):
        """O7"""
        self._route(self.anna | self.boris, standard_target=1)
        leads = self._lead(6)
        self.assertEqual(set(leads.mapped("distribution_state")), {"assigned"})
        self.assertEqual(len(leads.filtered(lambda x: x.user_id == self.anna)), 3)

    def test_month_is_the_companys(self):
        """O9: the calendar month in the company's time zone, also at its end."""
        start, end = month_span(self.company, datetime(2026, 3, 31, 21, 59))
        self.assertEqual(start, datetime(2026, 2, 28, 23))  # winter, UTC+1
        self.assertEqual(end, datetime(2026, 3, 31, 22))  # summer, UTC+2
        start, _end = month_span(self.company, datetime(2026, 3, 31, 22))
        self.assertEqual(start, datetime(2026, 3, 31, 22))
        self.company_2.lead_distribution_tz = "America/Mexico_City"
        start, _end = month_span(self.company_2, datetime(2026, 4, 1, 5, 59))
        self.assertEqual(start, datetime(2026, 3, 1, 6))

    def test_units_start_again_with_the_month(self):
        """O9"""
        self._route(self.anna | self.boris)
        now = fields.Datetime.now()
        lead = self._lead()
        self.assertEqual(lead.user_id.lead_workload_units, 1)
        later = now + relativedelta(months=1)
        units = self.env["lead.distribution.candidates"]._units_of_month(
            self.company, lead.user_id.ids, later
        )
        self.assertFalse(units)

    def test_absent_receive_nothing_or_as_usual(self):
        """O10 O23: the switch, own records, out-of-office, time off."""
        route = self._route(self.anna | self.boris, strategy="round_robin")
        now = fields.Datetime.now()
        day = timedelta(days=1)

        def takes(expected, text):
            leads = self._lead(2)
            self.assertEqual(leads.mapped("user_id"), expected, text)

        takes(self.anna | self.boris, "nobody away")
        self.anna.with_user(self.anna).lead_absent = True
        takes(self.boris, "switch on")
        self.assertTrue(self.anna.with_user(self.manager).lead_absent)
        route.skip_absent = False
        takes(self.anna | self.boris, "as usual")
        route.skip_absent = True
        self.anna.with_user(self.anna).lead_absent = False
        self.env.invalidate_all()
        with freeze_time(now + timedelta(minutes=1)):
            takes(self.anna | self.boris, "switch off")
        absence = self.env["lead.distribution.absence"].create(
            {"user_id": self.anna.id, "date_from": now - day, "date_to": now + day}
        )
        takes(self.boris, "own record")
        with freeze_time(now + 2 * day):
            takes(self.anna | self.boris, "own record over")
        absence.unlink()
        self.anna.write(
            {"out_of_office_from": now - day, "out_of_office_to": now + day}
        )
        takes(self.boris, "out of office")
        self.anna.write({"out_of_office_from": False, "out_of_office_to": False})
        resource = self.env["resource.resource"].create(
            {"name": "Anna", "user_id": self.anna.id, "company_id": self.company.id}
        )
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "resource_id": resource.id,
                "calendar_id": resource.calendar_id.id,
                "date_from": now - day,
                "date_to": now + day,
            }
        )
        takes(self.boris, "time off")
        self.assertIn(
            self.anna, self.env["res.users"].search([("lead_absent", "=", True)])
        )

    def test_own_absences_only(self):
        """O23: salespeople manage theirs, managers everybody's; reasons are
        private."""
        Absence = self.env["lead.distribution.absence"]
        mine = Absence.with_user(self.anna).create({"reason": "Dentist"})
        self.assertEqual(mine.user_id, self.anna)
        with self.assertRaises(AccessError):
            Absence.with_user(self.anna).create({"user_id": self.boris.id})
        with self.assertRaises(AccessError):
            mine.with_user(self.boris).read(["reason"])
        self.assertFalse(Absence.with_user(self.boris).search([]))
        mine.with_user(self.manager).reason = "Known to the manager"
        self.boris.with_user(self.manager).lead_absent = True
        self.assertTrue(self.boris.lead_absent)
        foreign = self._user("foreign", company_id=self.company_2.id)
        with self.assertRaises(AccessError):
            foreign.with_user(self.manager).lead_absent = True

    def test_manager_sets_targets_without_being_administrator(self):
        """O6: the manager's fields only."""
        anna = self.anna.with_user(self.manager)
        anna.write({"lead_target_mode": "individual", "lead_target": 12})
        self.assertEqual(self.anna.lead_target, 12)
        with self.assertRaises(AccessError):
            anna.write({"lead_target": 1, "login": "hijacked"})
        with self.assertRaises(AccessError):
            self.boris.with_user(self.anna).write({"lead_target": 1})
        with self.assertRaises(AccessError):
            self.anna.with_user(self.anna).write({"lead_target": 1})

    def test_hard_limits(self):
        """Never a lead to somebody at a hard limit, not even a known customer's."""
        self._route(self.anna | self.boris)
        self.anna.lead_max_day = 2
        leads = self._lead(6)
        self.assertEqual(len(leads.filtered(lambda x: x.user_id == self.anna)), 2)
        partner = self.env["res.partner"].create(
            {"name": "Hers", "user_id": self.anna.id}
        )
        lead = self._lead(partner_id=partner.id)
        self.assertEqual(lead.user_id, self.boris)
        self.assertEqual(
            self._rows(lead).sudo().trace["advisors"],
            [[self.anna.id, "known_advisor", "limit_day"]],
        )
        self.boris.lead_max_open = 1
        lead = self._lead()
        self.assertEqual(lead.distribution_state, "pool")
        self.assertEqual(self._excluded(lead), {"limit_day": 1, "limit_open": 1})
        self.anna.write({"lead_max_day": 0, "lead_max_month": 3})
        self.assertEqual(self._lead(2).mapped("user_id"), self.anna)

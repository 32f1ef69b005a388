from datetime import datetime, timedelta

from odoo.exceptions import AccessError
from odoo.tests.common import new_test_user, tagged

from ..tools.service_context import as_service
from .common import DistributionCase

MEASURES = (
    "received",
    "offered",
    "claimed",
    "declined",
    "expired",
    "won",
    "units",
)
START = datetime(2026, 3, 2, 9, 0)  # a Monday


@tagged("post_install", "-at_install")
class TestReport(DistributionCase):
    """K13: the figures are those of the ledger, and each sees their own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Ledger = cls.env["lead.distribution.assignment"]
        cls.Report = cls.env["lead.distribution.report"]
        cls.Gap = cls.env["lead.distribution.gap"]
        cls.first = cls.Ledger.search([], order="id desc", limit=1).id or 0
        cls.route = cls._route(cls.anna | cls.boris, name="Portals")
        cls.route_2 = cls._route(
            cls.clara, name="Fairs", sequence=5, domain="[('priority', '=', '3')]"
        )

    def _row(self, lead, user, state, company=None, **values):
        """A row as the service makes it."""
        values = {
            "lead_id": lead.id,
            "user_id": user.id,
            "route_id": self.route.id,
            "company_id": (company or self.company).id,
            "state": state,
            "reason": "strategy",
            "date": START,
            **values,
        }
        service = as_service(self.env["lead.distribution"])
        return service.env["lead.distribution.assignment"].create(values)

    def _offer(self, lead, user, answer=None, minutes=0, **values):
        """An offer of a quarter of an hour, and what became of it."""
        row = self._row(
            lead, user, "offered", deadline=START + timedelta(minutes=15), **values
        )
        if answer:
            answered = START + timedelta(minutes=minutes)
            row.write({"state": answer, "date_response": answered})
        return row

    def _history(self):
        """A bit of everything, through the real thing where it can be done."""
        given = self._lead(4, source_id=self.source.id) | self._lead(3)
        given[0].with_user(self.manager).user_id = self.clara  # by hand
        given[1].with_user(given[1].user_id).action_release_to_pool()
        given[1].with_user(self.boris).action_claim()
        given[2].with_user(self.manager).action_remove(
            self.env["lead.distribution.removal.reason"].search([], limit=1)
        )
        given[3].action_set_won()
        given[4].with_user(self.manager).user_id = False
        self._lead(priority="3", source_id=self.source.id)
        open_leads = self._lead(5, company_id=self.company.id, user_id=self.manager.id)
        self._offer(open_leads[0], self.anna, "declined", 3)
        self._offer(open_leads[0], self.boris, "expired", 15)
        self._offer(open_leads[0], self.clara)
        self._offer(open_leads[1], self.anna, "assigned", 4)
        self._offer(open_leads[2], self.anna, "assigned", 9)
        self._offer(open_leads[3], self.boris, "assigned", 5).write(
            {"state": "released", "date_response": START + timedelta(days=2)}
        )
        self._offer(open_leads[4], self.boris, "undone", 1)
        return self.Ledger.search([("id", ">", self.first)])

    def _plain(self, row):
        """What the report should say of a row, said without it."""
        got = row.state in ("assigned", "released")
        offer = bool(row.deadline)
        return {
            "received": int(got),
            "offered": int(
                row.state in ("offered", "declined", "expired") or (got and offer)
            ),
            "claimed": int(got and (offer or row.reason == "claim")),
            "declined": int(row.state == "declined"),
            "expired": int(row.state == "expired"),
            "won": int(row.state == "assigned" and row.lead_id.won_status == "won"),
            "units": row.units if got else 0.0,
        }

    def _counted(self, rows, key):
        figures = {}
        for row in rows.filtered("user_id"):
            sums = figures.setdefault(key(row), dict.fromkeys(MEASURES, 0))
            for name, number in self._plain(row).items():
                sums[name] += number
        return figures

    def _reported(self, field, domain=()):
        groups = self.Report._read_group(
            [("id", ">", self.first), *domain],
            [field],
            [f"{name}:sum" for name in MEASURES],
        )
        return {
            found[0]: dict(zip(MEASURES, found[1:], strict=True)) for found in groups
        }

    def test_figures_are_those_of_the_ledger(self):
        """K13: per salesperson, route, source, month and state."""
        rows = self._history()
        self.assertGreaterEqual(
            set(rows.mapped("state")),
            {"assigned", "released", "removed", "offered", "declined", "expired"},
        )
        for field, key in (
            ("user_id", lambda row: row.user_id),
            ("route_id", lambda row: row.route_id),
            ("source_id", lambda row: row.lead_id.source_id),
            ("team_id", lambda row: row.lead_id.team_id),
            ("state", lambda row: row.state),
            ("reason", lambda row: row.reason),
            (
                "date:month",
                lambda row: row.date.replace(day=1, hour=0, minute=0, second=0),
            ),
        ):
            with self.subTest(field=field):
                self.assertEqual(self._reported(field), self._counted(rows, key))
        # eight leads, one of them removed, two in two hands; and three offers taken
        total = self._reported("company_id")[self.company]
        self.assertEqual(
            [total[name] for name in MEASURES], [12, 6, 4, 1, 1, 1, 12], total
        )

    def test_offers(self):
        """K13: offered, declined, claimed by the next one, and given back."""
        self.route.delivery = "offer"
        lead = self._lead(source_id=self.source.id)
        first = self._rows(lead).user_id
        second = (self.anna | self.boris) - first
        lead.with_user(first).action_decline("no time")
        lead.with_user(second).action_claim()
        rows = self._rows(lead)
        self.assertEqual(rows.mapped("state"), ["declined", "assigned"])
        for _again in range(2):
            self.assertEqual(
                self._reported("user_id"), self._counted(rows, lambda row: row.user_id)
            )
            found = self._reported("route_id")[self.route]
            self.assertEqual([found[name] for name in MEASURES], [1, 2, 1, 1, 0, 0, 1])
            if lead.user_id:
                lead.with_user(second).action_release_to_pool()

    def test_units_are_the_workload(self):
        """K13: the same number as on the salesperson."""
        self._lead(5)[0].with_user(self.anna).action_release_to_pool()
        self._offer(self._lead(user_id=self.manager.id), self.anna, date=START)
        lines = self._reported("user_id", [("date", ">=", "=1d")])
        self.env.invalidate_all()
        for user in (self.anna, self.boris):
            self.assertEqual(lines[user]["units"], user.lead_workload_units)

    def test_minutes_to_claim(self):
        """K13: from the offer, or from when the lead came into the pool."""
        self._history()
        self.anna.lead_distribution_paused = True
        self.boris.lead_distribution_paused = True
        pooled = self._lead()
        arrived = self._lead(user_id=self.manager.id)
        rows = self._rows(pooled)
        self.assertEqual(rows.state, "unplaced")
        self.env.cr.execute(
            "UPDATE lead_distribution_assignment SET date = %s WHERE id = %s",
            [START - timedelta(minutes=30), rows.id],
        )
        self.env.cr.execute(
            "UPDATE crm_lead SET create_date = %s WHERE id = %s",
            [START - timedelta(minutes=12, seconds=30), arrived.id],
        )
        self.env.invalidate_all()
        claims = self._row(pooled, self.clara, "assigned", reason="claim")
        claims |= self._row(arrived, self.clara, "assigned", reason="claim")
        lines = self.Report.browse(claims.ids)
        self.assertEqual(lines.mapped("minutes_to_claim"), [30.0, 12.5])
        # given back: how long it was held is not how long it took
        claims[0].write({"state": "released", "date_response": START + timedelta(9)})
        claims.flush_recordset()
        # and claimed again, by somebody who took an hour
        again = self._row(
            pooled,
            self.clara,
            "assigned",
            reason="claim",
            date=START + timedelta(days=9, hours=1),
        )
        self.env.invalidate_all()
        self.assertEqual(lines[0].minutes_to_claim, 30.0)
        self.assertEqual(self.Report.browse(again.id).minutes_to_claim, 60.0)
        average = dict(
            self.Report._read_group(
                [("offered", "=", 1), ("id", ">", self.first)],
                ["user_id"],
                ["minutes_to_claim:avg"],
            )
        )
        self.assertEqual(average[self.anna], 6.5)  # 4 and 9, one declined
        self.assertFalse(average[self.boris])  # taken, and given back

    def test_won_percent(self):
        """K13: of what they received, for who has it when it is won."""
        leads = self._lead(5)
        mine = leads.filtered(lambda lead: lead.user_id == self.anna)
        mine[0].action_set_won()
        mine[1].with_user(self.manager).user_id = self.clara
        mine[1].action_set_won()
        removed = leads.filtered(lambda lead: lead.user_id == self.boris)[:1]
        removed.with_user(self.manager).action_remove(
            self.env["lead.distribution.removal.reason"].search([], limit=1)
        )
        found = dict(
            self.Report._read_group(
                [("id", ">", self.first)], ["user_id"], ["won_percent:avg"]
            )
        )
        self.assertEqual(found[self.anna], 100.0 / len(mine))
        self.assertEqual(found[self.clara], 100.0)
        self.assertEqual(found[self.boris], 0.0)
        line = self.Report.browse(self._rows(removed).ids)
        self.assertEqual(line.state, "removed")
        self.assertFalse(any(line[name] for name in MEASURES))

    def test_deleted_lead(self):
        """K13: its row stays, without what only the lead knew."""
        lead = self._lead(source_id=self.source.id)
        line = self.Report.browse(self._rows(lead).ids)
        self.assertEqual(line.source_id, self.source)
        lead.unlink()
        self.env.invalidate_all()
        self.assertFalse(line.source_id)
        self.assertEqual((line.received, line.route_id), (1, self.route))

    # who sees what ---------------------------------------------------------

    def test_own_documents(self):
        """K13: salespeople see their own figures, those with all leads and managers
        all of their companies, portal users and visitors nothing."""
        rows = self._history().filtered("user_id")
        everyone = self._user("all", "sales_team.group_sale_salesman_all_leads")
        for user, expected in (
            (self.anna, rows.filtered(lambda row: row.user_id == self.anna)),
            (self.boris, rows.filtered(lambda row: row.user_id == self.boris)),
            (self.manager, rows),
            (everyone, rows),
        ):
            found = self.Report.with_user(user).search([("id", ">", self.first)])
            self.assertEqual(sorted(found.ids), sorted(expected.ids), user.name)
            self.assertEqual(
                sum(found.mapped("received")),
                sum(self._plain(row)["received"] for row in expected),
            )
        theirs = self.Report.browse(
            rows.filtered(lambda row: row.user_id == self.boris)[:1].id
        )
        with self.assertRaises(AccessError):
            theirs.with_user(self.anna).read(["received"])
        self.assertNotIn("lead_id", self.Report._fields)
        portal = new_test_user(self.env, "ld_portal", groups="base.group_portal")
        for model in (self.Report, self.Gap):
            for user in (portal, self.env.ref("base.public_user")):
                with self.assertRaises(AccessError):
                    model.with_user(user).search([])
            with self.assertRaises(AccessError):
                model.with_user(self.manager).create({})
        with self.assertRaises(AccessError):
            self.Gap.with_user(self.anna).search([])

    def test_companies(self):
        """K13: those of the companies that are switched on, with several too."""
        dora = self._user("dora", company_id=self.company_2.id)
        self._route(dora, company_id=self.company_2.id, name="Theirs")
        head = self._user(
            "head",
            "sales_team.group_sale_manager",
            company_ids=[(6, 0, (self.company | self.company_2).ids)],
        )
        here = self._rows(self._lead(3))
        there = self._lead(2, company_id=self.company_2.id)
        dora.with_company(self.company_2).lead_distribution_paused = True
        there |= self._lead(company_id=self.company_2.id)
        there = self._rows(there)
        self.assertEqual(there.mapped("state"), ["assigned", "assigned", "unplaced"])
        both = here | there
        for companies, expected in (
            (self.company, here),
            (self.company_2, there),
            (self.company | self.company_2, both),
        ):
            for model in (self.Report, self.Gap):
                found = (
                    model.with_user(head)
                    .with_context(allowed_company_ids=companies.ids)
                    .search([("id", ">", self.first)])
                )
                wanted = expected.filtered(
                    lambda row, gap=model == self.Gap: bool(row.user_id) != gap
                )
                self.assertEqual(sorted(found.ids), sorted(wanted.ids))
        self.assertFalse(
            self.Report.with_user(self.manager).search(
                [("id", ">", self.first), ("company_id", "=", self.company_2.id)]
            )
        )

    def test_team_of_another_company(self):
        """A lead that went to another company takes its team's name with it."""
        lead = self._lead()
        row = self._rows(lead)
        self.assertEqual(self.Report.browse(row.id).team_id, self.team)
        team = self.env["crm.team"].create(
            {"name": "Theirs", "company_id": self.company_2.id}
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET team_id = %s, company_id = %s WHERE id = %s",
            [team.id, self.company_2.id, lead.id],
        )
        self.env.invalidate_all()
        self.assertFalse(self.Report.browse(row.id).team_id)

    # gaps ------------------------------------------------------------------

    def _gap_at(self, moment, **values):
        """:returns: the gap of a lead that arrived then (UTC) and found nobody"""
        lead = self._lead(**values)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET create_date = %s WHERE id = %s", [moment, lead.id]
        )
        self.env.invalidate_all()
        return self.Gap.browse(self._rows(lead).ids)

    def test_hour_and_weekday_are_the_companys(self):
        """K13: of the lead's arrival, summer time included, whoever looks."""
        (self.route | self.route_2).active = False
        self._route(self.anna, domain="[('priority', '=', '3')]", name="None")
        dora = self._user("dora", company_id=self.company_2.id)
        self._route(
            dora,
            company_id=self.company_2.id,
            domain="[('priority', '=', '3')]",
        )
        self.company_2.lead_distribution_tz = "America/Mexico_City"
        for moment, warsaw, mexico in (
            (datetime(2026, 1, 5, 3, 30), ("1", 4), ("7", 21)),  # Monday
            (datetime(2026, 7, 5, 22, 30), ("1", 0), ("7", 16)),  # Sunday
            (datetime(2026, 7, 4, 5, 59, 59), ("6", 7), ("5", 23)),  # Saturday
        ):
            here = self._gap_at(moment)
            there = self._gap_at(moment, company_id=self.company_2.id)
            self.assertEqual((here.weekday, here.hour), warsaw)
            self.assertEqual((there.weekday, there.hour), mexico)
            for gap in (here, there):
                asked = gap.with_context(tz="Asia/Tokyo")
                self.assertEqual((asked.weekday, asked.hour), (gap.weekday, gap.hour))
        # no zone of the distribution: that of the working hours, else UTC
        self.company_2.lead_distribution_tz = False
        self.company_2.resource_calendar_id = self.env["resource.calendar"].create(
            {"name": "Tokyo", "tz": "Asia/Tokyo", "company_id": self.company_2.id}
        )
        self.env.invalidate_all()
        self.assertEqual((there.weekday, there.hour), ("6", 14))
        self.company_2.resource_calendar_id = False
        self.env.invalidate_all()
        self.assertEqual((there.weekday, there.hour), ("6", 5))

    def test_gaps_are_those_of_the_ledger(self):
        """K13: which reason, source and route, and what still waits."""
        self.anna.lead_distribution_paused = self.boris.lead_distribution_paused = True
        nobody = self._lead(3, source_id=self.source.id)
        self.route.domain = "[('priority', '=', '2')]"
        no_route = self._lead(2)
        self.anna.lead_distribution_paused = False
        nobody[0].with_user(self.anna).action_claim()
        nobody[1].action_set_lost()
        # tried again, in vain: for another reason now, and one lead still
        nobody[2].with_user(self.manager).action_distribute()
        rows = self._rows(nobody | no_route).filtered(lambda r: r.state == "unplaced")
        gaps = self.Gap.with_user(self.manager).search([("id", ">", self.first)])
        self.assertEqual(sorted(gaps.ids), sorted(rows.ids))
        for row in rows:
            gap = self.Gap.browse(row.id)
            for name in ("route_id", "reason", "date", "company_id"):
                self.assertEqual(gap[name], row[name], name)
            self.assertEqual(gap.source_id, row.lead_id.source_id)
        found = self.Gap._read_group(
            [("id", ">", self.first)],
            ["reason", "route_id", "source_id"],
            ["__count", "still_waiting:sum"],
        )
        nothing = self.env["lead.distribution.route"]
        self.assertCountEqual(
            found,
            [
                ("nobody", self.route, self.source, 3, 0),
                ("no_route", nothing, self.source, 1, 1),
                ("no_route", nothing, self.env["utm.source"], 2, 2),
            ],
        )
        no_route[0].unlink()
        self.assertEqual(
            self.Gap.search_count([("id", ">", self.first)]), len(rows), "kept for good"
        )

    # screens ---------------------------------------------------------------

    def test_screens(self):
        """K13: what the screens ask for is answered, for salesperson and manager."""
        self._history()
        self.anna.lead_distribution_paused = self.boris.lead_distribution_paused = True
        self._lead()
        for name, user in (
            ("report", self.anna),
            ("report", self.manager),
            ("gap", self.manager),
        ):
            action = self.env.ref(f"lead_distribution.lead_distribution_{name}_action")
            model = self.env[action.res_model].with_user(user)
            views = model.get_views(
                [(False, kind) for kind in action.view_mode.split(",")]
                + [(False, "search")]
            )["views"]
            self.assertEqual(set(views), {"pivot", "graph", "list", "search"})
            for domain in (
                [("date", ">=", "=1d")],
                [("date", ">=", "-1m =1d"), ("date", "<", "=1d")],
            ):
                model.search(domain)
            groups = (
                [["weekday", "hour"], ["hour"], []]
                if name == "gap"
                else [["route_id", "user_id"], ["date:month"], []]
            )
            found = model.formatted_read_grouping_sets([], groups, ["__count"])
            self.assertTrue(all(found))
            menu = self.env.ref(
                "lead_distribution.lead_distribution_menu_"
                + ("gaps" if name == "gap" else "statistics")
            )
            self.assertIn(
                menu.id, self.env["ir.ui.menu"].with_user(user)._visible_menu_ids()
            )
        gaps = self.env.ref("lead_distribution.lead_distribution_menu_gaps")
        menus = self.env["ir.ui.menu"].with_user(self.anna)
        self.assertNotIn(gaps.id, menus._visible_menu_ids())

"""Who would get this lead? The walk without the step that writes."""

import re
from datetime import datetime, timedelta
from unittest.mock import patch
from xmlrpc.client import dumps

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.sql_db import Cursor
from odoo.tests import Form, HttpCase
from odoo.tests.common import new_test_user, tagged

from .common import SALESMAN, DistributionCase, tour_user
from .test_simulation import UNTOUCHED

#: what changes a database
WRITING = re.compile(
    r"\b(INSERT\s+INTO|UPDATE\s+\"?\w|DELETE\s+FROM|TRUNCATE|nextval|FOR\s+(NO\s+KEY\s+)?UPDATE)",
    re.IGNORECASE,
)


@tagged("post_install", "-at_install")
class TestQuestion(DistributionCase):
    """P9: the answer is what a distribution would do."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Route = cls.env["lead.distribution.route"].with_user(cls.manager)

    def _ask(self, lead=None, **asked):
        """:returns: ``(user, route, reason)``"""
        if lead is not None:
            asked["lead_id"] = lead.id
        answer = self.Route.who_would_get(**asked)
        self.assertEqual(set(answer), {"route_id", "user_id", "reason", "explanation"})
        dumps((answer,))  # nothing that XML-RPC refuses
        return (
            self.env["res.users"].browse(answer["user_id"] or []),
            self.env["lead.distribution.route"].browse(answer["route_id"] or []),
            answer["reason"],
        )

    def _untouched(self):
        self.env.flush_all()
        found = {}
        for table in UNTOUCHED:
            self.env.cr.execute(f"SELECT count(*), max(id) FROM {table}")
            found[table] = self.env.cr.fetchone()
        for table in ("crm_lead", "lead_distribution_route", "res_users"):
            self.env.cr.execute(f"SELECT max(write_date), max(xmin::text) FROM {table}")
            found[table, "written"] = self.env.cr.fetchone()
        for name in ("crm_lead", "lead_distribution_assignment", "res_partner"):
            self.env.cr.execute(f"SELECT last_value FROM {name}_id_seq")
            found[name, "sequence"] = self.env.cr.fetchone()
        return found

    # the answer is the truth ---------------------------------------------------

    def test_values_as_distributed(self):
        """P9: what is told of values is what comes of the lead when it is made, lead
        after lead, over filters, a direct route, tags, sources and known customers."""
        customer = self.env["res.partner"].create(
            {"name": "Vera", "email": "vera@customers.test", "user_id": self.clara.id}
        )
        tag = self.env["crm.tag"].create({"name": "VIP"})
        self._route(
            pool_source="user",
            user_id=self.boris.id,
            name="Direct",
            domain=repr([("tag_ids", "in", tag.ids)]),
        )
        self._route(
            self.anna,
            name="Portal",
            sequence=1,
            domain=repr([("source_id", "=", self.source.id), ("zip", "=like", "00%")]),
        )
        everybody = self._route(
            self.anna | self.boris | self.clara, name="All", sequence=2
        )
        everybody.member_ids[0].write({"target_mode": "individual", "target": 60})
        cases = [
            {"email_from": f"person{n}@asked.test", "phone": f"+48 22 111 22 {n:02}"}
            for n in range(8)
        ]
        cases += [
            {"tag_ids": [Command.set(tag.ids)], "expected_revenue": 5.0},
            {"source_id": self.source.id, "zip": "00-100"},
            {"source_id": self.source.id, "zip": "30-100"},
            {"email_from": "Vera <vera@customers.test>"},
            {"partner_id": customer.id},
            {"email_from": "person3@asked.test"},
        ]
        for values in cases:
            values["name"] = "An inquiry"
            user, route, reason = self._ask(values=values)
            row = self._rows(self.env["crm.lead"].create(values))[-1:]
            self.assertEqual(
                (user, route, reason), (row.user_id, row.route_id, row.reason), values
            )

    def test_lead_as_distributed(self):
        """P9: a lead that is there: what the button does then, and why."""
        self._route(self.anna | self.boris, domain="[('zip', '=', '1')]")
        lead = self._lead(zip="2")
        user, route, reason = self._ask(lead)
        self.assertEqual(
            (user, route, reason), (user.browse(), route.browse(), "no_route")
        )
        self._route(self.boris, sequence=20)
        user, _route, reason = self._ask(lead)
        self.assertEqual((user, reason), (self.boris, "strategy"))
        explanation = self.Route.who_would_get(lead_id=lead.id)["explanation"]
        for words in ("Boris", "Routes tried, in order", "does not match its filter"):
            self.assertIn(words, explanation)
        self.assertEqual(lead.distribution_state, "pool")
        lead.with_user(self.manager).action_distribute()
        self.assertEqual(lead.user_id, self.boris)

    def test_moment(self):
        """P9: the moment asked about: absences, and a delay of the route."""
        self._route(self.anna | self.boris)
        lead = self._lead(user_id=False)
        soon = datetime.now().replace(microsecond=0) + timedelta(days=10)
        self.env["lead.distribution.absence"].create(
            {
                "user_id": self.anna.id,
                "date_from": soon - timedelta(days=1),
                "date_to": soon + timedelta(days=1),
            }
        )
        values = {"name": "x", "email_from": "new@asked.test"}
        answers = {
            at: self.Route.who_would_get(values=values, at=at)
            for at in (soon, str(soon), soon - timedelta(days=20))
        }
        self.assertEqual(answers[soon]["user_id"], self.boris.id)
        self.assertEqual(answers[str(soon)]["user_id"], self.boris.id)
        self.assertIn("absent", answers[soon]["explanation"])
        self.assertIn(
            "For past dates", answers[soon - timedelta(days=20)]["explanation"]
        )
        for wrong in ("tomorrow", 5, "9999-12-31 00:00:00", ["x"]):
            with self.assertRaises(UserError):
                self.Route.who_would_get(lead_id=lead.id, at=wrong)

    def test_own_source(self):
        """P9, K12: a source of a salesperson's own goes through no route."""
        self._route(self.boris)
        self.source.lead_user_id = self.anna
        values = {"name": "x", "source_id": self.source.id}
        user, route, reason = self._ask(values=values)
        self.assertEqual((user, route.id, reason), (self.anna, False, "own_channel"))
        self.anna.lead_distribution_paused = True
        user, route, _reason = self._ask(values=values)
        self.assertEqual(user, self.boris)

    # nothing is written ----------------------------------------------------------

    def test_nothing_written(self):
        """P9: no row, no date, no number of a sequence, and no statement that could."""
        route = self._route(self.anna | self.boris, delivery="offer")
        lead = self._lead()
        before, statements = self._untouched(), []
        execute = Cursor.execute

        def listen(cursor, query, params=None, *args, **kwargs):
            statements.append(getattr(query, "code", query))
            return execute(cursor, query, params, *args, **kwargs)

        with patch.object(Cursor, "execute", listen):
            self.Route.who_would_get(lead_id=lead.id)
            self.Route.who_would_get(
                values={
                    "name": "x",
                    "email_from": "eva@asked.test",
                    "phone": "123456789",
                }
            )
            self.Route.who_would_get(lead_id=lead.id, at="2025-01-01 10:00:00")
            self.Route.what_would_change(
                route.id,
                {"delivery": "assign", "strategy": "round_robin"},
                lead_id=lead.id,
            )
            self.env.flush_all()
        self.assertFalse(
            [s for s in statements if WRITING.search(str(s))], "a statement that writes"
        )
        self.assertGreater(len(statements), 5)
        self.assertEqual(self._untouched(), before)

    # the edited route ------------------------------------------------------------

    def test_saved_and_edited(self):
        """P9: members, filter, order, pause: the edited route counts, nothing of it
        stays."""
        main = self._route(self.anna, name="Main", sequence=5)
        other = self._route(self.boris, name="Other", sequence=9)
        ask = {"values": {"name": "x", "zip": "1"}}
        line = main.member_ids
        cases = [
            ({"domain": "[('zip', '=', '2')]"}, self.boris),
            ({"active": False}, self.boris),
            ({"sequence": 10}, self.boris),
            ({"pool_source": "user", "user_id": self.clara.id}, self.clara),
            ({"pool_source": "teams", "team_ids": [[6, 0, []]]}, self.boris),
            ({"member_ids": [[1, line.id, {"user_id": self.clara.id}]]}, self.clara),
            ({"member_ids": [[2, line.id]]}, self.boris),
            (
                {"member_ids": [[2, line.id], [0, "new", {"user_id": self.clara.id}]]},
                self.clara,
            ),
            ({"paused_user_ids": [[4, self.anna.id]]}, self.boris),
            ({"name": "Renamed", "standard_target": 5}, self.anna),
        ]
        for edited, expected in cases:
            found = self.Route.what_would_change(main.id, edited, **ask)
            self.assertEqual(found["saved"]["user_id"], self.anna.id, edited)
            self.assertEqual(found["edited"]["user_id"], expected.id, edited)
            self.assertEqual(found["same"], expected == self.anna, edited)
            dumps((found,))
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(main.member_ids.user_id, self.anna)
        self.assertEqual((main.sequence, main.active, main.domain), (5, True, "[]"))
        paused = self._route(self.clara, name="Draft", sequence=1, active=False)
        found = self.Route.what_would_change(paused.id, {"active": True}, **ask)
        self.assertEqual(found["edited"]["user_id"], self.clara.id)
        self.assertTrue(other.active)

    def test_edited_refused(self):
        """P9: an edited route may not tell what its editor may not see, and lines of
        other routes are none of it."""
        main, other = self._route(self.anna), self._route(self.boris)
        for edited in (
            {"nonsense": 1},
            {"strategy": "by chance"},
            {"member_ids": [[1, other.member_ids.id, {"user_id": self.clara.id}]]},
            {"member_ids": [[6, 0, other.member_ids.ids]]},
            {"user_id": 2**31 - 5},
        ):
            with self.assertRaises(UserError):
                self.Route.what_would_change(main.id, edited, values={"name": "x"})
        with self.assertRaises(UserError):
            self.Route.what_would_change(2**31 - 2, {}, values={"name": "x"})

    # rights ----------------------------------------------------------------------

    def test_managers_only(self):
        """P9: neither salespeople nor leaders ask."""
        route, lead = self._route(self.anna), self._lead()
        self.team.user_id = self.boris
        for user in (self.anna, self.boris):
            routes = self.env["lead.distribution.route"].with_user(user)
            with self.assertRaises(AccessError):
                routes.who_would_get(lead_id=lead.id)
            with self.assertRaises(AccessError):
                routes.what_would_change(route.id, {}, lead_id=lead.id)

    def test_values_checked(self):
        """P9: unknown fields, fields of the service, values and ids that are none."""
        lead = self._lead()
        for values in (
            {"nonsense": 1},
            {"distribution_state": "pool"},
            {"user_id": self.anna.id},
            {"create_date": "2020-01-01"},
            {"source_id": 2**31 - 5},
            {"source_id": "x"},
            {"expected_revenue": "much"},
            {"activity_ids": [[0, 0, {"summary": "x"}]]},
            {"tag_ids": [[0, 0, {"name": "x"}]]},
            {5: 1},
            ["name"],
        ):
            with self.assertRaises(UserError):
                self.Route.who_would_get(values=values)
        with self.assertRaises(UserError):
            self.Route.who_would_get()
        with self.assertRaises(UserError):
            self.Route.who_would_get(lead_id=lead.id, values={"name": "x"})
        for lead_id in (2**31 - 5, "1", 2**40, True):
            with self.assertRaises(UserError):
                self.Route.who_would_get(lead_id=lead_id)

    def test_other_company(self):
        """P9: leads, customers and companies of others are none of the manager's."""
        self._route(self.anna)
        there = new_test_user(
            self.env,
            login="ld_there",
            groups=SALESMAN,
            company_id=self.company_2.id,
            company_ids=[Command.set(self.company_2.ids)],
        )
        theirs = self._lead(company_id=self.company_2.id)
        customer = self.env["res.partner"].create(
            {"name": "Theirs", "company_id": self.company_2.id, "user_id": there.id}
        )
        with self.assertRaises(AccessError):
            self.Route.who_would_get(lead_id=theirs.id)
        for values in ({"partner_id": customer.id}, {"company_id": self.company_2.id}):
            with self.assertRaises(AccessError):
                self.Route.who_would_get(values=values)

    # on screen -------------------------------------------------------------------

    def test_dialog(self):
        """P9: the dialog answers as it is filled in, in words also where it refuses."""
        self._route(self.anna)
        lead = self._lead()
        form = Form(self.env["lead.distribution.try"].with_user(self.manager))
        self.assertFalse(form.answer)
        form.lead_id = lead
        self.assertIn("Anna", form.answer)
        form.kind = "values"
        self.assertFalse(form.answer)
        form.name = "Flat wanted"
        form.source_id = self.source
        self.assertIn("Anna", form.answer)
        action = self.Route.action_who_would_get()
        self.assertEqual(action["res_model"], "lead.distribution.try")


@tagged("post_install", "-at_install")
class TestQuestionTour(HttpCase):
    def test_tour(self):
        """P9: from the list, and on a route's form before its change is saved."""
        self.env["lead.distribution.route"].search([]).active = False
        tour_user(self.env, "manager", "group_sale_manager")
        anna, boris = tour_user(self.env, "anna"), tour_user(self.env, "boris")
        company = self.env.company
        for name, user in (("First route", anna), ("Second route", boris)):
            self.env["lead.distribution.route"].create(
                {
                    "name": name,
                    "sequence": 1 if user == anna else 2,
                    "company_id": company.id,
                    "member_ids": [Command.create({"user_id": user.id})],
                }
            )
        leads = self.env["crm.lead"].search_count([])
        self.start_tour(
            "/odoo/lead-routes", "lead_distribution_question", login="tour_manager"
        )
        self.assertEqual(self.env["crm.lead"].search_count([]), leads)
        self.assertFalse(self.env["lead.distribution.try"].search_count([]))
        first = self.env["lead.distribution.route"].search(
            [("name", "=", "First route")]
        )
        self.assertEqual(first.pool_source, "members")

"""Part 9, b: leads without a company are distributed like any other."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tests.common import tagged

from .common import DistributionCase


class NoCompanyCase(DistributionCase):
    """A team without a company, as Odoo's first one is, and two companies."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["lead.distribution.rule"].search([]).active = False
        cls.default_team = cls.env["crm.team"].create(
            {"name": "Sales", "company_id": False}
        )
        cls.dan = cls._user("dan", company_id=cls.company_2.id)
        cls.both = cls._user(
            "both",
            company_ids=[(6, 0, (cls.company | cls.company_2).ids)],
        )
        cls.company.lead_distribution_manager_id = cls.manager

    @classmethod
    def _old(cls, count=1, **values):
        """Leads of long ago: made while nobody distributed."""
        values.setdefault("user_id", False)
        values.setdefault("team_id", cls.default_team.id)
        with_routes = cls.env["lead.distribution.route"].search([])
        with_routes.active = False
        leads = cls._lead(count, **values)
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE crm_lead SET company_id = NULL WHERE id = ANY(%s)", [leads.ids]
        )
        cls.env.invalidate_all()
        with_routes.active = True
        return leads

    @classmethod
    def _one_company(cls):
        """The usual database: no company but the one."""
        others = cls.env["res.company"].search([("id", "!=", cls.company.id)])
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE res_company SET active = false WHERE id = ANY(%s)", [others.ids]
        )
        cls.env.invalidate_all()
        cls.env.registry.clear_cache()
        cls.addClassCleanup(cls.env.registry.clear_cache)

    def _company(self, lead):
        return self.env["lead.distribution.lead.company"]._company_of_lead(lead)

    def _set(self, lead, **values):
        """By SQL, past what Odoo makes of it."""
        self.env.flush_all()
        for name, value in values.items():
            self.env.cr.execute(
                f"UPDATE crm_lead SET {name} = %s WHERE id = %s", [value, lead.id]
            )
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestCompanyOfLead(NoCompanyCase):
    def _matrix(self):
        """:returns: ``[(values of a lead, its company), ...]``"""
        one, two, nobody = self.company, self.company_2, self.env["res.company"]
        team_2 = self.env["crm.team"].create({"name": "Theirs", "company_id": two.id})
        customer = self.env["res.partner"].create({"name": "C", "company_id": two.id})
        anybody = self.env["res.partner"].create({"name": "A"})
        blank = {"company_id": None, "team_id": None, "user_id": None}
        return [
            ({**blank, "company_id": one.id, "team_id": team_2.id}, one),
            ({**blank, "team_id": team_2.id, "user_id": self.anna.id}, two),
            ({**blank, "team_id": self.default_team.id, "user_id": self.dan.id}, two),
            ({**blank, "user_id": self.anna.id, "partner_id": customer.id}, one),
            ({**blank, "user_id": self.both.id}, nobody),
            ({**blank, "user_id": self.both.id, "partner_id": customer.id}, two),
            ({**blank, "partner_id": customer.id}, two),
            ({**blank, "partner_id": anybody.id}, nobody),
            ({**blank, "team_id": self.default_team.id}, nobody),
            (blank, nobody),
        ]

    def _check(self, matrix):
        Lead = self.env["crm.lead"]
        leads = self._old(len(matrix))
        for lead, (values, _company) in zip(leads, matrix, strict=True):
            self._set(lead, **values)
        for lead, (values, company) in zip(leads, matrix, strict=True):
            self.assertEqual(self._company(lead), company, values)
            self.assertEqual(lead.distribution_company_id, company, values)
            for other in self.company | self.company_2:
                domain = Domain("distribution_company_id", "=", other.id)
                self.assertEqual(
                    lead in Lead.search(domain & Domain("id", "in", leads.ids)),
                    other == company,
                    values,
                )
                self.assertEqual(
                    lead in leads.filtered_domain(domain), other == company, values
                )
            self.assertEqual(
                lead in Lead.search([("distribution_company_id", "=", False)]),
                not company,
                values,
            )
            self.assertEqual(
                lead
                in Lead.search([("distribution_company_id", "!=", self.company.id)]),
                company != self.company,
                values,
            )
            for domain, expected in (
                (("distribution_company_id", "ilike", self.company.name), self.company),
                (("distribution_company_id.name", "=", "Second House"), self.company_2),
                (
                    ("distribution_company_id", "child_of", self.company.id),
                    self.company,
                ),
            ):
                self.assertEqual(lead in Lead.search([domain]), expected == company)
            found = self.env.execute_query(
                Lead._search([("id", "=", lead.id)]).select(
                    self.env["lead.distribution.lead.company"]._sql_company("crm_lead")
                )
            )
            self.assertEqual(found, [(company.id or None,)], values)
        by = self.env["lead.distribution.lead.company"]._leads_by_company(leads)
        self.assertEqual(
            {company: set(ours.ids) for company, ours in by.items()},
            {
                company: {
                    lead.id
                    for lead, (_values, theirs) in zip(leads, matrix, strict=True)
                    if theirs == company
                }
                for company in {company for _values, company in matrix}
            },
        )

    def test_two_companies(self):
        """Asked of one lead, of many, and by a search: the same."""
        self._check(self._matrix())

    def test_one_company(self):
        """What nothing else says is of the only one."""
        matrix = self._matrix()
        self._one_company()
        self._check(
            [
                # whoever works for an archived one, too, works for the other
                (values, self.company)
                if not company or values.get("user_id") == self.both.id
                else (values, company)
                for values, company in matrix
                if values.get("user_id") != self.dan.id
            ]
        )

    def test_never_any_other(self):
        """A database that has always had one company."""
        lead = self._old()
        cls = type(self.env["res.company"])
        self.patch(cls, "_lead_only_company", lambda company: (self.company.id, True))
        self.assertEqual(self._company(lead), self.company)
        found = self.env["crm.lead"].search(
            [("distribution_company_id", "=", self.company.id)]
        )
        self.assertIn(lead, found)
        found = self.env["crm.lead"].search([("distribution_company_id", "=", False)])
        self.assertNotIn(lead, found)
        self.assertEqual(
            self.env["lead.distribution.lead.company"]._lead_companies(lead),
            self.company,
        )
        self._route(self.anna)
        self.assertEqual(
            self.anna._lead_elsewhere_domain({self.company.id}), Domain.FALSE
        )

    def test_companies_made_and_archived(self):
        """The only one is not the only one for ever."""
        self._one_company()
        lead = self._old()
        self.assertEqual(self._company(lead), self.company)
        third = self.env["res.company"].create({"name": "Third House"})
        self.assertFalse(self._company(lead))
        third.active = False
        self.assertEqual(self._company(lead), self.company)

    def test_company_at_intake(self):
        """A lead made for somebody is of the company that they work for."""
        self._route(self.dan, company_id=self.company_2.id)
        lead = self._lead(user_id=self.dan.id)
        self.assertEqual(lead.distribution_state, "none", "captured by Dan's company")
        self.assertEqual(lead.company_id, self.company_2)
        self._route(self.anna)
        lead = self._lead(team_id=self.default_team.id)
        self.assertEqual((lead.user_id, lead.company_id), (self.anna, self.company))


@tagged("post_install", "-at_install")
class TestNoCompany(NoCompanyCase):
    """In a database with one company, and in one with two."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.route = cls._route(cls.anna | cls.boris)

    def _told(self, action):
        return action["params"]["message"]

    def _check_distributed(self, lead, company=None, people=None):
        people = people or self.anna | self.boris
        self.assertIn(lead.user_id, people)
        self.assertEqual(lead.company_id, company or self.company)
        self.assertEqual(lead.distribution_state, "assigned")
        row = self._rows(lead)[-1]
        self.assertEqual((row.state, row.company_id), ("assigned", lead.company_id))

    def test_button(self):
        self._one_company()
        leads = self._old(3)
        action = leads.with_user(self.manager).action_distribute()
        self.assertIn("Leads distributed: 3", self._told(action))
        for lead in leads:
            self._check_distributed(lead)
        self.assertEqual(
            self.anna.lead_workload_units + self.boris.lead_workload_units, 3
        )

    def test_button_two_companies(self):
        """By the team, by the customer; each through its company's route."""
        self._route(self.dan, company_id=self.company_2.id, name="Theirs")
        team_2 = self.env["crm.team"].create(
            {"name": "Theirs", "company_id": self.company_2.id}
        )
        customer = self.env["res.partner"].create(
            {"name": "C", "company_id": self.company.id}
        )
        ours, theirs = self._old(2)
        self._set(ours, partner_id=customer.id)
        self._set(theirs, team_id=team_2.id)
        self.env["lead.distribution"]._distribute(ours | theirs, "button")
        self._check_distributed(ours)
        self._check_distributed(theirs, self.company_2, self.dan)

    def test_nothing_tells(self):
        """Two companies and no hint: it stays where it is, and says so: in the
        notification, in the explanation, in the ledger; then somebody says it."""
        lead = self._old()
        self_assigned = self._lead(user_id=self.both.id)
        self._set(self_assigned, company_id=None, team_id=None)
        action = (lead | self_assigned).with_user(self.manager).action_distribute()
        self.assertIn("Leads distributed: 0", self._told(action))
        self.assertIn("Leads without a company: 2", self._told(action))
        self.assertEqual(action["params"]["type"], "warning")
        self.assertFalse(lead.user_id)
        self.assertEqual(lead.distribution_state, "pool")
        self.assertEqual(self_assigned.user_id, self.both)
        row = self._rows(lead)
        self.assertEqual((row.state, row.reason), ("unplaced", "no_company"))
        why = str(
            self.env["lead.distribution.explanation"]
            .with_user(self.manager)
            ._explain_lead(lead)
        )
        self.assertIn("company of the lead is unknown", why)
        lead.with_user(self.manager).action_distribute()
        self.assertEqual(self._rows(lead), row, "the same reason once")
        lead.with_user(self.manager).company_id = self.company
        action = lead.with_user(self.manager).action_distribute()
        self.assertIn("Leads distributed: 1", self._told(action))
        self._check_distributed(lead)

    def test_route_of_all_companies(self):
        """It gives out what is of a company; people of both would not do for a lead of
        neither."""
        self.route.company_id = False
        lead, ours = self._old(2)
        self._set(ours, team_id=self.team.id)
        self.env["lead.distribution"]._distribute(lead | ours, "button")
        self.assertEqual(self._rows(lead).reason, "no_company")
        self._check_distributed(ours)

    def test_server_action(self):
        self._one_company()
        lead = self._old()
        action = self.env["ir.actions.server"].create(
            {
                "name": "Distribute",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "state": "lead_distribute",
            }
        )
        action.with_user(self.manager).with_context(
            active_model="crm.lead", active_ids=lead.ids
        ).run()
        self._check_distributed(lead)

    def test_schedule(self):
        """Pending ends: distributed, settled where nobody distributes, in the pool with
        the reason where nothing tells."""
        team_2 = self.env["crm.team"].create(
            {"name": "Theirs", "company_id": self.company_2.id}
        )
        ours, theirs, nobodys, held = self._old(4)
        for lead in (ours, theirs, nobodys, held):
            self._set(lead, distribution_state="pending")
        self._set(ours, team_id=self.team.id)
        self._set(theirs, team_id=team_2.id)
        self._set(held, user_id=self.both.id)
        self._run_cron()
        self._check_distributed(ours)
        self.assertEqual(theirs.distribution_state, "pool")
        self.assertFalse(self._rows(theirs))
        self.assertEqual(nobodys.distribution_state, "pool")
        self.assertEqual(self._rows(nobodys).reason, "no_company")
        self.assertEqual((held.user_id, held.distribution_state), (self.both, "none"))

    def test_schedule_one_company(self):
        self._one_company()
        leads = self._old(3)
        for lead in leads:
            self._set(lead, distribution_state="pending")
        self._run_cron()
        for lead in leads:
            self._check_distributed(lead)

    def test_in_the_background(self):
        """More than the button does at once."""
        self._one_company()
        leads = self._old(2)
        self.env["lead.distribution"]._distribute_later(leads)
        self._run_cron()
        for lead in leads:
            self._check_distributed(lead)

    def test_open_inquiry_is_recognised(self):
        """The same person's old lead without a company is their open inquiry."""
        self._one_company()
        old = self._old(email_from="zoe@person.test")
        old.with_user(self.manager).user_id = self.boris
        self._set(old, company_id=None)
        lead = self._lead(email_from="zoe@person.test")
        self.assertEqual(lead.user_id, self.boris)
        self.assertEqual(lead.duplicate_lead_id, old)

    def test_merged(self):
        """Policy merge: into an open inquiry without a company."""
        self._one_company()
        self.company.lead_duplicate_policy = "merge"
        old = self._old(email_from="zoe@person.test")
        old.with_user(self.manager).user_id = self.boris
        self._set(old, company_id=None)
        lead = self._lead(email_from="zoe@person.test")
        self.assertEqual(
            self.env["lead.distribution.merge"]._mergeable(), [(old.id, lead.ids)]
        )

    def test_waiting_twin(self):
        """The same person's lead of the pool goes along, and gets the company."""
        self._one_company()
        self.anna.lead_distribution_paused = self.boris.lead_distribution_paused = True
        old = self._lead(email_from="zoe@person.test")
        self._set(old, company_id=None)
        self.anna.lead_distribution_paused = False
        lead = self._lead(email_from="zoe@person.test")
        self.assertEqual(lead.user_id, self.anna)
        self._check_distributed(old, people=self.anna)

    # claims and hands -----------------------------------------------------------

    def test_claim(self):
        """K11: with its checks, in the company's figures."""
        self._one_company()
        lead, other = self._old(2)
        self._set(lead, distribution_route_id=self.route.id)
        self._set(other, distribution_route_id=self.route.id)
        self.assertFalse(lead.with_user(self.clara).has_access("read"))
        with self.assertRaises(AccessError):
            lead.with_user(self.clara).action_claim()
        lead.with_user(self.anna).action_claim()
        self._check_distributed(lead, people=self.anna)
        self.anna.lead_max_open = 1
        for claim in (
            lambda: other.with_user(self.anna).action_claim(),
            lambda: other.with_user(self.anna).write({"user_id": self.anna.id}),
            lambda: other.with_user(self.anna).action_set_lost(),
        ):
            with self.assertRaisesRegex(UserError, "limit of open leads"):
                claim()
        self.boris.lead_distribution_paused = True
        with self.assertRaisesRegex(UserError, "paused"):
            other.with_user(self.manager).user_id = self.boris
        other.with_user(self.manager).user_id = self.clara
        self._check_distributed(other, people=self.clara)

    def test_claim_two_companies(self):
        """What is of no company is everybody's, as in Odoo, and then the claimant's
        company's, within their limits there."""
        lead, other = self._old(2)
        for user in self.anna | self.dan:
            self.assertTrue(lead.with_user(user).has_access("read"))
        lead.with_user(self.anna).action_claim()
        self._check_distributed(lead, people=self.anna)
        self.anna.lead_max_open = 1
        with self.assertRaisesRegex(UserError, "limit of open leads"):
            other.with_user(self.anna).action_claim()
        with self.assertRaisesRegex(UserError, "limit of open leads"):
            other.with_user(self.anna).user_id = self.anna
        other.with_user(self.dan).action_claim()
        self.assertEqual((other.user_id, other.company_id), (self.dan, self.company_2))

    def test_guarded_by_the_team(self):
        """Of a company by its team: guarded as that company's are."""
        lead = self._old()
        self._set(lead, team_id=self.team.id, distribution_route_id=self.route.id)
        self.team.member_ids = [(6, 0, self.anna.ids)]
        self.assertTrue(lead.with_user(self.anna).has_access("write"))
        self.assertFalse(lead.with_user(self.clara).has_access("read"))
        with self.assertRaises(AccessError):
            lead.with_user(self.anna).user_id = self.boris
        with self.assertRaises(AccessError):
            lead.with_user(self.anna).company_id = self.company

    def test_seen_where_nobody_distributes(self):
        """The other company's, which distributes nothing: Odoo as it was."""
        team_2 = self.env["crm.team"].create(
            {"name": "Theirs", "company_id": self.company_2.id}
        )
        lead = self._old()
        self._set(lead, team_id=team_2.id, distribution_route_id=self.route.id)
        self.assertTrue(lead.with_user(self.dan).has_access("write"))

    def test_released_and_removed(self):
        """One's own goes back, and gets its company."""
        self._one_company()
        one, two = self._old(2)
        (one | two).with_user(self.manager).write({"user_id": self.anna.id})
        for lead in (one, two):
            self._set(lead, company_id=None)
        one.with_user(self.anna).action_release_to_pool()
        self.assertEqual(
            (one.company_id, one.distribution_state), (self.company, "pool")
        )
        reason = self.env["lead.distribution.removal.reason"].search([], limit=1)
        two.with_user(self.anna).action_remove(reason.id)
        self.assertEqual(self._rows(two).state, "removed")
        two.with_user(self.anna).action_restore()
        self.assertEqual(two.company_id, self.company)
        self.assertEqual(two.distribution_state, "pending")

    # offers ---------------------------------------------------------------------

    def test_offered(self):
        self._one_company()
        self.route.write({"delivery": "offer", "offer_minutes": 15, "offer_max": 2})
        lead = self._old()
        lead.with_user(self.manager).action_distribute()
        self.assertEqual(lead.offer_user_id, self.anna)
        self.assertEqual(lead.company_id, self.company)
        self._set(lead, company_id=None)
        lead.with_user(self.anna).action_decline()
        self.assertEqual(lead.offer_user_id, self.boris)
        self._set(lead, company_id=None)
        lead.with_user(self.boris).action_claim()
        self.assertEqual((lead.user_id, lead.company_id), (self.boris, self.company))

    # rules ----------------------------------------------------------------------

    def _rule(self, **values):
        return self.env["lead.distribution.rule"].create(
            {
                "name": "Neglected",
                "company_id": self.company.id,
                "member_ids": [(0, 0, {"user_id": self.clara.id})],
                "confirmed": True,
                "active": True,
                **values,
            }
        )

    def _neglect(self, leads):
        (self.company | self.company_2).lead_follow_up_next = 0
        leads.write(
            {"distribution_idle_since": fields.Datetime.now() - timedelta(days=9)}
        )

    def test_rule(self):
        """U4: neglected as any other; the same in its preview."""
        rule = self._rule()
        ours = self._old(user_id=self.anna.id)
        theirs = self._old(user_id=self.dan.id)
        nobodys = self._old(user_id=self.both.id)
        for lead in (ours, theirs, nobodys):
            self._set(lead, team_id=None, company_id=None)
        self._neglect(ours | theirs | nobodys)
        self.assertEqual(self.env["lead.distribution.rule"]._stale_of(rule), ours)
        self.assertEqual(
            self.env["lead.distribution.rule.runner"]._count_stale_of(rule), 1
        )
        self._run_cron("ir_cron_apply_rules")
        self._check_distributed(ours, people=self.clara)
        self.assertEqual(theirs.user_id, self.dan)
        self.assertEqual(nobodys.user_id, self.both)

    def test_rule_of_all_companies(self):
        rule = self._rule(company_id=False)
        eve = self._user("eve", company_id=self.company_2.id)
        rule.member_ids = [(0, 0, {"user_id": eve.id})]
        ours, theirs = self._old(user_id=self.anna.id), self._old(user_id=self.dan.id)
        self._neglect(ours | theirs)
        self._run_cron("ir_cron_apply_rules")
        self._check_distributed(ours, people=self.clara)
        self._check_distributed(theirs, self.company_2, eve)

    def test_rule_for_new_ones(self):
        """U1: what no route took."""
        self._one_company()
        self.route.domain = "[('priority', '=', '3')]"
        self._rule(kind="new", delay_number=0)
        lead = self._old()
        lead.with_user(self.manager).action_distribute()
        self._set(lead, company_id=None)
        self.assertEqual(self._rows(lead).reason, "no_route")
        self._run_cron("ir_cron_apply_rules")
        self._check_distributed(lead, people=self.clara)

    def test_follow_up(self):
        """What happens with it is noted, for the rules."""
        self._one_company()
        lead = self._old(user_id=self.anna.id)
        lead.with_user(self.anna).message_post(
            body="Called them", message_type="comment", subtype_xmlid="mail.mt_note"
        )
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertTrue(lead.first_follow_up_date)

    # undo, health -----------------------------------------------------------------

    def test_undone(self):
        """B4: the batch is taken back, though Odoo took the company away since."""
        self._one_company()
        lead = self._old()
        lead.with_user(self.manager).action_distribute()
        self._set(lead, company_id=None)
        run = self._rows(lead).run_id
        self.assertTrue(run)
        run.with_user(self.manager).action_undo()
        self.assertFalse(lead.user_id)
        self.assertEqual(self._rows(lead).state, "undone")

    def _findings(self):
        self.env.flush_all()
        Health = self.env["lead.distribution.health"].with_user(self.manager)
        Health.invalidate_model()
        return Health.search([("kind", "=", "leads")])

    def test_health(self):
        """B3: counted, once, with a link to the list; then gone."""
        leads = self._old(2)
        known, held = self._old(2)
        self._set(known, team_id=self.team.id)
        self._set(held, user_id=self.both.id, distribution_state="none")
        found = self._findings()
        self.assertEqual(len(found), 1, found.mapped("name"))
        self.assertIn("Leads without a company", found.name)
        self.assertIn(": 2.", found.name)
        action = found.action_open()
        Lead = self.env["crm.lead"].with_user(self.manager)
        self.assertEqual(Lead.search(action["domain"]), leads)
        # rules look for what salespeople have, too
        self._rule()
        self.assertIn(": 3.", self._findings().name)
        leads.with_user(self.manager).company_id = self.company
        held.with_user(self.manager).company_id = self.company
        self.assertFalse(self._findings())

    def test_health_waiting(self):
        """Those of the company are waiting leads of the company."""
        self._one_company()
        lead = self._old()
        self._set(lead, create_date=fields.Datetime.now() - timedelta(days=2))
        found = self._findings()
        self.assertEqual(len(found), 1, found.mapped("name"))
        self.assertIn("still in the pool: 1", found.name)

    def test_not_one_query_more_per_lead(self):
        """A block of leads without a company costs what any block costs."""
        self._one_company()
        counts = []
        for number in (20, 120):
            leads = self._old(number)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["lead.distribution"]._distribute(leads, "cron")
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(set(leads.mapped("distribution_state")), {"assigned"})
        self.assertLess(counts[1], counts[0] * 1.5 + 30, counts)

"""Nobody reads, takes or changes a lead that is not theirs, whichever way."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import HttpCase, new_test_user
from odoo.tests.common import tagged

from ..tools.service_context import as_service
from .common import MANAGER, DistributionCase

ALL_LEADS = "sales_team.group_sale_salesman_all_leads"
DISTRIBUTION = "lead_distribution.group_manager"


class LeadsCase(DistributionCase):
    """A route of Anna, and people of every kind who have nothing to do with it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.route = cls._route(cls.anna)
        cls.stranger = cls._user("stranger", company_id=cls.company_2.id)
        cls.office = cls._user("office", "base.group_user")
        cls.overseer = cls._user("overseer", ALL_LEADS)
        cls.portal = new_test_user(cls.env, "ld_portal", groups="base.group_portal")

    def rpc(self, user, name, args, model="crm.lead", **kwargs):
        """Call a method as a remote caller does."""
        self.env.flush_all()
        self.env.invalidate_all()
        return call_kw(self.env(user=user)[model], name, args, kwargs)

    def _pool_lead(self, **values):
        self.anna.lead_distribution_paused = True
        lead = self._lead(**values)
        self.anna.lead_distribution_paused = False
        self.assertEqual(lead.distribution_state, "pool")
        return lead

    def _pending_lead(self, count=1, **values):
        """Waits two days for the route."""
        self.route.write({"delay_number": 2, "delay_unit": "days"})
        lead = self._lead(count, **values)
        self.assertEqual(set(lead.mapped("distribution_state")), {"pending"})
        return lead

    def _offered_lead(self, count=1, **values):
        self.route.write({"delivery": "offer", "offer_minutes": 15})
        lead = self._lead(count, **values)
        self.assertEqual(set(lead.mapped("distribution_state")), {"offered"})
        return lead

    def _can_read(self, lead, user):
        try:
            return bool(self.rpc(user, "read", [lead.ids, ["name"]]))
        except AccessError:
            return False


@tagged("post_install", "-at_install")
class TestPendingIsGuarded(LeadsCase):
    """Part 9, 9: what waits to be distributed is nobody's to read or take."""

    def _own(self):
        """The people with own documents, on the lead's route or not."""
        return self.anna | self.boris | self.stranger

    def test_who_reads_it(self):
        """Managers, who sees all documents, its team's leader, its salesperson, and
        who made it; not even those whom it will go to."""
        lead = self._pending_lead(team_id=self.team.id)
        for user in self._own() | self.office | self.portal:
            self.assertFalse(self._can_read(lead, user), user.login)
        for user in self.manager | self.overseer:
            self.assertTrue(self._can_read(lead, user), user.login)
        self.team.user_id = self.boris
        self.assertTrue(self._can_read(lead, self.boris))
        found = self.rpc(self.clara, "search", [[("user_id", "=", False)]])
        self.assertNotIn(lead.id, found)
        mine = self._pending_lead()
        as_service(self.env["lead.distribution"]).env["crm.lead"].browse(mine.id).write(
            {"user_id": self.clara.id, "distribution_state": "pending"}
        )
        self.assertTrue(self._can_read(mine, self.clara))

    def test_read_back_by_who_made_it(self):
        """A lead made on screen waits, and the screen reads it again."""
        for vals in ({"user_id": False}, {"user_id": False, "team_id": self.team.id}):
            read = self.rpc(
                self.clara,
                "web_save",
                [[], {"name": "Walk-in", "phone": "+48221234567", **vals}],
                specification={"name": {}, "distribution_state": {}, "team_id": {}},
            )
            self.assertEqual(read[0]["distribution_state"], "pending")
            lead = self.env["crm.lead"].browse(read[0]["id"])
            self.assertTrue(self._can_read(lead, self.clara))
            self.assertFalse(self._can_read(lead, self.boris))
            with self.assertRaises(UserError):
                self.rpc(self.clara, "action_claim", [lead.ids])
            with self.assertRaises(UserError):
                self.rpc(self.clara, "write", [lead.ids, {"user_id": self.clara.id}])
            # what was mistyped may be put right
            self.rpc(self.clara, "write", [lead.ids, {"contact_name": "Zoe"}])
            self.assertEqual(lead.contact_name, "Zoe")
            self._run_cron()
            self.assertEqual(lead.user_id, self.anna)
            self.assertFalse(self._can_read(lead, self.clara))

    def test_nobody_touches_it(self):
        """Claimed, taken by writing the field, followed, closed, edited, removed."""
        lead = self._pending_lead()
        reason = self.env["lead.distribution.removal.reason"].search([], limit=1)
        won = self.env["crm.stage"].search([("is_won", "=", True)], limit=1)
        for user in self._own() | self.office | self.portal:
            for name, args in (
                ("action_claim", []),
                ("write", [{"user_id": user.id}]),
                ("write", [{"user_id": False, "team_id": self.team.id}]),
                ("write", [{"active": False}]),
                ("write", [{"stage_id": won.id}]),
                ("write", [{"probability": 100}]),
                ("write", [{"priority": "3"}]),
                ("action_set_lost", []),
                ("action_set_won", []),
                ("action_archive", []),
                ("message_subscribe", [self.clara.partner_id.ids]),
                ("message_post", []),
                ("action_remove", [reason.id]),
                ("action_release_to_pool", []),
                ("action_distribute", []),
                ("copy", []),
                ("unlink", []),
            ):
                with self.assertRaises(AccessError, msg=f"{user.login} {name}"):
                    self.rpc(user, name, [lead.ids, *args])
            # following by oneself Odoo refuses without a word
            mine = user.partner_id.ids
            self.assertFalse(self.rpc(user, "message_subscribe", [lead.ids, mine]))
        self.assertFalse(lead.message_partner_ids & self._own().partner_id)
        self.assertEqual(lead.distribution_state, "pending")
        self.assertFalse(lead.user_id)
        self.assertTrue(lead.active)

    def test_managers_and_leaders_give_it(self):
        """By hand, before its time."""
        one, two, three = self._pending_lead(3, team_id=self.team.id)
        self.rpc(self.manager, "write", [one.ids, {"user_id": self.boris.id}])
        self.assertEqual(one.user_id, self.boris)
        self.assertEqual(one.distribution_state, "assigned")
        self.team.user_id = self.clara
        self.rpc(self.clara, "write", [two.ids, {"user_id": self.clara.id}])
        self.assertEqual(two.user_id, self.clara)
        with self.assertRaises(UserError):
            self.rpc(self.overseer, "action_claim", [three.ids])
        with self.assertRaises(UserError):
            self.rpc(self.overseer, "write", [three.ids, {"user_id": self.anna.id}])
        self.assertEqual(three.distribution_state, "pending")

    def test_offered_and_pool_elsewhere(self):
        """A company that distributes nothing is Odoo as it was."""
        lead = self._pending_lead()
        self.company.lead_distribution_mode = "off"
        self.assertTrue(self._can_read(lead, self.boris))


@tagged("post_install", "-at_install")
class TestReadableWithTheLead(LeadsCase):
    """Part 9, 10: what hangs on a lead is read by who reads the lead."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.purpose = cls.env["lead.distribution.consent.purpose"].create(
            {"name": "Calls"}
        )

    def _with_papers(self, lead):
        """:returns: the inquiry, the consent and the ledger's rows of a lead"""
        lead.consent_purpose_ids = self.purpose
        inquiry = (
            as_service(self.env["lead.distribution"])
            .env["lead.distribution.inquiry"]
            .create(
                {
                    "lead_id": lead.id,
                    "name": "Secret inquiry",
                    "email_from": "secret@customers.test",
                    "company_id": lead.company_id.id,
                }
            )
        )
        return [inquiry, lead.consent_ids]

    def _check(self, lead, readers, others):
        papers = self._with_papers(lead)
        for paper in papers:
            for user, expected in [
                *((user, True) for user in readers),
                *((user, False) for user in others),
            ]:
                self.assertEqual(self._can_read(lead, user), expected, user.login)
                try:
                    found = self.rpc(
                        user, "search", [[("id", "=", paper.id)]], model=paper._name
                    )
                    self.rpc(user, "read", [paper.ids], model=paper._name)
                except AccessError:
                    found = []
                self.assertEqual(bool(found), expected, f"{user.login} {paper._name}")

    def test_pool(self):
        """Of the route's people, not of everybody."""
        self._check(
            self._pool_lead(),
            self.anna | self.manager | self.overseer,
            self.boris | self.stranger | self.office | self.portal,
        )

    def test_offered(self):
        self._check(self._offered_lead(), self.anna, self.boris | self.stranger)

    def test_pending(self):
        self._check(
            self._pending_lead(), self.manager, self.anna | self.boris | self.stranger
        )

    def test_assigned(self):
        """A manager of the distribution with own documents reads no customer's data of
        a colleague's lead either."""
        own = self._user("own", f"sales_team.group_sale_salesman,{DISTRIBUTION}")
        bare = self._user("bare", DISTRIBUTION)
        self._check(
            self._lead(),
            self.anna | self.manager | self.overseer,
            self.boris | own | bare | self.office | self.stranger,
        )

    def test_other_company(self):
        """Two companies: the lead's rule looks at those that are switched on."""
        both = self._user(
            "both",
            ALL_LEADS,
            company_ids=[(6, 0, (self.company | self.company_2).ids)],
        )
        lead = self._pool_lead()
        consent = self._with_papers(lead)[1]
        for companies, expected in (
            (self.company, True),
            (self.company | self.company_2, True),
            (self.company_2, False),
        ):
            found = self.rpc(
                both,
                "search_count",
                [[("id", "=", consent.id)]],
                model=consent._name,
                context={"allowed_company_ids": companies.ids},
            )
            self.assertEqual(bool(found), expected, companies.mapped("name"))

    def test_ledger(self):
        """Rows of one's own, as long as one reads the lead; of a lead that went to a
        colleague they name the customer no more."""
        lead = self._offered_lead(name="Flat of Zoe")
        row = self._rows(lead)
        model = row._name
        self.assertTrue(self.rpc(self.anna, "read", [row.ids], model=model))
        lead.with_user(self.manager).user_id = self.boris
        self.assertFalse(self._can_read(lead, self.anna))
        self.assertFalse(
            self.rpc(self.anna, "search", [[("lead_id", "=", lead.id)]], model=model)
        )
        with self.assertRaises(AccessError):
            self.rpc(self.anna, "read", [row.ids], model=model)
        # what became of it is the figures' to say
        found = self.rpc(
            self.anna, "search_count", [[]], model="lead.distribution.report"
        )
        self.assertEqual(found, 1)
        self.assertTrue(self.rpc(self.manager, "read", [row.ids], model=model))
        lead.unlink()
        self.assertTrue(self.rpc(self.anna, "read", [row.ids], model=model))

    def test_activity_report(self):
        """Odoo's own report of activities shows what everybody with own documents may
        see of unassigned leads: not of those that are hidden."""
        lead = self._pool_lead()
        lead.activity_schedule("mail.mail_activity_data_call", user_id=self.manager.id)
        lead.activity_ids.action_feedback("The customer is ruined")
        for user, expected in ((self.anna, 1), (self.boris, 0), (self.manager, 1)):
            found = self.rpc(
                user,
                "search_count",
                [[("lead_id", "=", lead.id)]],
                model="crm.activity.report",
            )
            self.assertEqual(found, expected, user.login)


@tagged("post_install", "-at_install")
class TestLimitsOnEveryWay(LeadsCase):
    """Part 9, 12 and 17: pause and limits hold whichever way a lead comes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.boss = cls._user("boss", MANAGER)
        cls.people = cls.anna | cls.boss

    def _hold(self, user, count):
        """Open leads that they have already."""
        self._lead(count, user_id=user.id)

    def test_open_limit_by_claiming_offers(self):
        """12: whoever has more offers than room takes as many as there is room for."""
        offers = self._offered_lead(3)
        self._hold(self.anna, 1)
        self.anna.lead_max_open = 2
        self.rpc(self.anna, "action_claim", [offers[0].ids])
        for lead in offers[1:]:
            with self.assertRaisesRegex(UserError, "limit of open leads"):
                self.rpc(self.anna, "action_claim", [lead.ids])
        self.assertEqual(offers.user_id, self.anna)
        self.assertEqual(offers.mapped("distribution_state").count("assigned"), 1)

    def test_open_limit_all_at_once(self):
        """12: all or none of them."""
        offers = self._offered_lead(3)
        self.anna.lead_max_open = 2
        with self.assertRaisesRegex(UserError, "limit of open leads"):
            self.rpc(self.anna, "action_claim", [offers.ids])
        self.assertFalse(offers.user_id)
        self.rpc(self.anna, "action_claim", [offers[:2].ids])
        self.assertEqual(offers[:2].user_id, self.anna)

    def test_open_offers_count(self):
        """Open offers count towards the open limit: nothing more is offered, or taken
        out of the pool, past it."""
        pooled = self._pool_lead()
        self.anna.lead_max_open = 2
        first, second, third = self._offered_lead(2) | self._pool_offer()
        self.assertEqual((first | second).offer_user_ids, self.anna)
        self.assertEqual(third.distribution_state, "pool")
        with self.assertRaisesRegex(UserError, "limit of open leads"):
            self.rpc(self.anna, "action_claim", [pooled.ids])
        # the offers are theirs to take
        self.rpc(self.anna, "action_claim", [(first | second).ids])

    def _pool_offer(self):
        lead = self._lead()
        self.assertIn(lead.distribution_state, ("pool", "offered"))
        return lead

    def test_offers_to_all_keep_the_room(self):
        """K15 in one block: not more offers to one person than their limit."""
        self.route.write({"delivery": "offer_all", "offer_minutes": 15})
        self.route.member_ids = [(0, 0, {"user_id": self.boris.id})]
        self.anna.lead_max_open = 2
        leads = self._lead(5)
        counts = {
            user: sum(user in lead.offer_user_ids for lead in leads)
            for user in (self.anna, self.boris)
        }
        self.assertEqual(counts, {self.anna: 2, self.boris: 5})

    def _ways(self, lead, user):
        """Every way in which somebody takes a lead for themselves, or is given one.

        :returns: ``[(name, function), ...]``
        """

        def wizard():
            action = self.rpc(self.manager, "action_hand_over", [lead.ids])
            wizard_id = self.rpc(
                self.manager,
                "create",
                [{"user_id": user.id}],
                model="lead.distribution.hand",
                context=action["context"],
            )
            self.rpc(
                self.manager,
                "action_confirm",
                [[wizard_id]],
                model="lead.distribution.hand",
            )

        values = {"user_id": user.id}
        won = self.env["crm.stage"].search([("is_won", "=", True)], limit=1)
        ways = [
            ("button", lambda: self.rpc(user, "action_claim", [lead.ids])),
            ("field", lambda: self.rpc(user, "write", [lead.ids, values])),
            (
                "screen",
                lambda: self.rpc(user, "web_save", [lead.ids, values, {"name": {}}]),
            ),
            (
                "mass edit",
                lambda: (
                    self.rpc(user, "web_save_multi", [lead.ids, [values], {"name": {}}])
                    if hasattr(lead, "web_save_multi")
                    else self.rpc(user, "write", [lead.ids, values])
                ),
            ),
            ("given", lambda: self.rpc(self.manager, "write", [lead.ids, values])),
            ("wizard", wizard),
        ]
        if user == self.anna:
            ways += [
                ("lost", lambda: self.rpc(user, "action_set_lost", [lead.ids])),
                ("won", lambda: self.rpc(user, "action_set_won", [lead.ids])),
                (
                    "kanban",
                    lambda: self.rpc(user, "write", [lead.ids, {"stage_id": won.id}]),
                ),
            ]
        return ways

    def _check_ways(self, lead, words, but=()):
        for user in self.people:
            for name, way in self._ways(lead, user):
                if (user, name) in but:
                    continue
                with self.assertRaisesRegex(
                    UserError, words, msg=f"{user.login}: {name}"
                ):
                    way()
                self.env.invalidate_all()
                self.assertFalse(lead.user_id, f"{user.login}: {name}")
                self.assertTrue(lead.active)
                self.assertEqual(lead.won_status, "pending")

    def test_pause(self):
        lead = self._pool_lead()
        self.people.lead_distribution_paused = True
        self._check_ways(lead, "paused for leads")

    def test_open_limit(self):
        for user in self.people:
            self._hold(user, 2)
        self.people.lead_max_open = 2
        self._check_ways(self._pool_lead(), "limit of open leads")

    def test_day_limit(self):
        for user in self.people:
            self._lead().with_user(self.manager).user_id = user
        self.people.lead_max_day = 1
        self._check_ways(self._pool_lead(), "limit of leads a day")

    def test_month_limit(self):
        for user in self.people:
            self._lead().with_user(self.manager).user_id = user
        self.people.lead_max_month = 1
        self._check_ways(self._pool_lead(), "limit of leads a month")

    def test_offered(self):
        """The offer does not outweigh the pause; the manager's pen neither."""
        lead = self._offered_lead()
        self.people.lead_distribution_paused = True
        # the button is for whom it is offered to
        self._check_ways(lead, "paused for leads", but=[(self.boss, "button")])

    def test_from_a_colleague(self):
        """A lead of somebody else comes under the same limits."""
        lead = self._lead(user_id=self.clara.id)
        self._hold(self.boss, 1)
        self.boss.lead_max_open = 1
        for user in (self.manager, self.boss):
            with self.assertRaisesRegex(UserError, "limit of open leads"):
                self.rpc(user, "write", [lead.ids, {"user_id": self.boss.id}])
        self.boss.lead_max_open = 0
        self.boss.lead_distribution_paused = True
        for user in (self.manager, self.boss):
            with self.assertRaisesRegex(UserError, "paused for leads"):
                self.rpc(user, "write", [lead.ids, {"user_id": self.boss.id}])
        self.assertEqual(lead.user_id, self.clara)

    def test_several_at_once(self):
        """A mass edit fits as a whole, or not at all."""
        leads = self._pool_lead() | self._pool_lead() | self._pool_lead()
        self.boss.lead_max_open = 2
        values = {"user_id": self.boss.id}
        for user in (self.boss, self.manager):
            with self.assertRaisesRegex(UserError, "limit of open leads"):
                self.rpc(user, "write", [leads.ids, values])
        self.rpc(self.boss, "write", [leads[:2].ids, values])
        self.assertEqual(leads[:2].user_id, self.boss)
        self.assertEqual(
            self._rows(leads[:2]).filtered(lambda r: r.state == "assigned").user_id,
            self.boss,
        )

    def test_odoos_own_assignment(self):
        """Of a team that no route manages, started by a manager or by the schedule: it
        passes over who is paused or has no room, and stumbles over nobody."""
        self.route.domain = "[('id', '=', 0)]"
        self.env["ir.config_parameter"].set_param("crm.lead.auto.assignment", True)
        self.env["crm.team"].search([]).active = False
        ann, bea, cleo = (self._user(name) for name in ("ann", "bea", "cleo"))
        team = self.env["crm.team"].create(
            {
                "name": "Odoo's own",
                "company_id": self.company.id,
                "crm_team_member_ids": [
                    (0, 0, {"user_id": user.id, "assignment_max": 3000})
                    for user in (ann, bea, cleo)
                ],
            }
        )
        ann.lead_distribution_paused = True
        bea.lead_max_open = 1
        for user in (self.manager, self.env.ref("base.user_root")):
            leads = self._lead(4, team_id=team.id)
            team.with_user(user).with_context(
                allowed_company_ids=self.company.ids
            )._action_assign_leads(force_quota=True)
            self.assertNotIn(ann, leads.user_id)
            self.assertIn(cleo, leads.user_id)
        held = self.env["crm.lead"].search_count([("user_id", "=", bea.id)])
        self.assertEqual(held, 1)
        self.assertEqual(
            team.crm_team_member_ids.filtered(
                lambda member: member.user_id == ann
            )._get_assignment_quota(),
            0,
        )

    def test_claims_hold_the_lock(self):
        """12: two claims of the same instant cannot both pass the limit: each holds
        the company's row, a manager's own hand too."""
        Lock = self.env["lead.distribution.lock"]

        def count():
            self.env.flush_all()
            Lock.invalidate_model()
            return Lock.search([("company_id", "=", self.company.id)]).counter

        for user, name, args in (
            (self.anna, "action_claim", []),
            (self.anna, "write", [{"user_id": self.anna.id}]),
            (self.boss, "write", [{"user_id": self.boss.id}]),
            (self.anna, "action_set_won", []),
        ):
            lead = self._pool_lead()
            before = count()
            self.rpc(user, name, [lead.ids, *args])
            self.assertGreater(count(), before, name)
            self.assertEqual(lead.user_id, user)


@tagged("post_install", "-at_install")
class TestLinksKeepLimits(HttpCase):
    """Part 9, 12: the link of the email is no way round."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["lead.distribution.route"].search([]).active = False
        cls.company = cls.env.company
        cls.company.lead_distribution_mode = "immediate"
        cls.anna = DistributionCase._user.__func__(cls, "limited")
        cls.env["lead.distribution.route"].create(
            {
                "name": "Offers",
                "delivery": "offer",
                "member_ids": [(0, 0, {"user_id": cls.anna.id})],
            }
        )
        cls.leads = cls.env["crm.lead"].create(
            [{"name": f"Flat {n}", "email_from": f"p{n}@link.test"} for n in (1, 2)]
        )

    def test_page_of_who_may_not_read_it(self):
        """Part 9, 22: the page of an offer names the lead as long as it may be read."""
        boris = DistributionCase._user.__func__(self, "quick")
        first, second = self.leads
        url = "/lead_distribution/offer/%s"
        tokens = [x.distribution_assignment_ids._offer_token() for x in self.leads]
        for token, lead in zip(tokens, self.leads, strict=True):
            self.assertIn(lead.name, self.url_open(url % token).text)
        first.user_id = boris
        page = self.url_open(url % tokens[0]).text
        self.assertNotIn(first.name, page)
        self.assertIn("Quick has the lead already", page)
        group = self.env.ref("sales_team.group_sale_salesman")
        self.anna.write({"group_ids": [(3, group.id)]})
        page = self.url_open(url % tokens[1]).text
        self.assertNotIn(second.name, page)

    def test_link(self):
        self.assertEqual(set(self.leads.mapped("distribution_state")), {"offered"})
        self.anna.lead_max_open = 1
        pages = []
        for lead in self.leads:
            token = lead.distribution_assignment_ids._offer_token()
            page = self.url_open(f"/lead_distribution/offer/{token}").text
            csrf = page.split('csrf_token: "')[1].split('"')[0]
            pages.append(
                self.url_open(
                    f"/lead_distribution/offer/{token}/claim", data={"csrf_token": csrf}
                ).text
            )
        self.env.invalidate_all()
        self.assertIn("The lead is yours", pages[0])
        self.assertNotIn("The lead is yours", pages[1])
        self.assertIn("limit of open leads", pages[1])
        self.assertEqual(self.leads.mapped("user_id.id"), [self.anna.id])
        self.assertFalse(self.leads[1].user_id)


@tagged("post_install", "-at_install")
class TestRightsBeforeAnswers(LeadsCase):
    """Part 9, 22: who may not see a lead is told nothing of it."""

    def _calls(self, user):
        reason = self.env["lead.distribution.removal.reason"].search([], limit=1)
        customer = self.env["res.partner"].create({"name": "Customer"})
        won = self.env["crm.stage"].search([("is_won", "=", True)], limit=1)
        return [
            ("write", [{"user_id": user.id}]),
            ("write", [{"user_id": self.boris.id}]),
            ("write", [{"user_id": False}]),
            ("write", [{"team_id": self.team.id}]),
            ("write", [{"company_id": self.company_2.id}]),
            ("write", [{"partner_id": customer.id}]),
            ("write", [{"partner_id": False}]),
            ("write", [{"active": True}]),
            ("write", [{"active": False}]),
            ("write", [{"stage_id": won.id}]),
            ("write", [{"distribution_state": "pool"}]),
            ("action_claim", []),
            ("action_decline", []),
            ("action_ask_decline", []),
            ("action_release_to_pool", []),
            ("action_distribute", []),
            ("action_remove", [reason.id]),
            ("action_remove", [0]),
            ("action_ask_removal", []),
            ("action_restore", []),
            ("action_link_customer", [customer.id]),
            ("action_convert_customer", []),
            ("action_unlink_customer", []),
            ("action_ask_customer", []),
            ("action_open_duplicate", []),
            ("action_dismiss_identity", []),
            ("action_explain_distribution", []),
            ("action_hand_over", []),
            ("action_set_won", []),
            ("action_set_lost", []),
            ("action_archive", []),
            ("action_unarchive", []),
        ]

    def _leads(self):
        """One in each state."""
        pooled = self._pool_lead(name="Codename Heron")
        assigned = self._lead(name="Codename Heron")
        removed = self._lead(name="Codename Heron")
        reason = self.env["lead.distribution.removal.reason"].search([], limit=1)
        removed.action_remove(reason.id)
        won = self._lead(name="Codename Heron", type="opportunity")
        won.action_set_won()
        tied = self._lead(
            name="Codename Heron",
            partner_id=self.env["res.partner"].create({"name": "Heron"}).id,
        )
        offered = self._offered_lead(name="Codename Heron")
        pending = self._pending_lead(name="Codename Heron")
        return [pooled, assigned, removed, won, tied, offered, pending]

    def _check(self, users):
        calls = {user: self._calls(user) for user in users}
        secrets = ("Heron", "Anna", "pool", "offered", "already", "closed", "won")
        for lead in self._leads():
            state = lead.distribution_state
            for user in users:
                told = set()
                for name, args in calls[user]:
                    label = f"{user.login} {name} {args} {state}"
                    with (
                        self.cr.savepoint(),
                        self.assertRaises(AccessError, msg=label) as caught,
                    ):
                        self.rpc(user, name, [lead.ids, *args])
                    text = str(caught.exception)
                    told.add((name, str(args), text))
                    if name == "write" and "distribution_state" in args[0]:
                        continue
                    for word in secrets:
                        self.assertNotIn(word, text, label)

    def test_portal_and_office(self):
        """Without sales rights."""
        self._check(self.portal | self.office)

    def test_stranger(self):
        """Of another company, all rights there included."""
        chief = self._user("chief", MANAGER, company_id=self.company_2.id)
        self._check(self.stranger | chief)

    def test_same_words_for_all(self):
        """A colleague who has nothing to do with a lead learns from a claim neither
        where it stands nor who has it."""
        texts = set()
        for lead in self._leads():
            with self.cr.savepoint(), self.assertRaises(UserError) as caught:
                self.rpc(self._user(f"far{lead.id}"), "action_claim", [lead.ids])
            texts.add(str(caught.exception))
        self.assertEqual(len(texts), 1, texts)

    def test_loser_is_told(self):
        """K11: who could have had it is told who has it."""
        self.route.member_ids = [(0, 0, {"user_id": self.boris.id})]
        self.boris.lead_distribution_paused = True
        lead = self._pool_lead()
        self.boris.lead_distribution_paused = False
        self.rpc(self.anna, "action_claim", [lead.ids])
        with self.assertRaisesRegex(UserError, "Anna has the lead already"):
            self.rpc(self.boris, "action_claim", [lead.ids])
        with self.assertRaisesRegex(UserError, "Anna has the lead already"):
            self.rpc(self.manager, "action_claim", [lead.ids])

    def test_my_offers(self):
        """The bell rings for who may take the lead, and is silent else."""
        lead = self._offered_lead()
        self.assertEqual(
            [one["id"] for one in self.rpc(self.anna, "my_offers", [])], lead.ids
        )
        for user in self.boris | self.office | self.stranger:
            self.assertEqual(self.rpc(user, "my_offers", []), [])
        self.anna.write(
            {"group_ids": [(3, self.env.ref("sales_team.group_sale_salesman").id)]}
        )
        self.assertEqual(self.rpc(self.anna, "my_offers", []), [])

    def test_wizards(self):
        """The wizards of the actions ask for the same rights."""
        lead = self._pool_lead(name="Codename Heron")
        reason = self.env["lead.distribution.removal.reason"].search([], limit=1)
        for user in self.stranger | self.boris:
            for model, values in (
                ("hand", {"user_id": user.id}),
                ("decline", {}),
                ("removal", {"reason_id": reason.id}),
            ):
                name = f"lead.distribution.{model}"
                label = f"{user.login} {model}"
                with (
                    self.cr.savepoint(),
                    self.assertRaises(UserError, msg=label) as caught,
                ):
                    wizard_id = self.rpc(
                        user,
                        "create",
                        [{**values, "lead_ids": [(6, 0, lead.ids)]}],
                        model=name,
                    )
                    self.rpc(user, "action_confirm", [[wizard_id]], model=name)
                self.assertNotIn("Heron", str(caught.exception), label)
        self.assertEqual(lead.distribution_state, "pool")


@tagged("post_install", "-at_install")
class TestClosingIsClaiming(LeadsCase):
    """Part 9: leads of the pool set won, lost or archived are claimed first."""

    def _ways(self):
        won = self.env["crm.stage"].search([("is_won", "=", True)], limit=1)
        lost = self.env["crm.lost.reason"].search([], limit=1)
        return [
            ("action_set_lost", [], {"lost_reason_id": lost.id}, "lost"),
            ("action_set_won", [], {}, "won"),
            ("action_set_won_rainbowman", [], {}, "won"),
            ("action_archive", [], {}, "archived"),
            ("write", [{"active": False}], {}, "archived"),
            ("write", [{"active": False, "probability": 0}], {}, "lost"),
            ("write", [{"stage_id": won.id}], {}, "won"),
            ("web_save", [{"stage_id": won.id}, {"name": {}}], {}, "won"),
            ("write", [{"won_status": "lost"}], {}, ""),
            ("write", [{"probability": 100}], {}, ""),
        ]

    def test_by_the_routes_people(self):
        """A ledger row, a unit, and theirs in the figures."""
        for name, args, kwargs, end in self._ways():
            lead = self._pool_lead(type="opportunity")
            self.rpc(self.anna, name, [lead.ids, *args], **kwargs)
            self.assertEqual(lead.user_id, self.anna, name)
            row = self._rows(lead)[-1]
            self.assertEqual((row.state, row.reason), ("assigned", "claim"), name)
            self.assertEqual(row.user_id, self.anna)
            self.assertEqual(lead.distribution_state, "assigned")
            if end in ("won", "lost"):
                self.assertEqual(lead.won_status, end, name)
            elif end:
                self.assertFalse(lead.active)

    def test_offer_is_taken(self):
        lead = self._offered_lead(type="opportunity")
        self.rpc(self.anna, "action_set_won", [lead.ids])
        self.assertEqual((lead.user_id, lead.won_status), (self.anna, "won"))
        self.assertEqual(self._rows(lead).state, "assigned")

    def test_not_by_others(self):
        """Who sees all documents is no candidate all the same; what is offered to
        somebody else, or waits, is nobody's."""
        for lead in (self._pool_lead(), self._offered_lead(), self._pending_lead()):
            for name, args, kwargs, _end in self._ways():
                for user in self.boris | self.overseer:
                    with (
                        self.cr.savepoint(),
                        self.assertRaises(UserError, msg=f"{user.login} {name}"),
                    ):
                        self.rpc(user, name, [lead.ids, *args], **kwargs)
            self.env.invalidate_all()
            self.assertTrue(lead.active)
            self.assertEqual(lead.won_status, "pending")

    def test_managers_clear_up(self):
        """Managers and the team's leader close leads of the pool, and have them not."""
        one, two = self._pool_lead(), self._pool_lead(team_id=self.team.id)
        self.team.user_id = self.boris
        self.rpc(self.manager, "action_set_lost", [one.ids])
        self.rpc(self.boris, "action_set_lost", [two.ids])
        self.assertFalse((one | two).user_id)
        self.assertEqual((one | two).mapped("won_status"), ["lost", "lost"])

    def test_own_leads_and_other_edits(self):
        """One's own are closed as ever; who sees a lead of the pool may move, star and
        complete it without having it."""
        own = self._lead()
        self.rpc(self.anna, "action_set_lost", [own.ids])
        self.assertEqual(len(self._rows(own)), 1)
        lead = self._pool_lead(type="opportunity")
        stage = self.env["crm.stage"].search([("is_won", "=", False)])[-1]
        tag = self.env["crm.tag"].create({"name": "Hot"})
        self.rpc(
            self.anna,
            "write",
            [
                lead.ids,
                {
                    "stage_id": stage.id,
                    "priority": "2",
                    "tag_ids": [(4, tag.id)],
                    "phone": "+48221234567",
                },
            ],
        )
        self.assertEqual(lead.distribution_state, "pool")
        self.assertEqual(lead.stage_id, stage)
        self.assertFalse(lead.user_id)

    def test_closed_by_hand_and_taken(self):
        """Salesperson and stage in one write are one claim."""
        lead = self._pool_lead(type="opportunity")
        won = self.env["crm.stage"].search([("is_won", "=", True)], limit=1)
        self.rpc(
            self.anna,
            "write",
            [lead.ids, {"user_id": self.anna.id, "stage_id": won.id}],
        )
        rows = self._rows(lead).filtered(lambda row: row.user_id)
        self.assertEqual(rows.mapped("reason"), ["claim"])
        self.assertEqual(lead.won_status, "won")


@tagged("post_install", "-at_install")
class TestMovingLeads(LeadsCase):
    """Part 9: team, company and listing of a lead decide who may have it."""

    def test_with_the_salesperson_in_the_same_write(self):
        """No way round by writing the empty salesperson again along with it."""
        mine = self.env["crm.team"].create(
            {"name": "Mine", "user_id": self.boris.id, "company_id": self.company.id}
        )
        team = self.env["crm.team"].create(
            {"name": "Open", "company_id": self.company.id}
        )
        lead = self._pool_lead()
        for values in (
            {"team_id": mine.id},
            {"team_id": team.id},
            {"company_id": False},
            {"company_id": self.company_2.id, "team_id": False},
        ):
            for extra in ({}, {"user_id": False}):
                with self.assertRaises(AccessError):
                    self.rpc(self.anna, "write", [lead.ids, {**values, **extra}])
        self.assertEqual(lead.company_id, self.company)

    def test_to_a_company_that_is_not_theirs(self):
        """Neither one's own leads nor those of the pool, nor new ones."""
        own = self._lead()
        foreign = self.env["crm.team"].create(
            {"name": "Foreign", "company_id": self.company_2.id}
        )
        for values in (
            {"company_id": self.company_2.id, "user_id": False, "team_id": False},
            {"team_id": foreign.id, "user_id": False},
            {"team_id": foreign.id},
        ):
            for user in (self.anna, self.manager):
                with self.assertRaises(UserError, msg=f"{user.login} {values}"):
                    self.rpc(user, "write", [own.ids, dict(values)])
        self.assertEqual(own.company_id, self.company)
        for context in (
            {"default_company_id": self.company_2.id},
            {"default_team_id": foreign.id},
        ):
            with self.assertRaises(UserError), self.cr.savepoint():
                self.rpc(self.anna, "create", [{"name": "Mine"}], context=context)
        for values in ({"company_id": self.company_2.id}, {"team_id": foreign.id}):
            with self.assertRaises(UserError), self.cr.savepoint():
                self.rpc(self.anna, "create", [{"name": "Mine", **values}])

    def test_listing_of_the_pool(self):
        """Where a route draws its people from the listing, another listing is another
        circle of people."""
        listing, other = self.env["lead.distribution.listing"].create(
            [
                {"name": "Hers", "contact_ids": [(6, 0, self.anna.partner_id.ids)]},
                {"name": "His", "contact_ids": [(6, 0, self.boris.partner_id.ids)]},
            ]
        )
        self.route.write({"pool_source": "listing", "member_ids": [(5, 0, 0)]})
        lead = self._pool_lead(listing_id=listing.id)
        self.assertEqual(lead.distribution_route_id, self.route)
        with self.assertRaises(AccessError):
            self.rpc(self.anna, "write", [lead.ids, {"listing_id": other.id}])
        self.rpc(self.manager, "write", [lead.ids, {"listing_id": other.id}])
        self.assertEqual(lead.listing_id, other)

    def test_waiting_leads_keep_their_company(self):
        """Odoo takes the company away from a lead without salesperson whose team has
        none: what waits for one keeps it."""
        team = self.env["crm.team"].create({"name": "Default", "company_id": False})
        given, pooled = self._lead(), self._pool_lead()
        self.rpc(self.manager, "write", [pooled.ids, {"team_id": team.id}])
        self.rpc(
            self.manager, "write", [given.ids, {"user_id": False, "team_id": team.id}]
        )
        for lead in (given, pooled):
            self.assertEqual(lead.distribution_state, "pool")
            self.assertEqual(lead.team_id, team)
            self.assertEqual(lead.company_id, self.company)


@tagged("post_install", "-at_install")
class TestOffersOutlive(LeadsCase):
    """An offer whose lead lost its company goes on all the same."""

    def test_company_taken_away(self):
        self.route.write({"delivery": "offer", "offer_minutes": 15, "offer_max": 1})
        lead = self._lead()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET company_id = NULL, team_id = NULL WHERE id = %s",
            [lead.id],
        )
        self.env.cr.execute(
            "UPDATE lead_distribution_assignment SET deadline = %s WHERE lead_id = %s",
            [fields.Datetime.now() - timedelta(minutes=1), lead.id],
        )
        self.env.invalidate_all()
        self._run_cron("ir_cron_expire_offers")
        self.assertEqual(lead.distribution_state, "pool")

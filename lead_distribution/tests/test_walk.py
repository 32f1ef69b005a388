from unittest.mock import patch

import psycopg2

from odoo import fields
from odoo.tests.common import tagged

from ..models.pipeline import pending
from .common import DistributionCase


@tagged("post_install", "-at_install")
class TestWalk(DistributionCase):
    def test_never_more_than_one_lead_ahead(self):
        """O7 B5: five people, targets 10 to 50, at every one of 1,500 leads."""
        users = self.anna | self.boris | self.clara
        users |= self._user("dora") | self._user("emil")
        route = self._route(users, activity_type_id=False)
        for number, member in enumerate(route.member_ids, 1):
            member.write({"target_mode": "individual", "target": 10 * number})
        self.company.lead_distribution_mode = "queued"
        leads = self._lead(1500)
        self._run_cron()
        targets = {m.user_id.id: m.target for m in route.member_ids}
        got = dict.fromkeys(targets, 0)
        for count, row in enumerate(self._rows(leads), 1):
            got[row.user_id.id] += 1
            for user_id, target in targets.items():
                self.assertLess(got[user_id] - count * target / 150, 1)
        self.assertEqual(list(got.values()), [100, 200, 300, 400, 500])

    def test_known_advisor(self):
        """O13: by the contact, its company, the exact email, the exact number."""
        self._route(self.anna | self.boris | self.clara)
        company = self.env["res.partner"].create(
            {"name": "Acme", "is_company": True, "user_id": self.clara.id}
        )
        contact = self.env["res.partner"].create(
            {
                "name": "Zoe",
                "parent_id": company.id,
                "email": "Zoe@Acme.test",
                "phone": "+48 22 555 01 23",
                "user_id": False,
            }
        )
        cases = {
            "contact": {"partner_id": contact.id, "email_from": False},
            "email": {"email_from": "Zoe Z. <zoe@acme.test>"},
            "phone": {
                "email_from": False,
                "phone": "0048 (22) 555-01-23",
            },
        }
        for name, values in cases.items():
            lead = self._lead(**values)
            self.assertEqual(lead.user_id, self.clara, name)
            self.assertEqual(lead.partner_id, contact, name)
            self.assertEqual(self._rows(lead).reason, "known_advisor", name)
            self.assertEqual(lead.company_id, self.company, name)

    def test_recognised_lead_keeps_what_it_said(self):
        """O13: nor is the customer changed by an inquiry."""
        self._route(self.anna)
        partner = self.env["res.partner"].create(
            {
                "name": "Zoe Known",
                "email": "zoe@customers.test",
                "phone": "+48 22 555 01 23",
                "city": "Gdynia",
            }
        )
        lead = self._lead(
            email_from="ZOE@customers.test",
            phone="+48 22 555 77 77",
            city="Sopot",
            contact_name="Z. Now",
        )
        silent = self._lead(email_from="zoe@customers.test")
        self.assertEqual((lead | silent).partner_id, partner)
        self.assertEqual(
            (lead.email_from, lead.phone, lead.city, lead.contact_name),
            ("ZOE@customers.test", "+48 22 555 77 77", "Sopot", "Z. Now"),
        )
        self.assertEqual((partner.phone, partner.city), ("+48 22 555 01 23", "Gdynia"))
        self.assertEqual((silent.phone, silent.city), (partner.phone, "Gdynia"))

    def test_name_alone_recognises_nobody(self):
        self._route(self.anna)
        self.env["res.partner"].create({"name": "Zoe", "user_id": self.clara.id})
        lead = self._lead(contact_name="Zoe", partner_name="Zoe")
        self.assertFalse(lead.partner_id)

    def test_shared_number_recognises_nobody(self):
        self._route(self.anna)
        self.env["res.partner"].create(
            [{"name": n, "phone": "+48 22 555 99 99"} for n in ("One", "Two")]
        )
        lead = self._lead(email_from=False, phone="+48225559999")
        self.assertFalse(lead.partner_id)

    def test_customer_of_another_company_is_not_recognised(self):
        """Two companies never see each other's customers."""
        self._route(self.anna)
        self.env["res.partner"].create(
            {
                "name": "Theirs",
                "email": "theirs@customers.test",
                "company_id": self.company_2.id,
            }
        )
        self.assertFalse(self._lead(email_from="theirs@customers.test").partner_id)

    def test_colleagues_address_is_no_customer(self):
        self._route(self.anna)
        lead = self._lead(email_from=self.boris.email)
        self.assertFalse(lead.partner_id)

    def test_former_advisor(self):
        """O14: the newest former one that is eligible; shown on the contact."""
        self._route(self.anna | self.boris | self.clara, contact_owner_policy="never")
        partner = self.env["res.partner"].create({"name": "Old friend"})
        for user in (self.anna, self.boris):
            lead = self._lead(partner_id=partner.id)
            lead.user_id = user
        partner.user_id = self.clara
        self.assertEqual(
            partner.with_user(self.anna).former_advisor_ids, self.boris | self.anna
        )
        self.clara.lead_distribution_paused = True
        lead = self._lead(partner_id=partner.id)
        self.assertEqual(lead.user_id, self.boris)
        self.assertEqual(self._rows(lead).reason, "former_advisor")

    def test_no_route_matches(self):
        """K12 O16: the pool, a row with the reason, a mail to the fallback."""
        self._route(self.anna, domain="[('priority', '=', '3')]")
        lead = self._lead(priority="0")
        self.assertEqual(lead.distribution_state, "pool")
        row = self._rows(lead)
        self.assertEqual((row.state, row.reason), ("unplaced", "no_route"))
        self.assertFalse(row.user_id)
        lead.with_user(self.manager).action_distribute()
        self.assertEqual(self._rows(lead), row, "a new row only for a new reason")

    def test_nobody_calls_the_responsible(self):
        """O20, bad input: a route without candidates, then none: pool, activity
        for the responsible, which goes when somebody is found."""
        route = self._route(
            self.anna.browse(), name="Empty", responsible_id=self.manager.id
        )
        lead = self._lead()
        self.assertEqual(lead.distribution_state, "pool")
        self.assertEqual(lead.distribution_route_id, route)
        call = lead.activity_ids
        self.assertEqual(call.user_id, self.manager)
        self.assertIn("Empty", call.summary)
        self._route(self.boris, sequence=1)
        lead.with_user(self.manager).action_distribute()
        self.assertEqual(lead.user_id, self.boris)
        self.assertNotIn(self.manager, lead.activity_ids.user_id)

    def test_responsible_of_each_kind(self):
        """O20: team leader, contact's salesperson, the company's manager."""
        route = self._route(pool_source="teams", team_ids=self.team.ids)
        lead = self._lead()
        self.team.user_id = self.clara
        route.responsible_type = "team_leader"
        self.assertEqual(
            self.env["lead.distribution.apply"]._responsible(self.company, route, lead),
            self.clara,
        )
        lead.partner_id = self.env["res.partner"].create(
            {"name": "P", "user_id": self.boris.id}
        )
        route.responsible_type = "contact_owner"
        self.assertEqual(
            self.env["lead.distribution.apply"]._responsible(self.company, route, lead),
            self.boris,
        )
        route.responsible_type = "user"
        self.company.lead_distribution_manager_id = self.manager
        self.assertEqual(
            self.env["lead.distribution.apply"]._responsible(self.company, route, lead),
            self.manager,
        )

    def test_one_bad_lead_does_not_hold_up_the_others(self):
        """Bad input: that lead is unplaced with the reason, the others go on."""
        self._route(self.anna | self.boris)
        self.company.lead_distribution_mode = "queued"
        leads = self._lead(9)
        bad = leads[4]
        real = type(self.env["lead.distribution.decision"])._request

        def request(service, lead, *args):
            if lead.id == bad.id:
                raise ZeroDivisionError("bad luck")
            return real(service, lead, *args)

        self.patch(type(self.env["lead.distribution.decision"]), "_request", request)
        with self.assertLogs("odoo.addons.lead_distribution", "WARNING"):
            self._run_cron()
        self.assertEqual(bad.distribution_state, "pool")
        row = self._rows(bad)
        self.assertEqual((row.state, row.reason), ("unplaced", "error"))
        self.assertEqual(row.sudo().trace["error"], "ZeroDivisionError")
        self.assertNotIn("bad luck", str(row.sudo().trace))
        self.assertEqual(set((leads - bad).mapped("distribution_state")), {"assigned"})

    def test_hostile_texts_are_texts(self):
        self._route(self.anna)
        evil = "<script>alert(1)</script> %(user)s {0} '; DROP TABLE crm_lead; --"
        lead = self._lead(
            name=evil,
            contact_name=evil,
            email_from=evil,
            phone=evil,
            description="x" * 1_000_000,
        )
        self.assertEqual(lead.user_id, self.anna)
        wizard = self.env["lead.distribution.explain"].create({"lead_id": lead.id})
        self.assertNotIn("<script>", wizard.explanation)

    def test_busy_company_leaves_leads_pending(self):
        """The on-create hook never waits: pending, and the schedule takes over."""
        self._route(self.anna)
        self.patch(
            type(self.env["lead.distribution.lock"]), "_acquire", lambda *a: False
        )
        lead = self._lead()
        self.assertEqual(lead.distribution_state, "pending")
        self.assertFalse(lead.user_id)
        result = lead.with_user(self.manager).action_distribute()
        self.assertIn("under way", result["params"]["message"])

    def test_who_comes_by_itself_is_next(self):
        """Part 13: a lead that finds the company busy does not wait for the backlog: it
        is the next block, and blocks are short from then on."""
        self._route(self.anna)
        self.company.lead_distribution_mode = "queued"
        backlog = self._lead(5, priority="3")
        self.company.lead_distribution_mode = "immediate"
        lock = type(self.env["lead.distribution.lock"])
        with patch.object(lock, "_acquire", lambda *a: False):
            lead = self._lead()
        self.assertTrue(lead.distribution_next)
        self.assertFalse(any(backlog.mapped("distribution_next")))
        service = self.env["lead.distribution"]
        block = service._distribute_block(self.company, 3)
        self.assertEqual((block["leads"].ids, block["next"]), (lead.ids, True))
        self.assertEqual(lead.user_id, self.anna)
        self.assertFalse(lead.distribution_next)
        block = service._distribute_block(self.company, 3)
        self.assertEqual((len(block["leads"]), block["next"]), (3, False))
        self.assertLess(block["leads"], backlog)

    def test_schedule_waits_for_a_moment(self):
        """Part 13: while leads come one by one the schedule tries again at once, and
        not in a minute."""
        self._route(self.anna)
        self.company.lead_distribution_mode = "queued"
        leads = self._lead(3)
        lock = type(self.env["lead.distribution.lock"])
        acquire, busy, slept = lock._acquire, [1, 2, 3], []

        def after_a_while(records, company):
            return False if busy and busy.pop() else acquire(records, company)

        with (
            patch.object(lock, "_acquire", after_a_while),
            patch.object(pending.time, "sleep", slept.append),
        ):
            self._run_cron()
        self.assertEqual(slept, [0.05, 0.1, 0.2])
        self.assertEqual(leads.user_id, self.anna)

    def test_conflict_leaves_leads_pending(self):
        self._route(self.anna)

        def conflict(*args):
            raise psycopg2.errors.SerializationFailure("somebody was faster")

        self.patch(type(self.env["lead.distribution"]), "_process", conflict)
        lead = self._lead()
        self.assertEqual(lead.distribution_state, "pending")

    def test_ledger_says_what_started_it(self):
        self._route(self.anna)
        lead = self._lead()
        self.assertEqual(self._rows(lead).trigger, "create")
        lead.user_id = self.boris
        self.assertEqual(self._rows(lead)[-1].trigger, "button")

    def test_runs_are_recorded(self):
        """B4: batches and buttons, who, when, how many; no run for a single one."""
        self._route(self.anna)
        Run = self.env["lead.distribution.run"]
        before = Run.search([])
        self._lead()
        self.assertEqual(Run.search([]), before)
        self.company.lead_distribution_mode = "queued"
        leads = self._lead(5)
        self._run_cron()
        run = Run.search([]) - before
        self.assertEqual(
            (run.trigger, run.lead_count, run.assigned_count, run.pool_count),
            ("cron", 5, 5, 0),
        )
        self.assertEqual(run.assignment_ids.lead_id, leads)
        pooled = self._lead(2)
        pooled.with_user(self.manager).action_distribute()
        run = Run.search([], limit=1)
        self.assertEqual((run.trigger, run.user_id), ("button", self.manager))
        self.assertEqual(run.assigned_count, 2)

    def test_queries_do_not_grow_with_leads(self):
        """The gate: a batch costs the same statements for 20 leads and for 400."""
        users = self.anna | self.boris | self.clara
        for number in range(5):
            self._route(
                users,
                name=f"Route {number}",
                domain=f"[('name', 'not like', 'never {number}')]",
                activity_type_id=self.call.id,
                sequence=number,
            )
        self.company.lead_distribution_mode = "queued"

        def cost(count):
            leads = self._lead(count)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["lead.distribution"]._distribute_block(self.company, count)
            self.env.flush_all()
            spent = self.env.cr.sql_log_count - before
            self.assertEqual(set(leads.mapped("distribution_state")), {"assigned"})
            return spent

        cost(10)  # warm caches
        few, many = cost(20), cost(400)
        # inserts and updates go to the database in blocks of a hundred rows or so
        self.assertLess(many - few, 60, f"{few} queries for 20 leads, {many} for 400")
        self.assertLess(many / 400, 1.5)

    def test_queries_do_not_grow_with_known_customers(self):
        """The gate, for leads that are linked to a customer each."""
        self._route(self.anna | self.boris, activity_type_id=self.call.id)
        self.company.lead_distribution_mode = "queued"

        def cost(count, what):
            emails = [f"{what}{number}@known.test" for number in range(count)]
            self.env["res.partner"].create(
                [{"name": f"Known {email}", "email": email} for email in emails]
            )
            leads = self.env["crm.lead"].create(
                [
                    {"name": email, "type": "lead", "email_from": email}
                    for email in emails
                ]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["lead.distribution"]._distribute_block(self.company, count)
            self.env.flush_all()
            spent = self.env.cr.sql_log_count - before
            self.assertEqual(set(leads.mapped("intake_status")), {"linked"})
            return spent

        cost(10, "warm")
        few, many = cost(20, "few"), cost(200, "many")
        self.assertLess(many - few, 60, f"{few} queries for 20 leads, {many} for 200")

    def test_cuts_do_not_matter(self):
        """Part 13: whoever distributes, in blocks of whatever size, the ledger is the
        same, with several routes and customers of somebody's."""
        users = self.anna | self.boris | self.clara
        users |= self._user("dora") | self._user("emil")
        for number, strategy in enumerate(("fair_share", "workload", "closing_rate")):
            self._route(
                users[number:],
                name=f"Route {number}",
                strategy=strategy,
                domain=f"[('priority', '=', '{number}')]",
            )
        self.env["res.partner"].create(
            [
                {
                    "name": f"Known {number}",
                    "email": f"person{number}@customers.test",
                    "user_id": users[3].id,
                }
                for number in range(4, 150, 11)
            ]
        )
        self.company.lead_distribution_mode = "queued"
        leads = self.env["crm.lead"].create(
            [
                {
                    "name": f"Lead {number}",
                    "type": "lead",
                    "priority": str(number % 3 if number % 7 else 0),
                    "email_from": f"person{number}@customers.test",
                }
                for number in range(150)
            ]
        )
        self.env.flush_all()

        def ledger(size):
            with self.env.cr.savepoint() as savepoint:
                while self.env["lead.distribution"]._distribute_block(
                    self.company, size
                )["leads"]:
                    self.env.flush_all()
                found = [
                    (row.lead_id.id, row.user_id, row.route_id, row.reason, row.units)
                    for row in self._rows(leads)
                ]
                savepoint.rollback()
            self.env.invalidate_all()
            return found

        whole = ledger(150)
        self.assertEqual({user for _lead, user, *_rest in whole}, set(users))
        self.assertGreater(len({reason for *_rest, reason, _units in whole}), 1)
        for size in (1, 7, 40):
            self.assertEqual(ledger(size), whole, f"blocks of {size}")

    def test_settled_meanwhile(self):
        """Whatever was won or archived before its turn wants nobody."""
        self._route(self.anna)
        self.company.lead_distribution_mode = "queued"
        gone, stays = self._lead(2)
        gone.active = False
        self._run_cron()
        self.assertFalse(gone.user_id)
        self.assertEqual(stays.user_id, self.anna)
        self.assertEqual(gone.distribution_state, "pool", "should it be opened again")
        self.company.lead_distribution_mode = "immediate"
        won = self._lead(type="opportunity")
        won.action_set_won()
        won.with_user(self.manager).action_distribute()
        self.assertEqual((won.user_id, won.distribution_state), (self.anna, "assigned"))

    def test_switched_off_meanwhile(self):
        """Pending ends, also when the company stops distributing."""
        self._route(self.anna)
        self.company.lead_distribution_mode = "queued"
        lead = self._lead()
        self.company.lead_distribution_mode = "off"
        self._run_cron()
        self.assertEqual(lead.distribution_state, "pool")

    def test_two_companies_apart(self):
        """Each by its own routes, people and units."""
        other = self._user("other", company_id=self.company_2.id)
        self._route(self.anna)
        self._route(other, company_id=self.company_2.id)
        mine = self._lead()
        theirs = self._lead(company_id=self.company_2.id)
        self.assertEqual((mine.user_id, theirs.user_id), (self.anna, other))
        self.assertEqual(self._rows(theirs).company_id, self.company_2)
        self.assertEqual(theirs.company_id, self.company_2)

    def test_block_sizes_follow_the_clock(self):
        """They grow until the lock is held for as long as it may be, and are small
        while leads come by themselves."""
        size = self.env["lead.distribution"]._next_size
        block = {"size": 500, "leads": range(500), "next": False}
        self.assertEqual(size(block, 0.5), 1000)
        self.assertEqual(size(block, 1.0), 800)
        self.assertEqual(size(block, 10.0), 80)
        self.assertEqual(size({**block, "size": 2000}, 0.1), pending.LARGEST_BLOCK)
        self.assertEqual(size({**block, "next": True}, 0.1), pending.SMALLEST_BLOCK)
        self.assertEqual(
            self.env["lead.distribution"]._first_size(self.company),
            pending.SMALLEST_BLOCK,
        )

    def test_at_decides_the_month(self):
        """The moment is an argument, not the clock."""
        self._route(self.anna | self.boris)
        leads = self._lead(2)
        at = fields.Datetime.to_datetime("2025-01-15 12:00:00")
        leads.write({"user_id": False})
        rows = self.env["lead.distribution"]._distribute(leads, "button", at)
        self.assertEqual(set(rows.mapped("date")), {at})

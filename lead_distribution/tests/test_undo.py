from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests.common import tagged
from odoo.tools import SQL

from ..models.insight import undo
from ..tools.service_context import as_service
from .test_rules import RulesCase


@tagged("post_install", "-at_install")
class TestUndo(RulesCase):
    """B4: a batch is taken back for the leads that nobody touched since."""

    def _batch(self, leads):
        """A manager has these leads distributed.

        :returns: the run
        """
        leads.with_user(self.manager).action_distribute()
        return self.env["lead.distribution.run"].search([], limit=1)

    def _pooled(self, count=None, **values):
        """Leads that came in while nobody could have them."""
        self.company.lead_distribution_mode = "queued"
        leads = self._lead(count, **values)
        leads._write({"distribution_state": "pool"})
        self.env.invalidate_all()
        return leads

    def _later(self):
        """Whoever touches something does it later than the distribution."""
        return freeze_time(fields.Datetime.now() + timedelta(minutes=5))

    def _units(self, user):
        rows = self.env["lead.distribution.report"].search([("user_id", "=", user.id)])
        return sum(rows.mapped("units"))

    def test_untouched_go_back_touched_stay(self):
        """B4: what a person did with a lead keeps it; the units of the rest go back."""
        self._route(self.anna)
        leads = self._pooled(9)
        customer = self.env["res.partner"].create({"name": "Somebody"})
        run = self._batch(leads)
        self.assertEqual(leads.user_id, self.anna)
        self.assertEqual(self._units(self.anna), 9)
        hers = leads.with_user(self.anna)
        stage = self.env["crm.stage"].create({"name": "Further", "sequence": 99})
        self.flush_tracking()
        task = hers[3].activity_schedule(
            "mail.mail_activity_data_call", user_id=self.anna.id
        )
        with self._later():
            leads[1].with_user(self.manager).user_id = self.boris
            hers[2].stage_id = stage
            self.flush_tracking()
            task.action_feedback("done")
            hers[4].message_post(body="I called", message_type="comment")
            leads[5].message_post(body="Hello", message_type="email")
            hers[6].action_set_won()
            hers[7].action_link_customer(customer.id)
            hers[8].action_archive()
            # nothing that a person did
            leads[0].message_post(body="A robot's", message_type="notification")
        service = self.env["lead.distribution"].with_user(self.manager)
        self.assertEqual(
            service.env["lead.distribution.undo.service"]._count_undo(run), (1, 8)
        )
        self.assertEqual(run.with_user(self.manager).action_undo(), 1)
        self.env.invalidate_all()
        self.assertFalse(leads[0].user_id)
        self.assertEqual(leads[0].distribution_state, "pool")
        self.assertEqual(leads[0].company_id, self.company)
        self.assertEqual(self._rows(leads[0])[-1].state, "undone")
        self.assertEqual(leads[1].user_id, self.boris)
        self.assertEqual(leads[2:].user_id, self.anna)
        self.assertNotIn("undone", self._rows(leads[1:]).mapped("state"))
        self.assertEqual(self._units(self.anna), 8)
        self.assertEqual((run.undone_count, run.undone_by_id), (1, self.manager))
        self.assertTrue(run.date_undone)
        with self.assertRaisesRegex(UserError, "Nothing to undo"):
            run.with_user(self.manager).action_undo()

    def test_all_that_came_with_it(self):
        """B4: tags, activity, follower, the contact's salesperson, the mail."""
        tag = self.env["crm.tag"].create({"name": "Of the route"})
        own = self.env["crm.tag"].create({"name": "Of the lead"})
        self._route(
            self.anna,
            tag_ids=[(6, 0, tag.ids)],
            activity_type_id=self.call.id,
            contact_owner_policy="always",
        )
        partner = self.env["res.partner"].create(
            {"name": "A customer", "user_id": self.clara.id}
        )
        lead = self._pooled(partner_id=partner.id, tag_ids=[(6, 0, own.ids)])
        self.clara.lead_distribution_paused = True
        team = lead.team_id
        run = self._batch(lead)
        self.assertEqual(lead.user_id, self.anna)
        self.assertEqual(lead.tag_ids, tag | own)
        self.assertEqual(partner.user_id, self.anna)
        self.assertTrue(lead.activity_ids)
        self.assertTrue(self._rows(lead)[-1].mail_pending)
        run.with_user(self.manager).action_undo()
        self.env.invalidate_all()
        self.assertEqual(lead.tag_ids, own)
        self.assertFalse(lead.activity_ids)
        self.assertEqual(partner.user_id, self.clara)
        self.assertEqual(lead.team_id, team)
        self.assertNotIn(self.anna.partner_id, lead.message_partner_ids)
        self.assertFalse(self._rows(lead)[-1].mail_pending)
        self.assertIn("undid the distribution", lead.message_ids[0].body)
        told = self.env["mail.message"].search([("subject", "like", "undid")])
        self.assertEqual(told.notified_partner_ids, self.anna.partner_id)
        self.assertIn(lead.name, told.body)

    def test_former_holders_have_it_again(self):
        """B4 U10: with the row that counts, in its own month, and as if the rule had
        never moved it."""
        self._route(self.anna)
        lead = self._lead()
        first = self._rows(lead)
        self.assertEqual(lead.user_id, self.anna)
        rule = self._rule(self.boris)
        self._neglect(lead)
        self._apply()
        self.assertEqual(lead.user_id, self.boris)
        self.assertEqual(first.state, "released")
        run = self._rows(lead)[-1].run_id
        run.with_user(self.manager).action_undo()
        self.env.invalidate_all()
        self.assertEqual(lead.user_id, self.anna)
        self.assertEqual(lead.distribution_state, "assigned")
        self.assertEqual(lead.distribution_route_id, first.route_id)
        self.assertEqual((first.state, first.date_response), ("assigned", False))
        self.assertIn(self.anna.partner_id, lead.message_partner_ids)
        self.assertNotIn(self.boris.partner_id, lead.message_partner_ids)
        self.assertEqual((self._units(self.anna), self._units(self.boris)), (1, 0))
        had, moves = self.env["lead.distribution.assignment"]._lead_history(lead)
        self.assertEqual((had[lead.id], moves[lead.id]), ({self.anna.id}, 0))
        self.assertEqual(rule.would_move_count, 0, "the clock starts anew")
        self._neglect(lead)
        self._apply()
        self.assertEqual(lead.user_id, self.boris)

    def test_who_left_gets_nothing_back(self):
        """B4: a former holder who is archived meanwhile: the pool."""
        self._rule(self.boris)
        lead = self._lead(user_id=self.anna.id)
        self._neglect(lead)
        self._apply()
        run = self._rows(lead)[-1].run_id
        self.anna.active = False
        run.with_user(self.manager).action_undo()
        self.assertFalse(lead.user_id)
        self.assertEqual(lead.distribution_state, "pool")

    def test_out_of_the_pool(self):
        """B4: whom a rule took the lead from, to put it into the pool, has it again."""
        self._rule(self.boris, max_moves=1)
        lead = self._lead(user_id=self.anna.id, team_id=self.team.id)
        for _turn in range(2):
            self._neglect(lead)
            self._apply()
        self.assertEqual(lead.distribution_state, "pool")
        row = self._rows(lead)[-1]
        self.assertEqual((row.reason, row.previous_user_id), ("exhausted", self.boris))
        row.run_id.with_user(self.manager).action_undo()
        self.env.invalidate_all()
        self.assertEqual(lead.user_id, self.boris)
        self.assertEqual(lead.team_id, self.team)
        self.assertEqual(lead.distribution_state, "assigned")
        self.assertFalse(lead.activity_ids, "nobody is called for help any more")

    def test_offers(self):
        """B4 K7: offers that stand are taken back, who claimed one keeps it."""
        self._route(self.anna | self.boris, delivery="offer_all")
        leads = self._pooled(2)
        run = self._batch(leads)
        self.assertEqual(set(leads.mapped("distribution_state")), {"offered"})
        leads[1].with_user(self.boris).action_claim()
        service = self.env["lead.distribution"].with_user(self.manager)
        self.assertEqual(
            service.env["lead.distribution.undo.service"]._count_undo(run), (1, 1)
        )
        self.assertEqual(run.with_user(self.manager).action_undo(), 1)
        self.env.invalidate_all()
        self.assertEqual(leads[0].distribution_state, "pool")
        self.assertEqual(set(self._rows(leads[0]).mapped("state")), {"undone"})
        self.assertEqual(leads[1].user_id, self.boris)
        with self.assertRaises(UserError):
            leads[0].with_user(self.anna).action_decline()

    def test_customers(self):
        """B4 U3: customers that a rule moved, with the contacts that went with them."""
        customer, other, third = self.env["res.partner"].create(
            [
                {"name": name, "is_company": True, "user_id": self.anna.id}
                for name in ("Old customer", "Another one", "A third")
            ]
        )
        along, not_along = self.env["res.partner"].create(
            [
                {"name": user.name, "parent_id": customer.id, "user_id": user.id}
                for user in (self.anna, self.boris)
            ]
        )
        self._make_old(customer | other | third)
        with freeze_time(fields.Datetime.now() - timedelta(days=300)):
            not_along.user_id = self.clara
            not_along.user_id = self.boris
        self._rule(
            self.boris,
            entity="customer",
            kind="no_sales",
            delay_number=6,
            delay_unit="months",
            domain=f"[('id', 'in', {[customer.id, other.id, third.id]})]",
        )
        self._apply()
        self.assertEqual((customer | along | other | third).user_id, self.boris)
        run = self.env["lead.distribution.run"].search([], limit=1)
        with self._later():
            other.with_user(self.boris).message_post(
                body="Hello", message_type="comment"
            )
        sold = self.env["crm.lead"].create(
            {
                "name": "Won since",
                "partner_id": third.id,
                "user_id": self.boris.id,
                "type": "opportunity",
            }
        )
        sold.action_set_won()
        leader = self.clara
        self.team.user_id = leader
        run.user_id = leader
        with self.assertRaises(AccessError):
            run.with_user(leader).action_undo()
        self.assertEqual(run.with_user(self.manager).action_undo(), 1)
        self.env.invalidate_all()
        self.assertEqual((customer | along).user_id, self.anna)
        self.assertEqual((other | not_along | third).user_id, self.boris)

    def test_again(self):
        """B4: mended first, then undone and distributed again."""
        wrong = self._route(self.anna)
        leads = self._pooled(4)
        run = self._batch(leads)
        self.assertEqual(leads.user_id, self.anna)
        wrong.active = False
        self._route(self.boris)
        run.with_user(self.manager).action_undo(True)
        self.assertEqual(set(leads.mapped("distribution_state")), {"pending"})
        self._run_cron()
        self.assertEqual(leads.user_id, self.boris)
        self.assertEqual(self._units(self.anna), 0)

    def test_all_that_a_person_does_is_seen(self):
        """B4: whatever a person does with a lead is work on it."""
        self._route(self.anna)
        leads = self._pooled(9, team_id=self.team.id)
        run = self._batch(leads)
        hers = leads.with_user(self.anna)
        other_team = self.env["crm.team"].create({"name": "Other"})
        self.flush_tracking()
        with self._later():
            hers[0].message_post(body="A text", message_type="sms")
            # fetched late: its date is older than the batch
            leads[1].message_post(
                body="Late",
                message_type="email",
                date=fields.Datetime.now() - timedelta(days=3),
            )
            hers[2].type = "opportunity"
            hers[3].action_set_lost()
            self.flush_tracking()
            hers[3].action_unarchive()
            hers[4].expected_revenue = 5000
            leads[5].with_user(self.manager).team_id = other_team
            hers[6].with_context(tracking_disable=True).stage_id = self.env[
                "crm.stage"
            ].create({"name": "Silently", "sequence": 98})
            self.flush_tracking()
        self.env["calendar.event"].with_user(self.anna).create(
            {
                "name": "Meeting",
                "start": fields.Datetime.now(),
                "stop": fields.Datetime.now() + timedelta(hours=1),
                "opportunity_id": leads[7].id,
            }
        )
        planned = hers[8].activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.anna.id
        )
        self.env.flush_all()
        # in a test all is made in one transaction
        for record, table in (
            (leads[7].calendar_event_ids, "calendar_event"),
            (planned, "mail_activity"),
            (leads[1].message_ids[0], "mail_message"),
        ):
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET create_date = now() at time zone 'UTC'"
                    " + interval '5 minutes' WHERE id = ANY(%s)",
                    SQL.identifier(table),
                    record.ids,
                )
            )
        self.env.invalidate_all()
        service = self.env["lead.distribution"].with_user(self.manager)
        touched = (
            service.env["lead.distribution.undo.service"]
            ._touched_rows(
                service.env["lead.distribution.undo.service"]._rows_of_run(run)
            )
            .lead_id
        )
        self.assertEqual(sorted(touched.ids), sorted(leads.ids))

    def test_another_company_and_merges(self):
        """B4: what a person moved to another company, or merged, stays."""
        self._route(self.anna)
        leads = self._pooled(3)
        run = self._batch(leads)
        self.anna.company_ids |= self.company_2
        leads[0].write({"company_id": self.company_2.id, "team_id": False})
        head = leads[1]
        self.env["lead.distribution.inquiry"].with_context(
            **as_service(self.env["lead.distribution"]).env.context
        ).create({"lead_id": head.id, "name": "Merged", "date": fields.Datetime.now()})
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE lead_distribution_inquiry SET create_date = create_date"
            " + interval '5 minutes' WHERE lead_id = %s",
            [head.id],
        )
        self.assertEqual(run.with_user(self.manager).action_undo(), 1)
        self.env.invalidate_all()
        self.assertEqual(leads[0].company_id, self.company_2)
        self.assertEqual(leads[:2].user_id, self.anna)
        self.assertFalse(leads[2].user_id)

    def test_deleted_leads_are_no_customers(self):
        """B4: a row whose lead is deleted keeps its customer, and takes nothing."""
        self._route(self.anna)
        customer = self.env["res.partner"].create(
            {"name": "Hers", "user_id": self.anna.id}
        )
        lead, other = self._pooled(partner_id=customer.id), self._pooled()
        run = self._batch(lead | other)
        self.assertEqual(self._rows(lead).partner_id, customer)
        lead.unlink()
        service = self.env["lead.distribution"].with_user(self.manager)
        self.assertEqual(
            service.env["lead.distribution.undo.service"]._count_undo(run), (1, 0)
        )
        run.with_user(self.manager).action_undo()
        self.assertEqual(customer.user_id, self.anna)

    def test_claimed_stays_claimed(self):
        """B4: an offer that was claimed is its claimer's, also after a rule took it and
        that was undone."""
        route = self._route(self.anna, delivery="offer")
        lead = self._pooled()
        first = self._batch(lead)
        lead.with_user(self.anna).action_claim()
        route.active = False
        self._rule(self.boris)
        self._neglect(lead)
        self._apply()
        self.assertEqual(lead.user_id, self.boris)
        self._rows(lead)[-1].run_id.with_user(self.manager).action_undo()
        self.assertEqual(lead.user_id, self.anna)
        with self.assertRaises(UserError):
            first.with_user(self.manager).action_undo()

    def test_the_row_that_it_closed(self):
        """B4: an older row of the same salesperson is not opened again."""
        self._route(self.anna)
        lead = self._lead()
        old = self._rows(lead)
        lead.with_user(self.manager).action_release_to_pool()
        self.assertEqual(old.state, "released")
        self.env.cr.execute(
            "UPDATE lead_distribution_assignment SET date_response = date_response"
            " - interval '70 days' WHERE id = %s",
            [old.id],
        )
        self.env.invalidate_all()
        self.company.lead_distribution_mode = "off"
        lead.user_id = self.anna
        self.company.lead_distribution_mode = "queued"
        self.assertEqual(self._rows(lead), old)
        self._rule(self.boris)
        self._neglect(lead)
        self._apply()
        self.assertEqual(lead.user_id, self.boris)
        self._rows(lead)[-1].run_id.with_user(self.manager).action_undo()
        self.env.invalidate_all()
        self.assertEqual((lead.user_id, lead.distribution_state), (self.anna, "none"))
        self.assertEqual(old.state, "released")

    def test_contact_of_another_lead(self):
        """B4: the contact stays with who keeps another lead of it."""
        self._route(self.anna, contact_owner_policy="always")
        partner = self.env["res.partner"].create({"name": "Twice"})
        leads = self._pooled(2, partner_id=partner.id)
        run = self._batch(leads)
        self.assertEqual(partner.user_id, self.anna)
        with self._later():
            leads[1].with_user(self.anna).message_post(
                body="Mine", message_type="comment"
            )
        run.with_user(self.manager).action_undo()
        self.assertFalse(leads[0].user_id)
        self.assertEqual(partner.user_id, self.anna)

    def test_many_in_the_background(self):
        """B4: a large batch is undone block by block, by whoever asked for it."""
        self._route(self.anna)
        leads = self._pooled(7)
        run = self._batch(leads)
        with self._later():
            leads[3].with_user(self.anna).message_post(
                body="Mine", message_type="comment"
            )
        self.flush_tracking()
        with patch.object(undo, "BUTTON_LIMIT", 2):
            self.assertEqual(run.with_user(self.manager).action_undo(), 6)
            self.assertEqual(run.undo_asked_by_id, self.manager)
            self.assertEqual(leads.user_id, self.anna)
            self._run_cron("ir_cron_undo")
        self.assertFalse(run.undo_asked_by_id)
        self.assertEqual((run.undone_count, run.undone_by_id), (6, self.manager))
        self.assertEqual(leads[3].user_id, self.anna)
        self.assertEqual(set((leads - leads[3]).mapped("distribution_state")), {"pool"})

    def test_one_that_cannot_be_undone(self):
        """B4: what somebody's automation refuses stays, and the others go back; the
        schedule has not failed, and the undo is over."""
        self._route(self.anna)
        leads = self._pooled(5)
        run = self._batch(leads)
        stubborn, original = leads[2], type(leads).write

        def write(records, vals):
            if "user_id" in vals and stubborn in records:
                raise UserError("Not this one")  # pylint: disable=translation-required
            return original(records, vals)

        logger = "odoo.addons.lead_distribution.models.insight.undo"
        with patch.object(undo, "BUTTON_LIMIT", 3):
            run.with_user(self.manager).action_undo()
            with (
                patch.object(type(leads), "write", write),
                self.assertLogs(logger, "WARNING"),
            ):
                self._run_cron("ir_cron_undo")
        self.assertFalse(run.undo_asked_by_id)
        self.assertEqual(run.undone_count, 4)
        self.assertEqual(leads.filtered("user_id"), stubborn)

    def test_stopped_between_blocks(self):
        """P15: an undo under way is cancelled; what went back stays back, the rest is
        as it was, and goes back when it is undone again."""
        self._route(self.anna)
        leads = self._pooled(7)
        run = self._batch(leads)
        service = type(self.env["lead.distribution.undo.service"])
        revert = service._undo_block

        def stopping(service, run_, rows, *arguments):
            count = revert(service, run_, rows, *arguments)
            run_.with_user(self.manager).action_stop_undo()
            return count

        with patch.object(undo, "BUTTON_LIMIT", 3):
            run.with_user(self.manager).action_undo()
            self.assertEqual(run.undo_total, 7)
            with self.assertRaises(AccessError):
                run.with_user(self.boris).action_stop_undo()
            with patch.object(service, "_undo_block", stopping):
                self._run_cron("ir_cron_undo")
            self.assertFalse(run.undo_asked_by_id)
            self.assertEqual(run.undo_stopped_by_id, self.manager)
            self.assertEqual((run.undone_count, run.undo_total), (3, 7))
            self.assertEqual(len(leads.filtered("user_id")), 4)
            with self.assertRaises(UserError):
                run.with_user(self.manager).action_stop_undo()
            self.assertEqual(run.with_user(self.manager).action_undo(), 4)
            self.assertFalse(run.undo_stopped_by_id)
            self._run_cron("ir_cron_undo")
        self.assertEqual((run.undone_count, run.undo_total), (7, 7))
        self.assertFalse(leads.user_id)

    def test_rights(self):
        """B4: managers, and leaders of all the leads' teams; nobody else, and nobody
        of another company."""
        self._route(self.anna)
        leads = self._pooled(2, team_id=self.team.id)
        run = self._batch(leads)
        run.user_id = self.clara
        with self.assertRaises(AccessError):
            run.with_user(self.clara).action_undo()
        with self.assertRaises(AccessError):
            run.with_user(self.boris).action_undo()
        stranger = self._user(
            "stranger", "sales_team.group_sale_manager", company_id=self.company_2.id
        )
        with self.assertRaises(AccessError):
            run.with_user(stranger).action_undo()
        self.assertEqual(leads.user_id, self.anna)
        self.team.user_id = self.clara
        self.assertEqual(run.with_user(self.clara).action_undo(), 2)

    def test_other_companies_rows_stay(self):
        """B4: a manager of one company undoes what is of that company."""
        self._route(self.anna)
        leads = self._pooled(2)
        run = self._batch(leads)
        other = self._rows(leads[1])
        self.env.cr.execute(
            "UPDATE lead_distribution_assignment SET company_id = %s WHERE id = %s",
            [self.company_2.id, other.id],
        )
        self.env.invalidate_all()
        self.assertEqual(run.with_user(self.manager).action_undo(), 1)
        self.assertEqual(leads[1].user_id, self.anna)

    def test_queries_do_not_grow_with_leads(self):
        """B4: forty leads cost what twenty do."""
        self._route(self.anna | self.boris, activity_type_id=self.call.id)
        counts = []
        for number in (20, 20, 40):
            run = self._batch(self._pooled(number))
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            self.assertEqual(run.with_user(self.manager).action_undo(), number)
            counts.append(self.env.cr.sql_log_count - start)
        self.assertLess(counts[2] - counts[1], 20, counts)

    def test_wizard(self):
        """B4: asked first, with the numbers."""
        self._route(self.anna)
        leads = self._pooled(3)
        run = self._batch(leads).with_user(self.manager)
        with self._later():
            leads[0].with_user(self.anna).message_post(
                body="Mine", message_type="comment"
            )
        action = run.action_ask_undo()
        wizard = self.env[action["res_model"]].with_user(self.manager)
        wizard = wizard.with_context(**action["context"]).create({})
        self.assertEqual((wizard.back_count, wizard.stay_count), (2, 1))
        wizard.action_confirm()
        self.assertEqual(
            leads.mapped("distribution_state"), ["assigned", "pool", "pool"]
        )

"""The same thing on every way: what single ways once got wrong.

The table of all ways is in ``test_paths``; here are the cases that need several leads,
several people or a setting of their own.
"""

from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import DistributionCase


@tagged("post_install", "-at_install")
class TestEveryWay(DistributionCase):
    """Offers, pauses, and whoever is told."""

    def _customer(self, user=None, email="cora@customers.test"):
        return self.env["res.partner"].create(
            {"name": "Cora", "email": email, "user_id": user.id if user else False}
        )

    def _intake_user(self):
        robo = self._user("robo")
        self.company.lead_distribution_intake_user_ids = [Command.set(robo.ids)]
        return robo

    def _listing(self, name, user, **values):
        return self.env["lead.distribution.listing"].create(
            {"name": name, "contact_ids": [Command.set(user.partner_id.ids)], **values}
        )

    # offers ----------------------------------------------------------------

    def test_open_limit_holds_for_claims(self):
        """One open lead at most: three leads, one offer, one claim."""
        self.anna.lead_max_open = 1
        self._route(self.anna, delivery="offer")
        leads = self._lead(3)
        self.assertEqual(len(leads.filtered("offer_user_ids")), 1)
        leads[0].with_user(self.anna).action_claim()
        for lead in leads[1:]:
            with self.assertRaises(UserError):
                lead.with_user(self.anna).action_claim()
        self.assertEqual(leads.filtered("user_id"), leads[0])

    def test_open_offers_count_for_whose_turn_it_is(self):
        """One by one as in one batch: ten leads, five offers each."""
        self._route(self.anna | self.boris, delivery="offer", strategy="workload")
        leads = self.env["crm.lead"]
        for _n in range(10):
            leads |= self._lead()
        groups = leads.grouped("offer_user_ids")
        self.assertEqual(
            {user: len(some) for user, some in groups.items()},
            {self.anna: 5, self.boris: 5},
        )

    def test_who_declines_is_not_always_first(self):
        """With the route's setting a declined offer is a turn."""
        route = self._route(
            self.anna | self.boris, delivery="offer", strategy="workload"
        )
        first = self._lead()
        self.assertEqual(first.offer_user_ids, self.anna)
        first.with_user(self.anna).action_decline()
        first.with_user(self.boris).action_decline()
        second = self._lead()
        asked_first = second.offer_user_ids
        second.with_user(asked_first).action_decline()
        second.with_user(second.offer_user_ids).action_decline()
        route.offer_refused_counts = True
        self.anna.lead_max_open = self.boris.lead_max_open = 0
        third = self._lead()
        third.with_user(third.offer_user_ids).action_claim()
        load = {user: user.lead_workload_units for user in (self.anna, self.boris)}
        self.assertEqual(sum(load.values()), 1, "declined offers are no units")
        fourth = self._lead()
        self.assertFalse(fourth.offer_user_ids & third.user_id)

    def test_offer_to_all_of_the_own_listing_only(self):
        """Two leads of two listings in one batch: each is offered to its own people."""
        first = self._listing("A", self.anna)
        second = self._listing("B", self.boris)
        self._route(name="L", pool_source="listing", delivery="offer_all")
        leads = self.env["crm.lead"].create(
            [
                {"name": "A1", "email_from": "a@x.test", "listing_id": first.id},
                {"name": "B1", "email_from": "b@x.test", "listing_id": second.id},
            ]
        )
        self.assertEqual(leads[0].offer_user_ids, self.anna)
        self.assertEqual(leads[1].offer_user_ids, self.boris)

    def test_known_advisor_is_asked_alone_then_all_others(self):
        """Offered to all: a known customer's advisor comes first, then the others."""
        self._customer(self.boris)
        self._route(self.anna | self.boris | self.clara, delivery="offer_all")
        lead = self._lead(email_from="cora@customers.test")
        self.assertEqual(lead.offer_user_ids, self.boris)
        with self.assertRaises(UserError):
            lead.with_user(self.clara).action_claim()
        lead.with_user(self.boris).action_decline()
        self.assertEqual(lead.offer_user_ids, self.anna | self.clara)
        lead.with_user(self.clara).action_claim()
        self.assertEqual(lead.user_id, self.clara)
        states = {row.user_id: row.state for row in self._rows(lead)}
        self.assertEqual(
            states,
            {self.boris: "declined", self.anna: "taken", self.clara: "assigned"},
        )

    def test_claimed_offer_counts_and_is_told_on_the_day_of_the_claim(self):
        """Offered before midnight, claimed after: of the new day, in its digest."""
        self.company.write(
            {
                "lead_distribution_tracking": "digest",
                "lead_distribution_fallback_email": "office@house.test",
            }
        )
        self.company.lead_distribution_digest_date = "2026-03-30"
        self._route(self.anna, delivery="offer", offer_minutes=600)
        offered = datetime(2026, 3, 31, 21)
        with freeze_time(offered):
            lead = self._lead(name="Late one")
        claimed = offered + timedelta(hours=3)
        with freeze_time(claimed):
            lead.with_user(self.anna).action_claim()
        row = self._rows(lead)
        self.assertEqual((row.date, row.date_offered), (claimed, offered))
        with freeze_time(datetime(2026, 4, 2, 6)):
            self.env["lead.distribution.notification"]._send_digests()
        mail = self.env["mail.mail"].search([("email_to", "=", "office@house.test")])
        self.assertIn("Late one", mail[:1].body_html)

    def test_digest_of_the_day_that_has_25_hours(self):
        """When the clocks go back, the digest of that day begins with it, and not an
        hour later."""
        self.company.write(
            {
                "lead_distribution_tracking": "digest",
                "lead_distribution_fallback_email": "office@house.test",
            }
        )
        self.company.lead_distribution_digest_date = "2026-10-24"
        self._route(self.anna)
        for hour, name in ((21, "Saturday's"), (22, "Sunday's first")):
            with freeze_time(datetime(2026, 10, 24, hour, 30)):
                self._lead(name=name)
        with freeze_time(datetime(2026, 10, 26, 6)):
            self.env["lead.distribution.notification"]._send_digests()
        mail = self.env["mail.mail"].search([("email_to", "=", "office@house.test")])
        self.assertIn("Sunday", mail.body_html)
        self.assertNotIn("Saturday", mail.body_html)

    # nobody distributes ------------------------------------------------------

    def test_all_routes_paused(self):
        """What an intake user brings while every route is paused waits in the pool."""
        robo = self._intake_user()
        route = self._route(self.anna)
        route.active = False
        lead = self.env["crm.lead"].with_user(robo).create({"name": "By RPC"}).sudo()
        named = (
            self.env["crm.lead"]
            .with_user(robo)
            .create({"name": "Named", "user_id": robo.id})
            .sudo()
        )
        for each in lead | named:
            self.assertFalse(each.user_id)
            self.assertEqual(each.distribution_state, "pool")
        route.active = True
        lead.with_user(self.manager).action_distribute()
        self.assertEqual(lead.user_id, self.anna)

    def test_contact_of_an_intake_user_counts_as_nobodys(self):
        """Only if the contact has no salesperson: an intake user is none."""
        customer = self._customer(self._intake_user())
        self._route(self.anna, contact_owner_policy="if_empty")
        self._lead(email_from="cora@customers.test")
        self.assertEqual(customer.user_id, self.anna)

    # who is told, reads ------------------------------------------------------

    def _reads(self, user, lead):
        try:
            [found] = lead.with_user(user).read(["name", "phone", "email_from"])
        except AccessError:
            return False
        return found["email_from"] == lead.email_from

    def test_responsible_reads_the_lead(self):
        """Of a listing, or the contact's salesperson: while the call for help stands;
        an intake user is never called."""
        robo = self._intake_user()
        outsider = self._user("outsider")
        listing = self._listing("House", self.anna, user_id=outsider.id)
        self.anna.lead_distribution_paused = True
        self.company.lead_distribution_manager_id = self.boris
        self._route(
            self.anna,
            responsible_type="listing",
            domain="[('listing_id', '!=', False)]",
        )
        self._route(self.anna, responsible_type="contact_owner")
        lead = self._lead(listing_id=listing.id)
        self.assertEqual(lead.activity_ids.user_id, outsider)
        self.assertTrue(self._reads(outsider, lead))
        self.anna.lead_distribution_paused = False
        lead.with_user(self.manager).action_distribute()
        self.assertEqual(lead.user_id, self.anna)
        self.assertFalse(self._reads(outsider, lead))
        self.anna.lead_distribution_paused = True
        self._customer(robo, "robo@customers.test")
        other = self._lead(email_from="robo@customers.test")
        self.assertEqual(other.activity_ids.user_id, self.boris)

    def test_call_for_help_in_the_language_of_who_reads_it(self):
        self.env["res.lang"]._activate_lang("es_ES")
        outsider = self._user("outsider", lang="es_ES")
        self.anna.lead_distribution_paused = True
        route = self._route(self.anna, name="Norte", responsible_id=outsider.id)
        text = self.env._("Nobody found by the route %s", route.name)
        spanish = self.env(context={"lang": "es_ES"})._(
            "Nobody found by the route %s", route.name
        )
        lead = self._lead()
        self.assertIn(lead.activity_ids.summary, (spanish, text))
        self.assertEqual(lead.activity_ids.user_id, outsider)

    def test_customers_salesperson_reads_its_leads_and_no_more(self):
        """A colleague's lead of one's customer is read, not written, while it is."""
        customer = self._customer(self.clara)
        self._route(self.anna, prefer_known=False)
        lead = self._lead(email_from="cora@customers.test")
        self.assertEqual((lead.user_id, lead.partner_id), (self.anna, customer))
        self.assertTrue(self._reads(self.clara, lead))
        with self.assertRaises(AccessError):
            lead.with_user(self.clara).write({"name": "Mine"})
        customer.user_id = self.boris
        self.assertFalse(self._reads(self.clara, lead))

    def test_follower_reads_while_following(self):
        self._route(self.anna)
        lead = self._lead()
        self.assertFalse(self._reads(self.boris, lead))
        lead.message_subscribe(self.boris.partner_id.ids)
        self.assertTrue(self._reads(self.boris, lead))
        lead.message_unsubscribe(self.boris.partner_id.ids)
        self.assertFalse(self._reads(self.boris, lead))

    # tasks -------------------------------------------------------------------

    def test_lead_of_a_colleague_is_opened_from_its_task(self):
        """Whose task is on a colleague's lead finds and opens the lead."""
        self._route(self.anna)
        lead = self._lead(phone="600 111 999")
        mine = {
            model: self.env[model].with_user(self.boris)
            for model in ("crm.lead", "mail.activity")
        }
        self.assertFalse(mine["crm.lead"].search([("id", "=", lead.id)]))
        task = lead.activity_schedule(
            "mail.mail_activity_data_call", user_id=self.boris.id, summary="Call"
        )
        action = mine["mail.activity"].browse(task.id).action_open_document()
        self.assertEqual((action["res_model"], action["res_id"]), ("crm.lead", lead.id))
        self.assertEqual(mine["crm.lead"].search([("id", "=", lead.id)]), lead)
        self.assertTrue(self._reads(self.boris, lead))
        mine["mail.activity"].browse(task.id).action_feedback()
        self.assertFalse(self._reads(self.boris, lead))

    def test_tasks_wait_for_who_gets_the_leads_of_an_archived_salesperson(self):
        """Odoo deletes activities of who is archived; those of their leads wait."""
        route = self._route(self.anna, activity_type_id=self.call.id)
        lead = self._lead()
        route.member_ids.user_id = self.boris
        self.anna.action_archive()
        self.assertFalse(lead.activity_ids.user_id)
        lead.with_user(self.manager).write({"user_id": self.boris.id})
        self.assertEqual(lead.activity_ids.user_id, self.boris)

    def test_another_route_makes_its_own_activity(self):
        """One activity of the route: of another type the first route's is dropped."""
        mail = self.env.ref("mail.mail_activity_data_email")
        first = self._route(self.anna, activity_type_id=self.call.id)
        lead = self._lead()
        first.active = False
        self._route(self.boris, activity_type_id=mail.id)
        self.anna.lead_distribution_paused = True
        lead.with_user(self.manager).action_distribute()
        self.assertEqual(lead.user_id, self.boris)
        self.assertEqual(lead.activity_ids.activity_type_id, mail)
        self.assertEqual(lead.activity_ids.user_id, self.boris)


class AutomationCase(DistributionCase):
    """Automation rules of Odoo that run when leads are saved."""

    def _automation(self, trigger, action, **values):
        if "base.automation" not in self.env:
            self.skipTest("needs base_automation")
        model_id = self.env["ir.model"]._get_id("crm.lead")
        rule = self.env["base.automation"].create(
            {"name": trigger, "model_id": model_id, "trigger": trigger, **values}
        )
        self.env["ir.actions.server"].create(
            {
                "name": trigger,
                "model_id": model_id,
                "base_automation_id": rule.id,
                "usage": "base_automation",
                **action,
            }
        )
        self.env.flush_all()
        return rule


@tagged("post_install", "-at_install")
class TestAutomations(AutomationCase):
    """U11: what an automation distributes of leads that are there: once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = cls.anna | cls.boris | cls.clara
        cls._route(cls.users, strategy="round_robin")

    def test_when_a_filter_holds(self):
        """U11: saved once by its salesperson, distributed once."""
        lead = self._lead()
        self._automation(
            "on_create_or_write",
            {"state": "lead_distribute"},
            filter_domain="[('priority', '=', '1')]",
        )
        lead.with_user(lead.user_id).write({"priority": "1"})
        self.env.flush_all()
        self.assertEqual(len(self._rows(lead)), 2)
        self.assertEqual(sum(self.users.mapped("lead_workload_units")), 2)

    def test_when_a_tag_is_set(self):
        """U11: through the one route that it names; what is changed later moves
        nothing."""
        route = self._route(self.clara, domain="[('id', '=', 0)]")
        tag = self.env["crm.tag"].create({"name": "Urgent"})
        self._automation(
            "on_tag_set",
            {
                "state": "lead_distribute",
                "lead_distribute_through": "route",
                "lead_distribution_route_id": route.id,
            },
            trg_field_ref=tag.id,
        )
        lead = self._lead()
        self.assertEqual(lead.user_id, self.anna)
        lead.with_user(self.anna).write({"tag_ids": [Command.link(tag.id)]})
        self.env.flush_all()
        self.assertEqual(lead.user_id, self.clara)
        lead.with_user(self.clara).write({"city": "Gdynia"})
        self.env.flush_all()
        self.assertEqual(len(self._rows(lead)), 2)

    def test_when_a_stage_is_set(self):
        """U11: through all routes."""
        stage = self.env["crm.stage"].search([], order="sequence")[1]
        self._automation(
            "on_stage_set", {"state": "lead_distribute"}, trg_field_ref=stage.id
        )
        lead = self._lead(type="opportunity")
        self.assertEqual(lead.user_id, self.anna)
        lead.with_user(self.anna).stage_id = stage
        self.env.flush_all()
        self.assertEqual(lead.user_id, self.boris)
        self.assertEqual(len(self._rows(lead)), 2)

    def test_when_a_salesperson_is_set(self):
        """B8: other people's automations hear of leads that we give to somebody."""
        self._automation(
            "on_user_set",
            {"state": "object_write", "update_path": "referred", "value": "told"},
        )
        self.assertEqual(self._lead().referred, "told")

    def test_merged_by_hand(self):
        """B8: Odoo's own merge where automations look on, with the rights of a sales
        manager."""
        self._automation(
            "on_create_or_write",
            {"state": "object_write", "update_path": "referred", "value": "seen"},
        )
        leads = self._lead(2, user_id=self.anna.id, type="opportunity")
        wizard = (
            self.env["crm.merge.opportunity"]
            .with_user(self.manager)
            .create(
                {
                    "opportunity_ids": [Command.set(leads.ids)],
                    "user_id": self.anna.id,
                }
            )
        )
        wizard.action_merge()
        self.assertEqual(leads.exists().user_id, self.anna)
        self.assertEqual(len(leads.exists()), 1)


@tagged("post_install", "-at_install")
class TestOneTransaction(AutomationCase):
    """What other code decides in the transaction that distributed."""

    one_transaction = True

    def test_distributing_on_save_is_done_once(self):
        """An automation that distributes what is saved, a new lead: one decision."""
        self._route(self.anna | self.boris | self.clara, strategy="round_robin")
        self._automation("on_create_or_write", {"state": "lead_distribute"})
        lead = self._lead()
        self.env.flush_all()
        self.assertEqual(len(self._rows(lead)), 1)
        users = self.anna | self.boris | self.clara
        self.assertEqual(sum(users.mapped("lead_workload_units")), 1)

    def test_owner_of_an_automation_alone_pays(self):
        """ "On create: salesperson = Clara" wins, and nobody else pays for it."""
        customer = self.env["res.partner"].create(
            {"name": "Cora", "email": "cora@customers.test"}
        )
        self._route(
            self.anna | self.boris,
            activity_type_id=self.call.id,
            contact_owner_policy="if_empty",
        )
        self._automation(
            "on_create",
            {
                "state": "object_write",
                "update_path": "user_id",
                "resource_ref": f"res.users,{self.clara.id}",
            },
        )
        lead = self._lead(email_from="cora@customers.test")
        self.env.flush_all()
        self.assertEqual(lead.user_id, self.clara)
        self.assertFalse(sum((self.anna | self.boris).mapped("lead_workload_units")))
        self.assertEqual(self.clara.lead_workload_units, 1)
        self.assertEqual(lead.activity_ids.user_id, self.clara)
        self.assertEqual(len(lead.activity_ids), 1)
        self.assertEqual(customer.user_id, self.clara)
        former = (self.anna | self.boris).partner_id
        self.assertFalse(lead.message_partner_ids & former)

from datetime import timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form
from odoo.tests.common import tagged

from ..tools.periods import company_today
from .common import DistributionCase

UNLINK = "lead_distribution.group_unlink_customer"


@tagged("post_install", "-at_install")
class TestCustomer(DistributionCase):
    """Leads and their customers: linked, made, unlinked, tied to another."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.route = cls._route(cls.anna)
        cls.allowed = cls._user("allowed", f"sales_team.group_sale_salesman,{UNLINK}")
        cls.zoe = cls.env["res.partner"].create(
            {"name": "Zoë Łukaszewska", "phone": "+48 601 100 200"}
        )

    def _wizard(self, lead, user=None):
        lead = lead.with_user(user or self.anna)
        action = lead.action_ask_customer()
        Wizard = self.env["lead.distribution.customer"].with_user(user or self.anna)
        return Wizard.browse(action["res_id"])

    def _told(self, user):
        return self.env["mail.message"].search(
            [
                ("model", "=", "res.partner"),
                ("subject", "like", "Another lead of your customer"),
                ("notified_partner_ids", "in", user.partner_id.ids),
            ]
        )

    def _status(self, lead):
        return (lead.partner_id, lead.intake_status, lead.user_id)

    # V6 --------------------------------------------------------------------

    def test_matches(self):
        """V6: by phone and email in any notation, and by the words of the name,
        accents and order aside; best first, what matched is marked."""
        named = self.env["res.partner"].create({"name": "lukaszewska ZOE"})
        mailed = self.env["res.partner"].create(
            {"name": "Somebody Else", "email": "Zoe@Mail.test"}
        )
        other = self.env["res.partner"].create({"name": "Zofia Nowak"})
        lead = self._lead(contact_name="Anybody", email_from=False, phone="1")
        self.assertFalse(
            self.env["lead.distribution.customer.link"]._customer_matches(lead)
        )
        lead.with_user(self.anna).write(
            {
                "contact_name": "Łukaszewska Zoe",
                "email_from": "zoe@mail.TEST",
                "phone": "0048-601100200",
            }
        )
        wizard = self._wizard(lead)
        lines = wizard.line_ids.sorted()
        self.assertEqual([line.partner_id for line in lines], [self.zoe, mailed, named])
        self.assertEqual([line.by for line in lines], ["phone,name", "email", "name"])
        self.assertNotIn(other, lines.partner_id)
        self.assertIn("<mark>+48 601 100 200</mark>", lines[0].matched)
        self.assertIn("<mark>Zoe@Mail.test</mark>", lines[1].matched)
        self.assertNotIn("<mark>Somebody", lines[1].matched)
        self.assertGreater(lines[0].score, lines[1].score)

    def test_matches_of_ones_company(self):
        """V6: nobody sees another company's customers."""
        self.zoe.company_id = self.company_2
        lead = self._lead(phone="601100200", contact_name="Zoe Lukaszewska")
        self.assertFalse(self._wizard(lead).line_ids)

    # V7 --------------------------------------------------------------------

    def test_link(self):
        """V7: Linked, the salesperson stays, the customer's one is told if wanted;
        own documents only."""
        lead = self._lead()
        self.zoe.user_id = self.boris
        self.assertEqual(lead.user_id, self.anna)
        mine = lead.with_user(self.anna)
        self.assertTrue(mine.action_link_customer(self.zoe.id))
        self.assertEqual(self._status(lead), (self.zoe, "linked", self.anna))
        self.assertIn(lead, self.zoe.related_lead_ids)
        self.assertEqual(self.zoe.related_lead_count, 1)
        self.assertEqual(self.zoe.user_id, self.boris)
        self.assertIn("linked the lead", lead.message_ids[0].body)
        self.assertIn(lead.name, self.zoe.message_ids[0].body)
        self.assertFalse(self._told(self.boris))
        second = self._lead()
        wizard = self._wizard(second)
        wizard.other_id = self.zoe
        wizard.action_select_other()
        self.assertEqual(second.partner_id, self.zoe)
        self.assertIn(second.name, self._told(self.boris).body)

    def test_link_keeps_what_the_inquiry_says(self):
        """V7: on the lead and off the customer."""
        lead = self._lead(phone="+48 777 777 777", contact_name="Z. L.")
        email = lead.email_from
        lead.with_user(self.anna).action_link_customer(self.zoe)
        self.assertEqual(lead.phone, "+48 777 777 777")
        self.assertEqual((lead.email_from, lead.contact_name), (email, "Z. L."))
        self.assertFalse(self.zoe.email)
        self.assertEqual(self.zoe.phone, "+48 601 100 200")

    def test_link_refused(self):
        """V7: a lead has one customer; who comes too late is told who did it."""
        lead = self._lead()
        other = self.env["res.partner"].create({"name": "Other"})
        lead.with_user(self.anna).action_link_customer(self.zoe.id)
        self.assertTrue(lead.with_user(self.anna).action_link_customer(self.zoe.id))
        for action in (
            lambda: lead.with_user(self.manager).action_link_customer(other.id),
            lambda: lead.with_user(self.manager).action_convert_customer(),
        ):
            with self.assertRaisesRegex(
                UserError, "Anna has already linked the lead to"
            ):
                action()
        with self.assertRaises(AccessError):
            lead.with_user(self.boris).action_link_customer(self.zoe.id)
        for nobody in (False, 0, 10**9, "x"):
            with self.assertRaises(UserError):
                self._lead().with_user(self.anna).action_link_customer(nobody)

    # V8 V9 -----------------------------------------------------------------

    def test_convert(self):
        """V8 V9: the customer has what the lead says; a call for today."""
        listing = self.env["lead.distribution.listing"].create({"name": "House"})
        purpose = self.env["lead.distribution.consent.purpose"].create({"name": "Call"})
        lead = self._lead(
            contact_name="Max Mustermann",
            partner_name="Muster Ltd",
            phone="+48 602 300 400",
            description="Wants a garden",
            source_id=self.source.id,
            listing_id=listing.id,
            consent_purpose_ids=[(6, 0, purpose.ids)],
        )
        customer_id = lead.with_user(self.anna).action_convert_customer()
        customer = self.env["res.partner"].browse(customer_id)
        self.assertEqual(self._status(lead), (customer, "converted", self.anna))
        self.assertRecordValues(
            customer,
            [
                {
                    "name": "Max Mustermann",
                    "phone": "+48 602 300 400",
                    "email": lead.email_from,
                    "user_id": self.anna.id,
                    "lead_source_id": self.source.id,
                    "lead_listing_id": listing.id,
                    "lead_consent_purpose_ids": purpose.ids,
                }
            ],
        )
        self.assertEqual(customer.parent_id.name, "Muster Ltd")
        self.assertIn("Wants a garden", customer.comment)
        call = lead.customer_activity_id
        self.assertEqual((call.user_id, call.res_id), (self.anna, customer.id))
        self.assertEqual(call.date_deadline, company_today(self.company))
        again = self._lead()
        again.with_user(self.anna).action_link_customer(customer.id)
        self.assertEqual(customer.related_lead_count, 2)

    def test_convert_with_other_values(self):
        """V8: what the form says goes before what the lead says."""
        lead = self._lead(contact_name="Max", phone="+48 602 300 400")
        wizard = self._wizard(lead)
        self.assertEqual(
            (wizard.contact_name, wizard.phone), ("Max", "+48 602 300 400")
        )
        wizard.write({"contact_name": "Maximilian", "city": "Berlin"})
        wizard.action_create()
        self.assertEqual(
            (lead.partner_id.name, lead.partner_id.city), ("Maximilian", "Berlin")
        )
        self.assertEqual(lead.intake_status, "converted")
        customer = (
            self._lead()
            .with_user(self.anna)
            .action_convert_customer({"name": "By a script", "phone": "+48 1"})
        )
        self.assertEqual(self.env["res.partner"].browse(customer).name, "By a script")
        with self.assertRaisesRegex(UserError, "no field"):
            self._lead().with_user(self.anna).action_convert_customer({"x_nope": 1})

    def test_convert_refused_without_email_and_phone(self):
        """V8"""
        lead = self._lead(email_from=False, contact_name="Max")
        with self.assertRaisesRegex(UserError, "email address or a phone"):
            lead.with_user(self.anna).action_convert_customer()
        with self.assertRaisesRegex(UserError, "email address or a phone"):
            self._wizard(lead).action_create()
        self.assertEqual(self._status(lead)[1], "new")
        lead.with_user(self.anna).action_convert_customer({"email": "m@m.test"})
        self.assertEqual(lead.partner_id.email, "m@m.test")

    def test_no_call(self):
        """V9: without a phone, or switched off: none."""
        lead = self._lead()
        lead.with_user(self.anna).action_convert_customer()
        self.assertFalse(lead.customer_activity_id)
        self.company.lead_customer_call = False
        lead = self._lead(phone="+48 602 300 400")
        lead.with_user(self.anna).action_convert_customer()
        self.assertFalse(lead.partner_id.activity_ids)

    def test_core_converts_alike(self):
        """V5 V9: Odoo's own conversion ends in the same state."""
        lead = self._lead(contact_name="Core Customer", phone="+48 602 300 401")
        wizard = (
            self.env["crm.lead2opportunity.partner"]
            .with_user(self.anna)
            .with_context(active_model="crm.lead", active_ids=lead.ids)
            .create({"lead_id": lead.id, "name": "convert", "action": "create"})
        )
        wizard.action_apply()
        self.assertEqual(lead.intake_status, "converted")
        self.assertTrue(lead.date_customer)
        self.assertEqual(lead.customer_activity_id.res_id, lead.partner_id.id)
        self.assertEqual(lead.type, "opportunity")

    # V13 -------------------------------------------------------------------

    def _linked(self, **values):
        lead = self._lead(**values)
        lead.with_user(self.anna).action_link_customer(self.zoe.id)
        lead.user_id = self.allowed
        return lead

    def test_unlink(self):
        """V13: new again, off the customer, told on both; the salesperson stays."""
        lead = self._linked()
        self.assertEqual(lead.phone, self.zoe.phone)
        self.assertTrue(
            lead.with_user(self.allowed).action_unlink_customer(reason="Wrong Zoe")
        )
        self.assertEqual(
            self._status(lead), (self.env["res.partner"], "new", self.allowed)
        )
        self.assertFalse(
            lead.phone, "the wrong customer's number stays with the customer"
        )
        self.assertTrue(lead.email_from)
        self.assertFalse(lead.date_customer)
        self.assertNotIn(lead, self.zoe.related_lead_ids)
        for record in (lead, self.zoe):
            self.assertIn("Wrong Zoe", record.message_ids[0].body)
            self.assertIn("Allowed unlinked the lead", record.message_ids[0].body)
        late = self._user("late", f"sales_team.group_sale_manager,{UNLINK}")
        with self.assertRaisesRegex(UserError, "Allowed has already unlinked"):
            lead.with_user(late).action_unlink_customer()

    def test_unlink_takes_back(self):
        """V13: the call, the contact's salesperson (O15), having been an advisor."""
        self.route.contact_owner_policy = "always"
        self.zoe.write({"email": "zoe@l.test", "user_id": self.boris.id})
        self.boris.lead_distribution_paused = True
        lead = self._lead(email_from="zoe@l.test")
        self.assertEqual((lead.partner_id, lead.user_id), (self.zoe, self.anna))
        self.assertEqual(self.zoe.user_id, self.anna)
        self.assertIn(
            self.anna.id,
            self.env["lead.distribution.identity"]._former_advisors(
                self.company, self.zoe.ids
            )[self.zoe.id],
        )
        self.anna.group_ids |= self.env.ref(UNLINK)
        wizard = self._wizard(lead)
        self.assertIn("from Anna to Boris", wizard.preview)
        wizard.action_unlink()
        self.assertEqual(self.zoe.user_id, self.boris)
        self.assertFalse(
            self.env["lead.distribution.identity"]._former_advisors(
                self.company, self.zoe.ids
            )
        )
        self.assertEqual(lead.user_id, self.anna)
        # it is not recognised again
        self.env["lead.distribution"]._distribute(lead, "button")
        self.assertFalse(lead.partner_id)

    def test_unlink_keeps_an_owner_somebody_else_set(self):
        """V13: what was changed since stays."""
        self.route.contact_owner_policy = "always"
        self.zoe.email = "zoe@l.test"
        lead = self._lead(email_from="zoe@l.test")
        self.assertEqual(self.zoe.user_id, self.anna)
        self.zoe.user_id = self.clara
        lead.user_id = self.allowed
        lead.with_user(self.allowed).action_unlink_customer()
        self.assertEqual(self.zoe.user_id, self.clara)

    def test_unlink_cancels_the_call(self):
        """V13 V9: and the customer made from it stays."""
        lead = self._lead(phone="+48 602 300 400", contact_name="Max")
        lead.with_user(self.anna).action_convert_customer()
        customer, call = lead.partner_id, lead.customer_activity_id
        self.assertTrue(call)
        lead.user_id = self.allowed
        wizard = self._wizard(lead, self.allowed)
        self.assertIn("Call the new customer", wizard.preview)
        wizard.action_unlink()
        self.assertFalse(call.exists())
        self.assertTrue(customer.exists())
        self.assertEqual(lead.phone, "+48 602 300 400")

    def test_relink_in_the_same_step(self):
        """V13: to another customer, or to a new one."""
        lead = self._linked(contact_name="Max")
        right = self.env["res.partner"].create(
            {"name": "Right", "email": lead.email_from}
        )
        wizard = self._wizard(lead, self.allowed)
        self.assertFalse(wizard.phone, "the wrong customer's number is no prefill")
        self.assertEqual(wizard.line_ids.partner_id, right)
        wizard.line_ids.action_select()
        self.assertEqual(self._status(lead), (right, "linked", self.allowed))
        wizard = self._wizard(lead, self.allowed)
        wizard.contact_name = "Newcomer"
        wizard.action_create()
        self.assertEqual(lead.partner_id.name, "Newcomer")
        self.assertEqual(lead.intake_status, "converted")
        self.assertIn("from this customer", right.message_ids[0].body)

    def test_unlink_and_distribute_again(self):
        """V13: the units follow; the right customer's salesperson comes first."""
        lead = self._lead()
        lead.with_user(self.anna).action_link_customer(self.zoe.id)
        self.anna.group_ids |= self.env.ref(UNLINK)
        self.route.member_ids = [(0, 0, {"user_id": self.boris.id})]
        right = self.env["res.partner"].create(
            {"name": "Right", "user_id": self.boris.id}
        )
        wizard = self._wizard(lead)
        wizard.write({"redistribute": "again", "other_id": right.id})
        wizard.action_select_other()
        self.assertEqual(self._status(lead), (right, "linked", self.boris))
        rows = self._rows(lead)
        self.assertEqual(rows.mapped("state"), ["undone", "assigned"])
        self.assertEqual(rows[-1].reason, "known_advisor")
        users = self.anna | self.boris
        self.assertEqual(users.mapped("lead_workload_units"), [0, 1])

    def test_nobody_without_the_permission(self):
        """V13: not by button, form, kanban, RPC, file, merge; managers neither."""
        lead = self._linked(type="opportunity")
        other = self.env["res.partner"].create({"name": "Other"})
        lead.user_id = self.anna
        for user in (self.anna, self.manager):
            mine = lead.with_user(user)
            for way in (
                lambda mine=mine: mine.action_unlink_customer(),
                lambda mine=mine: mine.action_ask_customer(),
                lambda mine=mine: mine.write({"partner_id": False}),
                lambda mine=mine: mine.write({"partner_id": other.id}),
                lambda mine=mine: mine.web_save({"partner_id": other.id}, {}),
                lambda mine=mine: mine.partner_id.write(
                    {"related_lead_ids": [(3, lead.id)]}
                ),
                lambda mine=mine: mine.partner_id.write({"opportunity_ids": [(5,)]}),
            ):
                with self.assertRaises(AccessError), self.env.cr.savepoint():
                    way()
            self.env.flush_all()
            external = lead.sudo().export_data(["id"])["datas"][0][0]
            result = mine.load(["id", "partner_id"], [[external, "Other"]])
            self.assertFalse(result["ids"], result)
            self.assertIn("permission", str(result["messages"]))
        stranger = self._lead(type="opportunity", user_id=self.anna.id)
        stranger.with_user(self.anna).action_link_customer(other.id)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            (lead | stranger).with_user(self.manager).merge_opportunity()
        self.assertEqual(lead.partner_id, self.zoe)

    def test_contact_of_the_same_company_is_no_other_customer(self):
        """V13: another person of the customer's company needs no permission."""
        house = self.env["res.partner"].create({"name": "House", "is_company": True})
        one, two = self.env["res.partner"].create(
            [{"name": name, "parent_id": house.id} for name in ("One", "Two")]
        )
        lead = self._lead()
        lead.with_user(self.anna).action_link_customer(one)
        lead.with_user(self.anna).partner_id = two
        self.assertEqual(lead.partner_id, two)

    def test_written_with_the_permission(self):
        """V13: writing another customer is unlinking and linking, told on both."""
        lead = self._lead(phone="+48 602 300 400")
        lead.with_user(self.anna).action_convert_customer()
        wrong, call = lead.partner_id, lead.customer_activity_id
        lead.user_id = self.allowed
        lead.with_user(self.allowed).partner_id = self.zoe
        self.assertEqual(self._status(lead), (self.zoe, "linked", self.allowed))
        self.assertFalse(call.exists())
        self.assertIn("from this customer", wrong.message_ids[0].body)
        self.assertIn("to this customer", self.zoe.message_ids[0].body)
        lead.with_user(self.allowed).partner_id = False
        self.assertEqual(lead.intake_status, "new")

    def test_no_way_round_the_permission(self):
        """V13: not by removing the lead first, by giving the contact another company,
        by deleting the customer, or by merging into a lead that nobody tied."""
        lead = self._linked(type="opportunity")
        lead.user_id = self.anna
        mine = lead.with_user(self.anna)
        mine.action_remove(self.env["lead.distribution.removal.reason"].search([])[0])
        for value in (False, self.anna.partner_id.id):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                mine.write({"partner_id": value})
        mine.action_restore()
        self._run_cron()
        self.assertEqual(self._status(lead), (self.zoe, "linked", self.anna))
        house = self.env["res.partner"].create({"name": "House", "is_company": True})
        self.zoe.with_user(self.anna).parent_id = house
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            mine.partner_id = house
        self.zoe.parent_id = False
        cleaner = self._user(
            "cleaner", "sales_team.group_sale_manager,base.group_partner_manager"
        )
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.zoe.with_user(cleaner).unlink()
        free = self._lead(type="opportunity", user_id=self.anna.id)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET partner_id = %s WHERE id = %s", [house.id, free.id]
        )
        self.env.invalidate_all()
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            (lead | free).with_user(self.anna).merge_opportunity()
        self.zoe.unlink()
        self.assertEqual(lead.intake_status, "new")

    def test_unlink_keeps_the_names(self):
        """V13: what the inquiry says stays on the lead, also the names."""
        lead = self._linked(contact_name="Max", partner_name="Max Ltd")
        lead.with_user(self.allowed).action_unlink_customer()
        self.assertEqual((lead.contact_name, lead.partner_name), ("Max", "Max Ltd"))

    def test_unlink_of_one_set_by_hand(self):
        """V13: what the wrong customer filled in goes, however it was set."""
        lead = self._lead(user_id=self.allowed.id, contact_name="Max")
        mine = lead.with_user(self.allowed)
        mine.partner_id = self.zoe
        self.assertEqual(lead.phone, self.zoe.phone)
        mine.action_unlink_customer()
        self.assertFalse(lead.phone)

    def test_closed_lead_is_not_distributed_again(self):
        """V13: unlinked, yes."""
        lead = self._linked(type="opportunity")
        mine = lead.with_user(self.allowed)
        mine.action_set_won()
        with self.assertRaisesRegex(UserError, "is closed"), self.env.cr.savepoint():
            mine.action_unlink_customer(redistribute=True)
        mine.action_unlink_customer()
        self.assertEqual(lead.user_id, self.allowed)

    def test_companies_and_bad_input(self):
        """V7 V8: another company's customer; fields that are none."""
        both = self._user(
            "both",
            f"sales_team.group_sale_salesman_all_leads,{UNLINK}",
            company_ids=[(6, 0, (self.company | self.company_2).ids)],
        )
        theirs = self.env["res.partner"].create(
            {"name": "Theirs", "company_id": self.company_2.id}
        )
        lead = self._lead()
        mine = lead.with_user(both).with_context(
            allowed_company_ids=(self.company | self.company_2).ids
        )
        with self.assertRaisesRegex(UserError, "another company"):
            mine.action_link_customer(theirs.id)
        for values in ("x", 7, ["name"]):
            with self.assertRaises(UserError):
                mine.action_convert_customer(values)

    def test_preview_is_for_who_may_unlink(self):
        """V13: nor can a wizard made by a call be read by others."""
        lead = self._linked()
        Wizard = self.env["lead.distribution.customer"]
        with self.assertRaises(AccessError):
            Wizard.with_user(self.boris).create({"lead_id": lead.id})
        own = self._lead()
        own.with_user(self.anna).action_link_customer(self.zoe.id)
        wizard = Wizard.with_user(self.anna).create(
            {"lead_id": own.id, "customer_id": self.zoe.id}
        )
        self.assertFalse(wizard.preview)

    def test_nearest_name_first(self):
        """V6: an exact name is listed, however many longer ones there are."""
        self.env["res.partner"].create(
            [{"name": f"Juan Garcia Number{n}"} for n in range(25)]
        )
        exact = self.env["res.partner"].create({"name": "Garcia, Juan"})
        lead = self._lead(contact_name="Juan Garcia")
        self.assertEqual(self._wizard(lead).line_ids[0].partner_id, exact)

    def test_no_other_group_gives_it(self):
        """V13"""
        group = self.env.ref(UNLINK)
        self.assertFalse(group.implied_by_ids)
        self.assertFalse(self.manager.has_group(UNLINK))

    def test_form_asks(self):
        """V6: the button's wizard, as the web client makes it."""
        self.zoe.active = False
        lead = self._lead(phone="601100200")
        with Form(self._wizard(lead)) as form:
            self.assertEqual(form.phone, "601100200")
            form.contact_name = "By Form"
            form.email_from = "form@form.test"
        form.record.action_create()
        self.assertEqual(lead.partner_id.name, "By Form")


@tagged("post_install", "-at_install")
class TestTimes(DistributionCase):
    """V11: how long it took."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._route(cls.anna)
        cls.company.resource_calendar_id = cls.env["resource.calendar"].create(
            {
                "name": "Nine to five",
                "tz": "UTC",
                "attendance_ids": [(5, 0, 0)]
                + [
                    (
                        0,
                        0,
                        {
                            "name": str(day),
                            "dayofweek": str(day),
                            "hour_from": 9,
                            "hour_to": 17,
                            "day_period": "full_day",
                        },
                    )
                    for day in range(5)
                ],
            }
        )

    def _created(self, moment):
        lead = self._lead(phone="+48 602 300 400", contact_name="Max")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET create_date = %s WHERE id = %s", [moment, lead.id]
        )
        self.env.invalidate_all()
        return lead

    def test_minutes(self):
        """V11: to the customer, and from there to the first call, email, meeting, in
        minutes and in working minutes; the first one counts."""
        lead = self._created("2025-09-05 16:30:20")  # a Friday
        mine = lead.with_user(self.anna)
        with freeze_time("2025-09-08 09:10:20"):
            mine.action_convert_customer()
        self.assertEqual(str(lead.date_customer), "2025-09-08 09:10:20")
        self.assertEqual(lead.minutes_to_customer, 2 * 24 * 60 + 16 * 60 + 40)
        self.assertEqual(lead.work_minutes_to_customer, 30 + 10)
        with freeze_time("2025-09-08 10:00:20"):
            lead.customer_activity_id.with_user(self.anna).action_done()
        self.env.invalidate_all()
        self.assertEqual((lead.minutes_to_call, lead.work_minutes_to_call), (50, 50))
        call = lead.with_user(self.anna).activity_schedule(
            "mail.mail_activity_data_call", user_id=self.anna.id
        )
        with freeze_time("2025-09-08 11:00:20"):
            call.action_done()
        self.env.invalidate_all()
        self.assertEqual(lead.minutes_to_call, 50)
        with freeze_time("2025-09-08 18:00:20"):
            mine.message_post(
                body="Hello",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                partner_ids=lead.partner_id.ids,
            )
        self.env.invalidate_all()
        self.assertEqual(lead.minutes_to_email, 8 * 60 + 50)
        self.assertEqual(lead.work_minutes_to_email, 7 * 60 + 49)
        self.assertFalse(lead.date_first_meeting)

    def test_before_the_customer_nothing_counts(self):
        """V11: from the customer on."""
        lead = self._lead(phone="+48 602 300 400", contact_name="Max")
        call = lead.with_user(self.anna).activity_schedule(
            "mail.mail_activity_data_call", user_id=self.anna.id
        )
        call.action_done()
        self.env.invalidate_all()
        self.assertFalse(lead.date_first_call)
        self.assertFalse(lead.date_customer)

    def test_meeting(self):
        """V11: a meeting is held when its end has passed."""
        lead = self._lead(phone="+48 602 300 400", contact_name="Max")
        lead.with_user(self.anna).action_convert_customer()
        start = lead.date_customer + timedelta(hours=1)
        self.env["calendar.event"].with_user(self.anna).create(
            {
                "name": "Visit",
                "start": start,
                "stop": start + timedelta(hours=1),
                "opportunity_id": lead.id,
            }
        )
        self.env["lead.distribution.follow.up"]._hold_meetings()
        self.env.invalidate_all()
        self.assertFalse(lead.date_first_meeting)
        with freeze_time(start + timedelta(hours=2)):
            self.env["lead.distribution.follow.up"]._hold_meetings()
        self.env.invalidate_all()
        self.assertEqual(lead.minutes_to_meeting, 120)

    def test_recognised_at_once(self):
        """V11: a known customer is one from the first minute."""
        self.env["res.partner"].create({"name": "Zoe", "email": "zoe@known.test"})
        lead = self._lead(email_from="zoe@known.test")
        self.assertTrue(lead.date_customer)
        self.assertEqual(lead.minutes_to_customer, 0)


@tagged("post_install", "-at_install")
class TestEffectiveness(DistributionCase):
    """V12: figures that a count by SQL agrees with."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dan = cls._user("dan", company_id=cls.company_2.id)
        cls._route(cls.anna)
        cls._route(cls.dan, company_id=cls.company_2.id)
        cls.won = cls.env["crm.stage"].search([("is_won", "=", True)], limit=1)
        cls.reason = cls.env["lead.distribution.removal.reason"].search([], limit=1)

    def _some(self, company, user):
        sources = self.source | self.env["utm.source"].create({"name": company.name})
        leads = self.env["crm.lead"]
        for number in range(12):
            leads |= self._lead(
                company_id=company.id,
                source_id=sources[number % 2].id,
                expected_revenue=100 * number,
                contact_name=f"Person {number}",
                type="opportunity",
            )
        leads[0].with_user(user).action_remove(self.reason.id)
        for lead in leads[1:5]:
            lead.with_user(user).action_convert_customer()
        customer = leads[1].partner_id
        for lead in leads[5:7]:
            lead.with_user(user).action_link_customer(customer.id)
        for lead in leads[3:6]:
            lead.with_user(user).action_set_won()
        leads[7].with_user(user).action_set_lost()
        self.env.flush_all()
        moments = ("2025-08-31 21:30:00", "2025-08-31 22:30:00", "2025-09-01 05:30:00")
        for number, lead in enumerate(leads):
            self.env.cr.execute(
                "UPDATE crm_lead SET create_date = %s WHERE id = %s",
                [moments[number % 3], lead.id],
            )
        self.env.invalidate_all()
        return leads

    def test_figures(self):
        """V12: by source, by source and month in the company's time zone, in detail;
        two companies, three time zones; lost ones count as received."""
        self.company.lead_distribution_tz = "Europe/Warsaw"
        self.company_2.lead_distribution_tz = "America/Mexico_City"
        all_leads = self._some(self.company, self.anna) | self._some(
            self.company_2, self.dan
        )
        Report = self.env["lead.distribution.effectiveness"]
        domain = [("lead_id", "in", all_leads.ids)]
        for zone in ("UTC", "Asia/Tokyo", "America/Los_Angeles"):
            report = Report.with_context(tz=zone)
            found = {
                (company.id, source.id, month): rest
                for company, source, month, *rest in report._read_group(
                    domain,
                    ["company_id", "source_id", "month:month"],
                    ["__count", "received:sum", "linked:sum", "converted:sum"]
                    + ["removed:sum", "won:sum", "revenue:sum", "won_percent:avg"],
                )
            }
            self.env.cr.execute(
                """SELECT l.company_id, l.source_id,
                          date_trunc('month', l.create_date AT TIME ZONE 'UTC'
                              AT TIME ZONE c.lead_distribution_tz)::date,
                          count(*),
                          count(*) FILTER (WHERE l.intake_status != 'removed'),
                          count(*) FILTER (WHERE l.intake_status = 'linked'),
                          count(*) FILTER (WHERE l.intake_status = 'converted'),
                          count(*) FILTER (WHERE l.intake_status = 'removed'),
                          count(*) FILTER (WHERE l.won_status = 'won'),
                          COALESCE(sum(l.expected_revenue)
                              FILTER (WHERE l.won_status = 'won'), 0),
                          100.0 * count(*) FILTER (WHERE l.won_status = 'won')
                              / NULLIF(count(*) FILTER (
                                  WHERE l.intake_status != 'removed'), 0)
                     FROM crm_lead l JOIN res_company c ON c.id = l.company_id
                    WHERE l.id = ANY(%s)
                    GROUP BY 1, 2, 3""",
                [all_leads.ids],
            )
            counted = {tuple(row[:3]): row[3:] for row in self.env.cr.fetchall()}
            self.assertEqual(set(found), set(counted))
            months = {key[2].isoformat() for key in found}
            self.assertEqual(months, {"2025-08-01", "2025-09-01"})
            for key, numbers in counted.items():
                for mine, plain in zip(found[key], numbers, strict=True):
                    self.assertAlmostEqual(float(mine or 0), float(plain or 0), 4)

    def test_rights(self):
        """V12: own documents only; companies apart; managers see theirs."""
        leads = self._some(self.company, self.anna)
        theirs = self._some(self.company_2, self.dan)
        leads[8:10].user_id = self.boris
        Report = self.env["lead.distribution.effectiveness"]

        def seen(user):
            return (
                Report.with_user(user)
                .search([("lead_id", "in", (leads | theirs).ids)])
                .lead_id
            )

        self.assertEqual(seen(self.boris), leads[8:10])
        self.assertEqual(seen(self.manager), leads.with_context(active_test=False))
        self.assertEqual(set(seen(self.dan).ids), set(theirs.filtered("user_id").ids))

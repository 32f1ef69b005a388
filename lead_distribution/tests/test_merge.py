from datetime import datetime, timedelta

from odoo import fields
from odoo.tests.common import tagged

from .common import DistributionCase


@tagged("post_install", "-at_install")
class TestMerge(DistributionCase):
    """V10: merged by the schedule, and nothing is lost."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.route = cls._route(cls.anna | cls.boris)
        cls.company.lead_duplicate_policy = "merge"
        cls.listing = cls.env["lead.distribution.listing"].create({"name": "Flat"})
        cls.purpose = cls.env["lead.distribution.consent.purpose"].create(
            {"name": "Calls"}
        )

    def _merge(self):
        self._run_cron("ir_cron_merge_duplicates")

    def _related(self, leads):
        """Rows of every model that point to these leads, by introspection of the
        database's own foreign keys and of every (model, id) pair of fields."""
        found = {}
        for name, model in self.env.registry.items():
            if model._abstract or model._transient or not model._auto:
                continue
            Model = self.env[name].sudo().with_context(active_test=False)
            for field in model._fields.values():
                if not field.store:
                    continue
                if field.type == "many2one" and field.comodel_name == "crm.lead":
                    domain = [(field.name, "in", leads.ids)]
                elif field.type == "many2one_reference":
                    if not Model._fields[field.model_field]._description_searchable:
                        continue
                    domain = [
                        (field.name, "in", leads.ids),
                        (field.model_field, "=", "crm.lead"),
                    ]
                elif field.type == "many2many" and field.comodel_name == "crm.lead":
                    domain = [(field.name, "in", leads.ids)]
                else:
                    continue
                count = Model.search_count(domain)
                if count:
                    found[name, field.name] = count
        return found

    def _laden(self, **values):
        """A lead with one of everything that can hang on a lead."""
        lead = self._lead(
            email_from="a@person.test",
            source_id=self.source.id,
            consent_purpose_ids=[(6, 0, self.purpose.ids)],
            **values,
        )
        lead.message_post(body="A note", message_type="comment")
        lead.message_subscribe(
            self.env["res.partner"].create({"name": "Who follows"}).ids
        )
        self.env["ir.attachment"].create(
            {"name": "plan.pdf", "res_model": "crm.lead", "res_id": lead.id}
        )
        lead.activity_schedule("mail.mail_activity_data_call", user_id=self.anna.id)
        done = lead.activity_schedule("mail.mail_activity_data_call")
        done.action_feedback("reached")
        for active in (True, False):
            self.env["calendar.event"].create(
                {
                    "name": "Visit",
                    "active": active,
                    "start": datetime(2030, 1, 1, 10),
                    "stop": datetime(2030, 1, 1, 11),
                    "opportunity_id": lead.id,
                    "res_model_id": self.env["ir.model"]._get_id("crm.lead"),
                    "res_id": lead.id,
                }
            )
        lead.tag_ids = self.env["crm.tag"].create({"name": f"Tag of {lead.id}"})
        return lead

    def test_nothing_is_lost(self):
        """V10: counts of every related model before and after."""
        master = self._laden(name="First", listing_id=self.listing.id)
        duplicates = self._laden(
            name="Second",
            listing_id=self.listing.id,
            external_ref="P-2",
            description="<p>Second text</p>",
            phone="22 555 01 00",
        )
        medium = self.env["utm.medium"].create({"name": "A medium"})
        duplicates.medium_id = medium
        self.assertEqual(duplicates.duplicate_lead_id, master)
        self.assertEqual(duplicates.user_id, master.user_id)
        followers = (master | duplicates).message_follower_ids.partner_id
        before = self._related(master | duplicates)
        tags = (master | duplicates).tag_ids
        texts = set((master | duplicates).message_ids.ids)
        self._merge()
        self.assertFalse(duplicates.exists())
        after = self._related(master)
        # who followed both follows once; what pointed from one to the other is gone
        both = ("mail.followers", "res_id")
        self.assertEqual(master.message_follower_ids.partner_id, followers)
        expected = {**before, both: len(followers)}
        expected.pop(("crm.lead", "duplicate_lead_id"))
        expected["mail.message", "res_id"] = after["mail.message", "res_id"]
        after.pop(("lead.distribution.inquiry", "lead_id"))
        self.assertEqual(after, expected)
        self.assertLessEqual(texts, set(master.message_ids.ids), "and what was logged")
        self.assertEqual(master.tag_ids, tags)
        self.assertIn("Second text", master.description)
        self.assertEqual(master.phone, "22 555 01 00")
        self.assertEqual(master.medium_id, medium)
        self.assertEqual(len(master.consent_ids), 2)
        inquiry = master.inquiry_ids
        self.assertEqual(
            (inquiry.name, inquiry.external_ref, inquiry.source_id),
            ("Second", "P-2", self.source),
        )
        self.assertEqual(inquiry.sudo().values["phone"], "22 555 01 00")

    def test_units_and_reference(self):
        """V10 V2: one lead is one unit; the number of the merged one is known."""
        master = self._lead(email_from="a@person.test")
        values = {
            "name": "Again",
            "email_from": "a@person.test",
            "external_ref": "P-1",
            "source_id": self.source.id,
        }
        duplicates = self.env["crm.lead"].create(values)
        anna = master.user_id.with_company(self.company)
        self.assertEqual(anna.lead_workload_units, 2)
        self._merge()
        anna.invalidate_recordset()
        self.assertEqual(anna.lead_workload_units, 1)
        self.assertFalse(duplicates.exists())
        self.assertEqual(self._rows(master).mapped("state"), ["assigned", "removed"])
        self.assertEqual(self.env["crm.lead"].create(values), master)
        self.assertFalse(master.with_user(self.boris).has_access("read"))
        inquiry = master.inquiry_ids
        self.assertTrue(inquiry.with_user(self.anna).has_access("read"))
        self.assertFalse(inquiry.with_user(self.boris).has_access("read"))

    def test_first_creation_date(self):
        """V10: whoever asked first has waited since then."""
        master = self._lead(email_from="a@person.test")
        duplicates = self._lead(email_from="a@person.test")
        long_ago = fields.Datetime.now() - timedelta(days=9)
        self.env.cr.execute(
            "UPDATE crm_lead SET create_date = %s WHERE id = %s",
            [long_ago, duplicates.id],
        )
        duplicates.invalidate_recordset()
        self._merge()
        self.assertEqual(master.create_date, long_ago)

    def test_what_is_not_merged(self):
        """V10: another listing, another company, another salesperson, a closed one."""
        master = self._lead(email_from="a@person.test")
        listed = self._lead(email_from="a@person.test", listing_id=self.listing.id)
        other = self._lead(email_from="a@person.test", user_id=self.clara.id)
        lost = self._lead(email_from="a@person.test")
        self.assertEqual((listed | other | lost).duplicate_lead_id, master)
        lost.action_set_lost()
        self._merge()
        self.assertEqual(len((master | listed | other | lost).exists()), 4)
        self.assertEqual(listed.user_id, master.user_id)

    def test_only_where_the_company_wants_it(self):
        """V10: two companies, two policies."""
        self.company.lead_duplicate_policy = "link"
        self._lead(email_from="a@person.test")
        duplicates = self._lead(email_from="a@person.test")
        self._merge()
        self.assertTrue(duplicates.exists())

    def test_failure_leaves_the_leads(self):
        """V10: what cannot be merged stays as it is, the others go on."""
        heads = self._lead(email_from="a@person.test") | self._lead(
            email_from="b@person.test"
        )
        duplicates = self._lead(email_from="a@person.test") | self._lead(
            email_from="b@person.test"
        )
        original = type(self.env["crm.lead"])._merge_dependences

        def broken(lead, opportunities):
            if lead == heads[0]:
                raise ValueError("cannot")
            return original(lead, opportunities)

        self.patch(type(self.env["crm.lead"]), "_merge_dependences", broken)
        with self.assertLogs("odoo.addons.lead_distribution", "WARNING"):
            self._merge()
        self.assertTrue(duplicates[0].exists())
        self.assertFalse(duplicates[1].exists())

    def test_by_hand_to_somebody_else(self):
        """Part 10: who gets a lead by a merge has a row that says so."""
        self._route(self.anna)
        leads = self._lead(2, user_id=self.anna.id, type="opportunity")
        merged = leads.with_user(self.manager).merge_opportunity(
            user_id=self.boris.id, auto_unlink=False
        )
        self.assertEqual(merged.user_id, self.boris)
        row = self._rows(merged).filtered(lambda row: row.state == "assigned")
        self.assertEqual((row.user_id, row.reason), (self.boris, "merge"))
        why = self.env["lead.distribution.explanation"]._explain_lead(
            merged.with_user(self.manager)
        )
        self.assertIn("were merged, and the salesperson was chosen with it", why)

    def test_by_hand_keeps_done_activities(self):
        """V10: Odoo's own merge, by a salesperson, loses no done activity either."""
        leads = self._lead(2, user_id=self.anna.id, type="opportunity")
        done = leads[1].activity_schedule("mail.mail_activity_data_call")
        done.action_feedback("reached")
        names = set(leads.mapped("name"))
        merged = leads.with_user(self.anna).merge_opportunity()
        self.assertEqual(done.res_id, merged.id)
        self.assertFalse(done.active)
        self.assertEqual({merged.name, merged.inquiry_ids.name}, names)

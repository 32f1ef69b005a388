from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tests import HttpCase
from odoo.tests.common import tagged

from .common import tour_user


@tagged("post_install", "-at_install")
class TestScreens(HttpCase):
    """What a salesperson and a manager do every day, in the browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["lead.distribution.route"].search([]).active = False
        cls.env.company.write(
            {"lead_distribution_mode": "immediate", "lead_standard_target": 30}
        )

        cls.env.company.lead_undo_seconds = 0  # at once
        cls.anna, cls.boris = tour_user(cls.env, "anna"), tour_user(cls.env, "boris")
        cls.manager = tour_user(cls.env, "manager", "group_sale_manager")
        cls.route = cls.env["lead.distribution.route"].create(
            {
                "name": "Main route",
                "domain": "[('name', '!=', 'Left alone')]",
                "member_ids": [
                    (0, 0, {"user_id": cls.anna.id}),
                    (0, 0, {"user_id": cls.boris.id}),
                ],
            }
        )
        cls.lead = cls._lead("Flat with a view")
        cls.pooled = cls._lead("Left alone")

    @classmethod
    def _lead(cls, name):
        return cls.env["crm.lead"].create(
            {
                "name": name,
                "email_from": f"{name[:4].lower()}@tour.test",
                "type": "opportunity",
            }
        )

    def test_salesperson(self):
        """B1 K11: pipeline, why, claim from the pool; own documents only."""
        self.assertEqual(self.lead.user_id, self.anna)
        self.start_tour("/odoo/crm", "lead_distribution_salesperson", login="tour_anna")
        self.assertEqual(self.pooled.user_id, self.anna)

    def test_absence(self):
        """O23: a salesperson's own absence."""
        self.start_tour(
            "/odoo/lead-absences", "lead_distribution_absence", login="tour_anna"
        )
        self.assertFalse(self.anna.lead_absent)

    def test_manager(self):
        """K4 K6 K14 O21: make a route, drag it, pause one, distribute by hand."""
        self.start_tour(
            "/odoo/lead-routes", "lead_distribution_manager", login="tour_manager"
        )
        self.assertFalse(self.route.active)
        self.assertEqual(self.pooled.user_id, self.boris)

    def test_first_steps(self):
        """K14 K2 O16: from no route to the first leads, with the manager's own rights:
        a template, the leads that waited, hours, holidays, the fallback address."""
        self.env["lead.distribution.route"].search([]).active = False
        self.env.company.write(
            {
                "country_id": self.env.ref("base.pl").id,
                "lead_distribution_fallback_email": False,
            }
        )
        self.env["crm.lead"].search([]).unlink()
        leads = self.env["crm.lead"].create(
            [{"name": f"Waits {n}", "user_id": False} for n in range(2)]
        )
        self.start_tour(
            "/odoo/lead-routes", "lead_distribution_first_steps", login="tour_manager"
        )
        self.assertNotIn(self.env["res.users"], leads.mapped("user_id"))
        hours = self.env["resource.calendar"].search([("lead_distribution", "=", True)])
        self.assertEqual(hours.name, "Office hours")
        self.assertGreater(len(hours.leave_ids), 5)
        self.assertEqual(
            self.env.company.lead_distribution_fallback_email, "lost@tour.test"
        )

    def test_salespeople(self):
        """O6: targets and pauses on the list of salespeople."""
        self.start_tour(
            "/odoo/lead-salespeople",
            "lead_distribution_salespeople",
            login="tour_manager",
        )
        self.assertEqual(self.anna.lead_target, 12)
        self.assertTrue(self.boris.lead_distribution_paused)

    def _inquiry(self, name, **values):
        return self.env["crm.lead"].create(
            {"name": name, "type": "opportunity", **values}
        )

    def test_identity(self):
        """V10 V5: somebody writes again; spam goes out and comes back."""
        first = self._inquiry("First inquiry", email_from="again@tour.test")
        second = self._inquiry("Second inquiry", email_from="Again@Tour.test")
        self.assertEqual((first | second).user_id, self.boris)
        self.start_tour("/odoo/crm", "lead_distribution_identity", login="tour_boris")
        self.assertEqual((first.active, first.intake_status), (True, "new"))
        self.assertIn(first.distribution_state, ("pending", "assigned"))

    def test_namesake(self):
        """V10: a name only hints; the salesperson says that it is somebody else."""
        self.env["res.partner"].create({"name": "Jan Kowalski"})
        lead = self._inquiry("Namesake inquiry", contact_name="KOWALSKI Jan")
        self.assertEqual(lead.user_id, self.boris)
        self.start_tour("/odoo/crm", "lead_distribution_namesake", login="tour_boris")
        self.assertFalse(lead.identity_flag)

    def test_incomplete(self):
        """V1: refused on screen, saying what is missing."""
        self.env.company.lead_intake_policy = "refuse"
        source = self.env["utm.source"].create({"name": "Fair of Tour"})
        self.start_tour("/odoo/crm", "lead_distribution_incomplete", login="tour_anna")
        lead = self.env["crm.lead"].search([("name", "=", "Met at a fair")])
        self.assertEqual((lead.source_id, lead.user_id), (source, self.anna))

    def test_policies(self):
        """V1 V10: the administrator's choice, on CRM's settings page."""
        self.start_tour(
            "/odoo/settings#crm", "lead_distribution_identity_manager", login="admin"
        )
        self.assertEqual(self.env.company.lead_duplicate_policy, "merge")
        self.assertEqual(self.env.company.lead_intake_policy, "refuse")

    def test_removed(self):
        """V5: a manager removes from the list, and finds it by its filter."""
        self.env.user.group_ids |= self.env.ref("crm.group_use_lead")
        self.manager.group_ids |= self.env.ref("crm.group_use_lead")
        lead = self._inquiry("Namesake inquiry")
        lead.type = "lead"
        self.start_tour(
            "/odoo/action-crm.crm_lead_all_leads",
            "lead_distribution_removed",
            login="tour_manager",
        )
        self.assertEqual(lead.intake_status, "removed")

    def test_undo(self):
        """B4: a manager undoes a batch; what somebody worked on stays."""
        leads = self.env["crm.lead"].union(*[self._lead(f"Lot {n}") for n in "123"])
        leads.with_user(self.manager).action_release_to_pool()
        leads.with_user(self.manager).action_distribute()
        self.assertNotIn(self.env["res.users"], leads.mapped("user_id"))
        with freeze_time(fields.Datetime.now() + timedelta(minutes=5)):
            leads[0].with_user(leads[0].user_id).message_post(
                body="I rang them", message_type="comment"
            )
        self.start_tour(
            "/odoo/lead-runs", "lead_distribution_undo", login="tour_manager"
        )
        self.assertTrue(leads[0].user_id)
        self.assertEqual(
            leads.mapped("distribution_state"), ["assigned", "pool", "pool"]
        )

    def test_listing(self):
        """O1 O18: contact persons of a listing, and the route that draws on them."""
        partners = self.anna.partner_id | self.env["res.partner"].create(
            {"name": "Paul Nouser"}
        )
        listing = self.env["lead.distribution.listing"].create(
            {"name": "Flat of the tour", "contact_ids": [(6, 0, partners.ids)]}
        )
        self.env["lead.distribution.route"].create(
            {"name": "Contact persons", "pool_source": "listing", "sequence": 1}
        )
        lead = self._inquiry("About the flat", listing_id=listing.id)
        self.assertEqual(lead.user_id, self.anna)
        self.start_tour(
            "/odoo/lead-listings", "lead_distribution_listing", login="tour_manager"
        )

    def test_measure(self):
        """O12 O19: look-ahead and delay, said in the route's sentence."""
        self.start_tour(
            "/odoo/lead-routes", "lead_distribution_measure", login="tour_manager"
        )
        self.assertEqual(self.route.absence_lookahead_days, 3)
        self.assertEqual(self.route.delay_number, 15)

    def _offers(self):
        """Two offers to Anna, with Boris next in line."""
        self.route.write({"delivery": "offer", "offer_minutes": 30})
        self.boris.lead_distribution_paused = True
        offers = self._inquiry("Offer one"), self._inquiry("Offer two")
        self.boris.lead_distribution_paused = False
        return offers

    def test_offer_notification(self):
        """K7 K9: claimed and declined from the notification."""
        one, two = self._offers()
        self.start_tour(
            "/odoo/crm", "lead_distribution_offer_notification", login="tour_anna"
        )
        self.assertEqual((two.user_id, one.offer_user_id), (self.anna, self.boris))

    def test_offer_card(self):
        """K8: claimed from the card; after the deadline refused at once."""
        one, two = self._offers()
        self.env.cr.execute(
            "UPDATE lead_distribution_assignment SET deadline = '2020-01-01'"
            " WHERE lead_id = %s",
            [two.id],
        )
        self.env.invalidate_all()
        with self.assertLogs("odoo.http", "WARNING") as logged:
            self.start_tour(
                "/odoo/crm", "lead_distribution_offer_card", login="tour_anna"
            )
        self.assertIn("ended at", logged.output[0])
        self.assertEqual(one.user_id, self.anna)
        self.assertFalse(two.user_id)

    def test_offer_page(self):
        """K7: claimed from the email's page, at a phone's width."""
        one, two = self._offers()
        token = (
            self.env["lead.distribution.assignment"]
            .search([("lead_id", "=", one.id)])
            ._offer_token()
        )
        self.browser_js(
            f"/lead_distribution/offer/{token}",
            """
            const frame = document.createElement("iframe");
            frame.style.width = "390px";
            frame.src = location.href;
            frame.onload = () => {
                const page = frame.contentDocument;
                if (page.documentElement.scrollWidth > 390) {
                    console.error("wider than a phone");
                }
                if (page.querySelector(".lead_distribution_done")) {
                    console.log("test successful");
                } else {
                    page.querySelector("button[name=claim]").click();
                }
            };
            document.body.append(frame);
            """,
            "!!document.querySelector('button[name=claim]')",
        )
        self.assertEqual(one.user_id, self.anna)
        self.assertFalse(two.user_id)

    def test_board(self):
        """K13: limits, members and today's offers on the board."""
        self.env["lead.distribution.route"].create(
            {"name": "Second route", "domain": "[('priority', '=', '3')]"}
        )
        self._offers()[1].with_user(self.anna).action_claim()
        self.start_tour(
            "/odoo/lead-salespeople", "lead_distribution_board", login="tour_manager"
        )
        self.assertEqual(self.anna.lead_max_day, 5)
        self.assertEqual(self.anna.lead_offers_today, "1 open, 1 claimed")

    def _known_number(self):
        zoe, other = self.env["res.partner"].create(
            [
                {"name": "Zoe Nowak", "phone": "+48 601 100 200"},
                {"name": "Zoe Kowalska", "email": "kowalska@tour.test"},
            ]
        )
        self.boris.lead_distribution_paused = True
        self.env.company.country_id = self.env.ref("base.pl")
        known = self._inquiry("From a known number", contact_name="Somebody")
        known.with_user(self.anna).phone = "601100200"
        return zoe, other, known

    def test_customer(self):
        """V6 V7 V8 V9: linked to the match, made from the lead; own documents only."""
        zoe, _other, known = self._known_number()
        new = self._inquiry(
            "From somebody new", contact_name="Max Neuer", email_from="max@tour.test"
        )
        new.with_user(self.anna).phone = "+48 602 200 300"
        self.start_tour("/odoo/crm", "lead_distribution_customer", login="tour_anna")
        self.assertEqual((known.partner_id, known.user_id), (zoe, self.anna))
        self.assertRecordValues(
            new.partner_id, [{"name": "Max Neuer", "city": "Berlin"}]
        )
        self.assertEqual(new.customer_activity_id.user_id, self.anna)

    def test_relink(self):
        """V13: from the customer's related leads, to the right one in one step."""
        zoe, other, known = self._known_number()
        known.with_user(self.anna).action_link_customer(zoe.id)
        self.anna.group_ids |= self.env.ref("lead_distribution.group_unlink_customer")
        self.start_tour(
            f"/odoo/res.partner/{zoe.id}", "lead_distribution_relink", login="tour_anna"
        )
        self.assertEqual(known.partner_id, other)

    def test_effectiveness(self):
        """V12: by source, in detail, by source and month."""
        self._known_number()
        self.start_tour(
            "/odoo/lead-effectiveness",
            "lead_distribution_effectiveness",
            login="tour_manager",
        )

    def test_offers(self):
        """K7 K8 K9: declined with a reason and claimed, from the bar at the top."""
        self.route.write({"delivery": "offer", "offer_minutes": 30})
        self.boris.lead_distribution_paused = True
        one, two = self._inquiry("Offer one"), self._inquiry("Offer two")
        self.assertEqual((one | two).offer_user_ids, self.anna)
        self.boris.lead_distribution_paused = False
        self.start_tour("/odoo/crm", "lead_distribution_offers", login="tour_anna")
        self.assertEqual(two.user_id, self.anna)
        self.assertEqual(one.offer_user_id, self.boris)
        declined = one.distribution_assignment_ids.filtered(
            lambda row: row.state == "declined"
        )
        self.assertEqual(declined.decline_reason, "No time today")

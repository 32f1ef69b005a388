"""Pages that known visitors open."""

import json
from datetime import datetime, timedelta
from unittest.mock import Mock, patch

from psycopg2.errors import SerializationFailure

from odoo.exceptions import ValidationError
from odoo.tests import BaseCase, new_test_user
from odoo.tests.common import tagged
from odoo.tools import mute_logger

from ..models.website_visit import Page, parts_of, without_language
from .common import WebsiteCase


@tagged("post_install", "-at_install")
class TestAddresses(BaseCase):
    def test_addresses(self):
        """S10: exact or prefix, with or without parameters, whatever the notation"""
        for address, prefix, same, visited, expected in (
            ("/courses", False, False, "/courses", True),
            ("/courses", False, False, "/courses/", True),
            ("/courses/", False, False, "/courses", True),
            ("/courses", False, False, "/courses?utm_source=x", True),
            ("https://a.example/courses#top", False, False, "/courses", True),
            ("/courses", False, False, "/courses/python", False),
            ("/courses", False, False, "/de/courses", False),
            ("/", False, False, "/", True),
            ("https://a.example", False, False, "/", True),
            ("/", False, False, "/courses", False),
            ("/courses", True, False, "/courses/python?x=1", True),
            ("/courses", True, False, "/courses-for-all", True),
            ("/courses/", True, False, "/courses-for-all", False),
            ("/courses/", True, False, "/courses", True),
            ("/", True, False, "/anything", True),
            ("/courses?level=2", False, True, "/courses", False),
            ("/courses?level=2", False, True, "/courses?utm=x&level=2", True),
            ("/courses?level=2", False, True, "/courses?level=3", False),
            ("/courses?level=2", False, False, "/courses?level=3", True),
            ("/courses?a=1&b=", False, True, "/courses?b=&a=1", True),
            ("/kurse/größe", False, False, "/kurse/gr%C3%B6%C3%9Fe", True),
        ):
            page = Page(1, *parts_of(address), prefix, same)
            with self.subTest(address=address, visited=visited):
                found = page.matches(*parts_of(f"http://host:8069{visited}"))
                self.assertEqual(found, expected)

    def test_no_addresses(self):
        """S10: what is no address matches nothing and breaks nothing"""
        for text in ("", "http://[broken", "courses", "\0"):
            self.assertFalse(parts_of(text)[0].startswith("/"), text)


class TestVisits(WebsiteCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._route(cls.anna)
        cls._page("/test-courses")
        cls.process = cls._page_process()

    @classmethod
    def _page_process(cls, **values):
        return cls._process(
            {"delay_number": 10, "task_summary": "Offer the discount"},
            **{"trigger": "page", "page_url": "/test-courses", **values},
        )

    def _become_known(self, **values):
        _answer, lead = self._send_form(**values)
        return lead

    def _visit(self, url="/test-courses", **headers):
        answer = self.url_open(url, headers=headers)
        self.assertEqual(answer.status_code, 200)
        self.process.invalidate_recordset(["event_ids"])
        return self.process.event_ids

    def _wait(self):
        """Until all that waits is due."""
        due = datetime.now() - timedelta(minutes=1)
        self.env["lead.distribution.process.event"].sudo().search(
            [("due", "!=", False)]
        ).write({"due": due, "date": due - timedelta(days=1)})
        self._run_processes()

    def test_known_visitor(self):
        """S10: a visitor who sent a form opens the page: ten minutes later its
        salesperson has a task, once while one is open"""
        lead = self._become_known()
        self.assertEqual(lead.user_id, self.anna)
        event = self._visit("/test-courses?utm_campaign=spring")
        self.assertEqual(event.lead_id, lead)
        self.assertEqual(event.status, "waiting")
        self.assertEqual(event.due - event.date, timedelta(minutes=10))
        self.assertEqual(self._visit(), event)
        self._wait()
        task = self._tasks(lead)
        self.assertRecordValues(
            task,
            [
                {
                    "user_id": self.anna.id,
                    "summary": "Offer the discount",
                    "lead_origin": "page",
                }
            ],
        )
        self.assertEqual(self._visit(), event)
        task.with_user(self.anna).action_feedback_outcome(self.failed.id)
        self.assertEqual(len(self._visit()), 2)

    def test_unknown_visitor(self):
        """S10: whom nobody knows starts nothing, and is not made a visitor by us"""
        self.env["website.page"].search([("url", "=", "/test-courses")]).track = False
        count = self.env["website.visitor"].search_count([])
        self.assertFalse(self._visit())
        self.assertEqual(self.env["website.visitor"].search_count([]), count)

    def test_no_tracking_before_consent(self):
        """S10: with a cookies bar, nothing before the visitor agreed, nor after
        refusing; as soon as they agree"""
        self._become_known()
        self.website.cookies_bar = True
        self.assertFalse(self._visit())
        self.opener.cookies.set(
            "website_cookies_bar", json.dumps({"required": True, "optional": False})
        )
        self.assertFalse(self._visit())
        self.opener.cookies.clear(domain="", path="/", name="website_cookies_bar")
        self.opener.cookies.set(
            "website_cookies_bar", json.dumps({"required": True, "optional": True})
        )
        self.assertTrue(self._visit())

    def test_who_asks_not_to_be_tracked(self):
        """S10: nor with Odoo's own header against tracking, nor robots"""
        self._become_known()
        self.assertFalse(self._visit(**{"X-Disable-Tracking": "1"}))
        self.assertFalse(self._visit(**{"User-Agent": "Googlebot/2.1"}))

    def test_other_pages(self):
        """S10: other addresses, pages that are not there and forms start nothing"""
        self._become_known()
        self.url_open("/")
        self.url_open("/test-courses-not-there")
        self.assertFalse(self.process.event_ids)

    def test_other_language(self):
        """S10: the same page in another language counts"""
        lang = self.env["res.lang"]._activate_lang("fr_FR")
        self.website.language_ids |= lang
        self._become_known()
        self.assertTrue(self._visit("/fr/test-courses"))

    def test_logged_in_customer(self):
        """S10: a customer who is logged in is known, by the latest open lead"""
        user = new_test_user(
            self.env,
            login="ld_customer",
            groups="base.group_portal",
            email="customer@customers.test",
        )
        old, lost, lead = self._lead(
            3, partner_id=user.partner_id.id, user_id=self.boris.id
        )
        lead.action_set_lost()
        lost, lead = lead, lost
        self.authenticate("ld_customer", "ld_customer")
        self.assertEqual(self._visit().lead_id, lead)
        self.assertNotIn(lead, old | lost)

    def test_a_colleagues_lead(self):
        """S10: the task is on the visitor's own lead, though their firm has a later
        one; on the firm's when they have none"""
        firm = self.env["res.partner"].create({"name": "Firm", "is_company": True})
        user = new_test_user(
            self.env,
            login="ld_customer",
            groups="base.group_portal",
            email="customer@customers.test",
        )
        user.partner_id.parent_id = firm
        pedro = self.env["res.partner"].create({"name": "Pedro", "parent_id": firm.id})
        sent = self._become_known()
        own, his = self._lead(2, user_id=self.boris.id)
        own.partner_id, his.partner_id = user.partner_id, pedro
        self.authenticate("ld_customer", "ld_customer")
        visitor = self.env["website.visitor"]

        def lead_of(visitor):
            return self.env["lead.distribution.website.visit"]._lead_of_visitor(
                visitor, user, self.website
            )

        self.assertEqual(self._visit().lead_id, own)
        self.assertEqual(lead_of(sent.visitor_ids), sent)
        own.action_set_lost()
        self.assertEqual(lead_of(visitor), his)
        his.write({"company_id": self.company_2.id, "team_id": False, "user_id": False})
        self.assertFalse(lead_of(visitor))

    def _portal_customer(self):
        return new_test_user(
            self.env,
            login="ld_customer",
            groups="base.group_portal",
            name="Karin Customer",
            email="customer@customers.test",
        )

    def test_a_lead_for_a_known_contact(self):
        """S10: a contact without an open lead gets one, if the process says so; it is
        distributed, and the task is its salesperson's; the next visit finds it."""
        user = self._portal_customer()
        self.authenticate("ld_customer", "ld_customer")
        self.assertFalse(self._visit(), "not if the process does not say so")
        self.process.page_makes_lead = True
        self.assertIn("where they have none", self.process.summary)
        event = self._visit("/test-courses?utm_campaign=spring")
        lead = event.lead_id
        self.assertRecordValues(
            lead,
            [
                {
                    "name": "Karin Customer opened /test-courses",
                    "partner_id": user.partner_id.id,
                    "user_id": self.anna.id,
                    "company_id": self.website.company_id.id,
                    "distribution_state": "assigned",
                }
            ],
        )
        self.assertEqual(lead.source_id.name, self.website.name)
        self.assertEqual(self._visit(), event)
        self._wait()
        self.assertEqual(self._tasks(lead).user_id, self.anna)
        self.assertEqual(
            self.env["crm.lead"].search_count(
                [("partner_id", "=", user.partner_id.id)]
            ),
            1,
        )

    def test_no_lead_for_these(self):
        """S10: nobody is made a lead who is unknown, whose last lead was none, or who
        works here."""
        self.process.page_makes_lead = True
        self.assertFalse(self._visit(), "unknown")
        user = self._portal_customer()
        spam = self._lead(partner_id=user.partner_id.id)
        reason = self.env["lead.distribution.removal.reason"].create({"name": "Spam"})
        spam.action_remove(reason.id)
        self.authenticate("ld_customer", "ld_customer")
        self.assertFalse(self._visit(), "removed")
        spam.action_restore()
        spam.action_set_lost()
        self.assertTrue(self._visit(), "lost, and interested again")

    def test_a_lead_made_from_a_replica(self):
        """S10: pages that are read from a replica make their lead afterwards."""
        self.process.page_makes_lead = True
        user = self._portal_customer()
        self.authenticate("ld_customer", "ld_customer")
        self.addClassCleanup(self.set_registry_readonly_mode, False)
        self.set_registry_readonly_mode(True)
        Visit, later = self.env["lead.distribution.website.visit"], []
        with patch.object(
            type(Visit), "_visit_later", lambda _self, *visit: later.append(visit)
        ):
            self.assertFalse(self._visit())
        ((process_ids, found, values),) = later
        self.assertFalse(found)
        self.set_registry_readonly_mode(False)
        Visit._visit_elsewhere(process_ids, found.id, values)
        self.process.invalidate_recordset(["event_ids"])
        self.assertEqual(self.process.event_ids.lead_id.partner_id, user.partner_id)

    def test_an_address_with_a_language(self):
        """S10: an address pasted from the page in another language is that page"""
        lang = self.env["res.lang"]._activate_lang("fr_FR")
        self.website.language_ids |= lang
        self._become_known()
        self.process.page_url = "https://example.com/fr/test-courses?x=1"
        self.assertTrue(self._visit())
        self.assertEqual(without_language(self.env, "/fr"), "/")
        self.assertEqual(without_language(self.env, "/french/x"), "/french/x")

    def test_colleagues(self):
        """S10: a salesperson who looks at the page, with leads of their own or in the
        browser of a customer, is no visitor"""
        lead = self._become_known()
        lead.partner_id = self.anna.partner_id
        self.authenticate(self.anna.login, self.anna.login)
        self.assertFalse(self._visit())

    def test_the_pages_own_conflict(self):
        """S10: what the page itself cannot write fails as without us, so that Odoo
        tries it again"""
        self._become_known()
        service, env = self.env["lead.distribution"], type(self.env)
        conflict = SerializationFailure("conflict")
        with (
            patch.object(
                type(service.env["lead.distribution.website.visit"]),
                "_pages_of",
                lambda *_args: [1],
            ),
            patch.object(
                type(service.env["lead.distribution.website.visit"]),
                "_may_track",
                lambda *_args: True,
            ),
            self.assertRaises(SerializationFailure),
            patch.object(env, "flush_all", side_effect=conflict),
        ):
            service.env["lead.distribution.website.visit"]._page_opened(
                Mock(is_frontend=True, httprequest=Mock(method="GET")),
                Mock(status_code=200),
            )

    def test_one_website_only(self):
        """S10: a process of one website is not set off by another's pages"""
        self._become_known()
        other = self.env["website"].create({"name": "Other"})
        self.process.website_id = other
        self.assertFalse(self._visit())
        self.process.website_id = self.website
        self.assertTrue(self._visit())

    def test_two_companies(self):
        """S10: nor is another company's process"""
        self._become_known()
        self.process.company_id = self.company_2
        self.assertFalse(self._visit())

    def test_a_failure_does_not_hurt_the_page(self):
        """S10: whatever goes wrong, the visitor sees the page"""
        self._become_known()
        with (
            patch.object(
                type(self.env["lead.distribution.processes"]),
                "_enqueue",
                side_effect=ValueError("broken"),
            ),
            mute_logger("odoo.addons.lead_distribution_website.models.website_visit"),
        ):
            self.assertFalse(self._visit())
        self.assertTrue(self._visit())

    def test_read_from_a_replica(self):
        """S10: pages that are read from a replica are counted, too, afterwards"""
        lead = self._become_known()
        self.addClassCleanup(self.set_registry_readonly_mode, False)
        self.set_registry_readonly_mode(True)
        service, later = self.env["lead.distribution"], []
        with patch.object(
            type(service.env["lead.distribution.website.visit"]),
            "_visit_later",
            lambda _self, *visit: later.append(visit),
        ):
            self.assertFalse(self._visit())
        ((process_ids, found, _values),) = later
        self.assertEqual(found.id, lead.id)
        self.set_registry_readonly_mode(False)
        service.env["lead.distribution.website.visit"]._visit_elsewhere(
            process_ids, found.id
        )
        self.process.invalidate_recordset(["event_ids"])
        self.assertEqual(self.process.event_ids.lead_id, lead)

    def test_pages_do_not_become_slower(self):
        """S10: a page that is nobody's costs no statement; a known visitor's second
        visit three at most, and writes nothing"""
        self._become_known()
        self._page("/test-other")
        original, counted = (
            type(self.env["lead.distribution.website.visit"])._page_opened,
            [],
        )

        def counting(self, request, response):
            before = request.env.cr.sql_log_count
            result = original(self, request, response)
            counted.append(request.env.cr.sql_log_count - before)
            return result

        self.url_open("/test-other")
        self._visit()
        with patch.object(
            type(self.env["lead.distribution.website.visit"]), "_page_opened", counting
        ):
            self.url_open("/test-other")
            self.assertEqual(counted, [0])
            del counted[:]
            self._visit()
            # savepoint and its release, visitor, lead, events that are open
            self.assertLessEqual(counted[0], 8)
        self.assertEqual(len(self.process.event_ids), 1)

    def test_checks(self):
        """S10: an address that is none, or parameters that are missing, are said"""
        with self.assertRaisesRegex(ValidationError, "enter the address"):
            self.process.page_url = "courses"
        self.process.page_url = "/courses"
        with self.assertRaisesRegex(ValidationError, "no parameters to compare"):
            self.process.page_parameters = "same"
        self.process.write({"page_url": "/c?level=2", "page_parameters": "same"})
        other = self.env["website"].create(
            {"name": "Other", "company_id": self.company_2.id}
        )
        with self.assertRaisesRegex(ValidationError, "does not belong to"):
            self.process.website_id = other
        self.assertIn("opens /c?level=2", self.process.summary)

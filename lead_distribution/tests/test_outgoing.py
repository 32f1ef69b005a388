"""Webhooks that tell other programs what becomes of leads (P10)."""

import hashlib
import hmac
import json
from datetime import timedelta
from unittest.mock import patch

import requests

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests.common import tagged
from odoo.tools import mute_logger

from .common import DistributionCase


class _Receiver:
    """Stands where the other program's server is: answers, and keeps what came."""

    def __init__(self):
        self.got, self.status = [], 200

    def post(self, url, data, headers, **kwargs):
        self.got.append((url, json.loads(data), dict(headers), data, kwargs))
        if self.status is None:
            raise requests.ConnectTimeout
        answer = requests.Response()
        answer.status_code = self.status
        return answer


@tagged("post_install", "-at_install")
class TestOutgoing(DistributionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.route = cls._route(cls.anna | cls.boris)
        cls.hook = cls.env["lead.distribution.outgoing"].create(
            {"name": "Chat", "url": "https://chat.example/hook", "on_released": True}
        )

    def setUp(self):
        super().setUp()
        self.receiver = _Receiver()

    def _send(self):
        with patch.object(requests, "post", self.receiver.post):
            self._run_cron("ir_cron_send_outgoing")

    def _events(self):
        return [body["event"] for _url, body, *_rest in self.receiver.got]

    def test_assigned(self):
        """P10: signed, with names, without the person unless it is wanted."""
        lead = self._lead(contact_name="Eva Ruiz", external_ref="X-1")
        self._send()
        (url, body, headers, data, kwargs) = self.receiver.got[0]
        self.assertEqual(url, "https://chat.example/hook")
        self.assertFalse(kwargs["allow_redirects"])
        self.assertEqual(body["salesperson"]["name"], "Anna")
        self.assertEqual(body["route"]["id"], self.route.id)
        self.assertEqual(body["external_reference"], "X-1")
        self.assertTrue(body["url"].endswith(f"/odoo/crm/{lead.id}"))
        self.assertNotIn("contact", body)
        self.assertNotIn(b"customers.test", data)
        moment, _comma, digest = headers["X-Lead-Signature"].partition(",v1=")
        wanted = hmac.new(
            self.hook.secret.encode(),
            moment.removeprefix("t=").encode() + b"." + data,
            hashlib.sha256,
        ).hexdigest()
        self.assertEqual(digest, wanted)
        self.assertEqual(self.hook.delivery_ids.state, "sent")
        self._send()
        self.assertEqual(len(self.receiver.got), 1, "once")
        self.hook.with_contact = True
        self._lead(contact_name="Zoe")
        self._send()
        self.assertEqual(self.receiver.got[-1][1]["contact"]["name"], "Zoe")

    def test_each_event(self):
        """P10: offered, declined, expired, claimed, pooled, given back, missed."""
        self.hook.on_declined = True
        self.route.write({"delivery": "offer", "offer_minutes": 5})
        lead = self._lead()
        lead.with_user(self.anna).action_decline("No time")
        lead.with_user(self.boris).action_claim()
        lead.with_user(self.manager).action_release_to_pool()
        other = self._lead()
        self._send()
        self.assertEqual(
            self._events()[:5],
            ["offered", "declined", "offered", "assigned", "released"],
        )
        (self.anna | self.boris).lead_distribution_paused = True
        self._lead()
        self.env["lead.distribution.outgoing"]._tell(
            "missed", other.distribution_assignment_ids
        )
        self._send()
        self.assertIn("pooled", self._events())
        self.assertEqual(self._events()[-1], "missed")

    def test_tried_again(self):
        """P10: later and later, then failed, until somebody sends it again."""
        self._lead()
        delivery = self.hook.delivery_ids
        for number, status in enumerate((500, None, 302, 404, 500, 500, 500)):
            self.receiver.status = status
            with mute_logger("odoo.addons.lead_distribution"):
                self._send()
            self.assertEqual(delivery.attempts, number + 1)
            self.assertEqual(len(self.receiver.got), number + 1)
            self._send()
            self.assertEqual(len(self.receiver.got), number + 1, "not before its time")
            delivery.next_try = fields.Datetime.now() - timedelta(seconds=1)
        self.assertEqual((delivery.state, delivery.error), ("failed", "HTTP 500"))
        self.assertEqual(self.hook.failed_count, 1)
        self.receiver.status = 204
        delivery.with_user(self.env.ref("base.user_admin")).action_retry()
        self._send()
        self.assertEqual(delivery.state, "sent")
        numbers = {
            headers["X-Lead-Delivery"] for *_x, headers, _y, _z in self.receiver.got
        }
        self.assertEqual(len(numbers), 1, "the same delivery")

    def test_only_what_is_wanted(self):
        """Its company, its routes, its events."""
        other = self._route(self.clara, sequence=1, domain="[('name', '=', 'Big')]")
        self.hook.route_ids = other
        dan = self._user("dan", company_id=self.company_2.id)
        self._route(dan, company_id=self.company_2.id)
        self._lead(company_id=self.company_2.id)
        self._lead()
        self.assertFalse(self.hook.delivery_ids)
        self._lead(name="Big")
        self.assertEqual(len(self.hook.delivery_ids), 1)
        self.hook.on_assigned = False
        self._lead(name="Big")
        self.assertEqual(len(self.hook.delivery_ids), 1)
        self.hook.active = False
        self._send()
        self.assertFalse(self.receiver.got)

    def test_who_sets_up(self):
        """Administrators alone: an address outside gets to know of leads."""
        self._lead()
        delivery = self.hook.delivery_ids
        for user in (self.manager, self.anna):
            with self.assertRaises(AccessError):
                self.hook.with_user(user).read(["url"])
            with self.assertRaises(AccessError):
                self.hook.with_user(user).create(
                    {"name": "X", "url": "https://x.example"}
                )
            with self.assertRaises(AccessError):
                delivery.with_user(user).action_retry()
        for url in ("ftp://x.example", "x.example", "https://", "file:///etc/passwd"):
            with self.assertRaises(ValidationError):
                self.hook.url = url

    def test_clean_up(self):
        self._lead()
        delivery = self.hook.delivery_ids
        model = self.env["lead.distribution.outgoing.delivery"]
        model._gc_old()
        self.assertTrue(delivery.exists())
        self.env.cr.execute(
            "UPDATE lead_distribution_outgoing_delivery SET create_date = %s",
            [fields.Datetime.now() - timedelta(days=31)],
        )
        self.env.invalidate_all()
        model._gc_old()
        self.assertFalse(delivery.exists())

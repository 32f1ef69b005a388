"""Webhooks: other programs deliver leads over HTTP (V2)."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import HttpCase
from odoo.tests.common import tagged
from odoo.tools import mute_logger

from .common import DistributionCase

GOOGLE = {
    "lead_id": "GL-1",
    "user_column_data": [
        {
            "column_name": "Full Name",
            "string_value": "Ada Okafor",
            "column_id": "FULL_NAME",
        },
        {"string_value": "ada@visitors.example", "column_id": "EMAIL"},
        {"column_id": "PHONE_NUMBER", "string_value": "+442079460018"},
    ],
    "api_version": "1.0",
    "form_id": 4,
    "campaign_id": 991,
    "google_key": "a key of google",
    "lead_submit_time": "2026-11-20T12:30:00Z",
}
TYPEFORM = {
    "event_type": "form_response",
    "form_response": {
        "token": "tok-77",
        "submitted_at": "2026-11-20T18:17:02Z",
        "definition": {
            "fields": [
                {"id": "f1", "title": "Your name", "ref": "n"},
                {"id": "f2", "title": "Where do we write?", "ref": "m"},
            ]
        },
        "answers": [
            {"type": "text", "text": "Olga Fern", "field": {"id": "f1", "ref": "n"}},
            {"type": "email", "email": "olga@visitors.example", "field": {"id": "f2"}},
        ],
    },
}
META = {
    "id": "88123",
    "created_time": "2026-11-20T09:00:00+0000",
    "platform": "ig",
    "campaign_name": "Autumn",
    "field_data": [
        {"name": "full_name", "values": ["Yann Nowak"]},
        {"name": "phone_number", "values": ["+48600100300"]},
    ],
}
NOTICE = {
    "object": "page",
    "entry": [
        {
            "id": "1",
            "changes": [
                {"field": "leadgen", "value": {"leadgen_id": "88123", "form_id": "2"}}
            ],
        }
    ],
}
ZAPIER = {"name": "Eva Ruiz", "email": "eva@visitors.example", "property": "W-1"}


class WebhookCase(HttpCase, DistributionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.route = cls._route(cls.anna | cls.boris)
        cls.listing = cls.env["lead.distribution.listing"].create(
            {"name": "House", "reference": "W-1"}
        )
        cls.hook = (
            cls.env["lead.distribution.intake.source"]
            .with_user(cls.manager)
            .create({"name": "Zapier of Test"})
        )

    def _send(self, data=None, hook=None, path=None, headers=None, **kwargs):
        if data is not None:
            body = data if isinstance(data, bytes | str) else json.dumps(data)
            kwargs.setdefault("data", body)
            headers = {"Content-Type": "application/json", **(headers or {})}
        path = (
            path or "/lead_distribution/intake/" + (hook or self.hook).sudo()._token()
        )
        response = self.url_open(path, headers=headers, **kwargs)
        self.env.invalidate_all()
        return response

    def _lead_of(self, response):
        self.assertEqual(response.status_code, 200, response.text)
        return self.env["crm.lead"].search(
            [("external_ref", "=", response.json()["reference"])]
        )

    def _calls(self, hook=None):
        return self.env["lead.distribution.intake.call"].search(
            [("intake_id", "=", (hook or self.hook).id)], order="id"
        )


@tagged("post_install", "-at_install")
class TestWebhook(WebhookCase):
    def test_zapier(self):
        """A flat JSON body becomes a lead of the webhook's company, distributed, and is
        answered with its reference."""
        self.hook.source_id = self.source
        response = self._send(ZAPIER)
        self.assertEqual(response.json()["status"], "new")
        lead = self._lead_of(response)
        self.assertRecordValues(
            lead,
            [
                {
                    "contact_name": "Eva Ruiz",
                    "email_from": "eva@visitors.example",
                    "listing_id": self.listing.id,
                    "source_id": self.source.id,
                    "company_id": self.company.id,
                    "user_id": self.anna.id,
                    "distribution_state": "assigned",
                }
            ],
        )
        call = self._calls()
        self.assertEqual((call.outcome, call.lead_number), ("new", lead.id))
        self.assertNotIn("eva", " ".join(map(str, call.read()[0].values())))

    def test_known_shapes(self):
        """Google, Typeform, Meta."""
        google = self._lead_of(self._send(GOOGLE))
        self.assertEqual(google.external_ref, "GL-1")
        self.assertEqual(google.source_id.name, "Google")
        self.assertEqual(google.phone_sanitized, "+442079460018")
        self.assertEqual(
            fields.Datetime.to_string(google.create_date), "2026-11-20 12:30:00"
        )
        self.assertNotIn("a key of google", google.description or "")
        typeform = self._lead_of(self._send(TYPEFORM))
        self.assertEqual(typeform.contact_name, "Olga Fern")
        self.assertEqual(typeform.external_ref, "tok-77")
        meta = self._lead_of(self._send(META))
        self.assertEqual(meta.source_id.name, "Instagram")
        self.assertEqual(meta.campaign_id.name, "Autumn")
        self.assertTrue(all((google | typeform | meta).mapped("user_id")))
        trial = self._send(dict(GOOGLE, lead_id="GL-2", is_test=True))
        self.assertEqual(trial.json()["status"], "test")
        self.assertFalse(self.env["crm.lead"].search([("external_ref", "=", "GL-2")]))

    def test_form_body(self):
        """As forms of a website post it, with several parts too."""
        form = {
            "first_name": "Eva",
            "last_name": "Ruiz",
            "Correo": "eva@visitors.example",
        }
        path = "/lead_distribution/intake/" + self.hook.sudo()._token()
        lead = self._lead_of(self.url_open(path, data=form))
        self.assertEqual(lead.contact_name, "Eva Ruiz")
        parts = {name: (None, value) for name, value in form.items()}
        parts["plan"] = ("plan.pdf", b"%PDF-")
        lead = self._lead_of(self.url_open(path, files=parts))
        self.assertIn("plan.pdf", lead.description)

    def test_repeated(self):
        """The sender's number, the number inside, or the same body within the hour: one
        lead."""
        one = self._send(ZAPIER, headers={"Idempotency-Key": "k-1"})
        again = self._send(
            dict(ZAPIER, name="Eva R."), headers={"Idempotency-Key": "k-1"}
        )
        self.assertEqual(again.json()["status"], "repeated")
        self.assertEqual(again.json()["reference"], one.json()["reference"])
        self.assertEqual(one.json()["reference"], "k-1")
        first = self._send(ZAPIER)
        self.assertEqual(
            self._send(ZAPIER).json()["reference"], first.json()["reference"]
        )
        self._send(GOOGLE)
        changed = dict(GOOGLE, lead_submit_time="2026-11-20T12:31:00Z")
        self.assertEqual(self._send(changed).json()["status"], "repeated")
        self.assertEqual(
            self.env["crm.lead"].search_count([("external_ref", "=", "GL-1")]), 1
        )

    def test_what_cannot_be_read_waits(self):
        """Nothing is lost: no JSON, nobody in it, something that fails; a manager reads
        it again once the fields are mapped."""
        for body in (b"{broken", {"budget": 3}, b"\xff\xfe\x00"):
            response = self._send(body)
            self.assertEqual(response.status_code, 202)
            self.assertEqual(response.json()["status"], "waiting")
        waiting = self.env["lead.distribution.not.lead"].search(
            [("intake_id", "=", self.hook.id)]
        )
        self.assertEqual(len(waiting), 3)
        self._send({"who": "Eva", "how": "eva@visitors.example", "kind": "Zed"})
        self.assertEqual(self.hook.waiting_count, 4)
        self.hook.with_user(self.manager).action_add_fields()
        lines = {line.path: line for line in self.hook.field_ids}
        self.assertEqual(set(lines), {"who", "how", "kind"})
        lines["who"].target = "contact_name"
        lines["how"].target = "email_from"
        newest = self.env["lead.distribution.not.lead"].search(
            [("intake_id", "=", self.hook.id)], limit=1
        )
        newest.with_user(self.manager).action_make_lead()
        self.assertEqual(newest.lead_id.email_from, "eva@visitors.example")
        self.assertIn("kind: Zed", newest.lead_id.description)
        self.assertTrue(newest.lead_id.user_id)

    def test_failure_is_kept(self):
        """Whatever goes wrong while the lead is made."""
        self.patch(
            type(self.env["lead.distribution.intake.source"]),
            "_create_leads",
            lambda *args: (_ for _ in ()).throw(RuntimeError("no lead today")),
        )
        with self.assertLogs("odoo.addons.lead_distribution", "ERROR"):
            response = self._send(ZAPIER)
        self.assertEqual(response.status_code, 202)
        kept = self.env["lead.distribution.not.lead"].search(
            [("intake_id", "=", self.hook.id)]
        )
        self.assertIn("eva@visitors.example", kept.payload)

    def test_notice_of_meta(self):
        """A notice waits; the lead itself, delivered later, settles it."""
        self.assertEqual(self._send(NOTICE).status_code, 202)
        kept = self.env["lead.distribution.not.lead"].search(
            [("intake_id", "=", self.hook.id)]
        )
        self.assertIn("88123", kept.detail)
        lead = self._lead_of(self._send(META))
        self.assertEqual((kept.state, kept.lead_id), ("lead", lead))

    def test_several_leads(self):
        response = self._send({"data": [META, dict(META, id="88124")]}).json()
        self.assertEqual(
            [each["reference"] for each in response["leads"]], ["88123", "88124"]
        )

    def test_addresses_that_are_none(self):
        """Forged, switched off, of an archived company, replaced: all alike."""
        token = self.hook.sudo()._token()
        answers = set()
        for wrong in (
            "x",
            token[:-1] + ("0" if token[-1] != "0" else "1"),
            "ffffffff-1-" + token[-40:],
            "fffffff-1-" + token[-40:],
            token.upper() + "%00",
        ):
            answer = self._send(ZAPIER, path=f"/lead_distribution/intake/{wrong}")
            answers.add((answer.status_code, answer.text))
        self.hook.active = False
        answer = self._send(ZAPIER)
        answers.add((answer.status_code, answer.text))
        self.assertEqual(answers, {(404, "{}")})
        self.assertFalse(self._calls())

    def test_rotate(self):
        """The old address works for another day, or not at all."""
        old = "/lead_distribution/intake/" + self.hook.sudo()._token()
        hook = self.hook.with_user(self.manager)
        hook.action_rotate()
        self.assertNotIn(old, hook.address)
        self.assertEqual(self._send(GOOGLE, path=old).status_code, 200)
        self.assertEqual(self._send(META).status_code, 200)
        self.hook.sudo().previous_until = fields.Datetime.now() - timedelta(seconds=1)
        self.assertEqual(self._send(ZAPIER, path=old).status_code, 404)
        newer = "/lead_distribution/intake/" + self.hook.sudo()._token()
        hook.action_rotate_at_once()
        self.assertEqual(self._send(ZAPIER, path=newer).status_code, 404)
        self.assertEqual(self._send(ZAPIER).status_code, 200)

    def test_rate_limit(self):
        self.hook.rate_limit = 2
        for number in range(2):
            self.assertEqual(self._send(dict(ZAPIER, n=number)).status_code, 200)
        answer = self._send(dict(ZAPIER, n=3))
        self.assertEqual(
            (answer.status_code, answer.headers["Retry-After"]), (429, "60")
        )
        self.assertEqual(len(self._calls()), 2)

    def test_size(self):
        with mute_logger("odoo.http"):
            answer = self._send(b'{"email": "' + b"a" * 300_000 + b'"}')
        self.assertEqual(answer.status_code, 413)
        self.assertFalse(self._calls())

    def test_signed(self):
        """With a secret: as Meta, Typeform and Google sign; all else is refused."""
        secret = "a secret of test"
        self.hook.signing_secret = secret

        def digest(body):
            return hmac.new(secret.encode(), body, hashlib.sha256).digest()

        body = json.dumps(META).encode()
        sign = {"X-Hub-Signature-256": "sha256=" + digest(body).hex()}
        self.assertEqual(self._send(body, headers=sign).status_code, 200)
        self.assertEqual(self._send(body + b" ", headers=sign).status_code, 403)
        body = json.dumps(TYPEFORM).encode()
        sign = {
            "Typeform-Signature": "sha256=" + base64.b64encode(digest(body)).decode()
        }
        self.assertEqual(self._send(body, headers=sign).status_code, 200)
        self.assertEqual(self._send(GOOGLE).status_code, 403)
        self.assertEqual(self._send(dict(GOOGLE, google_key=secret)).status_code, 200)
        self.assertEqual(self._send(ZAPIER).status_code, 403)
        self.assertEqual(self._send(ZAPIER).text, "{}")
        self.assertIn("unsigned", self._calls().mapped("outcome"))
        with self.assertRaises(ValidationError):
            self.hook.signing_secret = "short"

    def test_get(self):
        """Meta's question alone is answered, to who has the token."""
        path = "/lead_distribution/intake/" + self.hook.sudo()._token()
        self.assertEqual(self._send(path=path).status_code, 404)
        ask = f"{path}?hub.mode=subscribe&hub.challenge={{}}&hub.verify_token={{}}"
        token = self.hook.verify_token
        answer = self._send(path=ask.format("1158201444", token))
        self.assertEqual((answer.status_code, answer.text), (200, "1158201444"))
        for wrong in (
            ask.format("1158201444", "guess"),
            ask.format("<script>", token),
            ask.format("", token),
            ask.format("1", ""),
        ):
            self.assertEqual(self._send(path=wrong).status_code, 404)

    def test_two_companies(self):
        """Each address makes leads of its own company, and only its people see it."""
        mona = self._user(
            "mona", "sales_team.group_sale_manager", company_id=self.company_2.id
        )
        dan = self._user("dan", company_id=self.company_2.id)
        self._route(dan, company_id=self.company_2.id)
        hook = (
            self.env["lead.distribution.intake.source"]
            .with_user(mona)
            .create({"name": "Second"})
        )
        lead = self._lead_of(self._send(GOOGLE, hook))
        self.assertEqual((lead.company_id, lead.user_id), (self.company_2, dan))
        # the same number by another address is another inquiry
        other = self._send(GOOGLE)
        self.assertEqual(other.json()["status"], "new")
        for record in (hook, self._calls(hook)):
            with self.assertRaises(AccessError):
                record.with_user(self.manager).read([])
        with self.assertRaises(AccessError):
            hook.with_user(self.manager).action_rotate()

    def test_who_sets_up(self):
        """Managers do; salespeople neither see an address nor a call, and nobody sets
        the number of the address."""
        for user in (self.anna, self.env.ref("base.public_user")):
            with self.assertRaises(AccessError):
                self.hook.with_user(user).read(["address"])
        with self.assertRaises(AccessError):
            self.hook.with_user(self.manager).write({"generation": 9})
        with self.assertRaises(AccessError):
            self.env["lead.distribution.intake.call"].with_user(self.manager).create(
                {"intake_id": self.hook.id}
            )
        self._send(ZAPIER)
        call = self._calls()
        self.assertTrue(call.with_user(self.manager).action_open_lead()["res_id"])

    def test_calls_are_deleted_after_a_while(self):
        self._send(ZAPIER)
        call = self._calls()
        self.env["lead.distribution.intake.call"]._gc_old()
        self.assertTrue(call.exists())
        call.date = fields.Datetime.now() - timedelta(days=91)
        self.env["lead.distribution.intake.call"]._gc_old()
        self.assertFalse(call.exists())

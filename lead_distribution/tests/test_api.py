"""The examples of the page for programs run, over HTTP, as a user with sales rights."""

import re
from datetime import timedelta
from functools import partial
from pathlib import Path
from unittest.mock import patch
from xmlrpc import client

from odoo import fields
from odoo.tests import HttpCase
from odoo.tests.common import Transport, tagged

from .common import DistributionCase

PAGE = Path(__file__).resolve().parents[1] / "readme" / "API.md"


@tagged("post_install", "-at_install")
class TestApi(HttpCase, DistributionCase):
    def test_examples_of_the_page(self):
        """V2: each example, in the order of the page, in one program."""
        self._route(self.anna)
        self.env["utm.source"].create({"name": "Portal"})
        self.env["lead.distribution.listing"].create(
            {"name": "Flat with a view", "reference": "N-1001"}
        )
        keys = self.env["res.users.apikeys"].with_user(self.anna)
        program = {
            "URL": self.base_url(),
            "DB": self.env.cr.dbname,
            "LOGIN": self.anna.login,
            "KEY": keys._generate(
                "rpc", "test", fields.Datetime.now() + timedelta(days=1)
            ),
            "print": lambda *_values: None,
        }
        # the page's first block names the server, the others are the program
        examples = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(), re.M | re.S)
        self.assertEqual(len(examples), 4)
        # XML-RPC goes with Odoo 22, which it says at each call
        self.startPatcher(patch("odoo.addons.rpc.controllers.xmlrpc.logger.warning"))
        # what Odoo answers in tests has to carry the test's cookie
        remote = partial(client.ServerProxy, transport=Transport(self))
        with (
            patch("requests.post", self.opener.post),
            patch("xmlrpc.client.ServerProxy", remote),
        ):
            for example in examples:
                code = compile(example, str(PAGE), "exec")
                exec(code, program)  # noqa: S102 # pylint: disable=exec-used
        lead = self.env["crm.lead"].browse(program["lead_id"])
        self.assertEqual(lead.user_id, self.anna)
        self.assertEqual(lead.listing_id.reference, "N-1001")
        self.assertEqual(lead.source_id.name, "Portal")

import re

import polib

from odoo.tests import BaseCase
from odoo.tests.common import tagged
from odoo.tools.misc import file_path

PLACEHOLDER = re.compile(r"%\(\w+\)s|%s|%d|</?\w+")


@tagged("post_install", "-at_install")
class TestTranslations(BaseCase):
    def test_spanish_and_polish_are_complete(self):
        """Every term of the template has its translation, with the same
        placeholders and tags."""
        folder = "lead_distribution/i18n"
        template = polib.pofile(file_path(f"{folder}/lead_distribution.pot"))
        terms = {entry.msgid for entry in template}
        self.assertGreater(len(terms), 400)
        for lang in ("es", "pl"):
            entries = polib.pofile(file_path(f"{folder}/{lang}.po"))
            done = {e.msgid for e in entries if e.msgstr and not e.fuzzy}
            self.assertFalse(terms - done, lang)
            for entry in entries:
                self.assertEqual(
                    sorted(PLACEHOLDER.findall(entry.msgid)),
                    sorted(PLACEHOLDER.findall(entry.msgstr)),
                    f"{lang}: {entry.msgid}",
                )

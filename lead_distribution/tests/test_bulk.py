from unittest.mock import patch

from freezegun import freeze_time

from odoo.tests.common import tagged

from ..models.pipeline import consequences
from ..models.task import task
from ..tools import bulk
from .common import DistributionCase

#: what must differ between two rows of the same content
OWN = {"id", "create_date", "write_date"}


@tagged("post_install", "-at_install")
class TestBulk(DistributionCase):
    """Rows that are copied are those that the ORM would have written."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.lead_distribution_mode = "queued"
        cls.anna.tz = "Europe/Warsaw"
        cls.boris.tz = "America/Mexico_City"
        cls.route = cls._route(
            cls.anna | cls.boris,
            name="Zo\u00eb's <route>",
            activity_type_id=cls.call.id,
            activity_summary="Call \u2018them\u2019",
            activity_note="<p>Ask for <b>money</b></p>",
        )

    def _distributed(self, copied):
        """Distribute four leads, by copies or by the ORM alone.

        :returns: the leads
        """
        leads = self._lead(4, partner_id=False)
        with (
            freeze_time("2026-01-12 10:00:00"),
            patch.object(task, "may_copy", lambda *a: copied and bulk.may_copy(*a)),
            patch.object(
                consequences, "may_copy", lambda *a: copied and bulk.may_copy(*a)
            ),
        ):
            self.env["lead.distribution"]._distribute(leads, "button")
        self.env.flush_all()
        return leads

    def _table(self, query, leads):
        """Read whole rows as the database has them, leads by their place."""
        self.env.cr.execute(query, [leads.ids])
        names = [column.name for column in self.env.cr.description]
        place = {lead.id: at for at, lead in enumerate(leads)}
        place |= {lead.name: at for at, lead in enumerate(leads)}
        rows = []
        for row in self.env.cr.fetchall():
            values = dict(zip(names, row, strict=True))
            rows.append(
                {
                    name: place.get(value, value)
                    if name in ("res_id", "res_name", "lead_given_id")
                    else value
                    for name, value in values.items()
                    if name not in OWN
                }
            )
        return rows

    def _assert_same(self, query, without=()):
        """Both ways write the same rows."""
        one, other = (self._distributed(copied) for copied in (False, True))
        expected, found = (self._table(query, leads) for leads in (one, other))
        for rows in (expected, found):
            for row in rows:
                for name in without:
                    row.pop(name)
        self.assertEqual(len(expected), 4)
        self.assertEqual(found, expected)

    def test_copies_are_made(self):
        """In Odoo's CRM nothing speaks against copies."""
        self.assertIsNone(bulk.obstacle(self.env["mail.message"], ("res_id", "body")))
        self.assertIsNone(bulk.obstacle(self.env["mail.activity"], task.COPIED))

    def test_activities(self):
        self._assert_same(
            """SELECT * FROM mail_activity
                WHERE res_model = 'crm.lead' AND res_id = ANY(%s) ORDER BY res_id"""
        )

    def test_lines(self):
        self._assert_same(
            """SELECT * FROM mail_message
                WHERE model = 'crm.lead' AND res_id = ANY(%s)
                  AND body LIKE '%%Assigned to%%' ORDER BY res_id""",
            # of its own by its nature
            without=("message_id",),
        )

    def test_seen_at_once(self):
        """What was read before shows what was copied since."""
        leads = self._lead(3)
        self.assertFalse(leads.activity_ids)
        before = [len(lead.message_ids) for lead in leads]
        self.env["lead.distribution"]._distribute(leads, "button")
        self.assertEqual([len(lead.activity_ids) for lead in leads], [1, 1, 1])
        self.assertEqual(set(leads.mapped("activity_user_id")), set(leads.user_id))
        self.assertEqual(
            [len(lead.message_ids) - n for lead, n in zip(leads, before, strict=True)],
            [1, 1, 1],
        )

    def test_others_have_their_word(self):
        """Another module's own create is called for every record."""
        Message = self.registry["mail.message"]
        made = []

        def create(records, vals_list):
            made.extend(vals_list)
            return create.origin(records, vals_list)

        create.origin = Message.create
        create.__module__ = "odoo.addons.another_module.models"
        self.patch(Message, "create", create)
        self.assertIn(
            "another_module", bulk.obstacle(self.env["mail.message"], ("res_id",))
        )
        leads = self._distributed(True)
        told = {vals["res_id"] for vals in made if "Assigned to" in vals["body"]}
        self.assertEqual(told, set(leads.ids))

    def test_stored_elsewhere(self):
        """What is stored and computed from a column that differs forbids copies."""
        reason = bulk.obstacle(self.env["mail.activity"], ("res_id",))
        self.assertIn("res_name", reason)

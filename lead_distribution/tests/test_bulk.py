from collections import Counter
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

        def may(*arguments):
            return copied and may_copy(*arguments)

        may_copy = bulk.may_copy
        with (
            freeze_time("2026-01-12 10:00:00"),
            patch.object(task, "may_copy", may),
            patch.object(consequences, "may_copy", may),
            patch.object(bulk, "may_copy", may),
        ):
            self.env["lead.distribution"]._distribute(leads, "button")
        self.env.flush_all()
        return leads

    def _table(self, query, leads):
        """Read whole rows as the database has them, leads by their place."""
        self.env.cr.execute(query, [leads.ids])
        names = [column.name for column in self.env.cr.description]
        place = {lead.id: at for at, lead in enumerate(leads)}
        rows = []
        for row in self.env.cr.fetchall():
            values = dict(zip(names, row, strict=True))
            rows.append(
                {
                    name: place.get(value, value)
                    if name in ("res_id", "lead_given_id", "lead_id")
                    else value
                    for name, value in values.items()
                    if name not in OWN
                }
            )
        return rows

    def _both_ways(self, read):
        """Distribute by the ORM alone, take it back, and distribute by copies.

        :param read: takes the leads
        :returns: what was read after each
        """
        found = []
        for copied in (False, True):
            with self.env.cr.savepoint() as savepoint:
                found.append(read(self._distributed(copied)))
                savepoint.rollback()
                self.env.invalidate_all(flush=False)
        return found

    def _assert_same(self, query, without=(), count=4):
        """Both ways write the same rows."""
        expected, found = self._both_ways(lambda leads: self._table(query, leads))
        for rows in (expected, found):
            for row in rows:
                for name in without:
                    row.pop(name)
        self.assertEqual(len(expected), count)
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

    def test_leads(self):
        """Whatever else is made, the leads come out the same."""
        self._assert_same("SELECT * FROM crm_lead WHERE id = ANY(%s) ORDER BY id")

    def test_ledger(self):
        """Each row as the ORM writes it, its activity the one of the same lead."""
        self.route.tag_ids = self.env["crm.tag"].create({"name": "Bulk"})
        self._assert_same(
            """SELECT r.*, a.res_id, a.user_id AS activity_user_id,
                      (SELECT array_agg(crm_tag_id)
                         FROM crm_tag_lead_distribution_assignment_rel t
                        WHERE t.lead_distribution_assignment_id = r.id) AS tag_ids
                 FROM lead_distribution_assignment r
                 JOIN mail_activity a ON a.id = r.activity_id
                WHERE r.lead_id = ANY(%s) ORDER BY r.lead_id""",
            without=("snapshot_id", "activity_id"),
        )

    def test_ledger_of_the_pool(self):
        self.route.member_ids.unlink()
        self._assert_same(
            """SELECT * FROM lead_distribution_assignment
                WHERE lead_id = ANY(%s) ORDER BY lead_id""",
            without=("snapshot_id",),
        )

    def test_ledger_of_offers(self):
        self.route.delivery = "offer_all"
        self._assert_same(
            """SELECT * FROM lead_distribution_assignment
                WHERE lead_id = ANY(%s) ORDER BY lead_id, user_id""",
            without=("snapshot_id",),
            count=8,
        )

    def test_followers(self):
        self._assert_same(
            """SELECT f.*, (SELECT array_agg(mail_message_subtype_id ORDER BY 1)
                              FROM mail_followers_mail_message_subtype_rel s
                             WHERE s.mail_followers_id = f.id) AS subtypes
                 FROM mail_followers f
                WHERE res_model = 'crm.lead' AND res_id = ANY(%s)
                ORDER BY res_id, partner_id""",
        )

    def test_nothing_beside(self):
        """No mail, notification or tracked value that the ORM would not have made."""
        for table, key in (
            ("mail_notification", "mail_message_id"),
            ("mail_tracking_value", "mail_message_id"),
            ("mail_mail", "mail_message_id"),
        ):
            with self.subTest(table):
                self._assert_same(
                    f"""SELECT x.id FROM {table} x
                          JOIN mail_message m ON m.id = x.{key}
                         WHERE m.model = 'crm.lead' AND m.res_id = ANY(%s)""",
                    count=0,
                )

    def test_told_in_the_browser(self):
        """The bells say the same; counts of tasks may come in fewer messages."""

        def told(copied):
            sent, counts = [], Counter()

            def bus_send(user, kind, message, **options):
                if "count_diff" in message:
                    counts[user.id] += message["count_diff"]
                else:
                    sent.append((user.id, kind, str(message)))

            with (
                patch.object(type(self.anna), "_bus_send", bus_send),
                self.env.cr.savepoint() as savepoint,
            ):
                self._distributed(copied)
                savepoint.rollback()
                self.env.invalidate_all(flush=False)
            return sorted(sent), counts

        self.route.activity_type_id.delay_count = 0
        expected = told(False)
        self.assertEqual(sum(expected[1].values()), 4)
        self.assertEqual(told(True), expected)

    def test_one_activity_by_the_orm(self):
        """Routes differ in text and day, yet all activities of a type are copies of
        one."""
        other = self._route(
            self.clara,
            name="By source",
            sequence=0,
            domain=repr([("source_id.name", "=", "Bulk")]),
            activity_type_id=self.call.id,
            activity_summary="Write first",
            activity_days=3,
        )
        source = self.env["utm.source"].create({"name": "Bulk"})
        leads = self._lead(4, partner_id=False)
        leads[::2].source_id = source
        made = []
        create = type(self.env["mail.activity"]).create

        def counted(activities, vals_list):
            made.append(len(vals_list) if isinstance(vals_list, list) else 1)
            return create(activities, vals_list)

        counted.__module__ = create.__module__
        self.patch(self.registry["mail.activity"], "create", counted)
        self.env["lead.distribution"]._distribute(leads, "button")
        self.assertEqual(made, [1])
        self.assertEqual(leads.distribution_route_id, self.route | other)
        for lead in leads:
            task_of_lead = lead.activity_ids
            ours = lead.distribution_route_id == other
            self.assertEqual(task_of_lead.user_id, lead.user_id)
            self.assertEqual(
                task_of_lead.summary,
                "Write first" if ours else "Call \u2018them\u2019",
            )
            self.assertEqual(bool(task_of_lead.note), not ours)

    def test_ledger_is_seen_at_once(self):
        """What a lead showed of the ledger is read anew."""
        leads = self._lead(3)
        self.assertFalse(leads.distribution_assignment_ids)
        self.assertFalse(any(leads.mapped("distribution_why")))
        rows = self.env["lead.distribution"]._distribute(leads, "button")
        self.assertEqual(leads.distribution_assignment_ids, rows.sudo(False))
        self.assertTrue(all(leads.mapped("distribution_why")))
        self.assertEqual(rows.lead_id, leads)

    def test_others_are_told_of_each(self):
        """Other programs are told of every row, copied or not."""
        hook = self.env["lead.distribution.outgoing"].create(
            {"name": "CRM", "url": "https://crm.example.com/"}
        )
        leads = self._distributed(True)
        self.assertEqual(hook.delivery_ids.assignment_id.lead_id, leads)

    def test_names_in_lines(self):
        """A name is put into the sanitised line as sanitising would leave it."""
        Message = self.env["mail.message"]
        field = Message._fields["body"]
        names = ["Ana", "\u0141ukasz Ko\u0142o 2", "A  B", "O'Hara &amp; Co", "x_y", ""]
        names += [
            "\u200bAna",
            "a\u0301",
            "&lt;i&gt;",
            "<i>Ana</i>",
            "Anybody",
            "\u00a0A",
        ]
        texts = [
            template.format(name)
            for name in names
            for template in (
                "Assigned to <b>{}</b> by <b>R</b>",
                "Assigned to <b>{}</b> by the route A > B: &quot;known&quot;",
                "<b>{}</b><br/>Untouched since -- 3 days",
                "<p>Assigned to <b>{}</b></p>",
            )
        ]
        self.assertEqual(
            bulk._converted(Message, field, texts),
            [field.convert_to_column_insert(text, Message) for text in texts],
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

"""Calls of webhooks: what came of each, and which were there before."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.batch import drop_some

#: for how long calls are kept, and repeated ones known
DAYS = 90
ROWS_PER_STEP = 1000


class LeadDistributionIntakeCall(models.Model):
    """A call of a webhook. Holds no word of what was sent. Kept by the distribution
    alone."""

    _name = "lead.distribution.intake.call"
    _description = "Call of a Webhook"
    _order = "date desc, id desc"
    _rec_name = "reference"

    intake_id = fields.Many2one(
        "lead.distribution.intake.source",
        string="Webhook",
        required=True,
        ondelete="cascade",
        readonly=True,
    )
    company_id = fields.Many2one(
        related="intake_id.company_id", store=True, index=True, readonly=True
    )
    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    outcome = fields.Selection(
        [
            ("new", "New lead"),
            ("repeated", "Delivered before"),
            ("waiting", "Could not be read"),
            ("test", "Trial of the sender"),
            ("unsigned", "Refused: not signed"),
        ],
        readonly=True,
    )
    reference = fields.Char(readonly=True, help="Answer to the sender.")
    lead_number = fields.Integer(string="Number of the Lead", readonly=True)
    lead_count = fields.Integer(string="Leads", readonly=True)
    note = fields.Char(readonly=True)
    paths = fields.Text(
        string="Keys", readonly=True, help="Of the payload, without their values."
    )
    key = fields.Char(readonly=True, groups="base.group_system")

    _date_idx = models.Index("(intake_id, date DESC)")
    _key_uniq = models.UniqueIndex("(intake_id, key) WHERE key IS NOT NULL")

    @api.model
    def _begin(self, intake, key):
        """Make the row of a call, unless one with this key is there.

        Two calls with the same key at the same moment: the database lets the second
        wait for the first, and has it tried again.

        :returns: the row; nothing where there is one
        """
        now = fields.Datetime.now()
        values = intake.id, intake.company_id.id, now, key, self.env.uid, now, now
        rows = self.env.execute_query(
            SQL(
                """INSERT INTO lead_distribution_intake_call
                          (intake_id, company_id, date, key, create_uid, create_date,
                           write_date, write_uid)
                   VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
                   ON CONFLICT DO NOTHING RETURNING id""",
                *values,
                self.env.uid,
            )
        )
        return self.browse([row[0] for row in rows])

    def action_open_lead(self):
        """Open the lead that the call brought, for who may read it."""
        self.ensure_one()
        return self.env["crm.lead"]._open_by_number(self.lead_number)

    @api.autovacuum
    def _gc_old(self):
        """Delete what was kept long enough, a block at a time.

        :returns: ``(number deleted, whether more remain)``
        """
        before = fields.Datetime.now() - timedelta(days=DAYS)
        return drop_some(self, [("date", "<", before)], ROWS_PER_STEP)

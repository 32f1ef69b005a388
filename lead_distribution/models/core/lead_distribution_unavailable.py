"""When salespeople could take no leads, or fewer, for other reasons than absence."""

from datetime import timedelta

from odoo import api, fields, models

from ...tools.batch import drop_some

#: how long a time is kept that is over: simulations look so far back
KEPT = timedelta(days=400)
DROPPED_AT_ONCE = 10_000


class LeadDistributionUnavailable(models.Model):
    """A time in which somebody could take no leads, or fewer, as it was set up then.

    Made when a pause ends, somebody joins a route, or gets a higher target or limit, so
    that nobody comes to a flood of leads (O11). Absences are records of their own.
    """

    _name = "lead.distribution.unavailable"
    _description = "Time Without Leads"
    _order = "id"
    _rec_name = "user_id"

    user_id = fields.Many2one(
        "res.users", required=True, ondelete="cascade", index=True
    )
    kind = fields.Selection(
        [
            ("paused", "On pause"),
            ("paused_here", "Paused on the route"),
            ("team_pause", "Paused in the team"),
            ("archived", "Archived"),
            ("joined", "Not on the route"),
            ("limit", "At a limit that was raised"),
            ("target", "With a lower target"),
        ],
        required=True,
    )
    company_id = fields.Many2one("res.company", ondelete="cascade")
    route_id = fields.Many2one("lead.distribution.route", ondelete="cascade")
    team_id = fields.Many2one("crm.team", ondelete="cascade")
    listing_id = fields.Many2one("lead.distribution.listing", ondelete="cascade")
    date_from = fields.Datetime(help="Empty: from the beginning.")
    date_to = fields.Datetime(help="Empty: no end.")
    last_row = fields.Integer(
        help="The last row of the ledger before the end, for leads of the same second."
    )
    standard = fields.Boolean(help="The target was the standard one.")
    target = fields.Integer(help="The target until then.")

    @api.model
    def _running(self, kind, users, **where):
        """Find the times of a kind that go on.

        :param where: ``company_id``, ``route_id``, ``team_id`` or ``listing_id``: an id
        :returns: as superuser
        """
        # sudo: kept by the addon, whoever changes the set-up; told only as a sum
        return self.sudo().search(
            [
                ("kind", "=", kind),
                ("user_id", "in", users.ids),
                ("date_to", "=", False),
                *((name, "=", value) for name, value in where.items()),
            ]
        )

    @api.model
    def _begin(self, kind, users, **where):
        """From now on these users take no leads.

        :param where: see :meth:`_running`
        """
        new = users - self._running(kind, users, **where).user_id
        self._add(kind, new, date_from=fields.Datetime.now(), **where)

    @api.model
    def _end(self, kind, users, **where):
        """From now on these users take leads again.

        :param where: see :meth:`_running`
        """
        self._running(kind, users, **where).date_to = fields.Datetime.now()

    @api.model
    def _join(self, users, **where):
        """From now on these users are on a route: again, or for the first time.

        :param where: see :meth:`_running`
        """
        running = self._running("joined", users, **where)
        now, last = fields.Datetime.now(), self._last_row()
        running.write({"date_to": now, "last_row": last})
        self._add(
            "joined", users - running.user_id, date_to=now, last_row=last, **where
        )

    @api.model
    def _until_now(self, kind, users, **values):
        """Until now these users had a lower target, or stood at a limit."""
        now = fields.Datetime.now()
        self._add(kind, users, date_to=now, last_row=self._last_row(), **values)

    @api.model
    def _add(self, kind, users, **values):
        # sudo: kept by the addon, whoever changes the set-up
        self.sudo().create(
            [{"kind": kind, "user_id": user.id, **values} for user in users]
        )

    @api.model
    def _last_row(self):
        # sudo: the number of the last row, nothing of it
        rows = self.env["lead.distribution.assignment"].sudo()
        return rows.search([], order="id desc", limit=1).id or 0

    @api.model
    def _touching(self, company, users, start):
        """Find the times that touch what came since a moment.

        :param start: naive UTC datetime
        :returns: as superuser, of the company or of all companies
        """
        # sudo: to decide, and to tell everybody their own sum
        return self.sudo().search_fetch(
            [
                ("user_id", "in", users.ids),
                ("company_id", "in", [False, company.id]),
                "|",
                ("date_to", "=", False),
                ("date_to", ">", start),
            ],
            [],
        )

    @api.autovacuum
    def _gc_over(self):
        """Drop old times, a block at a time.

        :returns: ``(number dropped, whether more remain)``
        """
        before = fields.Datetime.now() - KEPT
        # sudo: the schedule's own work
        return drop_some(self.sudo(), [("date_to", "<", before)], DROPPED_AT_ONCE)

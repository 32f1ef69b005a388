"""Absences of salespeople (O23)."""

from datetime import datetime, timedelta

from odoo import api, fields, models
from odoo.tools import SQL, format_datetime

from .res_users import GROUP


class ResUsers(models.Model):
    _inherit = "res.users"

    lead_absence_ids = fields.One2many(
        "lead.distribution.absence", "user_id", string="Lead Absences", groups=GROUP
    )

    lead_absent = fields.Boolean(
        string="Absent for Leads",
        compute="_compute_lead_absent",
        inverse="_inverse_lead_absent",
        search="_search_lead_absent",
        groups=GROUP,
        help="Now absent because of an entered absence, out-of-office dates or time "
        "off. Switching it on starts an absence without an end date.",
    )

    lead_absent_text = fields.Char(
        string="Reason for Absence",
        compute="_compute_lead_absent_text",
        groups=GROUP,
        help="The reason why they are absent now, and until when.",
    )

    @api.depends(
        "lead_absence_ids.date_from",
        "lead_absence_ids.date_to",
        "out_of_office_from",
        "out_of_office_to",
    )
    def _compute_lead_absent(self):
        absent = self._lead_absent_at(fields.Datetime.now())
        for user in self:
            user.lead_absent = user.id in absent

    def _inverse_lead_absent(self):
        now = fields.Datetime.now()
        absent = self._lead_absent_at(now)
        to_begin = self.filtered(lambda u: u.lead_absent and u.id not in absent)
        Absence = self.env["lead.distribution.absence"]
        Absence.create([{"user_id": user.id} for user in to_begin])
        to_end = self.filtered(lambda user: not user.lead_absent)
        Absence.search(
            [("user_id", "in", to_end.ids), ("current", "=", True)]
        ).action_end()
        self._lead_tell_still_absent(to_end)

    def _lead_tell_still_absent(self, users):
        """Tell whoever switched *absent* off who stays absent, and why."""
        self.env.flush_all()
        for user, text in users._lead_absent_because().items():
            self.env.user._bus_send(
                "simple_notification",
                {
                    "type": "warning",
                    "sticky": True,
                    "message": self.env._(
                        "%(user)s stays absent: %(why)s.", user=user.name, why=text
                    ),
                },
            )

    @api.depends(
        "lead_absence_ids.date_from",
        "lead_absence_ids.date_to",
        "out_of_office_from",
        "out_of_office_to",
    )
    @api.depends_context("lang", "tz")
    def _compute_lead_absent_text(self):
        because = self._lead_absent_because()
        for user in self:
            user.lead_absent_text = because.get(user)

    def _lead_absent_because(self):
        """Say what makes users absent now: which of the three, and until when.

        :returns: ``{user: text}`` of those who are absent
        """
        _ = self.env._
        now, found = fields.Datetime.now(), {}
        words = {
            "absence": _("by an absence that was entered here"),
            "out_of_office": _("by the out-of-office dates in the preferences"),
            "leave": _("by time off, which is changed in Time Off"),
        }
        for user in self:
            lines = [
                (end, code)
                for start, end, code in user._lead_absence_causes(now, now)
                if start <= now < end
            ]
            texts = []
            for end, code in lines:
                if end == datetime.max:
                    texts.append(_("%s, until further notice", words[code]))
                    continue
                until = format_datetime(self.env, end, dt_format="short")
                texts.append(_("%(why)s, until %(date)s", why=words[code], date=until))
            if texts:
                found[user] = "; ".join(texts)
        return found

    @api.model
    def _search_lead_absent(self, operator, value):
        # Odoo asks that only of fields with a column
        self.browse()._check_field_access(self._fields["lead_absent"], "read")
        if operator != "in":
            return NotImplemented
        # sudo: who is away is looked up in records of all kinds
        users = self.sudo().search([("share", "=", False)]).sudo(self.env.su)
        absent = users._lead_known()._lead_absent_at(fields.Datetime.now())
        return [("id", "in", list(absent))]

    def action_open_lead_absences(self):
        """List this salesperson's absences."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "lead_distribution.lead_distribution_absence_action"
        )
        return dict(
            action,
            domain=[("user_id", "=", self.id)],
            context={"default_user_id": self.id},
        )

    def _lead_absent_at(self, at):
        """Who is away at a moment.

        :param at: naive UTC datetime
        :returns: set of user ids
        """
        return self._lead_away_at(self._lead_absences(at, at), at)

    def _lead_deputies(self, at):
        """Who stands in for those of these users who are away, and for their deputies.

        One statement, and none as long as no absence names a deputy.

        :param at: naive UTC datetime
        :returns: ``{user_id: (deputy's id, until or None)}``
        """
        absences = self.env["lead.distribution.absence"]
        if not self.ids or not absences._with_deputies():
            return {}
        absences.flush_model(["user_id", "date_from", "date_to", "deputy_id"])
        rows = self.env.execute_query(
            SQL(
                """WITH away AS (
                   SELECT DISTINCT ON (user_id) user_id, deputy_id, date_to
                     FROM lead_distribution_absence
                    WHERE deputy_id IS NOT NULL AND date_from < %(next)s
                      AND (date_to IS NULL OR date_to >= %(next)s)
                 ORDER BY user_id, date_to DESC NULLS FIRST, id DESC)
                   SELECT * FROM away
                    WHERE user_id = ANY(%(users)s) OR user_id IN (
                          SELECT deputy_id FROM away WHERE user_id = ANY(%(users)s))""",
                users=self.ids,
                next=at + timedelta(seconds=1),
            )
        )
        return {user_id: (deputy, until) for user_id, deputy, until in rows}

    def _lead_ever_deputies(self):
        """Return those who are, were or will be deputies of these users, and theirs."""
        absences = self.env["lead.distribution.absence"]
        if not absences._with_deputies():
            return self.browse()
        absences = absences.search([("deputy_id", "!=", False)])
        first = absences.filtered(lambda x: x.user_id in self).deputy_id
        return first | absences.filtered(lambda x: x.user_id in first).deputy_id

    @api.model
    def _lead_away_at(self, absences, at):
        """Tell who is away at a moment.

        :param absences: see :meth:`_lead_absences`
        :returns: set of user ids
        """
        return {
            user_id
            for user_id, spans in absences.items()
            if any(start <= at < end for start, end in spans)
        }

    def _lead_absences(self, start, end):
        """When these users are away: own absences, out-of-office dates, and time off
        on the user's resource (where Time Off writes).

        :param start, end: naive UTC datetimes
        :returns: ``{user_id: [(from, until), ...]}`` of what touches the time from
            ``start`` to ``end``, the last moment included; without an end until the
            end of time
        """
        found = {}
        for user_id, begin, until, _code in self._lead_absence_rows(start, end):
            found.setdefault(user_id, []).append((begin, until))
        return found

    def _lead_absence_causes(self, start, end):
        """As :meth:`_lead_absences`, of one user, with what each comes from.

        :returns: ``[(from, until, "absence", "out_of_office" or "leave"), ...]``
        """
        self.ensure_one()
        return [row[1:] for row in self._lead_absence_rows(start, end)]

    def _lead_absence_rows(self, start, end):
        """Look up absences where they are kept.

        :returns: ``[(user_id, from, until, code), ...]``
        """
        if not self.ids:
            return []
        # one query for both: it is asked for every lead. Everybody may be asked whether
        # a colleague is away: dates, without a reason or a name
        self.env["lead.distribution.absence"].flush_model(
            ["user_id", "date_from", "date_to"]
        )
        self.env["resource.calendar.leaves"].flush_model(
            ["resource_id", "date_from", "date_to", "time_type"]
        )
        self.env["resource.resource"].flush_model(["user_id"])
        second = timedelta(seconds=1)  # the database knows fractions of one
        rows = self.env.execute_query(
            SQL(
                """(SELECT user_id, date_from, date_to, 'absence'
                      FROM lead_distribution_absence
                     WHERE user_id = ANY(%(users)s) AND date_from < %(end)s
                       AND (date_to IS NULL OR date_to >= %(start)s)
                  ORDER BY date_from DESC, id DESC)
                   UNION ALL
                   (SELECT r.user_id, l.date_from, l.date_to, 'leave'
                      FROM resource_calendar_leaves l
                      JOIN resource_resource r ON r.id = l.resource_id
                     WHERE r.user_id = ANY(%(users)s) AND l.time_type = 'leave'
                       AND l.date_from < %(end)s AND l.date_to >= %(start)s
                  ORDER BY l.date_from)""",
                users=self.ids,
                start=start + second,
                end=end + second,
            )
        )
        found = [(*row[:2], row[2] or datetime.max, row[3]) for row in rows]
        # sudo: the dates of an absence, without its reason
        for user in self.sudo():
            begin, until = user.out_of_office_from, user.out_of_office_to
            if begin and begin <= end and (not until or until > start):
                found.append((user.id, begin, until or datetime.max, "out_of_office"))
        return found

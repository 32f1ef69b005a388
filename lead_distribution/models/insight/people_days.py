"""People and days: who is there, absent, on shift, paused, at a limit, with targets and
loads."""

from datetime import timedelta

from odoo import api, fields, models

from ...engine.people_days import day_state
from ...tools.locale import plain_number
from ...tools.periods import company_midnight, company_today

#: so many days are shown, and at most
DAYS, MOST_DAYS = 14, 62


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.model
    def lead_people_days(self, start=False, days=DAYS):
        """Who is there on which day, as far as the reader may know it: managers see
        everybody, leaders their teams, salespeople themselves.

        :param start: the first day, as text; by default today
        :param days: how many
        :returns: dictionary of ``start``, ``days`` (``[{"date", "today"}, ...]``) and
            ``people`` (see :meth:`_lead_day_row`)
        """
        company = self.env.company
        today = company_today(company)
        first = fields.Date.to_date(start) or today
        number = min(max(int(days), 1), MOST_DAYS)
        dates = [first + timedelta(days=n) for n in range(number)]
        users = self._lead_on_screen(company)
        bounds = [
            company_midnight(company, date)
            for date in (*dates, first + timedelta(days=number))
        ]
        absences = {}
        for user_id, begin, stop, _code in users._lead_absence_rows(
            bounds[0], bounds[-1]
        ):
            absences.setdefault(user_id, []).append((begin, stop))
        shifts = users._lead_shifts(company, bounds[0], bounds[-1])
        full = users._lead_at_limit(company)
        rows = []
        for user in users:
            mine = shifts.get(user.id)
            spans = None
            if mine and not mine.always:
                spans = [(begin, stop) for begin, stop, _ends in mine.spans]
            cells = [
                day_state(
                    begin,
                    stop,
                    absences.get(user.id, []),
                    spans,
                    user.lead_distribution_paused and date >= today,
                )
                for date, begin, stop in zip(dates, bounds, bounds[1:], strict=False)
            ]
            rows.append({**user._lead_day_row(full), "cells": cells})
        return {
            "start": fields.Date.to_string(first),
            "days": [
                {"date": fields.Date.to_string(date), "today": date == today}
                for date in dates
            ],
            "people": rows,
        }

    @api.model
    def lead_my_day(self):
        """What a salesperson sees of themselves in the header.

        :returns: as a row of :meth:`lead_people_days`, with ``absent``; empty for who
            gets no leads
        """
        user = self.env.user
        if not user.has_group("lead_distribution.group_user"):
            return {}
        row = user._lead_day_row(user._lead_at_limit(self.env.company))
        return {**row, "absent": user.lead_absent}

    def _lead_on_screen(self, company):
        """Find the salespeople of a company of whom the reader may know."""
        group = self.env.ref("sales_team.group_sale_salesman")
        users = self.search(
            [
                ("share", "=", False),
                ("all_group_ids", "in", group.ids),
                ("company_ids", "in", company.ids),
            ],
            order="name, id",
        )
        users -= company.sudo().lead_distribution_intake_user_ids  # sudo: who gets none
        return users._lead_known()

    def _lead_day_row(self, full):
        """Describe a salesperson beside their days.

        :param full: ids of who is at a limit
        :returns: dictionary of ``id``, ``name``, ``load`` ("39 of 40"), ``percent``,
            ``credited`` (why, or ""), ``paused``, ``full`` and ``cells``
        """
        self.ensure_one()
        env = self.env
        return {
            "id": self.id,
            "name": self.name,
            "load": env._(
                "%(load)s of %(target)s",
                load=plain_number(env, self.lead_workload_units),
                target=self.lead_workload_target,
            ),
            "percent": round(self.lead_workload_percent),
            "credited": self.lead_compensation_text
            if self.lead_absence_compensation
            else "",
            "paused": self.lead_distribution_paused,
            "full": self.id in full,
        }

    def _lead_at_limit(self, company):
        """Return the ids of who gets no more leads today because of a limit."""
        # sudo: limits of those of whom the reader may know, see _lead_known
        users = self.sudo()
        candidates = users.env["lead.distribution.candidates"]
        limits = candidates._hard_limits(company, users, fields.Datetime.now())
        return {user_id for user_id in self.ids if limits.passed(user_id, 1, 0)}

"""What those who could not take leads count as had, on screen (O11)."""

from odoo import api, models

from ...tools.locale import plain_number

#: how many listings of a salesperson their own screen looks at
LISTINGS_SHOWN = 100


class LeadDistributionCandidates(models.AbstractModel):
    _inherit = "lead.distribution.candidates"

    @api.model
    def _compensation_of(self, company, users, at):
        """What the users' own screens say: the compensation that counts on the routes
        they are on, the largest of them; where they differ, each by its name.

        :returns: ``{user_id: (units, the sum in words)}`` of those who have one
        """
        if not self._times_out(company, users, at).spans:
            return {}
        # sudo: who is on a route with me is no secret, the numbers are averages
        routes = (
            self.env["lead.distribution.route"]
            .sudo()
            .search(
                [
                    ("company_id", "in", [False, company.id]),
                    ("pool_source", "!=", "user"),
                ]
            )
            .filtered(lambda route: not route._measure().stock)
        )
        # sudo: the same, of listings; the latest, for a screen
        listings = self.env["lead.distribution.listing"].sudo()
        if "listing" in routes.mapped("pool_source"):
            listings = listings.search(
                [
                    ("contact_ids.user_ids", "in", users.ids),
                    ("company_id", "in", [False, company.id]),
                ],
                order="id desc",
                limit=LISTINGS_SHOWN,
            )
        groups = {}
        for route in routes:
            of_listing = route.pool_source == "listing"
            for listing in listings if of_listing else [listings.browse()]:
                group = route._users(listing)
                if group & users:
                    groups[route, listing] = group
        # sudo: the people to compare with; nothing of them is told
        everybody = self.env["res.users"].sudo().union(users, *groups.values())
        times = self._times_out(company, everybody, at)
        excluded = self._excluded(company, everybody)
        absent, soon, measured = everybody._lead_absent_at(at), {}, {}
        found = {}
        for (route, listing), group in groups.items():
            had = self._units_of_stretches(
                company, route, everybody, at, times, listings, measured
            )
            scope = listing.id if route.workload_per_listing and listing else None
            loads = self._loads(company, route, everybody, at, listings, measured)
            made_up, spans = self._compensations(
                company,
                route,
                listing,
                group,
                self._targets_on(route, company, group),
                self._codes_on(route, group, excluded, absent, at, soon),
                times,
                had[scope],
                loads[scope],
            )
            for user in group & users:
                if made_up.get(user.id):
                    line = (made_up[user.id], route, spans[user.id])
                    found.setdefault(user.id, []).append(line)
        return {
            user.id: (
                max(units for units, _route, _spans in found[user.id]),
                self._compensation_in_words(company, user, found[user.id], times),
            )
            for user in users
            if user.id in found
        }

    @api.model
    def _compensation_in_words(self, company, user, lines, times):
        """Say what counts as had, and why.

        :param lines: ``[(units, route, [Span, ...]), ...]``, one for each route
        """
        _ = self.env._
        texts = {}
        for units, route, spans in sorted(lines, key=lambda line: -line[0]):
            text = self._reasons_in_words(company, user, units, spans, times)
            texts.setdefault(text, []).append(route)
        if len(texts) == 1:
            return next(iter(texts))
        return " ".join(
            _(
                "%(routes)s: %(text)s.",
                routes=", ".join({route.id: route.name for route in routes}.values()),
                text=text,
            )
            for text, routes in texts.items()
        )

    @api.model
    def _reasons_in_words(self, company, user, units, spans, times):
        _ = self.env._
        words = {
            "absent": _("absence"),
            "started": _("no account yet"),
            "archived": _("archived"),
            "joined": _("not on the route"),
            "paused": _("pause"),
            "paused_here": _("pause on the route"),
            "team_pause": _("pause in the team"),
            "limit": _("a limit, since raised"),
            "off_shift": _("outside of the own hours"),
            "target": _("a target, since raised"),
        }
        why = ", ".join(words[code] for code in dict.fromkeys(s.code for s in spans))
        days = self._days_out(company, user, spans, times)[1]
        if not days:
            return _(
                "Credited for the time without leads (%(why)s): %(units)s, the same "
                "as colleagues received meanwhile, by target",
                units=plain_number(self.env, units),
                why=why,
            )
        return _(
            "Credited: %(units)s. Working days without leads this month (%(why)s): "
            "%(days)s; leads per day of colleagues, by target: %(rate)s",
            days=plain_number(self.env, days),
            why=why,
            rate=plain_number(self.env, units / days, 2),
            units=plain_number(self.env, units),
        )

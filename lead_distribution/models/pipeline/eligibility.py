"""What keeps salespeople off a route."""

from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from ...tools.opt_out import opted_out
from ...tools.periods import company_date, company_midnight


class LeadDistributionCandidates(models.AbstractModel):
    _inherit = "lead.distribution.candidates"

    @api.model
    def _listing_candidates(self, company, listing, at):
        """The contact persons of a listing (O1); who has no user is a candidate with
        the reason, under the negative id of the contact.

        :returns: ``[(candidate's id, res.users, code), ...]``
        """
        # sudo: who is on a listing, to decide; the reasons are told without names of
        # others
        listing = listing.sudo().with_context(active_test=False)
        today = company_date(company, at)
        over = (
            not listing.active
            or (listing.date_from and listing.date_from > today)
            or (listing.date_to and listing.date_to < today)
        )
        found, seen = [], set()
        for contact in listing.contact_ids.sorted("id"):
            user = contact.user_ids.sorted(lambda u: (not u.active, u.share, u.id))[:1]
            if user.id in seen:
                continue
            code = "listing_over" if over else ("" if user else "no_user")
            user = self.env["res.users"].browse(user.id)
            if user:
                seen.add(user.id)
            found.append((user.id or -contact.id, user, code))
        return found

    @api.model
    def _excluded(self, company, users):
        """What keeps people off every route (O4, O22).

        :returns: ``{user_id: code}``
        """
        intake = set(company.lead_distribution_intake_user_ids.ids)
        found = {}
        _only, alone = self.env["res.company"]._lead_only_company()
        # sudo: decides for everybody; whoever tells it looks who may know
        for user in users.sudo().with_company(company or self.env.company):
            if not user.active:
                found[user.id] = "archived"
            elif user.share or not user.has_group("sales_team.group_sale_salesman"):
                found[user.id] = "no_rights"
            elif company and not alone and company not in user.company_ids:
                found[user.id] = "company"
            elif user.id in intake:
                found[user.id] = "intake"
            elif user.lead_distribution_paused:
                found[user.id] = "paused"
        return found

    @api.model
    def _paused_on(self, route, users):
        """What keeps people off this route: paused here, paused in core on all
        their memberships of its teams, without the tags it asks for.

        :param users: the route's
        :returns: ``{user_id: code}``
        """
        found = {}
        if route.pool_source == "teams":
            members = route.team_ids.crm_team_member_all_ids.filtered("active")
            taking = {m.user_id.id for m in members if not opted_out(m)}
            found = {
                m.user_id.id: "team_pause"
                for m in members
                if m.user_id.id not in taking
            }
        if route.category_ids:
            for user in users:
                if not user.partner_id.category_id & route.category_ids:
                    found[user.id] = "tag"
        found.update(dict.fromkeys(route.paused_user_ids.ids, "paused_here"))
        return found

    @api.model
    def _codes_on(self, route, users, excluded, absent, at, soon):
        """Tell who is excluded from a route, and why.

        :param soon: ``{days: ids of who is away by then}``, filled as needed
        :returns: ``{user_id: code}`` of who gets nothing from this route
        """
        codes = self._away_on(route, users, absent, at, soon)
        codes.update(self._paused_on(route, users))
        codes.update({i: code for i, code in excluded.items() if code})
        return codes

    @api.model
    def _away_on(self, route, users, absent, at, soon):
        """As :meth:`_codes_on`, of routes and rules: who is absent, or soon will be."""
        codes = {}
        if "skip_absent" not in route or route.skip_absent:
            codes.update(dict.fromkeys(absent, "absent"))
        days = route.absence_lookahead_days
        if days:
            if (days, users) not in soon:
                # calendar days of the company: today and the N days that follow
                company = self.env.company
                last = company_date(company, at) + timedelta(days=days)
                end = company_midnight(company, last + timedelta(days=1))
                soon[days, users] = users._lead_absences(at, end - timedelta(seconds=1))
            for user_id in soon[days, users]:
                codes.setdefault(user_id, "absent_soon")
        return codes

    @api.model
    def _teams_of(self, company, users):
        """Return ``{user_id: [team_id, ...]}`` of the company, led teams last."""
        if not users:
            return {}
        self.env["crm.team"].flush_model(
            ["active", "company_id", "sequence", "user_id"]
        )
        self.env["crm.team.member"].flush_model(["active", "crm_team_id", "user_id"])
        rows = self.env.execute_query(
            SQL(
                """WITH team AS (
                       SELECT id, user_id, sequence, create_date FROM crm_team
                        WHERE active
                          AND (company_id IS NULL OR company_id = %(company)s))
                   SELECT user_id, team_id FROM (
                       SELECT m.user_id, team.id AS team_id, 0 AS led, sequence,
                              NULL::timestamp AS made, m.id AS place
                         FROM crm_team_member m JOIN team ON team.id = m.crm_team_id
                        WHERE m.active AND m.user_id = ANY(%(users)s)
                    UNION ALL
                       SELECT user_id, id, 1, sequence, create_date, -id
                         FROM team WHERE user_id = ANY(%(users)s)) AS found
                 ORDER BY led, sequence, made DESC, place""",
                company=company.id or None,
                users=users.ids,
            )
        )
        found = {}
        for user_id, team_id in rows:
            teams = found.setdefault(user_id, [])
            if team_id not in teams:
                teams.append(team_id)
        return found

"""Room 5: make it so, in blocks: lead, chatter line, follower, activity, contact,
tag, ledger. The number of statements does not grow with the leads."""

from datetime import timedelta

from markupsafe import Markup

from odoo import Command, api, fields, models
from odoo.tools import SQL

from odoo.addons.crm.models.crm_lead import PARTNER_ADDRESS_FIELDS_TO_SYNC

from .data import Placement
from .task import TaskSpec

#: what core copies from a lead's customer: one by one, and all or none
PARTNER_FIELDS = (
    "email_from",
    "phone",
    "contact_name",
    "partner_name",
    "function",
    "website",
    "lang_id",
)
ADDRESS_FIELDS = PARTNER_ADDRESS_FIELDS_TO_SYNC


class LeadDistributionApply(models.AbstractModel):
    _inherit = "lead.distribution"

    @api.model
    def _apply(self, occasion, leads, identities, picture, decisions, state):
        """Carry out the decisions of a block.

        :param occasion: :class:`Occasion`
        :param decisions: list of the engine's ``Decision``, one for each lead
        :param state: what the engine wants remembered
        :returns: the ledger's new rows
        """
        self._recognise(leads, identities)
        routes = self.env["lead.distribution.route"].browse(
            [d.route_id for d in decisions if d.route_id]
        )
        by_id = {lead.id: lead for lead in leads}
        placements, offers, unplaced = [], [], []
        kept = self.env["crm.lead"]
        room = self._room_left(picture, decisions)
        for decision in decisions:
            lead = by_id[decision.lead_id]
            held = lead.user_id.filtered("active")
            route = routes.browse(decision.route_id)
            offered = (
                route.delivery in ("offer", "offer_all") and route.pool_source != "user"
            )
            # what is somebody's is not offered to others, unless it is neglected
            stays = decision.user_id in (None, held.id)
            if held and (stays or offered and not occasion.rule):
                kept |= lead  # nobody else was found: nobody loses it
                continue
            if not decision.user_id:
                unplaced.append((lead, decision))
                continue
            placement = Placement(
                lead.id,
                decision.user_id,
                decision.reason,
                route.id,
                self._team_for(lead, decision.user_id, route, picture),
                decision.units,
                decision.trace,
            )
            if not offered or decision.reason == "duplicate":
                placements.append(placement)
            elif route.delivery == "offer":
                offers.append(placement)
            else:
                skip = occasion.skip.get(lead.id, ())
                offers += self._offers_for_all(placement, picture, room, skip)
        occasion.snapshot = self._store_picture(occasion, picture)
        self._settle(kept)
        if not occasion.is_new:
            self._release_rows(leads - kept, occasion.at)
        rows = self._place(occasion, placements)
        if occasion.rule:
            taken = leads.browse({p.lead_id for p in offers}).filtered("user_id")
            holders = {lead.id: lead.user_id.id for lead in taken}
            for placement in offers:
                placement.previous_user_id = holders.get(placement.lead_id)
            for user, ours in taken.grouped("user_id").items():
                ours.message_unsubscribe(user.partner_id.ids)
            taken.write({"user_id": False, "company_id": occasion.company.id})
        rows |= self._offer(occasion, offers)
        rows |= self._to_pool(occasion, unplaced)
        self.env["lead.distribution.route.state"]._remember(state)
        return rows

    @api.model
    def _recognise(self, leads, identities):
        """Link the leads whose customer was recognised, and note what a person
        should look at.

        What the inquiry says stays on the lead and off the customer: core would
        replace it by the customer's. What it does not say is filled in. The
        company is written along, since core takes it away from a lead without
        team and salesperson.
        """
        self._link(
            {
                lead: identities[lead.id].partner_id
                for lead in leads
                if lead.id in identities and identities[lead.id].partner_id
            }
        )
        leads.filtered(
            lambda lead: lead.partner_id and lead.intake_status == "new"
        ).write({"intake_status": "linked"})
        repeated = []
        for lead in leads:
            if (lead.identity_about or {}).get("dismissed"):
                continue  # a person knows better
            identity = identities.get(lead.id)
            flag = identity.flag if identity else False
            repeats = identity.repeats if identity else False
            if (flag, repeats or False) != (
                lead.identity_flag,
                lead.duplicate_lead_id.id,
            ):
                lead.write(
                    {
                        "identity_flag": flag,
                        "duplicate_lead_id": repeats,
                        "identity_about": identity.about if flag else False,
                    }
                )
                if repeats:
                    repeated.append(lead.id)
        if repeated:
            self._share_customers(leads.browse(repeated))
            self._call_merges(leads.browse(repeated))

    @api.model
    def _link(self, customers):
        """:param customers: ``{lead: partner_id}``"""
        groups, now = {}, fields.Datetime.now()
        partners = self.env["res.partner"].browse(set(customers.values()))
        commercial = {p.id: p.commercial_partner_id.id or p.id for p in partners}
        for lead, partner_id in customers.items():
            said = [name for name in PARTNER_FIELDS if lead[name]]
            if any(lead[name] for name in ADDRESS_FIELDS):
                said += ADDRESS_FIELDS
            refused = tuple((lead.customer_about or {}).get("refused", ()))
            key = (partner_id, lead.company_id.id, tuple(said), refused)
            groups.setdefault(key, []).append(lead.id)
        for (partner_id, company_id, said, refused), ids in groups.items():
            linked = self.env["crm.lead"].browse(ids)
            # what is theirs goes with them, should it be the wrong client
            about = {
                "client": commercial[partner_id],
                "filled": [
                    n for n in (*PARTNER_FIELDS, *ADDRESS_FIELDS) if n not in said
                ],
            }
            if refused:
                about["refused"] = list(refused)
            with self.env.protecting([linked._fields[name] for name in said], linked):
                linked.write(
                    {
                        "partner_id": partner_id,
                        "company_id": company_id,
                        "intake_status": "linked",
                        "date_customer": now,
                        "customer_about": about,
                    }
                )

    @api.model
    def _refused(self, lead):
        """:returns: ids of the clients that somebody took the lead off"""
        return set((lead.customer_about or {}).get("refused", ()))

    @api.model
    def _share_customers(self, leads):
        """Whose customer is known by now is so on all open inquiries of the same
        person (policies link and merge)."""
        follow = leads.filtered(
            lambda lead: (
                (self._company_of_lead(lead) or self.env.company).lead_duplicate_policy
                != "flag"
            )
        )
        first = follow.duplicate_lead_id | follow
        group = self.env["crm.lead"].search(
            [
                ("won_status", "=", "pending"),
                "|",
                ("id", "in", first.ids),
                ("duplicate_lead_id", "in", first.ids),
            ]
        )
        known = {}
        for lead in group.sorted(lambda x: (bool(x.duplicate_lead_id), x.id)):
            if lead.partner_id:
                known.setdefault(lead.duplicate_lead_id or lead, lead.partner_id.id)
        self._link(
            {
                lead: known[lead.duplicate_lead_id or lead]
                for lead in group
                if not lead.partner_id
                and (lead.duplicate_lead_id or lead) in known
                and known[lead.duplicate_lead_id or lead] not in self._refused(lead)
            }
        )

    @api.model
    def _team_for(self, lead, user_id, route, picture):
        """The lead's team if the salesperson is in it, else one of the route's,
        else the salesperson's first; never one of another company."""
        teams = picture.teams.get(user_id, [])
        if lead.team_id.id in teams:
            return lead.team_id.id
        if route.pool_source == "teams":
            for team in route.team_ids:
                if team.id in teams:
                    return team.id
        return teams[0] if teams else lead.team_id.id or None

    @api.model
    def _store_picture(self, occasion, picture):
        return self.env["lead.distribution.snapshot"].create(
            {
                "company_id": occasion.company.id,
                "date": occasion.at,
                "data": picture.as_json(),
            }
        )

    @api.model
    def _row_values(self, occasion, lead):
        """What every new row of the ledger has; to be extended with the rest."""
        return {
            "lead_id": lead.id,
            "partner_id": lead.partner_id.id,
            "listing_id": lead.listing_id.id,
            "company_id": occasion.company.id,
            "trigger": occasion.trigger,
            "date": occasion.at,
            "decline_reason": False,
            "deadline": False,
            "date_response": False,
            "tag_ids_added": False,
            "rule_id": occasion.rule.id if occasion.rule else False,
            "run_id": occasion.run.id if occasion.run else False,
            "snapshot_id": occasion.snapshot.id if occasion.snapshot else False,
        }

    # somebody --------------------------------------------------------------

    @api.model
    def _place(self, occasion, placements, tell=True, accepted=None):
        """Give leads to salespeople.

        :param placements: list of :class:`Placement`
        :param tell: whether the salespeople get an email
        :param accepted: ``{lead_id: the offer that was claimed}``; its row becomes
            the assignment
        :returns: the ledger's new rows
        """
        Assignment = self.env["lead.distribution.assignment"]
        if not placements:
            return Assignment
        leads = self.env["crm.lead"].browse([p.lead_id for p in placements])
        by_id = {lead.id: lead for lead in leads}
        for placement in placements:
            lead = by_id[placement.lead_id]
            placement.previous_user_id = lead.user_id.id
            placement.previous_team_id = lead.team_id.id
        self._write_leads(occasion.company, leads, placements)
        # an automation rule may have given one to somebody else, with a row of its own
        placements = [p for p in placements if by_id[p.lead_id].user_id.id == p.user_id]
        self._follow(leads, placements)
        self._add_tags(placements, occasion.rule)
        activities = self._schedule(occasion.company, placements)
        self._own_contacts(by_id, placements)
        self._log(occasion, placements)
        done, values = Assignment, []
        for p in placements:
            vals = {
                "previous_user_id": p.previous_user_id,
                "previous_team_id": p.previous_team_id,
                "partner_previous_user_id": p.partner_previous_user_id,
                "partner_owned": p.partner_owned,
                "activity_id": activities.get(p.lead_id),
                "tag_ids_added": [Command.set(p.tag_ids)] if p.tag_ids else False,
                "state": "assigned",
            }
            offer = (accepted or {}).get(p.lead_id)
            if offer:
                if not p.previous_user_id:
                    del vals["previous_user_id"]  # whom the offer was taken from
                offer.write({**vals, "date_response": occasion.at})
                offer.flush_recordset()
                done |= offer
                continue
            values.append(
                {
                    **self._row_values(occasion, by_id[p.lead_id]),
                    **vals,
                    "user_id": p.user_id,
                    "route_id": p.route_id,
                    "reason": p.reason,
                    "trace": p.trace,
                    "units": p.units,
                    "mail_pending": tell,
                }
            )
        rows = done | Assignment.create(values)
        if not occasion.is_new:
            self._drop_calls_for_help(leads)
        if tell:
            self._call_cron("ir_cron_send_mail")
            self._notify(by_id, placements)
        return rows

    @api.model
    def _notify(self, by_id, placements):
        """Tell each salesperson in Odoo, at once: one message for all new leads."""
        by_user = {}
        for p in placements:
            by_user.setdefault(p.user_id, []).append(by_id[p.lead_id])
        for user_id, leads in by_user.items():
            user = self.env["res.users"].browse(user_id)
            _ = self.with_context(lang=user.lang or self.env.lang).env._
            user._bus_send(
                "simple_notification",
                {
                    "type": "info",
                    "title": _("New lead") if len(leads) == 1 else _("New leads"),
                    "message": leads[0].name
                    if len(leads) == 1
                    else _("%s new leads for you", len(leads)),
                },
            )

    @api.model
    def _write_leads(self, company, leads, placements):
        """A write per salesperson and team, one per route, whatever the leads. The
        company is written along, so that core does not derive it anew."""
        groups, by_route = {}, {}
        for p in placements:
            groups.setdefault((p.user_id, p.team_id), []).append(p.lead_id)
            by_route.setdefault(p.route_id, []).append(p.lead_id)
        for (user_id, team_id), ids in groups.items():
            leads.browse(ids).write(
                {
                    "user_id": user_id,
                    "team_id": team_id,
                    "company_id": company.id,
                    "distribution_state": "assigned",
                }
            )
        for route_id, ids in by_route.items():
            leads.browse(ids).write({"distribution_route_id": route_id})

    @api.model
    def _follow(self, leads, placements):
        """Salespeople follow their leads, the former ones no more; who follows a
        team follows its leads as they subscribed."""
        users = self.env["res.users"].browse({p.user_id for p in placements})
        partner_of = {user.id: user.partner_id.id for user in users}
        changed = [
            p
            for p in placements
            if p.previous_user_id and p.previous_user_id != p.user_id
        ]
        for user_id in {p.previous_user_id for p in changed}:
            user = self.env["res.users"].browse(user_id)
            left = [p.lead_id for p in changed if p.previous_user_id == user_id]
            leads.browse(left).message_unsubscribe(user.partner_id.ids)
        default = self.env["mail.message.subtype"].default_subtypes("crm.lead")[0].ids
        team_subtypes = self._team_subscriptions({p.team_id for p in placements})
        wanted = {}
        for p in placements:
            wanted[p.lead_id, partner_of[p.user_id]] = default
            if p.team_id != p.previous_team_id:
                for partner_id, subtypes in team_subtypes.get(p.team_id, {}).items():
                    wanted.setdefault((p.lead_id, partner_id), subtypes)
        self._insert_followers(leads, wanted)

    @api.model
    def _insert_followers(self, leads, wanted):
        """Followers in one statement a set of subtypes, whatever the leads.

        Measured: the ORM's create takes 0.2 ms a follower and 7 % of a batch, this
        0.01 ms; ``mail.followers`` does nothing on create but drop caches. Who
        follows already is left as it is.

        :param wanted: ``{(lead_id, partner_id): [subtype_id, ...]}``
        """
        by_subtypes = {}
        for (lead_id, partner_id), subtypes in wanted.items():
            pair = by_subtypes.setdefault(tuple(subtypes), ([], []))
            pair[0].append(lead_id)
            pair[1].append(partner_id)
        for subtypes, (lead_ids, partner_ids) in by_subtypes.items():
            self.env.cr.execute(
                SQL(
                    """WITH fresh AS (
                           INSERT INTO mail_followers (res_model, res_id, partner_id)
                                SELECT 'crm.lead', lead_id, partner_id
                                  FROM unnest(%s::int[], %s::int[])
                                    AS w(lead_id, partner_id)
                           ON CONFLICT DO NOTHING
                             RETURNING id)
                       INSERT INTO mail_followers_mail_message_subtype_rel
                                   (mail_followers_id, mail_message_subtype_id)
                            SELECT fresh.id, subtype.id
                              FROM fresh, unnest(%s::int[]) AS subtype(id)""",
                    lead_ids,
                    partner_ids,
                    list(subtypes),
                )
            )
        self.env["mail.followers"].invalidate_model()
        leads.invalidate_recordset(["message_follower_ids", "message_partner_ids"])

    @api.model
    def _team_subscriptions(self, team_ids):
        """What core's auto-subscription does for one lead, for all at once.

        :returns: ``{team_id: {partner_id: [subtype_id, ...]}}``
        """
        team_ids = [team_id for team_id in team_ids if team_id]
        if not team_ids:
            return {}
        children, _default, internal, parent, _relation = self.env[
            "mail.message.subtype"
        ]._get_auto_subscription_subtypes("crm.lead")
        data = self.env["mail.followers"]._get_subscription_data(
            [("crm.team", team_ids)], None, include_pshare=True, include_active=True
        )
        found = {}
        for _id, team_id, partner_id, subtypes, share, active in data:
            if not partner_id or not active:
                continue
            ids = {parent[s] for s in subtypes if parent.get(s)}
            ids |= {s for s in subtypes if s not in parent and s in children}
            if share:
                ids -= set(internal)
            if ids:
                found.setdefault(team_id, {})[partner_id] = sorted(ids)
        return found

    @api.model
    def _add_tags(self, placements, rule=None):
        by_route = {}
        for p in placements:
            by_route.setdefault(p.route_id, []).append(p)
        for route_id, group in by_route.items():
            tags = self.env["lead.distribution.route"].browse(route_id or []).tag_ids
            tags |= rule.tag_ids if rule else tags
            if not tags:
                continue
            leads = self.env["crm.lead"].browse([p.lead_id for p in group])
            for p, lead in zip(group, leads, strict=True):
                p.tag_ids = (tags - lead.tag_ids).ids
            leads.write({"tag_ids": [Command.link(tag_id) for tag_id in tags.ids]})

    @api.model
    def _schedule(self, company, placements):
        """An activity of the route's type for each salesperson (O18).

        :returns: ``{lead_id: activity_id}``
        """
        today, found = self._today(company), {}
        by_route = {}
        for p in placements:
            by_route.setdefault(p.route_id, {})[p.lead_id] = p.user_id
        routes = self.env["lead.distribution.route"]
        for route in routes.browse(route_id for route_id in by_route if route_id):
            kind = route.activity_type_id
            if not kind:
                continue
            users = by_route[route.id]
            activities = self._create_tasks(
                company,
                self.env["crm.lead"].browse(users),
                TaskSpec(
                    activity_type_id=kind.id,
                    summary=route.activity_summary,
                    note=route.activity_note,
                    origin="route",
                ),
                fields.Datetime.now(),
                users,
                today + timedelta(days=route.activity_days)
                if route.activity_days
                else kind._get_date_deadline(),
            )
            found.update({activity.res_id: activity.id for activity in activities})
        return found

    @api.model
    def _own_contacts(self, by_id, placements):
        """Who takes the lead becomes the contact's salesperson, by the route's
        policy (O15)."""
        by_user = {}
        for p in placements:
            partner = by_id[p.lead_id].partner_id
            route = self.env["lead.distribution.route"].browse(p.route_id or [])
            if not partner or not route:
                continue
            owner = partner.user_id
            p.partner_previous_user_id = owner.id
            policy = route.contact_owner_policy
            if policy == "always" or (policy == "if_empty" and not owner):
                if owner.id != p.user_id:
                    p.partner_owned = True
                    by_user.setdefault(p.user_id, set()).add(partner.id)
        for user_id, partner_ids in by_user.items():
            self.env["res.partner"].browse(partner_ids).write({"user_id": user_id})

    @api.model
    def _log(self, occasion, placements):
        """One chatter line a lead, in the company's language."""
        company = occasion.company
        service = self.with_context(lang=company.partner_id.lang or self.env.lang)
        _ = service.env._
        reasons = dict(
            service.env["lead.distribution.assignment"]
            ._fields["reason"]
            ._description_selection(service.env)
        )
        # the translation stays a template: its values are escaped, it is not
        by_route = Markup(_("Assigned to %(user)s by the route %(route)s: %(reason)s"))
        by_hand = Markup(_("Assigned to %(user)s: %(reason)s"))
        rule = service._rule_line(occasion)
        users = service.env["res.users"].browse({p.user_id for p in placements})
        users = {user.id: Markup("<b>%s</b>") % user.name for user in users}
        routes = service.env["lead.distribution.route"]
        routes = routes.browse({p.route_id for p in placements if p.route_id})
        routes = {route.id: route.name for route in routes}
        bodies = {}
        for p in placements:
            bodies[p.lead_id] = (by_route if p.route_id else by_hand) % {
                "user": users[p.user_id],
                "route": routes.get(p.route_id),
                "reason": reasons[p.reason],
            }
            if rule:
                bodies[p.lead_id] += Markup("<br/>%s") % rule(p.lead_id)
        self.env["crm.lead"].browse(list(bodies))._message_log_batch(bodies=bodies)

    # nobody ----------------------------------------------------------------

    @api.model
    def _to_pool(self, occasion, unplaced):
        """Leads for whom nobody was found: the pool, and a ledger row when the
        reason is a new one.

        :param unplaced: list of ``(lead, Decision)``
        :returns: the ledger's new rows
        """
        Assignment = self.env["lead.distribution.assignment"]
        if not unplaced:
            return Assignment
        leads = self.env["crm.lead"].browse([lead.id for lead, _decision in unplaced])
        held = leads.filtered("user_id")
        holders = {lead.id: lead.user_id.id for lead in held}
        # the company along, since core takes it away from a lead without salesperson
        # whose team has none
        held.write({"user_id": False, "company_id": occasion.company.id})
        by_route = {}
        for lead, decision in unplaced:
            by_route.setdefault(decision.route_id, []).append(lead.id)
        for route_id, ids in by_route.items():
            leads.browse(ids).write(
                {"distribution_state": "pool", "distribution_route_id": route_id}
            )
        latest = {} if occasion.is_new else self._latest_rows(leads)
        new = [
            (lead, decision)
            for lead, decision in unplaced
            if not (
                (row := latest.get(lead.id))
                and row.state == "unplaced"
                and (row.reason, row.route_id.id or None)
                == (decision.reason, decision.route_id)
            )
        ]
        rows = Assignment.create(
            [
                {
                    **self._row_values(occasion, lead),
                    "route_id": decision.route_id,
                    "previous_user_id": holders.get(lead.id),
                    "state": "unplaced",
                    "reason": decision.reason,
                    "trace": decision.trace,
                    "units": 0.0,
                    "mail_pending": True,
                }
                for lead, decision in new
            ]
        )
        self._call_for_help(
            occasion.company,
            rows.filtered(lambda row: row.route_id or row.reason == "exhausted"),
        )
        if rows:
            self._call_cron("ir_cron_send_mail")
        return rows

    @api.model
    def _apply_failure(self, occasion, lead, error):
        """The one lead that cannot be distributed: the pool, with the error's
        kind in the trace (its text may hold personal data). What is somebody's stays
        with them, as when nobody else is found.

        :param lead: or another record that a rule moves
        """
        if lead._name != "crm.lead":
            return lead.browse()
        decision = _Failure(type(error).__name__)
        self._ask_for(lead)
        if lead.user_id.active and occasion.rule:
            self._settle(lead)
            return self.env["lead.distribution.assignment"]
        return self._to_pool(occasion, [(lead, decision)])

    @api.model
    def _call_for_help(self, company, rows):
        """An activity for the responsible of each route that could not place a
        lead (O20)."""
        model_id = self.env["ir.model"]._get_id("crm.lead")
        todo = self.env.ref("mail.mail_activity_data_todo", raise_if_not_found=False)
        values = []
        for row in rows:
            by_rule = row.reason == "exhausted"
            who = row.rule_id if by_rule else row.route_id
            user = self._responsible(company, who, row.lead_id)
            if user:
                values.append(
                    {
                        "activity_type_id": todo.id if todo else False,
                        "summary": self.env._(
                            "Nobody left by the rule %s", row.rule_id.name
                        )
                        if by_rule
                        else self.env._(
                            "Nobody found by the route %s", row.route_id.name
                        ),
                        "date_deadline": self._today(company),
                        "user_id": user.id,
                        "res_model_id": model_id,
                        "res_id": row.lead_id.id,
                        "automated": True,
                        "lead_distribution_unplaced": True,
                    }
                )
        self.env["mail.activity"].create(values)

    @api.model
    def _responsible(self, company, route, lead):
        """:returns: who is to be told, ``res.users``, maybe nobody"""
        found = self.env["res.users"]
        if route.responsible_type == "listing":
            found = lead.listing_id.user_id
        elif route.responsible_type == "team_leader":
            # rules have no teams
            teams = route.team_ids if "team_ids" in route else lead.team_id
            found = (teams[:1] or lead.team_id).user_id
        elif route.responsible_type == "contact_owner":
            found = (
                lead.partner_id.user_id or lead.partner_id.commercial_partner_id.user_id
            )
        else:
            found = route.responsible_id
        found = found or company.lead_distribution_manager_id
        return found.filtered("active")

    @api.model
    def _drop_calls_for_help(self, leads):
        """Who has a salesperson needs no responsible any more."""
        self.env["mail.activity"].search(
            [
                ("res_model", "=", "crm.lead"),
                ("res_id", "in", leads.ids),
                ("lead_distribution_unplaced", "=", True),
            ]
        ).unlink()

    # the ledger's old rows -------------------------------------------------

    @api.model
    def _release_rows(self, leads, at):
        """Close what is open on these leads: the assignment is released, offers
        expire.

        :returns: the rows closed
        """
        rows = self.env["lead.distribution.assignment"].search(
            [("lead_id", "in", leads.ids), ("state", "in", ["assigned", "offered"])]
        )
        self._close_rows(rows, at)
        return rows

    @api.model
    def _close_rows(self, rows, at):
        given = rows.filtered(lambda row: row.state == "assigned")
        given.write({"state": "released", "date_response": at})
        self._close_offers(rows - given, "expired", "taken")
        rows.flush_recordset()  # the index of one assignment a lead is next

    @api.model
    def _latest_rows(self, leads):
        """:returns: ``{lead_id: newest ledger row}``"""
        rows = (
            self.env["lead.distribution.assignment"]
            .sudo()  # told to who may read the lead; see _explain
            .search([("lead_id", "in", leads.ids)], order="id desc")
        )
        found = {}
        for row in rows:
            found.setdefault(row.lead_id.id, row)
        return found


class _Failure:
    """What :meth:`_to_pool` reads of a decision, for a lead without one."""

    route_id = None
    reason = "error"

    def __init__(self, kind):
        self.trace = {"v": 1, "routes": [], "error": kind}

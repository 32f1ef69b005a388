from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ...tools.constants import COUNTED
from ...tools.periods import day_span
from ...tools.service_context import is_service

#: what a manager of distribution may set on a colleague without being an
#: administrator of users
MANAGED_FIELDS = {
    "lead_target_mode",
    "lead_target",
    "lead_distribution_paused",
    "lead_absent",
    "lead_max_day",
    "lead_max_month",
    "lead_max_open",
    "lead_route_ids",
    "lead_paused_route_ids",
}
GROUP = "lead_distribution.group_user"
MANAGER = "lead_distribution.group_manager"

#: what internal users read and write on their own record, whatever their groups
OWN_FIELDS = frozenset({"lead_absent"})

#: what says how a colleague is doing, and when they are here: for those whom it
#: concerns, see :meth:`ResUsers._lead_known`
PRIVATE_FIELDS = MANAGED_FIELDS | {
    "lead_absence_ids",
    "lead_workload_target",
    "lead_workload_units",
    "lead_workload_percent",
    "lead_offer_count",
    "lead_offers_today",
    "lead_absence_compensation",
    "lead_compensation_text",
}


class ResUsers(models.Model):
    _inherit = "res.users"

    lead_target_mode = fields.Selection(
        [("standard", "Standard"), ("individual", "Individual")],
        string="Target",
        company_dependent=True,
        groups=GROUP,
    )
    lead_target = fields.Integer(
        string="Individual Target",
        company_dependent=True,
        groups=GROUP,
        help="Leads of a month that make a workload of 100 %. 0: none but the own "
        "customers' leads.",
    )
    lead_distribution_paused = fields.Boolean(
        string="Paused for Leads",
        company_dependent=True,
        groups=GROUP,
        help="Receives no lead from any route.",
    )
    lead_max_day = fields.Integer(
        string="Leads a Day at Most",
        company_dependent=True,
        groups=GROUP,
        help="0: no limit.",
    )
    lead_max_month = fields.Integer(
        string="Leads a Month at Most",
        company_dependent=True,
        groups=GROUP,
        help="0: no limit.",
    )
    lead_max_open = fields.Integer(
        string="Open Leads at Most",
        company_dependent=True,
        groups=GROUP,
        help="0: no limit.",
    )

    lead_route_ids = fields.Many2many(
        "lead.distribution.route",
        string="Routes",
        compute="_compute_lead_route_ids",
        inverse="_inverse_lead_route_ids",
        domain=[("pool_source", "=", "members")],
        groups=GROUP,
        help="The routes that name this salesperson.",
    )
    lead_paused_route_ids = fields.Many2many(
        "lead.distribution.route",
        "lead_distribution_route_paused_user_rel",
        "user_id",
        "route_id",
        string="Paused on",
        groups=GROUP,
        help="Receives nothing from these routes for the time being.",
    )
    lead_offer_count = fields.Integer(
        string="Open Offers", compute="_compute_lead_offer_count", groups=GROUP
    )
    lead_offers_today = fields.Char(
        string="Offers Today",
        compute="_compute_lead_offers_today",
        groups=GROUP,
        help="Of the company's day, and what became of them.",
    )

    lead_known = fields.Boolean(
        compute="_compute_lead_known",
        groups=GROUP,
        help="Whether the reader may know their target, limits, pause and absence.",
    )

    # rights ----------------------------------------------------------------

    @property
    def SELF_READABLE_FIELDS(self):
        return super().SELF_READABLE_FIELDS + list(OWN_FIELDS)

    @property
    def SELF_WRITEABLE_FIELDS(self):
        return super().SELF_WRITEABLE_FIELDS + list(OWN_FIELDS)

    @api.model
    def _self_accessible_fields(self):
        readable, writeable = super()._self_accessible_fields()
        if self.env.user._is_internal():
            return readable, writeable
        # core keeps one list for everybody; portal users have their own record, too
        return readable - OWN_FIELDS, writeable - OWN_FIELDS

    def _has_field_access(self, field, operation):
        if not super()._has_field_access(field, operation):
            return False
        if operation != "read" or self.env.su or field.name not in PRIVATE_FIELDS:
            return True
        if not self:
            # asked of the model: for searching, grouping and sorting by it
            return self._lead_knows_all()
        users = self._origin
        return users._lead_known() == users

    def _check_field_access(self, field, operation):
        if (
            operation == "read"
            and field.name in PRIVATE_FIELDS
            and self.env.user.has_groups(field.groups)
            and not self._has_field_access(field, operation)
        ):
            raise AccessError(
                self.env._(
                    "Targets, limits, pauses, absences and figures of colleagues are "
                    "for managers of distribution and for the leaders of their teams."
                )
            )
        return super()._check_field_access(field, operation)

    @api.model
    def _lead_knows_all(self):
        """Tell whether the reader may know everybody's figures.

        :returns: whether the reader may search everybody's figures: managers of the
            distribution, whose search finds what is said in their company, and
            administrators of users
        """
        user = self.env.user
        return (
            self.env.su
            or user.has_group(MANAGER)
            or user.has_group("base.group_erp_manager")
        )

    def _lead_known(self):
        """Whose target, limits, pause, absence and figures the reader may know: one's
        own; of the teams one leads; managers of the distribution, of all who work for
        their companies; administrators of users, everybody's.

        :returns: those of ``self``, in its order
        """
        reader = self.env.user
        if self.env.su or reader.has_group("base.group_erp_manager"):
            return self
        others = self - reader
        if not others:
            return self
        # sudo: who is in which company and team, to decide and not to tell
        if reader.has_group(MANAGER):
            # sudo: who is in which company and team, to decide and not to tell
            companies = reader.sudo().company_ids
            # sudo: who is in which company and team, to decide and not to tell
            known = others.sudo().filtered(lambda user: user.company_ids & companies)
        else:
            # sudo: who is in which company and team, to decide and not to tell
            known = others.sudo().filtered(
                lambda user: (
                    reader.id
                    in user.crm_team_member_ids.filtered(
                        lambda member: member.active and member.crm_team_id.active
                    ).crm_team_id.user_id._ids
                )
            )
        return self.filtered(lambda user: user == reader or user.id in known._ids)

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        found = super().fields_get(allfields, attributes=attributes)
        if self._lead_knows_all():
            return found
        for name in PRIVATE_FIELDS:
            found.pop(name, None)
        # what a view or a script names is described; whoever asks for all that there
        # is to read, filter and group by, of colleagues too, is not told of it
        for name in PRIVATE_FIELDS.intersection(allfields or ()):
            field = self._fields[name]
            own = name in self._self_accessible_fields()[0]
            if not (own or self.env.user.has_groups(field.groups)):
                continue
            description = field.get_description(self.env, attributes=attributes)
            said = {"searchable": False, "sortable": False, "groupable": False}
            said["readonly"] = name not in self._self_accessible_fields()[1]
            description.update(
                {key: value for key, value in said.items() if key in description}
            )
            found[name] = description
        return found

    @api.model
    @api.private
    def search_fetch(self, domain, field_names=None, offset=0, limit=None, order=None):
        if field_names is not None and not self._lead_knows_all():
            # read record by record, as far as the reader knows them
            field_names = [name for name in field_names if name not in PRIVATE_FIELDS]
        return super().search_fetch(domain, field_names, offset, limit, order)

    def _lead_hidden(self, names):
        """Tell what is private to others among some fields of these users.

        :param names: of fields that somebody asks for
        :returns: ``(private ones among them, those of self of whom the reader may not
            know them)``
        """
        private = PRIVATE_FIELDS.intersection(names or ())
        if not private or self.env.su or not all(self._ids):
            return (), self.browse()
        return private, self - self._lead_known()

    def _lead_masked(self, private, known, others):
        """What screens read: of colleagues nothing, instead of an error for all.

        :param private: of :meth:`_lead_hidden`
        :param known, others: what was read of the rest and of those hidden, a list of
            dictionaries each
        :returns: both, in the order of ``self``
        """
        empty = {name: self._lead_nothing(name) for name in private}
        found = {values["id"]: values for values in known}
        found.update({values["id"]: {**values, **empty} for values in others})
        return [found[user_id] for user_id in self._ids if user_id in found]

    @api.model
    def _lead_nothing(self, name):
        field = self._fields[name]
        if field.relational:
            return []
        return 0 if field.type in ("integer", "float") else False

    def read(self, fields=None, load="_classic_read"):
        private, hidden = self._lead_hidden(fields)
        if not hidden:
            return super().read(fields=fields, load=load)
        public = [name for name in fields if name not in private] or ["id"]
        shown = self - hidden  # Odoo takes reading nobody for asking of everybody
        return self._lead_masked(
            private,
            super(ResUsers, shown).read(fields=fields, load=load) if shown else [],
            super(ResUsers, hidden).read(fields=public, load=load),
        )

    def _read_format(self, fnames, load="_classic_read"):
        private, hidden = self._lead_hidden(fnames)
        if not hidden:
            return super()._read_format(fnames=fnames, load=load)
        public = [name for name in fnames if name not in private]
        return self._lead_masked(
            private,
            super(ResUsers, self - hidden)._read_format(fnames=fnames, load=load),
            super(ResUsers, hidden)._read_format(fnames=public, load=load),
        )

    def web_read(self, specification):
        private, hidden = self._lead_hidden(specification)
        if not hidden:
            return super().web_read(specification)
        public = {
            name: spec for name, spec in specification.items() if name not in private
        }
        shown = self - hidden
        return self._lead_masked(
            private,
            super(ResUsers, shown).web_read(specification) if shown else [],
            super(ResUsers, hidden).web_read(public),
        )

    # computes --------------------------------------------------------------

    @api.depends_context("uid")
    def _compute_lead_known(self):
        known = self._lead_known()
        for user in self:
            user.lead_known = user in known

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_lead_route_ids(self):
        members = self.env["lead.distribution.route.member"].search(
            [("user_id", "in", self.ids), ("route_id.pool_source", "=", "members")]
        )
        found = members.grouped("user_id")
        for user in self:
            user.lead_route_ids = found.get(user, members.browse()).route_id

    def _inverse_lead_route_ids(self):
        Member = self.env["lead.distribution.route.member"]
        # whoever may change routes may; being written by a manager is not enough
        Member.check_access("create")
        for user in self:
            have = Member.search(
                [("user_id", "=", user.id), ("route_id.pool_source", "=", "members")]
            )
            wanted = user.lead_route_ids
            new = wanted - have.route_id
            gone = have.filtered(lambda m, wanted=wanted: m.route_id not in wanted)
            (new | gone.route_id).sudo(False).check_access("write")
            gone.unlink()
            Member.create([{"route_id": route.id, "user_id": user.id} for route in new])

    @api.depends_context("company")
    def _compute_lead_offer_count(self):
        # sudo: a number, for the board
        counts = dict(
            self.env["lead.distribution.assignment"]
            .sudo()
            ._read_group(
                [
                    ("user_id", "in", self.ids),
                    ("state", "=", "offered"),
                    ("company_id", "in", [False, self.env.company.id]),
                ],
                ["user_id"],
                ["__count"],
            )
        )
        for user in self:
            # sudo: the count's key; nothing of the user is read
            user.lead_offer_count = counts.get(user.sudo(), counts.get(user, 0))

    @api.depends_context("company", "lang")
    def _compute_lead_offers_today(self):
        company = self.env.company
        start, end = day_span(company, fields.Datetime.now())
        # sudo: numbers, for the board
        groups = (
            self.env["lead.distribution.assignment"]
            .sudo()
            ._read_group(
                [
                    ("user_id", "in", self.ids),
                    ("company_id", "in", [False, company.id]),
                    ("offer_round", ">", 0),
                    ("date", ">=", start),
                    ("date", "<", end),
                ],
                ["user_id", "state"],
                ["__count"],
            )
        )
        found = {}
        for user, state, count in groups:
            # a claimed one counts as claimed even if it changed hands since
            state = "claimed" if state in COUNTED else state
            mine = found.setdefault(user.id, {})
            mine[state] = mine.get(state, 0) + count
        for user in self:
            user.lead_offers_today = self._offers_in_words(found.get(user.id, {}))

    @api.model
    def _offers_in_words(self, counts):
        """Put the numbers of a salesperson's offers into a sentence.

        :param counts: ``{state of the ledger or "claimed": number}``
        :returns: a sentence, or False for none
        """
        _ = self.env._
        words = (
            ("offered", _("%s open")),
            ("claimed", _("%s claimed")),
            ("declined", _("%s declined")),
            ("expired", _("%s expired")),
        )
        parts = [text % counts[state] for state, text in words if counts.get(state)]
        return ", ".join(parts) or False

    def action_edit_lead_distribution(self):
        """Open what a manager sets for this salesperson.

        :returns: the action that lets a manager change this salesperson's limits,
            target, routes and pauses, in a dialog
        :raises AccessError: for everybody else
        """
        self.ensure_one()
        if not self.env.user.has_group(MANAGER):
            raise AccessError(
                self.env._("Limits and routes are set by managers of distribution.")
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "res.users",
            "res_id": self.id,
            "views": [
                (
                    self.env.ref(
                        "lead_distribution.res_users_view_form_salesperson"
                    ).id,
                    "form",
                )
            ],
            "target": "new",
        }

    def action_open_lead_offers_today(self):
        """List what was offered to them today."""
        self.ensure_one()
        start, _end = day_span(self.env.company, fields.Datetime.now())
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "lead_distribution.lead_distribution_assignment_action"
        )
        return dict(
            action,
            name=self.env._("Offers Today"),
            domain=[
                ("user_id", "=", self.id),
                ("offer_round", ">", 0),
                ("date", ">=", fields.Datetime.to_string(start)),
            ],
            context={},
        )

    def write(self, vals):
        if (
            vals
            and set(vals) <= MANAGED_FIELDS
            and not self.env.su
            and self.env.user.has_group(MANAGER)
        ):
            companies = self.env.companies
            # sudo: whom they work for, to decide
            strangers = self.sudo().filtered(
                lambda user: not user.company_ids & companies
            )
            if strangers:
                raise AccessError(
                    self.env._("These users work for companies that you do not see.")
                )
            vals = self.env["lead.distribution.values"]._vetted(self, vals)
            # sudo: core lets only administrators of users write users; these fields
            # alone, vetted, are the manager's business
            return super(ResUsers, self.sudo()).write(vals)
        return super().write(vals)

    def _notify_security_setting_update(self, subject, content, *args, **kwargs):
        # nobody is written to about being forgotten
        if is_service(self):
            return None
        return super()._notify_security_setting_update(
            subject, content, *args, **kwargs
        )

    def _lead_target(self, company):
        """Return the units of a month that make 100 % in ``company``."""
        self.ensure_one()
        user = self.with_company(company)
        if user.lead_target_mode == "individual":
            return user.lead_target
        return company.lead_standard_target

    def _lead_pool_domain(self):
        """What a salesperson with "own documents only" sees of the pool and of the
        offered leads (K10): those of routes they are on, of their teams, and offered
        to them; what no route wanted is everybody's. What still waits to be
        distributed is its team leader's, its salesperson's, and theirs who made it. A
        record rule asks, and keeps the answer, so it depends on nothing but routes'
        companies and groups.

        :returns: a domain on ``crm.lead``
        """
        self.ensure_one()
        on = self.env["lead.distribution.route"]._distributing()
        if (
            not on
            or self.share
            or self.has_group("sales_team.group_sale_salesman_all_leads")
            or self.has_group(MANAGER)
        ):
            return Domain.TRUE
        mine = Domain("user_id", "=", self.id)
        listed = Domain("listing_id.contact_ids.user_ids", "in", self.ids)
        on_route = Domain.OR(
            Domain("pool_source", "=", source) & condition
            for source, condition in (
                ("members", Domain("member_ids.user_id", "in", self.ids)),
                (
                    "teams",
                    Domain("team_ids.crm_team_member_ids.user_id", "in", self.ids),
                ),
                ("user", mine),
            )
        )
        to_claim = (
            Domain("distribution_route_id", "=", False)
            | Domain("distribution_route_id", "any", on_route)
            | (Domain("distribution_route_id.pool_source", "=", "listing") & listed)
            | Domain("team_id.crm_team_member_ids.user_id", "in", self.ids)
            | Domain(
                "distribution_assignment_ids",
                "any",
                mine & Domain("state", "=", "offered"),
            )
        )
        free = Domain("distribution_state", "in", ["pool", "offered"])
        waits = Domain("distribution_state", "=", "pending")
        return (
            Domain("distribution_state", "not in", ["pool", "offered", "pending"])
            | self._lead_elsewhere_domain(on)
            | mine
            | Domain("team_id.user_id", "=", self.id)
            | (free & to_claim)
            | (waits & Domain("create_uid", "=", self.id))
        )

    @api.model
    def _lead_elsewhere_domain(self, on):
        """Select the leads of companies that do not distribute.

        :param on: ids of the companies that distribute
        :returns: a domain on leads that are of no such company, see
            ``lead.distribution._company_of_lead``; what waits for a salesperson has
            none that could tell its company
        """
        only, alone = self.env["res.company"]._lead_only_company()
        if alone and only in on:
            return Domain.FALSE
        on = [company_id for company_id in on if company_id]
        without = Domain("company_id", "=", False)
        by_team = Domain("team_id.company_id", "!=", False)
        by_client = ~by_team & Domain("partner_id.company_id", "!=", False)
        elsewhere = by_team & Domain("team_id.company_id", "not in", on)
        elsewhere |= by_client & Domain("partner_id.company_id", "not in", on)
        if only not in on:
            elsewhere |= ~by_team & ~by_client
        return (~without & Domain("company_id", "not in", on)) | (without & elsewhere)

    def _lead_readable_domain(self, company_ids, managers=False):
        """Which leads somebody reads, for record rules of what hangs on a lead: by all
        the rules that leads have, whoever made them.

        :param company_ids: of the companies that are switched on
        :param managers: whether it is the managers' of the distribution to see, be the
            leads theirs or not
        :returns: a domain on ``crm.lead``
        """
        self.ensure_one()
        if managers and self.has_group("lead_distribution.group_manager"):
            return Domain.TRUE
        env = self.env(
            user=self.id, su=False, context={"allowed_company_ids": company_ids}
        )
        if not env["crm.lead"].has_access("read"):
            return Domain.FALSE
        return env["ir.rule"]._compute_domain("crm.lead", "read")

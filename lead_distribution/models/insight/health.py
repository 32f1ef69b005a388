"""What is wrong with the set-up of the distribution, and where it is mended (B3).

Nothing is stored: whoever asks gets what is so now. Each check looks at one company,
its routes and rules and those of all companies, and yields :class:`Finding`; its
queries grow with routes and salespeople, not with leads.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zlib import crc32

from odoo import SUPERUSER_ID, api, fields, models

from ...tools.periods import company_date
from ...tools.service_context import as_service

#: worst first
SEVERITIES = [
    ("danger", "Serious"),
    ("warning", "Warning"),
    ("info", "Hint"),
]
HEALTH_KINDS = [
    ("off", "Switched off"),
    ("schedule", "Schedule"),
    ("leads", "Waiting leads"),
    ("filter", "Filter"),
    ("hours", "Hours"),
    ("order", "Order of the routes"),
    ("pool", "Candidates"),
    ("target", "Targets"),
    ("week", "Uncovered hours"),
    ("engines", "Two engines"),
    ("listing", "Listings"),
    ("rule", "Rules"),
    ("process", "Processes and outcomes"),
    ("nobody", "Nobody is told"),
]
#: reasons that pass by themselves
AWAY = {"absent", "absent_soon"}
#: how far ahead hours and holidays are looked for
HOURS_AHEAD, HOLIDAYS_AHEAD = timedelta(days=60), timedelta(days=366)
#: so many names are told, then how many more there are
NAMES = 4
#: what makes a finding "for long"
PENDING_FOR, POOLED_FOR = timedelta(hours=1), timedelta(days=1)
SYSTEM = "base.group_system"
SETTINGS = "crm.crm_config_settings_action"
SALESPEOPLE = "lead_distribution.res_users_action_salespeople"
#: where records are mended that a finding is about
OPENED_BY = {
    "lead.distribution.route": "lead_distribution.lead_distribution_route_action",
    "lead.distribution.rule": "lead_distribution.lead_distribution_rule_action",
    "lead.distribution.process": "lead_distribution.lead_distribution_process_action",
    "lead.distribution.listing": "lead_distribution.lead_distribution_listing_action",
    "lead.activity.outcome": "lead_distribution.lead_activity_outcome_action",
    "crm.team": "sales_team.crm_team_action_config",
    "res.users": SALESPEOPLE,
    "ir.cron": "base.ir_cron_act",
}
#: what chooses one route itself: its filter, hours and place do not matter then
CHOOSING = (
    ("lead.distribution.rule", "route_id"),
    ("lead.distribution.process.step", "route_id"),
    ("lead.activity.outcome", "route_id"),
    ("ir.actions.server", "lead_distribution_route_id"),
    ("ir.actions.server", "lead_task_route_id"),
)


@dataclass
class Finding:
    """Something to mend.

    :param kind: a code of :data:`HEALTH_KINDS`
    :param severity: a code of :data:`SEVERITIES`
    :param text: what is wrong and what comes of it, in the reader's language
    :param company: ``res.company``, empty when it concerns all of them
    :param records: what the link opens: one in its form, several in a list
    :param action: xml id of the window action that opens them, or stands alone
    :param domain: of the list that the action shows, instead of the records
    :param context: of the action, instead of its own
    :param group: xml id of the group that alone can mend it there
    :param instead: xml id of the action for who is not in it; none: no link
    """

    kind: str
    severity: str
    text: str
    company: models.Model
    records: models.Model = None
    action: str = ""
    domain: list = None
    context: dict = None
    group: str = ""
    instead: str = ""

    def key(self):
        """Return what makes it the same finding the next time."""
        records = (self.records._name, self.records.ids) if self.records else None
        return repr((self.kind, self.company.ids, records, self.action, self.context))


@dataclass
class House:
    """A company that distributes, and what more than one check asks of it.

    :param first: whether what concerns all companies is told here, and not again
    :param reader: the service with the rights of who reads it, for names
    :param chosen: ids of the routes that something chooses itself
    :param users: ``{route_id: res.users}``; of routes by listing, the receivers of
        all the listings on offer
    :param codes: ``{route_id: {user_id: code}}`` of who gets nothing from it now
    :param excluded: ``{user_id: code}`` of who gets nothing from any
    :param targets: ``{route_id: {user_id: units}}``
    :param domains: ``{route_id: Domain}``, without those that are broken
    :param receivers: ``{listing: [(candidate's id, res.users, code), ...]}`` of the
        listings on offer, where a route draws from them
    """

    company: models.Model
    at: datetime
    first: bool
    routes: models.Model
    rules: models.Model
    reader: models.Model = None
    chosen: set = field(default_factory=set)
    absent: set = field(default_factory=set)
    users: dict = field(default_factory=dict)
    codes: dict = field(default_factory=dict)
    excluded: dict = field(default_factory=dict)
    targets: dict = field(default_factory=dict)
    domains: dict = field(default_factory=dict)
    receivers: dict = field(default_factory=dict)

    def mine(self, records):
        """Keep those of the company, and once those of all companies."""
        owners = {self.company.id, False} if self.first else {self.company.id}
        return records.filtered(lambda record: record.company_id.id in owners)

    def for_all(self, route):
        """Whether a route is always open, and to every lead."""
        domain = self.domains.get(route.id)
        return domain is not None and domain.is_true() and route._always_open()

    def taking(self, route):
        """Return those of a route who can take leads, the absent included."""
        codes = self.codes[route.id]
        return self.users[route.id].filtered(
            lambda user: not codes.get(user.id) or codes[user.id] in AWAY
        )


class LeadDistributionHealth(models.AbstractModel):
    _name = "lead.distribution.health.checks"
    _description = "Lead Distribution: Health Checks"

    @api.model
    def _health_checks(self):
        """To extend: a name here, and a method ``_health_<name>`` that takes a
        :class:`House` and yields findings."""
        return [
            "schedules",
            "waiting",
            "filters",
            "hours",
            "order",
            "pools",
            "targets",
            "week",
            "engines",
            "listings",
            "rules",
            "chosen",
            "nobody",
        ]

    @api.model
    def _health(self, companies):
        """Check the set-up of companies.

        :param companies: ``res.company`` that the reader sees
        :returns: list of :class:`Finding`, worst first
        """
        found, first = [], True
        # Odoo reads it with all rights once it is found
        reader = self if self.env.uid == SUPERUSER_ID else self.sudo(False)
        for company in companies:
            # nothing is written, and the findings are of this company: whom they are
            # about its managers see on their routes, though not in every model
            service = as_service(self, company)
            company = service.env["res.company"].browse(company.id)
            routes = service.env["lead.distribution.route"]._routes_of(company)
            rules = service.env["lead.distribution.rule.runner"]._rules_of(company)
            if company.lead_distribution_mode == "off" or not (routes or rules):
                found += service._health_off(company, routes, rules)
                continue
            house = service._health_context(company, routes, rules, first)
            house.reader, first = reader, False
            for name in service._health_checks():
                found += getattr(service, f"_health_{name}")(house)
        places = [
            {code: place for place, (code, _label) in enumerate(codes)}
            for codes in (SEVERITIES, HEALTH_KINDS)
        ]
        return sorted(
            found, key=lambda one: (places[0][one.severity], places[1][one.kind])
        )

    @api.model
    def _health_numbered(self, companies):
        """Return ``{a number that stays the same while it is so: Finding}``."""
        numbered = {}
        for finding in self._health(companies):
            number = crc32(finding.key().encode()) & 0x3FFFFFFF
            while not number or number in numbered:
                number += 1  # the same link for another reason
            numbered[number] = finding
        return numbered

    @api.model
    def _health_may_open(self, finding):
        """Whether there is a link for the reader."""
        mends = not finding.group or self.env.user.has_group(finding.group)
        return mends or bool(finding.instead)

    @api.model
    def _health_action(self, finding):
        """Open what a finding is about.

        :returns: the action that opens what is to be mended, for the reader; None when
            the reader cannot mend it
        """
        Action = self.env["ir.actions.act_window"]
        if not self._health_may_open(finding):
            return None
        if finding.group and not self.env.user.has_group(finding.group):
            return Action._for_xml_id(finding.instead)
        records = finding.records
        if records:
            records = self.env[records._name].browse(records.ids)
            if records._name == "res.users" and len(records) == 1:
                return records.action_edit_lead_distribution()
        action = Action._for_xml_id(finding.action or OPENED_BY[records._name])
        if finding.domain is not None:
            return dict(action, domain=finding.domain, context=finding.context or {})
        if not records:
            return dict(action, context=finding.context or action["context"])
        if len(records) == 1:
            return dict(
                action,
                res_id=records.id,
                view_mode="form",
                views=[(False, "form")],
                context={},
            )
        domain = [("id", "in", records.ids)]
        return dict(action, domain=domain, context={"active_test": False})

    # what the checks share --------------------------------------------------

    @api.model
    def _health_context(self, company, routes, rules, first):
        house = House(company, fields.Datetime.now(), first, routes, rules)
        for model, name in CHOOSING:
            choosing = self.env[model].search([(name, "in", routes.ids)])
            house.chosen.update(choosing[name].ids)
        if any(route.pool_source == "listing" for route in routes):
            house.receivers = self._health_receivers(house)
        receivers = self.env["res.users"].union(
            *(user for found in house.receivers.values() for _i, user, _c in found)
        )
        for route in routes:
            by_listing = route.pool_source == "listing"
            house.users[route.id] = receivers if by_listing else route._users()
            try:
                domain = route._parsed_domain()
                house.domains[route.id] = domain.optimize(self.env["crm.lead"])
            except Exception:  # whatever it is, its problem says it
                continue
        everybody = self.env["res.users"].union(
            *house.users.values(), rules.member_ids.user_id
        )
        house.excluded = self.env["lead.distribution.candidates"]._excluded(
            company, everybody
        )
        house.absent = everybody._lead_absent_at(house.at)
        soon = {}
        for route in routes:
            house.codes[route.id] = self.env["lead.distribution.candidates"]._codes_on(
                route,
                house.users[route.id],
                house.excluded,
                house.absent,
                house.at,
                soon,
            )
            house.targets[route.id] = self.env[
                "lead.distribution.candidates"
            ]._targets_on(route, company, house.users[route.id])
        return house

    @api.model
    def _health_receivers(self, house):
        today = company_date(house.company, house.at)
        listings = self.env["lead.distribution.listing"].search(
            [
                ("company_id", "in", [False, house.company.id]),
                "|",
                ("date_from", "=", False),
                ("date_from", "<=", today),
                "|",
                ("date_to", "=", False),
                ("date_to", ">=", today),
            ]
        )
        return {
            listing: self.env["lead.distribution.candidates"]._listing_candidates(
                house.company, listing, house.at
            )
            for listing in listings
        }

    @api.model
    def _health_names(self, names):
        """Return names in a row, the first few of many."""
        shown = "; ".join(names[:NAMES])  # a name may have a comma
        if len(names) > NAMES:
            return self.env._(
                "%(names)s and %(count)s more", names=shown, count=len(names) - NAMES
            )
        return shown

    @api.model
    def _health_people(self, house, users, codes):
        """List who gets nothing.

        :returns: who of these gets nothing, and why; people of other companies are
            counted, not named
        """
        out = users.filtered(lambda user: codes.get(user.id))
        ours = out.filtered(lambda user: house.company in user.company_ids)
        names = [
            self.env._(
                "%(name)s (%(why)s)",
                name=user.name,
                why=self.env["lead.distribution.explanation"]._why_not(codes[user.id]),
            )
            for user in ours
        ]
        others = out - ours
        if others:
            names.append(self.env._("%s of other companies", len(others)))
        return self._health_names(names)

    @api.model
    def _health_title(self, record):
        """Return a route, rule or process by its name, in the reader's words."""
        _ = self.env._
        return {
            "lead.distribution.route": _("Route “%s”", record.name),
            "lead.distribution.rule": _("Rule “%s”", record.name),
            "lead.distribution.process": _("Process “%s”", record.name),
        }[record._name]

    # switched off -----------------------------------------------------------

    @api.model
    def _health_off(self, company, routes, rules):
        """A company in which nothing is distributed although somebody set it up."""
        _ = self.env._
        own = self.env["lead.distribution.route"].with_context(active_test=False)
        if company.lead_distribution_mode != "off":
            if own.search_count([("company_id", "=", company.id)], limit=1):
                yield Finding(
                    "off",
                    "info",
                    _(
                        "Every route is paused: new leads wait in the pool until "
                        "somebody takes them."
                    ),
                    company,
                    action=OPENED_BY["lead.distribution.route"],
                )
            return
        waiting = self.env["crm.lead"].search_count(
            [
                ("distribution_company_id", "=", company.id),
                ("distribution_state", "in", ["pending", "pool"]),
                ("user_id", "=", False),
                ("won_status", "=", "pending"),
            ]
        )
        mine = [len(records.filtered("company_id")) for records in (routes, rules)]
        if waiting or any(mine):
            yield Finding(
                "off",
                "warning" if any(mine) else "info",
                _(
                    "Lead distribution is switched off here. Routes that do nothing: "
                    "%(routes)s, rules: %(rules)s, leads without a salesperson: "
                    "%(leads)s. An administrator switches it on in the settings.",
                    routes=mine[0],
                    rules=mine[1],
                    leads=waiting,
                ),
                company,
                action=SETTINGS,
                group=SYSTEM,
            )

    @api.model
    def _health_undecided(self, house):
        """Leads that no route and no rule finds, for nothing tells their company."""
        if not house.first:
            return
        states = ["pool", "pending", "offered"]
        domain = [
            ("distribution_company_id", "=", False),
            ("won_status", "=", "pending"),
            ("distribution_state", "in", states),
            ("user_id", "=", False),
        ]
        if "lead" in house.rules.mapped("entity"):
            # rules look at what salespeople have, too
            domain[2:] = [
                "|",
                ("user_id", "!=", False),
                ("distribution_state", "in", states),
            ]
        count = self.env["crm.lead"].search_count(domain)
        if count:
            yield Finding(
                "leads",
                "warning",
                self.env._(
                    "Leads without a company, of which neither the team, the "
                    "salesperson nor the client says which it is: %s. No route gives "
                    "them out, and no rule moves them. Choose their company, or a "
                    "team that has one.",
                    count,
                ),
                house.company.browse(),
                action="crm.crm_lead_all_leads",
                domain=domain,
            )

    # filters ----------------------------------------------------------------

    # when -------------------------------------------------------------------

    # who --------------------------------------------------------------------

    # two engines ------------------------------------------------------------

    # rules and processes ----------------------------------------------------

"""What is wrong with the set-up of the distribution, and where it is mended (B3).

Nothing is stored: whoever asks gets what is so now. Each check looks at one company,
its routes and rules and those of all companies, and yields :class:`Finding`; its
queries grow with routes and salespeople, not with leads.
"""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zlib import crc32

import pytz

from odoo import SUPERUSER_ID, api, fields, models
from odoo.fields import Domain
from odoo.tools import OrderedSet, format_date

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
#: reasons that stay until a manager does something about it
GONE = {"archived", "no_rights", "company"}
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
#: the schedules of the distribution, and how bad it is without each
SCHEDULES = {
    "ir_cron_distribute_pending": "danger",
    "ir_cron_expire_offers": "danger",
    "ir_cron_apply_rules": "danger",
    "ir_cron_run_processes": "danger",
    "ir_cron_start_tasks": "danger",
    "ir_cron_undo": "warning",
    "ir_cron_remind_tasks": "warning",
    "ir_cron_merge_duplicates": "warning",
    "ir_cron_send_mail": "danger",
}


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
        """:returns: what makes it the same finding the next time"""
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
        """:returns: those of the company, and once those of all companies"""
        owners = {self.company.id, False} if self.first else {self.company.id}
        return records.filtered(lambda record: record.company_id.id in owners)

    def for_all(self, route):
        """:returns: whether a route is always open, and to every lead"""
        domain = self.domains.get(route.id)
        return domain is not None and domain.is_true() and route._always_open()

    def taking(self, route):
        """:returns: those of a route who can take leads, the absent included"""
        codes = self.codes[route.id]
        return self.users[route.id].filtered(
            lambda user: not codes.get(user.id) or codes[user.id] in AWAY
        )


class LeadDistributionHealth(models.AbstractModel):
    _inherit = "lead.distribution"

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
        """:param companies: ``res.company`` that the reader sees
        :returns: list of :class:`Finding`, worst first
        """
        found, first = [], True
        # Odoo reads it with all rights once it is found
        reader = self if self.env.uid == SUPERUSER_ID else self.sudo(False)
        for company in companies:
            # nothing is written, and the findings are of this company: whom they are
            # about its managers see on their routes, though not in every model
            service = self._as_service(company)
            company = service.env["res.company"].browse(company.id)
            routes = service._routes_of(company)
            rules = service._rules_of(company)
            if company.lead_distribution_mode == "off" or not (routes or rules):
                found += service._health_off(company, routes, rules)
                continue
            house = service._health_house(company, routes, rules, first)
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
        """:returns: ``{a number that stays the same while it is so: Finding}``"""
        numbered = {}
        for finding in self._health(companies):
            number = crc32(finding.key().encode()) & 0x3FFFFFFF
            while not number or number in numbered:
                number += 1  # the same link for another reason
            numbered[number] = finding
        return numbered

    @api.model
    def _health_may_open(self, finding):
        """:returns: whether there is a link for the reader"""
        mends = not finding.group or self.env.user.has_group(finding.group)
        return mends or bool(finding.instead)

    @api.model
    def _health_action(self, finding):
        """:returns: the action that opens what is to be mended, for the reader; None
        when the reader cannot mend it"""
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
    def _health_house(self, company, routes, rules, first):
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
        house.excluded = self._excluded(company, everybody)
        house.absent = everybody._lead_absent_at(house.at)
        soon = {}
        for route in routes:
            house.codes[route.id] = self._codes_on(
                route,
                house.users[route.id],
                house.excluded,
                house.absent,
                house.at,
                soon,
            )
            house.targets[route.id] = self._targets_on(
                route, company, house.users[route.id]
            )
        return house

    @api.model
    def _health_receivers(self, house):
        today = self._day_of(house.company, house.at)
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
            listing: self._listing_candidates(house.company, listing, house.at)
            for listing in listings
        }

    @api.model
    def _health_names(self, names):
        """:returns: names in a row, the first few of many"""
        shown = "; ".join(names[:NAMES])  # a name may have a comma
        if len(names) > NAMES:
            return self.env._(
                "%(names)s and %(count)s more", names=shown, count=len(names) - NAMES
            )
        return shown

    @api.model
    def _health_people(self, house, users, codes):
        """:returns: who of these gets nothing, and why; people of other companies are
        counted, not named"""
        out = users.filtered(lambda user: codes.get(user.id))
        ours = out.filtered(lambda user: house.company in user.company_ids)
        names = [
            self.env._(
                "%(name)s (%(why)s)", name=user.name, why=self._why_not(codes[user.id])
            )
            for user in ours
        ]
        others = out - ours
        if others:
            names.append(self.env._("%s of other companies", len(others)))
        return self._health_names(names)

    @api.model
    def _health_title(self, record):
        """:returns: a route, rule or process by its name, in the reader's words"""
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
    def _health_schedules(self, house):
        _ = self.env._
        if not house.first:
            return
        for name, severity in SCHEDULES.items():
            cron = self.env.ref(f"lead_distribution.{name}", raise_if_not_found=False)
            if cron and not cron.active:
                yield Finding(
                    "schedule",
                    severity,
                    _(
                        "The scheduled action “%s” is switched off: nothing of what it "
                        "does happens any more. An administrator switches it on again.",
                        cron.name,
                    ),
                    house.company.browse(),
                    cron,
                    group=SYSTEM,
                )

    @api.model
    def _health_waiting(self, house):
        """Leads that nothing happens with."""
        _ = self.env._
        Lead, company = self.env["crm.lead"], house.company
        if not company._lead_distribution_on():
            return  # rules for customers only
        yield from self._health_undecided(house)
        ours = [("distribution_company_id", "=", company.id)]
        before = fields.Datetime.to_string(house.at - PENDING_FOR)
        domain = [
            *ours,
            ("distribution_state", "=", "pending"),
            ("write_date", "<=", before),
            "|",
            ("distribution_due", "=", False),
            ("distribution_due", "<=", before),
        ]
        count = Lead.search_count(domain)
        if count:
            yield Finding(
                "leads",
                "danger",
                _(
                    "Leads that wait for more than an hour to be distributed: %s. The "
                    "schedule does not run, or cannot place them. Distribute them by "
                    "hand, and ask an administrator.",
                    count,
                ),
                house.company,
                action="crm.crm_lead_all_leads",
                domain=domain,
            )
        domain = [
            *ours,
            ("distribution_state", "=", "pool"),
            ("user_id", "=", False),
            ("won_status", "=", "pending"),
            (
                "create_date",
                "<=",
                fields.Datetime.to_string(house.at - POOLED_FOR),
            ),
        ]
        count = Lead.search_count(domain)
        if count:
            yield Finding(
                "leads",
                "warning",
                _(
                    "Leads of more than a day ago that are still in the pool: %s. "
                    "Nobody has claimed them. Assign them, or make a route that takes "
                    "them.",
                    count,
                ),
                house.company,
                action="lead_distribution.lead_distribution_pool_action",
                domain=domain,
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

    @api.model
    def _health_filters(self, house):
        """Filters that are broken, contradict themselves, or ask for what is no longer
        there."""
        _ = self.env._
        whole, named = [], {}
        for record in self._health_filtered(house):
            if record.problem:
                yield Finding(
                    "process" if "step_ids" in record else "filter",
                    "danger",
                    _(
                        "%(what)s is passed over, it does nothing. %(why)s",
                        what=self._health_title(record),
                        why=record.problem,
                    ),
                    record.company_id,
                    record,
                )
                continue
            model, domain = self._health_domain(record)
            if domain.optimize_full(model).is_false():
                is_route = record._name == house.routes._name
                if is_route and record.id in house.chosen:
                    continue  # on purpose: it takes what is sent through it alone
                yield Finding(
                    "filter",
                    "danger",
                    _(
                        "%s can never match anything, since its filter contradicts "
                        "itself.",
                        self._health_title(record),
                    ),
                    record.company_id,
                    record,
                )
                continue
            whole.append((record, model, domain))
            for _label, comodel, ids in self._health_asked(model, domain):
                named.setdefault(comodel, set()).update(ids)
        gone, archived = self._health_missing(named, house.reader)
        for record, model, domain in whole:
            yield from self._health_missed(record, model, domain, gone, archived)

    @api.model
    def _health_filtered(self, house):
        """:returns: list of what has a filter and a ``problem``, of all models"""
        processes = self.env["lead.distribution.process"].search(
            [("company_id", "in", [False, house.company.id])]
        )
        return [
            record
            for records in (house.routes, house.rules, processes)
            for record in house.mine(records)
        ]

    @api.model
    def _health_domain(self, record):
        """:returns: ``(model, Domain)`` of a filter that is not broken"""
        model = self.env[record._filter_model()]
        return model, record._parsed_domain().optimize(model)

    @api.model
    def _health_asked(self, model, domain):
        """Which records a filter asks for.

        :returns: ``[(label of the field, comodel, ids), ...]``, conditions that
            exclude records left out
        """
        found = []
        for leaf in domain.iter_conditions():
            label, comodel, what = self._health_leaf(model, leaf) or ("", "", ())
            if isinstance(what, Domain):
                found += self._health_asked(self.env[comodel], what)
                continue
            ids = {value for value in what if type(value) is int}  # False is none
            if ids:
                found.append((label, comodel, ids))
        return found

    @api.model
    def _health_leaf(self, model, leaf):
        """:returns: ``(label, comodel, set of values or Domain)`` of one condition,
        None where it asks for no record"""
        known = model._fields.get(leaf.field_expr)
        if known is None or not (known.relational or known.name == "id"):
            return None
        if leaf.operator in ("any", "any!") and isinstance(leaf.value, Domain):
            return known.name, known.comodel_name, leaf.value
        if leaf.operator not in ("in", "=", "child_of", "parent_of"):
            return None
        value = leaf.value
        if not isinstance(value, (list, tuple, set, OrderedSet)):
            value = [value]
        if known.name == "id":
            label = self.env["ir.model"]._get(model._name).name
            return label, model._name, set(value)
        return known._description_string(self.env), known.comodel_name, set(value)

    @api.model
    def _health_missing(self, named, reader):
        """:param named: ``{model: ids}``
        :param reader: the service, which knows what names may be told
        :returns: ``({model: ids that are deleted}, {model: {id: name}} of archived
            ones)``"""
        gone, archived = {}, {}
        for model, ids in named.items():
            # whatever is larger is no id, and no number of the database's
            records = self.env[model].browse(i for i in ids if 0 < i < 2**31)
            there = records.with_context(active_test=False).exists()
            gone[model] = ids - set(there.ids)
            archived[model] = {}
            if there._active_name:
                old = there.filtered(lambda one: not one[one._active_name])
                told = reader._names_of(old.with_env(reader.env))
                archived[model] = dict(zip(old.ids, told, strict=True))
        return gone, archived

    @api.model
    def _health_missed(self, record, model, domain, gone, archived):
        _ = self.env._
        words, deleted = [], False
        for label, comodel, ids in self._health_asked(model, domain):
            for one in sorted(ids & gone[comodel]):
                deleted = True
                words.append(_("%(field)s no. %(id)s (deleted)", field=label, id=one))
            for one in sorted(ids & set(archived[comodel])):
                name = archived[comodel][one]
                words.append(
                    _("%(field)s “%(name)s” (archived)", field=label, name=name)
                )
        if not words:
            return
        never = deleted and self._health_cut(model, domain, gone).optimize(model)
        if never and never.is_false():
            severity, text = (
                "danger",
                _("%(what)s can never match anything: its filter asks for %(gone)s."),
            )
        else:
            severity, text = (
                "warning",
                _("%(what)s may match less than meant: its filter asks for %(gone)s."),
            )
        yield Finding(
            "filter",
            severity,
            text
            % {"what": self._health_title(record), "gone": self._health_names(words)},
            record.company_id,
            record,
        )

    @api.model
    def _health_cut(self, model, domain, gone):
        """:returns: the domain as it works: what asks for deleted records alone matches
        nothing"""

        def cut(leaf):
            asked = self._health_leaf(model, leaf)
            if not asked:
                return leaf
            _label, comodel, what = asked
            if not isinstance(what, Domain):
                return Domain.FALSE if what <= gone.get(comodel, set()) else leaf
            inner = self._health_cut(self.env[comodel], what, gone)
            if inner.is_false():
                return inner
            return Domain(leaf.field_expr, leaf.operator, inner)

        return domain.map_conditions(cut)

    # when -------------------------------------------------------------------

    @api.model
    def _health_hours(self, house):
        """Routes that are over, or whose schedule never opens."""
        _ = self.env._
        today, known = self._day_of(house.company, house.at), {}
        for route in house.mine(house.routes):
            if route.date_to and route.date_to < today:
                yield Finding(
                    "hours",
                    "warning",
                    _(
                        "%(what)s ended on %(date)s: it takes no lead any more. Give "
                        "it new dates, or pause it.",
                        what=self._health_title(route),
                        date=format_date(self.env, route.date_to),
                    ),
                    route.company_id,
                    route,
                )
            elif route.id not in house.chosen and not self._health_opens(
                route, house.at, known
            ):
                texts = {
                    "within": _(
                        "%(what)s is open within the hours of “%(hours)s” alone, and "
                        "these have none in the coming %(days)s days: it takes no "
                        "lead."
                    ),
                    "outside": _(
                        "%(what)s is open outside the hours of “%(hours)s” alone, and "
                        "these never end in the coming %(days)s days: it takes no "
                        "lead."
                    ),
                    "holidays": _(
                        "%(what)s is open on the public holidays of “%(hours)s” "
                        "alone, and none is known for the coming %(days)s days: it "
                        "takes no lead. An administrator enters holidays there."
                    ),
                }
                yield Finding(
                    "hours",
                    "warning" if route.schedule == "holidays" else "danger",
                    texts[route.schedule]
                    % {
                        "what": self._health_title(route),
                        "hours": route._calendar().name or _("nobody"),
                        "days": self._health_ahead(route).days,
                    },
                    route.company_id,
                    route,
                )

    @api.model
    def _health_ahead(self, route):
        return HOLIDAYS_AHEAD if route.schedule == "holidays" else HOURS_AHEAD

    @api.model
    def _health_opens(self, route, at, known):
        """:param known: spans that were asked for already, to be filled
        :returns: whether its schedule opens it at all, within its dates"""
        if route.schedule == "always":
            return True
        zone = route._zone()

        def midnight(day):
            found = zone.localize(datetime.combine(day, time.min))
            return found.astimezone(pytz.utc).replace(tzinfo=None)

        first, last = at, at + self._health_ahead(route)
        if route.date_from:
            first = max(first, midnight(route.date_from))
        if route.date_to:
            last = min(last, midnight(route.date_to + timedelta(days=1)))
        if first >= last:
            return True  # too far away to be judged
        holidays = route.schedule == "holidays"
        key = (route._calendar(), route.company_id, holidays, first, last)
        if key not in known:
            known[key] = route._spans(first, last)
        if route.schedule != "outside":
            return bool(known[key])
        # a day that ends at 24:00 ends a moment before, as the database has it
        end, moment = first, timedelta(minutes=1)
        for start, stop in known[key]:
            if start - end >= moment:
                return True
            end = max(end, stop)
        return last - end >= moment

    @api.model
    def _health_order(self, house):
        """Routes that stand behind one that takes everything. One that takes everything
        as well is a reserve, and meant to stand there."""
        _ = self.env._
        direct = house.routes.filtered(lambda route: route.pool_source == "user")
        for routes in (direct, house.routes - direct):
            greedy = routes.filtered(lambda r: self._health_takes_all(house, r))[:1]
            if not greedy:
                continue
            behind = routes[routes.ids.index(greedy.id) + 1 :]
            if greedy in direct:
                behind |= house.routes - direct
            behind = behind.filtered(
                lambda route: route.id not in house.chosen and not house.for_all(route)
            )
            if behind:
                yield Finding(
                    "order",
                    "warning",
                    _(
                        "%(what)s takes every lead at all hours. What stands behind it "
                        "gets one only when nobody there is free: %(routes)s. Drag "
                        "these before it, or give it a filter.",
                        what=self._health_title(greedy),
                        routes=self._health_names(behind.mapped("name")),
                    ),
                    house.company,
                    action=OPENED_BY["lead.distribution.route"],
                    context={
                        "active_test": False,
                        "searchpanel_default_status": "active",
                    },
                )
            return

    @api.model
    def _health_takes_all(self, house, route):
        """:returns: whether every lead that comes to the route ends there"""
        if route.pool_source == "listing" or not house.for_all(route):
            return False
        targets = house.targets[route.id]
        return any(
            route.pool_source == "user" or targets[user.id]
            for user in house.taking(route)
        )

    @api.model
    def _health_week(self, house):
        """Hours of this week, or of the next one, in which no route is open."""
        _ = self.env._
        if not house.routes or any(route._always_open() for route in house.routes):
            return
        today = self._day_of(house.company, house.at)
        for ahead in (timedelta(0), timedelta(days=7)):
            day = today - timedelta(days=today.weekday()) + ahead
            week = self.env["lead.distribution.week"].new(
                {"date": day, "company_id": house.company.id}
            )
            count = sum(week._uncovered(week._hours()[1]))
            if count:
                yield Finding(
                    "week",
                    "warning",
                    _(
                        "%(hours)s hours of the week of %(date)s are covered by no "
                        "route: leads that arrive then go to the pool. Make a route "
                        "for these hours.",
                        hours=count,
                        date=format_date(self.env, day),
                    ),
                    house.company,
                    action="lead_distribution.lead_distribution_week_action",
                    context={
                        "dialog_size": "extra-large",
                        "default_date": fields.Date.to_string(day),
                        "default_company_id": house.company.id,
                    },
                )
                return

    # who --------------------------------------------------------------------

    @api.model
    def _health_pools(self, house):
        """Routes with nobody who could take a lead."""
        for route in house.routes:
            if route.pool_source == "listing":
                continue
            users, codes = house.users[route.id], house.codes[route.id]
            shared = not route.company_id
            if not users:
                if house.first or not shared:
                    yield from self._health_without_people(house, route)
            elif all(codes.get(user.id) for user in users):
                yield self._health_nobody_free(house, route, users, codes)
            elif route.pool_source == "members" and not shared:
                gone = users.filtered(lambda user, c=codes: c.get(user.id) in GONE)
                if gone:
                    yield Finding(
                        "pool",
                        "info",
                        self.env._(
                            "%(what)s names people who never get a lead from it: "
                            "%(names)s.",
                            what=self._health_title(route),
                            names=self._health_people(house, gone, codes),
                        ),
                        house.company,
                        route,
                    )
            if route.pool_source == "teams" and users:
                yield from self._health_teams(house, route)

    @api.model
    def _health_without_people(self, house, route):
        _ = self.env._
        teams = route.team_ids if route.pool_source == "teams" else None
        if teams:
            text = _(
                "%(what)s has nobody to give leads to, since its teams have no "
                "members: %(teams)s. What it matches goes to the next route, or to "
                "the pool.",
                what=self._health_title(route),
                teams=self._health_names(teams.mapped("name")),
            )
        else:
            text = _(
                "%s has nobody to give leads to. What it matches goes to the next "
                "route, or to the pool.",
                self._health_title(route),
            )
        yield Finding("pool", "danger", text, route.company_id, teams or route)

    @api.model
    def _health_severity(self, reasons):
        """:param reasons: codes of why each of those there are gets nothing"""
        if reasons & AWAY:
            return "warning"  # it passes
        if reasons == {"company"}:
            return "info"  # something of all companies, with nobody of this one
        return "danger"

    @api.model
    def _health_nobody_free(self, house, route, users, codes):
        _ = self.env._
        return Finding(
            "pool",
            self._health_severity({codes[user.id] for user in users}),
            _(
                "%(what)s has nobody who can take a lead now: %(names)s. What it "
                "matches goes to the next route, or to the pool.",
                what=self._health_title(route),
                names=self._health_people(house, users, codes),
            ),
            house.company,
            route,
        )

    @api.model
    def _health_teams(self, house, route):
        """Teams of a route that add nobody to it."""
        empty = route.team_ids.filtered(
            lambda team: not team.crm_team_member_all_ids.filtered("active")
        )
        if empty and (house.first or route.company_id):
            yield Finding(
                "pool",
                "warning",
                self.env._(
                    "%(what)s gives leads to teams without members: %(teams)s.",
                    what=self._health_title(route),
                    teams=self._health_names(empty.mapped("name")),
                ),
                route.company_id,
                empty,
            )

    @api.model
    def _health_targets(self, house):
        """Targets of 0: none but the own customers' leads (O6)."""
        _ = self.env._
        users = self.env["res.users"]
        by_user, by_company = users, users
        for route in house.routes.filtered(lambda r: r.pool_source != "user"):
            taking = house.taking(route)
            targets = house.targets[route.id]
            zero = taking.filtered(lambda user, t=targets: not t[user.id])
            if not zero:
                continue
            lines = users
            if route.pool_source == "members":
                lines = route.member_ids.filtered(
                    lambda line: line.target_mode == "individual"
                ).user_id
            own = (zero - lines).with_company(house.company)
            own = own.filtered(lambda user: user.lead_target_mode == "individual")
            by_user |= own
            by_company |= zero - lines - own
            if zero == taking:
                yield Finding(
                    "target",
                    "danger",
                    _(
                        "%s: everybody there has a target of 0, so it gives out no "
                        "lead but those of known customers.",
                        self._health_title(route),
                    ),
                    house.company,
                    own if own == zero else route,
                )
            elif zero & lines:
                yield Finding(
                    "target",
                    "info",
                    _(
                        "%(what)s: some have a target of 0 there, and get their own "
                        "customers' leads only: %(names)s.",
                        what=self._health_title(route),
                        names=self._health_names((zero & lines).mapped("name")),
                    ),
                    house.company,
                    route,
                )
        if by_user:
            yield Finding(
                "target",
                "info",
                _(
                    "These salespeople have a target of 0, and get their own "
                    "customers' leads only: %s.",
                    self._health_names(by_user.mapped("name")),
                ),
                house.company,
                by_user,
            )
        if by_company:
            yield Finding(
                "target",
                "warning",
                _(
                    "The standard target is 0. Who has no other target gets the own "
                    "customers' leads only: %s. An administrator changes it in the "
                    "settings; or give them individual targets.",
                    self._health_names(by_company.mapped("name")),
                ),
                house.company,
                action=SETTINGS,
                group=SYSTEM,
                instead=SALESPEOPLE,
            )

    @api.model
    def _health_listings(self, house):
        """Listings on offer whose leads find nobody."""
        _ = self.env._
        none = self.env["lead.distribution.listing"]
        bare, deaf, why = none, none, []
        for listing, found in house.receivers.items():
            if not found:
                bare |= listing
                continue
            codes = {
                candidate_id: code or house.excluded.get(user.id, "")
                for candidate_id, user, code in found
            }
            if all(codes.values()):
                deaf |= listing
                reasons = sorted({self._why_not(code) for code in codes.values()})
                why.append(f"{listing.display_name} ({', '.join(reasons)})")
        bare = house.mine(bare)
        if bare:
            yield Finding(
                "listing",
                "warning",
                _(
                    "Listings on offer without a contact person, so that the route by "
                    "listing finds nobody for their leads: %s.",
                    self._health_names(bare.mapped("display_name")),
                ),
                house.company,
                bare,
            )
        if deaf:
            yield Finding(
                "listing",
                "warning",
                _(
                    "Listings on offer of whose contact persons none can receive "
                    "leads: %s.",
                    self._health_names(why),
                ),
                house.company,
                deaf,
            )

    # two engines ------------------------------------------------------------

    @api.model
    def _health_engines(self, house):
        """Odoo's own assignment takes, from the pool, what no route took; it leaves
        teams alone that a route manages."""
        _ = self.env._
        if not self.env["crm.lead"]._is_rule_based_assignment_activated():
            return
        teams = self.env["crm.team"].search(
            [
                ("company_id", "in", [False, house.company.id]),
                ("assignment_optout", "=", False),
                "|",
                ("use_leads", "=", True),
                ("use_opportunities", "=", True),
            ]
        )
        managed = self.env["crm.team"]._lead_distribution_managed()
        idle = (teams & managed).filtered("assignment_domain")
        if idle:
            yield Finding(
                "engines",
                "info",
                _(
                    "A route gives out the leads of %s, so Odoo's rule-based "
                    "assignment leaves the team alone: its domain there does nothing.",
                    self._health_names(idle.mapped("name")),
                ),
                house.company,
                idle,
            )
        rivals = (teams - managed).filtered("assignment_max")
        if not rivals or any(self._health_takes_all(house, r) for r in house.routes):
            return
        cron = self.env.ref("crm.ir_cron_crm_lead_assign", raise_if_not_found=False)
        if cron and cron.active:
            severity, text = (
                "warning",
                _(
                    "Two engines give out the same leads: Odoo's rule-based assignment "
                    "is on for %s, and takes from the pool what no route took, before "
                    "anybody claims it or a rule passes it on. Skip the assignment on "
                    "these teams, or let a route manage them."
                ),
            )
        else:
            severity, text = (
                "info",
                _(
                    "Odoo's rule-based assignment is ready on %s: started by hand, it "
                    "takes from the pool what no route took."
                ),
            )
        yield Finding(
            "engines",
            severity,
            text % self._health_names(rivals.mapped("name")),
            house.company,
            rivals,
        )

    # rules and processes ----------------------------------------------------

    @api.model
    def _health_rules(self, house):
        """Rules that move nothing."""
        _ = self.env._
        for rule in house.rules:
            mine = bool(house.mine(rule))
            what = self._health_title(rule)
            if rule.waiting_count and not rule.confirmed and mine:
                yield Finding(
                    "rule",
                    "warning",
                    _(
                        "%(what)s waits until somebody confirms that it may move "
                        "%(count)s at once; until then it moves nothing.",
                        what=what,
                        count=rule.waiting_count,
                    ),
                    rule.company_id,
                    rule,
                )
            if rule.target_mode == "members":
                yield from self._health_rule_members(house, rule, mine)
            elif rule.route_id and not rule.route_id.active:
                if mine:
                    yield Finding(
                        "rule",
                        "danger",
                        _(
                            "%(what)s hands over through the route “%(route)s”, which "
                            "is paused: nobody gets anything.",
                            what=what,
                            route=rule.route_id.name,
                        ),
                        rule.company_id,
                        rule,
                    )
            elif not house.routes:
                yield Finding(
                    "rule",
                    "danger",
                    _(
                        "%s hands over through the routes, and there is none: nobody "
                        "gets anything.",
                        what,
                    ),
                    house.company,
                    rule,
                )

    @api.model
    def _health_rule_members(self, house, rule, mine):
        _ = self.env._
        users = rule.member_ids.user_id
        if not users:
            if mine:
                yield Finding(
                    "rule",
                    "danger",
                    _(
                        "%s names nobody to hand over to: it moves nothing.",
                        self._health_title(rule),
                    ),
                    rule.company_id,
                    rule,
                )
            return
        codes = self._away_on(rule, users, house.absent, house.at, {})
        codes.update(house.excluded)
        if not all(codes.get(user.id) for user in users):
            return
        yield Finding(
            "rule",
            self._health_severity({codes[user.id] for user in users}),
            _(
                "%(what)s has nobody to hand over to now: %(names)s. What it finds "
                "stays where it is.",
                what=self._health_title(rule),
                names=self._health_people(house, users, codes),
            ),
            house.company,
            rule,
        )

    @api.model
    def _health_chosen(self, house):
        """Outcomes and processes that choose a route which is paused."""
        _ = self.env._
        outcomes = self.env["lead.activity.outcome"].search(
            [("redistribute", "=", "route"), ("route_id.active", "=", False)]
        )
        for outcome in outcomes:
            if house.mine(outcome.route_id):
                yield Finding(
                    "process",
                    "danger",
                    _(
                        "Outcome “%(outcome)s” distributes leads again through the "
                        "route “%(route)s”, which is paused: nobody gets them.",
                        outcome=outcome.name,
                        route=outcome.route_id.name,
                    ),
                    outcome.route_id.company_id,
                    outcome,
                )
        allowed = self.env["ir.actions.server"]._allowed_for_outcomes()
        outcomes = self.env["lead.activity.outcome"].search(
            Domain("server_action_id", "!=", False)
            & ~Domain("server_action_id", "any", allowed)
        )
        for outcome in house.mine(outcomes):
            yield Finding(
                "process",
                "danger",
                _(
                    "Outcome “%s” runs an action that no administrator has allowed for "
                    "outcomes: it is not run.",
                    outcome.name,
                ),
                outcome.company_id,
                outcome,
            )
        steps = self.env["lead.distribution.process.step"].search(
            [
                ("assignee", "=", "route"),
                ("route_id.active", "=", False),
                ("process_id.active", "=", True),
                ("process_id.company_id", "in", [False, house.company.id]),
            ]
        )
        for process, mine in steps.grouped("process_id").items():
            if house.mine(process):
                yield Finding(
                    "process",
                    "warning",
                    _(
                        "%(what)s lets a route that is paused choose who has a task, "
                        "and such a one chooses nobody: %(routes)s.",
                        what=self._health_title(process),
                        routes=self._health_names(mine.route_id.mapped("name")),
                    ),
                    process.company_id,
                    process,
                )

    @api.model
    def _health_nobody(self, house):
        """Routes that tell no one when they find nobody."""
        _ = self.env._
        company = house.company
        if company.lead_distribution_fallback_email:
            return
        if company.lead_distribution_manager_id.filtered("active"):
            return
        silent = house.routes.filtered(
            lambda route: (
                not route.fallback_email
                and route.responsible_type == "user"
                and not route.responsible_id.filtered("active")
            )
        )
        if silent:
            yield Finding(
                "nobody",
                "info",
                _(
                    "When nobody can take a lead, nobody hears of it on these routes: "
                    "%s. Name a responsible or an address there; or, in the settings, "
                    "the manager of distribution.",
                    self._health_names(silent.mapped("name")),
                ),
                company,
                silent,
            )

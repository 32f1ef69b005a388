"""Health check: what a check looks at, and what it finds."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from odoo import models

#: worst first
SEVERITIES = [
    ("danger", "Serious"),
    ("warning", "Warning"),
    ("info", "Hint"),
]
HEALTH_KINDS = [
    ("failed", "Check failed"),
    ("installed", "Not installed"),
    ("off", "Switched off"),
    ("schedule", "Schedule"),
    ("leads", "Waiting leads"),
    ("speed", "Speed"),
    ("filter", "Filter"),
    ("hours", "Working Hours"),
    ("order", "Order of the routes"),
    ("pool", "Candidates"),
    ("target", "Targets"),
    ("left", "People who left"),
    ("week", "Uncovered hours"),
    ("territory", "Territories"),
    ("engines", "Double assignment"),
    ("listing", "Listings"),
    ("identity", "Contact data of many"),
    ("rule", "Rules"),
    ("process", "Processes and outcomes"),
    ("nobody", "Nobody is notified"),
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
    "lead.distribution.territory": (
        "lead_distribution.lead_distribution_territory_action"
    ),
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
class Setup:
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

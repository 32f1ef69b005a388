"""What is wrong with the set-up of the distribution, and where it is mended (B3).

Nothing is stored: whoever asks gets what is so now. Each check looks at one company,
its routes and rules and those of all companies, and yields :class:`Finding`; its
queries grow with routes and salespeople, not with leads.
"""

from zlib import crc32

import psycopg2

from odoo import SUPERUSER_ID, api, fields, models

from ...tools.batch import CONFLICTS
from ...tools.periods import company_date
from ...tools.redacting_log import error_kind, redacting_logger
from ...tools.service_context import as_service
from .health_finding import (
    CHOOSING,
    NAMES,
    OPENED_BY,
    SETTINGS,
    SYSTEM,
    Finding,
    Setup,
)

_logger = redacting_logger(__name__)


class LeadDistributionHealth(models.AbstractModel):
    _name = "lead.distribution.health.checks"
    _description = "Lead Distribution: Health Checks"

    @api.model
    def _health_checks(self):
        """Hook: names of checks, in order, each a method ``_health_<name>`` that takes
        a :class:`Setup` and yields findings. What these are about, in words, is a value
        of ``kind`` of ``lead.distribution.health``."""
        return [
            "installed",
            "schedules",
            "waiting",
            "backlog",
            "speed",
            "filters",
            "hours",
            "night",
            "clocks",
            "zones",
            "order",
            "pools",
            "targets",
            "week",
            "shifts",
            "territories",
            "engines",
            "listings",
            "shared",
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
            setup = service._health_context(company, routes, rules, first)
            setup.reader, first = reader, False
            for name in service._health_checks():
                found += service._health_made(name, setup)
        return sorted(found, key=self._health_order_of())

    @api.model
    def _health_order_of(self):
        """Return the key by which findings are sorted: the worst first, then in the
        order of the kinds, one that nobody knows last."""
        listed = self.env["lead.distribution.health"]._fields
        severities = listed["severity"].get_values(self.env)
        kinds = listed["kind"].get_values(self.env)
        return lambda one: (
            severities.index(one.severity),
            kinds.index(one.kind) if one.kind in kinds else len(kinds),
        )

    @api.model
    def _health_made(self, name, setup):
        """Make one check. One that fails is a finding, and the others are made.

        :returns: list of :class:`Finding`
        """
        try:
            # nothing is written, and what is read just now must stay in memory
            with self.env.cr.savepoint(flush=False):
                return list(getattr(self, f"_health_{name}")(setup))
        except (*CONFLICTS, psycopg2.InterfaceError):
            raise
        except Exception as error:
            _logger.warning("Health check %s failed", name, exc_info=True)
            kind = error_kind(error)
        return [
            Finding(
                "failed",
                "warning",
                self.env._(
                    "The check “%(name)s” failed (%(error)s), the others did not. See "
                    "the system log for details.",
                    name=name,
                    error=kind,
                ),
                setup.company,
                action=OPENED_BY["lead.distribution.route"],
                context={"health_check": name},
            )
        ]

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
        opened_by = finding.action or OPENED_BY.get(records._name)
        if not opened_by:
            return self._health_window(records)
        action = Action._for_xml_id(opened_by)
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

    @api.model
    def _health_window(self, records):
        """Open records that have no action of their own in :data:`OPENED_BY`."""
        action = {
            "type": "ir.actions.act_window",
            "name": records._description,
            "res_model": records._name,
        }
        if len(records) == 1:
            return dict(action, res_id=records.id, views=[(False, "form")])
        domain = [("id", "in", records.ids)]
        return dict(action, domain=domain, views=[(False, "list"), (False, "form")])

    # what the checks share --------------------------------------------------

    @api.model
    def _health_context(self, company, routes, rules, first):
        setup = Setup(company, fields.Datetime.now(), first, routes, rules)
        for model, name in CHOOSING:
            choosing = self.env[model].search([(name, "in", routes.ids)])
            setup.chosen.update(choosing[name].ids)
        if any(route.pool_source == "listing" for route in routes):
            setup.receivers = self._health_receivers(setup)
        receivers = self.env["res.users"].union(
            *(user for found in setup.receivers.values() for _i, user, _c in found)
        )
        for route in routes:
            by_listing = route.pool_source == "listing"
            setup.users[route.id] = receivers if by_listing else route._users()
            try:
                domain = route._parsed_domain()
                setup.domains[route.id] = domain.optimize(self.env["crm.lead"])
            except Exception:  # whatever it is, its problem says it
                continue
        everybody = self.env["res.users"].union(
            *setup.users.values(), rules.member_ids.user_id
        )
        setup.excluded = self.env["lead.distribution.candidates"]._excluded(
            company, everybody
        )
        setup.absent = everybody._lead_absent_at(setup.at)
        soon = {}
        for route in routes:
            setup.codes[route.id] = self.env["lead.distribution.candidates"]._codes_on(
                route,
                setup.users[route.id],
                setup.excluded,
                setup.absent,
                setup.at,
                soon,
            )
            setup.targets[route.id] = self.env[
                "lead.distribution.candidates"
            ]._targets_on(route, company, setup.users[route.id])
        return setup

    @api.model
    def _health_receivers(self, setup):
        today = company_date(setup.company, setup.at)
        listings = self.env["lead.distribution.listing"].search(
            [
                ("company_id", "in", [False, setup.company.id]),
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
                setup.company, listing, setup.at
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
    def _health_people(self, setup, users, codes):
        """List who gets nothing.

        :returns: who of these gets nothing, and why; people of other companies are
            counted, not named
        """
        out = users.filtered(lambda user: codes.get(user.id))
        ours = out.filtered(lambda user: setup.company in user.company_ids)
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
        titles = {
            "lead.distribution.route": _("Route “%s”"),
            "lead.distribution.rule": _("Rule “%s”"),
            "lead.distribution.process": _("Process “%s”"),
        }
        return titles.get(record._name, "%s") % record.display_name

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
    def _health_undecided(self, setup):
        """Leads that no route and no rule finds, for nothing tells their company."""
        if not setup.first:
            return
        states = ["pool", "pending", "offered"]
        domain = [
            ("distribution_company_id", "=", False),
            ("won_status", "=", "pending"),
            ("distribution_state", "in", states),
            ("user_id", "=", False),
        ]
        if "lead" in setup.rules.mapped("entity"):
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
                    "Leads without a company: %s. Neither the team, the salesperson "
                    "nor the customer tells which one it is. No route assigns them, "
                    "and no rule moves them. Choose their company, or a team that has "
                    "one.",
                    count,
                ),
                setup.company.browse(),
                action="crm.crm_lead_all_leads",
                domain=domain,
            )

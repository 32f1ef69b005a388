"""What somebody has is handed over: open leads, offers, customers, tasks (P6).

Leads and offers go through the routes, without who hands them over, or to named people;
customers and tasks go with their leads, the rest is shared out. What is decided here is
the same for the preview and for the run; what changes hands does so in the pipeline.
"""

from dataclasses import dataclass, field

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ...engine import Candidate, Request, Route, shared_out
from ...tools.constants import OPEN_LEAD, TASK_MODELS
from ...tools.service_context import as_service
from ..pipeline.values import Snapshot

#: what may be handed over
PARTS = ("leads", "offers", "customers", "tasks")
#: what they are, or are of
MODELS = {
    "leads": "crm.lead",
    "offers": "crm.lead",
    "customers": "res.partner",
    "tasks": "mail.activity",
}
#: id of the one route that the engine knows of when people are named
NAMED = 0
#: what keeps people from what others hand over
NEVER = {"archived", "no_rights", "company"}


@dataclass
class Handover:
    """What is handed over, from whom, to whom.

    :param user: ``res.users`` who has it
    :param people: ``res.users`` who are named; empty for the routes
    :param parts: some of :data:`PARTS`
    """

    user: models.Model
    people: models.Model
    parts: set = field(default_factory=lambda: set(PARTS))


class LeadDistributionHandover(models.AbstractModel):
    _name = "lead.distribution.handover.service"
    _description = "Lead Distribution: Handover Service"

    # who may what ----------------------------------------------------------

    @api.model
    def _check_manager(self):
        if not self.env.su and not self.env.user.has_group(
            "lead_distribution.group_manager"
        ):
            raise AccessError(
                self.env._("Only managers can hand over leads and customers of others.")
            )

    @api.model
    def _check_handover(self, handover):
        """Check who hands over, from whom and to whom.

        :raises AccessError: for who is no manager, and for people not theirs to read
        :raises UserError: for people who sell nothing
        """
        self._check_manager()
        (handover.user | handover.people).check_access("read")
        if not handover.user:
            raise UserError(
                self.env._(
                    "Choose the salesperson whose leads and customers are handed over."
                )
            )
        if handover.user in handover.people:
            raise UserError(
                self.env._("%s cannot hand over to themselves.", handover.user.name)
            )
        # sudo: whether they work and sell, to decide and not to tell
        for user in handover.people.sudo():
            if not user.active or not user.has_group("sales_team.group_sale_salesman"):
                raise UserError(self.env._("%s has no sales rights.", user.name))
            if not user.company_ids & self.env.companies:
                raise UserError(
                    self.env._("%s does not work in this company.", user.name)
                )

    # what there is ---------------------------------------------------------

    @api.model
    def _found(self, handover):
        """Find what there is to hand over, as far as whoever asks may change it.

        :returns: ``{company: {part: records}}``
        """
        found = {}
        for part in PARTS:
            # who manages the distribution need not have sales rights
            if part in handover.parts and self.env[MODELS[part]].has_access("write"):
                for company, records in getattr(self, f"_{part}_of")(handover).items():
                    if company and company in self.env.companies and records:
                        found.setdefault(company, {})[part] = records
        return {c: found[c] for c in self.env.companies if c in found}

    @api.model
    def _leads_of(self, handover):
        leads = self.env["crm.lead"].search(
            [
                ("user_id", "=", handover.user.id),
                *OPEN_LEAD,
            ],
            order="id",
        )
        leads = leads._filtered_access("write")
        return self.env["lead.distribution.lead.company"]._leads_by_company(leads)

    @api.model
    def _offers_of(self, handover):
        # sudo: whose offers they are; of the leads only those are kept that the asker
        # may change
        rows = self.env["lead.distribution.assignment"].sudo()
        rows = rows.search(
            [("user_id", "=", handover.user.id), ("state", "=", "offered")]
        )
        found = {}
        for company, ours in rows.grouped("company_id").items():
            leads = self.env["crm.lead"].browse(sorted(ours.lead_id.ids))
            found[company.sudo(False)] = leads.exists()._filtered_access("write")
        return found

    @api.model
    def _customers_of(self, handover):
        """Customers without a company are handed over with those of the first one."""
        partners = self.env["res.partner"].search(
            [
                ("user_id", "=", handover.user.id),
                ("company_id", "in", [False, *self.env.companies.ids]),
            ],
            order="id",
        )
        partners = partners._filtered_access("write")
        # contacts go with their company, where it is handed over, too
        partners = partners.filtered(
            lambda p: (
                p.commercial_partner_id == p or p.commercial_partner_id not in partners
            )
        )
        return partners.grouped(lambda p: p.company_id or self.env.company)

    @api.model
    def _tasks_of(self, handover):
        """Tasks of their open leads go with these, or stay with them."""
        names = [name for name in TASK_MODELS if name in self.env]
        tasks = self.env["mail.activity"].search(
            Domain("user_id", "=", handover.user.id) & Domain("res_model", "in", names),
            order="id",
        )
        found = {}
        companies = self.env["lead.distribution.lead.company"]
        for name, ours in tasks.grouped("res_model").items():
            records = self.env[name].browse(ours.mapped("res_id")).exists()
            if name == "crm.lead":
                company_of = {
                    lead_id: company
                    for company, leads in companies._leads_by_company(records).items()
                    for lead_id in leads.ids
                }
                # sudo: whose the leads are, which the asker reads
                records = records.sudo().filtered(
                    lambda lead: (
                        lead.user_id != handover.user
                        or not lead.active
                        or lead.won_status != "pending"
                    )
                )
            else:
                company_of = {record.id: record.company_id for record in records}
            ours = ours.filtered(lambda task, ids=set(records.ids): task.res_id in ids)
            for task in ours:
                company = company_of.get(task.res_id) or self.env.company
                found[company] = found.get(company, tasks.browse()) | task
        return found

    # who gets it -----------------------------------------------------------

    @api.model
    def _plan(self, handover, company, found):
        """Decide who would get what of a company; nothing is written.

        :param found: ``{part: records}`` of :meth:`_found`
        :returns: ``{part: {record id: user_id, or None where it stays}}``
        """
        service = as_service(self, company)
        plan, by_partner, owners = {}, {}, {}
        for part in ("leads", "offers"):
            leads = found.get(part)
            if not leads:
                continue
            leads = service.env["crm.lead"].browse(leads.ids)
            if handover.people:
                decisions = service._decided(
                    company, leads, handover, fields.Datetime.now()
                )[0]
            else:
                decisions = service._walked(company, leads, handover)
            plan[part] = {d.lead_id: d.user_id or None for d in decisions}
            for lead in leads.sorted("id"):
                user_id = plan[part][lead.id]
                owners["crm.lead", lead.id] = user_id
                if user_id and part == "leads":
                    by_partner[lead.partner_id.id] = user_id
        partners = found.get("customers")
        if partners:
            partners = service.env["res.partner"].browse(partners.ids)
            plan["customers"] = service._customers_to(
                handover, company, partners, by_partner
            )
            for partner_id, user_id in plan["customers"].items():
                owners["res.partner", partner_id] = user_id
        tasks = found.get("tasks")
        if tasks:
            tasks = service.env["mail.activity"].browse(tasks.ids)
            plan["tasks"] = service._tasks_to(handover, company, tasks, owners)
        return plan

    @api.model
    def _walked(self, company, leads, handover):
        """Let leads walk the routes, without the step that writes.

        :returns: the engine's decisions
        """
        at = fields.Datetime.now()
        routes = self.env["lead.distribution.route"]._routes_of(company)
        matching = self.env["lead.distribution.matching"]
        matches = matching._match(routes, leads, dict.fromkeys(leads.ids, at))
        skip = self._skips(leads, handover.user)
        decision = self.env["lead.distribution.decision"]
        return decision._through_routes(company, routes, leads, at, matches, skip)[0]

    @api.model
    def _skips(self, leads, user):
        """Tell that some leads are not for who hands them over."""
        return {lead_id: {user.id: "handed_over"} for lead_id in leads.ids}

    @api.model
    def _decided(self, company, leads, handover, at):
        """Share leads out among named people, one each, who carries least first.

        :returns: ``(decisions, snapshot)``
        """
        candidates = self.env["lead.distribution.candidates"]
        people = handover.people
        excluded = candidates._excluded(company, people)
        has = self._having("crm.lead", people, [("won_status", "=", "pending")])
        line = sorted(people.ids, key=has.get)
        snapshot = Snapshot(
            people=candidates._persons(
                company, people, candidates._last_rows(people.ids), at, excluded, {}
            ),
            teams=candidates._teams_of(company, people),
        )
        snapshot.add(NAMED, None)
        snapshot.routes.append(
            Route(
                NAMED,
                tuple(
                    Candidate(user_id, order, exclusion=excluded.get(user_id, ""))
                    for order, user_id in enumerate(line)
                ),
                "round_robin",
                prefer_known=False,
            )
        )
        requests = [
            Request(
                lead.id,
                ((NAMED, ""),),
                skip={handover.user.id: "handed_over"},
                weight=candidates._weight(lead),
                value=lead.expected_revenue,
            )
            for lead in leads
        ]
        decisions = self.env["lead.distribution.decision"]._decide(snapshot, requests)
        return decisions[0], snapshot

    @api.model
    def _having(self, model, users, domain=()):
        """Count what people have.

        :returns: ``{user_id: number}``
        """
        found = self.env[model]._read_group(
            [("user_id", "in", users.ids), *domain], ["user_id"], ["__count"]
        )
        return {**dict.fromkeys(users.ids, 0), **{user.id: n for user, n in found}}

    @api.model
    def _takers(self, handover, company):
        """Find among whom customers and tasks are shared out: who is named, else who
        takes leads from the routes.

        :returns: ``res.users``
        """
        users, candidates = handover.people, self.env["lead.distribution.candidates"]
        if not users:
            routes = self.env["lead.distribution.route"]._routes_of(company)
            snapshot = candidates._snapshot(company, routes, fields.Datetime.now())
            there = {
                candidate.user_id: not candidate.exclusion
                for route in snapshot.routes
                for candidate in sorted(route.candidates, key=lambda c: not c.exclusion)
            }
            users = users.browse(
                [user_id for user_id in there if there[user_id]] or list(there)
            )
        codes = candidates._excluded(company, users)
        users = users.with_env(self.env) - handover.user
        return users.filtered(lambda user: codes.get(user.id) not in NEVER)

    @api.model
    def _customers_to(self, handover, company, partners, by_partner):
        """Tell who gets customers: who gets their lead, else one of the others.

        :param by_partner: ``{partner_id: user_id}`` of who gets leads of theirs
        :returns: ``{partner_id: user_id or None}``
        """
        takers = self._takers(handover, company)
        wanted = {
            partner.id: by_partner[partner.id]
            for partner in partners
            if partner.id in by_partner
        }
        shared = shared_out(partners.ids, self._having("res.partner", takers), wanted)
        return {partner_id: shared.get(partner_id) for partner_id in partners.ids}

    @api.model
    def _tasks_to(self, handover, company, tasks, owners=None):
        """Tell who gets tasks: whose the record is, else one of the others.

        :param owners: ``{(model, id): user_id}`` of records that would change hands
        :returns: ``{activity_id: user_id or None}``
        """
        takers = self._takers(handover, company)
        owners, wanted = owners or {}, {}
        for task in tasks:
            record = self.env[task.res_model].browse(task.res_id)
            user = record.user_id
            if task.res_model == "res.partner" and user == handover.user:
                top = record.commercial_partner_id
                owners.setdefault(
                    (task.res_model, task.res_id), owners.get((top._name, top.id))
                )
            user_id = owners.get((task.res_model, task.res_id)) or user.id
            user = user.browse(user_id or [])
            if user and user != handover.user and user.active:
                wanted[task.id] = user.id
        has = self._having("mail.activity", takers)
        shared = shared_out(tasks.ids, has, wanted)
        return {task_id: shared.get(task_id) for task_id in tasks.ids}

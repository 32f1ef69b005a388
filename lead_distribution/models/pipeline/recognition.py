"""Link leads to the customers that were recognised."""

from odoo import api, fields, models

from ...tools.columns import columns
from ...tools.scheduling import trigger_cron
from .apply import ADDRESS_FIELDS, PARTNER_FIELDS


class LeadDistributionApply(models.AbstractModel):
    _inherit = "lead.distribution.apply"

    @api.model
    def _recognise(self, leads, identities):
        """Link the leads whose customer was recognised, and note what a person
        should look at.

        What the inquiry says stays on the lead and off the customer: core would
        replace it by the customer's. What it does not say is filled in. The
        company stays, too: core would take it away from a lead without team and
        salesperson.
        """
        notes, customers = {}, {}
        noted = columns(
            leads, "identity_evidence", "identity_flag", "duplicate_lead_id"
        )
        for lead, (evidence, *before) in zip(leads, noted, strict=True):
            identity = identities.get(lead.id)
            if identity and identity.partner_id:
                customers[lead] = identity.partner_id
            if (evidence or {}).get("dismissed"):
                continue  # a person knows better
            flag = identity.flag if identity else False
            repeats = identity.repeats if identity else False
            if [flag or None, repeats or None] != before:
                notes[lead] = {
                    "identity_flag": flag,
                    "duplicate_lead_id": repeats,
                    "identity_evidence": identity.evidence if flag else False,
                }
        repeated = leads.browse(
            lead.id for lead, note in notes.items() if note["duplicate_lead_id"]
        )
        heads = {lead.id: note["duplicate_lead_id"] for lead, note in notes.items()}
        self._add_shared(repeated, customers, heads)
        self._link(customers, notes)
        for lead, note in notes.items():
            if lead not in customers:
                lead.write(note)
        linked = [
            lead_id
            for lead_id, (partner_id, status) in zip(
                leads._ids, columns(leads, "partner_id", "intake_status"), strict=True
            )
            if partner_id and status == "new"
        ]
        leads.browse(linked).write({"intake_status": "linked"})
        if repeated:
            self._schedule_merges(repeated)

    @api.model
    def _link(self, customers, notes=None):
        """Link leads to the customers who were recognised.

        :param customers: ``{lead: partner_id}``
        :param notes: ``{lead: values}`` to be written with it
        """
        if not customers:
            return
        groups, notes = {}, notes or {}
        partners = self.env["res.partner"].browse(set(customers.values()))
        commercial = {p.id: p.commercial_partner_id.id or p.id for p in partners}
        for lead, partner_id in customers.items():
            said = [name for name in PARTNER_FIELDS if lead[name]]
            if any(lead[name] for name in ADDRESS_FIELDS):
                said += ADDRESS_FIELDS
            refused = tuple((lead.customer_evidence or {}).get("refused", ()))
            noted = lead in notes and lead  # what is noted differs from lead to lead
            groups.setdefault((partner_id, tuple(said), refused, noted), []).append(
                lead.id
            )
        for (partner_id, said, refused, noted), ids in groups.items():
            linked = self.env["crm.lead"].browse(ids)
            # what is theirs goes with them, should it be the wrong customer
            evidence = {
                "customer": commercial[partner_id],
                "filled": [
                    n for n in (*PARTNER_FIELDS, *ADDRESS_FIELDS) if n not in said
                ],
            }
            if refused:
                evidence["refused"] = list(refused)
            stays = [linked._fields[name] for name in (*said, "company_id")]
            with self.env.protecting(stays, linked):
                linked.write(
                    {
                        "partner_id": partner_id,
                        "customer_evidence": evidence,
                        **(notes[noted] if noted else {}),
                    }
                )
        # most customers have one lead: what all have in common is written at once, but
        # for those that an automation rule took off their customer meanwhile
        linked = [
            lead.id
            for lead, partner_id in customers.items()
            if lead.partner_id.id == partner_id
        ]
        self.env["crm.lead"].browse(linked).write(
            {
                "intake_status": "linked",
                "date_customer": fields.Datetime.now(),
                "customer_recognised": True,
            }
        )

    @api.model
    def _refused(self, lead):
        """Return the ids of the customers that somebody took the lead off."""
        return set((lead.customer_evidence or {}).get("refused", ()))

    @api.model
    def _share_customers(self, leads):
        """Whose customer is known by now is so on all open inquiries of the same
        person (policies link and merge)."""
        customers = {}
        self._add_shared(leads, customers, {})
        self._link(customers)

    @api.model
    def _add_shared(self, leads, customers, heads):
        """Find the other open inquiries of a person whose customer is known.

        :param leads: that repeat others
        :param customers: ``{lead: partner_id}`` of those about to be linked, to be
            added to
        :param heads: ``{lead_id: the inquiry that it repeats, or False}`` where that is
            not written yet
        """

        def head_of(lead):
            return heads.get(lead.id, lead.duplicate_lead_id.id) or False

        def customer_of(lead):
            return customers.get(lead) or lead.partner_id.id

        follow = leads.filtered(
            lambda lead: (
                (
                    self.env["lead.distribution.lead.company"]._company_of_lead(lead)
                    or self.env.company
                ).lead_duplicate_policy
                != "flag"
            )
        )
        if not follow:
            return
        first = {*follow.ids, *map(head_of, follow)}
        # before anything is written: to find leads, what was written is written out
        group = self.env["crm.lead"].search(
            [
                ("won_status", "=", "pending"),
                "|",
                ("id", "in", list(first)),
                ("duplicate_lead_id", "in", list(first)),
            ]
        )
        group = group.filtered(lambda x: x.id in first or head_of(x) in first)
        known = {}
        for lead in group.sorted(lambda x: (bool(head_of(x)), x.id)):
            if customer_of(lead):
                known.setdefault(head_of(lead) or lead.id, customer_of(lead))
        for lead in group:
            partner_id = known.get(head_of(lead) or lead.id)
            if not customer_of(lead) and partner_id not in {None, *self._refused(lead)}:
                customers[lead] = partner_id

    @api.model
    def _schedule_merges(self, leads):
        companies = (
            self.env["lead.distribution.lead.company"]._lead_companies(leads)
            or self.env.company
        )
        if "merge" in companies.mapped("lead_duplicate_policy"):
            trigger_cron(self.env, "ir_cron_merge_duplicates")

"""Link leads to the customers that were recognised."""

from odoo import api, fields, models

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
            if (lead.identity_evidence or {}).get("dismissed"):
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
                        "identity_evidence": identity.evidence if flag else False,
                    }
                )
                if repeats:
                    repeated.append(lead.id)
        if repeated:
            self._share_customers(leads.browse(repeated))
            self._schedule_merges(leads.browse(repeated))

    @api.model
    def _link(self, customers):
        """Link leads to the customers who were recognised.

        :param customers: ``{lead: partner_id}``
        """
        groups, now = {}, fields.Datetime.now()
        partners = self.env["res.partner"].browse(set(customers.values()))
        commercial = {p.id: p.commercial_partner_id.id or p.id for p in partners}
        for lead, partner_id in customers.items():
            said = [name for name in PARTNER_FIELDS if lead[name]]
            if any(lead[name] for name in ADDRESS_FIELDS):
                said += ADDRESS_FIELDS
            refused = tuple((lead.customer_evidence or {}).get("refused", ()))
            key = (partner_id, lead.company_id.id, tuple(said), refused)
            groups.setdefault(key, []).append(lead.id)
        for (partner_id, company_id, said, refused), ids in groups.items():
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
            with self.env.protecting([linked._fields[name] for name in said], linked):
                linked.write(
                    {
                        "partner_id": partner_id,
                        "company_id": company_id,
                        "intake_status": "linked",
                        "date_customer": now,
                        "customer_recognised": True,
                        "customer_evidence": evidence,
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
        follow = leads.filtered(
            lambda lead: (
                (
                    self.env["lead.distribution.lead.company"]._company_of_lead(lead)
                    or self.env.company
                ).lead_duplicate_policy
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
    def _schedule_merges(self, leads):
        companies = (
            self.env["lead.distribution.lead.company"]._lead_companies(leads)
            or self.env.company
        )
        if "merge" in companies.mapped("lead_duplicate_policy"):
            trigger_cron(self.env, "ir_cron_merge_duplicates")

"""Intake: the same inquiry, delivered again (V2)."""

from odoo import api, models


class LeadDistributionIntake(models.AbstractModel):
    _inherit = "lead.distribution.intake"

    @api.model
    def _sort_repeated(self, prepared, intake):
        """The same reference from the same source is one lead (V2), whether it is
        here already or comes twice in one call."""
        known = self._known_references(prepared, intake)
        for vals in prepared:
            key = None
            if vals.get("external_ref"):
                source = vals["source_id"] or False
                key = (vals["company_id"], source, vals["external_ref"])
            if key in known and known[key] is None:
                # somebody else's: an inquiry of its own, for a person to compare
                lost = self.env._("External reference: %s", vals.pop("external_ref"))
                self._keep_in_description(vals, [lost])
                key = None
            if key in known:
                where = known[key]
                if vals.get("consent_purpose_ids"):
                    intake.consents.append((where, vals["consent_purpose_ids"]))
                if where[0]:
                    intake.repeated_new.add(where[1])
                else:
                    intake.repeated_ids.append(where[1])
            else:
                where = (True, len(intake.to_create))
                intake.to_create.append(vals)
                if key:
                    known[key] = where
            intake.positions.append(where)

    @api.model
    def _known_references(self, prepared, intake):
        """Look up which leads were delivered before.

        :returns: ``{(company_id, source_id, reference): (False, lead_id)}`` of what was
            delivered before, None for leads that are not this deliverer's to deliver
            again
        """
        refs = {vals["external_ref"] for vals in prepared if vals.get("external_ref")}
        if not refs:
            return {}
        # sudo: the one it repeats may be a colleague's by now
        found = (
            self.env["crm.lead"]
            .sudo()
            .with_context(active_test=False)
            .search([("external_ref", "in", list(refs))], order="id")
        )
        # sudo: which references came before, of whatever lead; only the number is used
        merged = (
            self.env["lead.distribution.inquiry"]
            .sudo()
            .search([("external_ref", "in", list(refs))])
        )
        by = {lead.id: {lead.create_uid.id} for lead in found}
        for inquiry in merged:
            by.setdefault(inquiry.lead_id.id, set()).add(inquiry.delivered_by_id.id)
        theirs = set(self._delivered(found | merged.lead_id, by, intake).ids)
        known = {}
        for record in [*found, *merged]:
            key = (record.company_id.id, record.source_id.id, record.external_ref)
            lead_id = record.lead_id.id if "lead_id" in record else record.id
            known.setdefault(key, (False, lead_id) if lead_id in theirs else None)
        return known

    @api.model
    def _delivered(self, leads, by, intake):
        """A repeated delivery tells of more consents and leaves a line on the lead: it
        counts only from whoever may say so. That is whoever delivered it before, for
        it has been given to somebody else since; the company's intake users; and
        whoever may write the lead. A mail is written by anybody.

        :param leads: as superuser
        :param by: ``{lead_id: ids of the users who delivered it}``
        :returns: those that the current user may deliver again
        """
        if intake.gateway:
            return leads.browse()
        if self.env.su:
            return leads
        user, companies = self.env.user, self.env.companies
        ours = leads.filtered(
            lambda lead: (
                (not lead.company_id or lead.company_id in companies)
                and (
                    user.id in by[lead.id]
                    or user in lead.company_id.lead_distribution_intake_user_ids
                )
            )
        )
        others = (leads - ours).with_env(self.env)
        # sudo: leads that the user may write; the company decides what is filled in
        return ours | others._filtered_access("write").sudo()

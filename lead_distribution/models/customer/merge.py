"""Merging: several inquiries of one person become one lead, and nothing of them
is lost. By the schedule where a company wants it so, by hand through Odoo's own
merge."""

import psycopg2

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.batch import isolated
from ...tools.redacting_log import redacting_logger
from ...tools.service_context import MASTER_KEY, MERGE_KEY, Merge, as_service
from ..pipeline.values import DistributionContext

_logger = redacting_logger(__name__)

#: how many leads one transaction of the schedule merges
MERGES_PER_BLOCK = 50


#: columns of a lead that are not worth keeping of a merged one
_NOT_KEPT = {
    "access_token",
    "message_bounce",
    "email_normalized",
    "phone_sanitized",
    "distribution_state",
    "identity_evidence",
    "lead_properties",
}


class LeadDistributionMerge(models.AbstractModel):
    _name = "lead.distribution.merge"
    _description = "Lead Distribution: Merge"

    # the schedule ----------------------------------------------------------

    @api.model
    def _cron_merge_duplicates(self):
        """Merge the repeated inquiries of the companies that want it so, some in
        each transaction; one that fails is logged and left as it is."""
        cron = self.env["ir.cron"]
        stuck, seconds = set(), 1
        while seconds:
            done = self._merge_block(stuck)
            if done is None:
                break
            seconds = cron._commit_progress(done, remaining=len(self._mergeable(stuck)))

    @api.model
    def _merge_block(self, stuck, company=None):
        """Merge some repeated inquiries, without committing.

        :param stuck: set of ids that were tried already, to be filled
        :param company: ``res.company`` that they are of, of all if not given
        :returns: how many leads were merged; None when nothing is left to try
        """
        groups = self._mergeable(stuck, company)
        if not groups:
            return None
        done = 0
        for head_id, duplicate_ids in groups:
            stuck.update(duplicate_ids)
            try:
                with self.env.cr.savepoint():
                    done += self._merge_into(head_id, duplicate_ids)
            except Exception as error:
                if isinstance(error, psycopg2.InterfaceError):
                    raise
                _logger.warning(
                    "Leads %s are not merged into %s",
                    duplicate_ids,
                    head_id,
                    exc_info=True,
                )
        return done

    @api.model
    def _mergeable(self, but_ids=(), company=None):
        """Repeated inquiries beside the open one: same company and listing, with its
        salesperson or none (what a colleague works on stays a lead), and a like name.

        :param company: ``res.company`` that they are of, of all if not given
        :returns: ``[(head_id, [tail_id, ...]), ...]``
        """
        self.env["crm.lead"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT h.id, array_agg(l.id ORDER BY l.id)
                     FROM crm_lead l
                     JOIN crm_lead h ON h.id = l.duplicate_lead_id
                     JOIN res_company c ON c.id = %s
                    WHERE c.lead_duplicate_policy = 'merge' AND %s
                      AND l.active AND l.won_status = 'pending'
                      AND h.active AND h.won_status = 'pending'
                      AND c.id = %s
                      AND h.listing_id IS NOT DISTINCT FROM l.listing_id
                      AND (l.user_id IS NULL OR l.user_id = h.user_id)
                      AND l.distribution_state <> 'pending'
                      AND h.distribution_state NOT IN ('pending', 'offered')
                      AND NOT EXISTS (
                          SELECT FROM crm_lead hh
                           WHERE hh.id = h.duplicate_lead_id AND hh.id <> l.id
                             AND hh.active AND hh.won_status = 'pending')
                      AND l.id > COALESCE(
                          (SELECT h.id WHERE h.duplicate_lead_id = l.id), 0)
                      AND l.id <> ALL(%s)
                      AND NOT COALESCE((l.identity_evidence->>'unlike')::boolean, FALSE)
                 GROUP BY h.id
                 ORDER BY h.id
                    LIMIT %s""",
                self.env["lead.distribution.lead.company"]._sql_company("l"),
                SQL("c.id = %s", company.id) if company else SQL("TRUE"),
                self.env["lead.distribution.lead.company"]._sql_company("h"),
                list(but_ids),
                MERGES_PER_BLOCK,
            )
        )
        return rows

    @api.model
    def _merge_into(self, head_id, duplicate_ids):
        """Merge leads into another one, with the rights of the service.

        :returns: how many leads were merged; those that somebody is working on at this
            very moment are not
        """
        Lead = as_service(self).env["crm.lead"]
        master = Lead.browse(head_id).try_lock_for_update(allow_referencing=True)
        duplicates = Lead.browse(duplicate_ids).try_lock_for_update(
            allow_referencing=True
        )
        if not master or not duplicates:
            return 0
        service = as_service(
            self, self.env["lead.distribution.lead.company"]._company_of_lead(master)
        )
        duplicates = service._of_like_names(
            service.env["crm.lead"].browse(master.id), duplicates
        )
        if not duplicates:
            return 0
        leads = service.env["crm.lead"].browse([master.id, *duplicates.ids])
        furthest = leads.stage_id.sorted("sequence")[-1:]
        merged = leads.with_context(**{MASTER_KEY: master.id})._merge_opportunity(
            user_id=master.user_id.id, team_id=master.team_id.id, max_length=0
        )
        if merged.stage_id != furthest:
            merged.stage_id = furthest
        return len(duplicates)

    # what is kept ----------------------------------------------------------

    @api.model
    def _merge_duplicates_into(self, master, duplicates):
        """Give the master all that hangs on its duplicates, before they are deleted."""
        service = as_service(self)
        master, duplicates = (
            service.env["crm.lead"].browse(x.ids) for x in (master, duplicates)
        )
        if (
            not self.env["lead.distribution.route"]._distributing()
            and not self.env["lead.distribution.assignment"]._in_use()
            and not self.env["mail.activity"]._lead_tasks_in_use()
            and not any(x.external_ref or x.consent_ids for x in duplicates)
        ):
            return  # nobody distributes here, nobody did: merging is core's alone
        service._keep_inquiries(master, duplicates)
        service._merge_ledger(master, duplicates)
        if self.env.context.get(MASTER_KEY):
            # in a manual merge it is core's choice: who wrote lately
            service._move_followers(master, duplicates)
        refused = (_logger.warning, "What %s says of merged leads stays with them")
        for model, name, model_name in service._lead_references():
            with isolated(self.env.cr, *refused, model):
                service._move_references(model, name, model_name, master, duplicates)
        for table, column, other in service._lead_relations():
            with isolated(self.env.cr, *refused, table):
                service._move_relations(table, column, other, master, duplicates)
        if master.duplicate_lead_id == master:
            master.write(
                {
                    "duplicate_lead_id": False,
                    "identity_flag": False,
                    "identity_evidence": False,
                }
            )
        for lead in master.search([("duplicate_lead_id", "=", master.id)]):
            lead.identity_evidence = {
                **(lead.identity_evidence or {}),
                "lead": master.id,
            }
        first = min(lead.create_date for lead in master | duplicates)
        if first < master.create_date:
            # the ORM writes it never; whoever asked first has waited since then
            self.env.cr.execute(
                SQL(
                    "UPDATE crm_lead SET create_date = %s WHERE id = %s",
                    first,
                    master.id,
                )
            )
            master.invalidate_recordset(["create_date"], flush=False)

    @api.model
    def _keep_inquiries(self, master, duplicates):
        """A line for each merged lead, of what it said, where it came from, and the
        number under which the source knows it."""
        Inquiry = self.env["lead.distribution.inquiry"]
        names = [
            name
            for name, field in master._fields.items()
            if field.store
            and field.column_type
            and name not in _NOT_KEPT
            and name not in models.LOG_ACCESS_COLUMNS
        ]
        values = []
        for lead, kept in zip(
            duplicates, duplicates.read(names, load=False), strict=True
        ):
            kept.pop("id")
            values.append(
                {
                    "lead_id": master.id,
                    "merged_id": lead.id,
                    "name": lead.name,
                    "date": lead.create_date,
                    "company_id": lead.company_id.id,
                    **{
                        name: lead[name].id
                        for name in ("source_id", "medium_id", "campaign_id")
                    },
                    "listing_id": lead.listing_id.id,
                    "external_ref": lead.external_ref,
                    "delivered_by_id": lead.create_uid.id,
                    "contact_name": lead.contact_name,
                    "email_from": lead.email_from,
                    "phone": lead.phone,
                    "values": {
                        name: self._as_json(value)
                        for name, value in kept.items()
                        if value not in (False, None, "")
                    },
                }
            )
        Inquiry.create(values)

    @api.model
    def _as_json(self, value):
        """Prepare a field's value for JSON.

        :param value: of a field, as ``read`` gives it, whatever its type
        :returns: the value as JSON can hold it
        """
        if hasattr(value, "strftime"):
            return fields.Datetime.to_string(value)
        if isinstance(value, bytes):  # in base64 already
            return value.decode()
        return value

    @api.model
    def _after_merging(self, lead, former):
        """Let all follow from leads that were merged.

        :param lead: the one that stays
        :param former: ``res.users`` who had one of them
        """
        company = self.env["lead.distribution.lead.company"]._company_of_lead(lead)
        if not company._lead_distribution_on():
            return
        service = as_service(self, company)
        lead = service.env["crm.lead"].browse(lead.id)
        context = DistributionContext(
            company, "button", fields.Datetime.now(), by=self.env.user
        )
        service.env["lead.distribution.apply"]._merged(
            context, lead, former.with_env(service.env)
        )

    @api.model
    def _merge_ledger(self, master, duplicates):
        """The rows of merged leads belong to the lead that stays. An assignment of
        theirs goes over as it is if that lead has none; else it is one lead of the
        same salesperson now and counts once, or is released."""
        Assignment = self.env["lead.distribution.assignment"]
        if not Assignment._in_use():
            return
        rows = Assignment.search([("lead_id", "in", duplicates.ids)])
        merge = self.env.context.get(MERGE_KEY)
        user = self.env["res.users"]
        if isinstance(merge, Merge):
            user = user.browse(merge.user_id or [])
        self.env["lead.distribution.apply"]._merge_rows(master, rows, user)
        rows.write({"lead_id": master.id})


class CrmLead(models.Model):
    _inherit = "crm.lead"

    def _merge_opportunity(self, user_id=False, *args, **kwargs):
        """Let all follow from a merge, whoever merges."""
        # sudo: who had the leads, who may not be the user's to see
        former = self.sudo().user_id
        merging = self.with_context(**{MERGE_KEY: Merge(user_id)})
        lead = super(CrmLead, merging)._merge_opportunity(user_id, *args, **kwargs)
        lead = lead.with_env(self.env)
        self.env["lead.distribution.merge"]._after_merging(lead, former)
        return lead


class LeadDistribution(models.AbstractModel):
    _inherit = "lead.distribution"

    @api.model
    def _cron_merge_duplicates(self):
        """Schedule: see ``lead.distribution.merge``."""
        return self.env["lead.distribution.merge"]._cron_merge_duplicates()

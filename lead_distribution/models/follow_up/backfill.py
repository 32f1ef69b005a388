"""Follow-up dates of leads that were there before anybody kept them: found in the
chatter, the calendar and the ledger, in blocks, going on where they stopped."""

from odoo import api, fields, models
from odoo.tools import SQL

#: leads that one transaction looks at
LEADS_PER_STEP = 5000


class LeadDistributionHistory(models.AbstractModel):
    _name = "lead.distribution.backfill"
    _description = "Lead Distribution: Backfill"

    @api.model
    def _backfill_step(self, company, size=LEADS_PER_STEP):
        """Some more leads of a company, and of none: those are everybody's.

        :param size: how many at most
        :returns: how many; 0 when all are done
        """
        self.env.cr.execute(
            SQL(
                """SELECT id FROM crm_lead
                    WHERE id >= %s AND (company_id = %s OR company_id IS NULL)
                 ORDER BY id LIMIT %s""",
                company.lead_follow_up_next,
                company.id,
                size,
            )
        )
        ids = [lead_id for (lead_id,) in self.env.cr.fetchall()]
        if ids:
            self._compute_follow_ups(ids, company.lead_follow_up_anew)
            company.lead_follow_up_next = ids[-1] + 1
        else:
            company.write({"lead_follow_up_next": 0, "lead_follow_up_anew": False})
        return len(ids)

    @api.model
    def _compute_follow_ups(self, lead_ids, anew=False):
        """Find out the follow-up dates of these leads.

        :param anew: replace what is known, instead of filling in what is not
        """
        # sudo: dates of all leads of the company, found by the schedule
        leads = self.env["crm.lead"].sudo().browse(lead_ids)
        self.env.flush_all()
        for company, ours in (
            self.env["lead.distribution.lead.company"]._leads_by_company(leads).items()
        ):
            self.env.cr.execute(
                self._backfill_query(company or self.env.company, ours.ids, anew),
                log_exceptions=False,  # somebody works on one of them: tried again
            )
        leads.invalidate_recordset(
            self.env["lead.distribution.follow.up"]._follow_up_fields(), flush=False
        )

    @api.model
    def _backfill_query(self, company, lead_ids, anew):
        # sudo: what counts, which the settings say for everybody
        counted = {
            name: company.sudo()[f"lead_follow_up_{name}"]
            for name in ("activity", "email", "note", "meeting", "stage")
        }
        ref = self.env["ir.model.data"]._xmlid_to_res_id
        stage = self.env["ir.model.fields"]._get("crm.lead", "stage_id")

        def value(column, found):
            if anew:
                return found
            return SQL("COALESCE(%s, %s)", SQL.identifier("l", column), found)

        first, last = SQL("f.first"), SQL("f.last")
        assigned = SQL(
            """COALESCE((SELECT max(a.date) FROM lead_distribution_assignment a
                          WHERE a.lead_id = l.id AND a.state = 'assigned'),
                        l.date_open, l.create_date)"""
        )
        return SQL(
            """WITH told AS (
                   SELECT m.res_id AS id, m.date AS at, CASE
                       WHEN m.subtype_id = %(done)s THEN
                            CASE WHEN t.category = 'meeting' THEN %(meeting)s
                                 ELSE %(activity)s END
                       WHEN u.id IS NULL THEN false
                       WHEN m.message_type = 'email_outgoing'
                         OR m.message_type = 'email' AND m.parent_id IS NOT NULL
                         OR m.message_type = 'comment' AND m.subtype_id = %(comment)s
                            THEN %(email)s
                       WHEN m.message_type = 'comment' AND u.id = l.user_id
                            THEN %(note)s
                       ELSE %(stage)s AND EXISTS (
                            SELECT FROM mail_tracking_value v
                             WHERE v.mail_message_id = m.id AND v.field_id = %(field)s)
                       END AS counts
                     FROM mail_message m
                     JOIN crm_lead l ON l.id = m.res_id
                LEFT JOIN mail_activity_type t ON t.id = m.mail_activity_type_id
                LEFT JOIN LATERAL (
                          SELECT id FROM res_users
                           WHERE partner_id = m.author_id AND NOT share AND id <> 1
                           LIMIT 1) u ON true
                    WHERE m.model = 'crm.lead' AND m.res_id = ANY(%(ids)s)
                UNION ALL
                   SELECT opportunity_id, stop, %(meeting)s FROM calendar_event
                    WHERE opportunity_id = ANY(%(ids)s) AND active AND stop <= %(now)s
               ), f AS (
                   SELECT l.id, min(told.at) AS first, max(told.at) AS last
                     FROM crm_lead l
                LEFT JOIN told ON told.id = l.id AND told.counts
                    WHERE l.id = ANY(%(ids)s)
                 GROUP BY l.id
               )
               UPDATE crm_lead l
                  SET first_follow_up_date = %(first)s,
                      last_follow_up_date = %(last)s,
                      distribution_idle_since = CASE WHEN l.user_id IS NOT NULL THEN
                          %(idle)s END
                 FROM f
                WHERE f.id = l.id""",
            done=ref("mail.mt_activities"),
            comment=ref("mail.mt_comment"),
            field=stage.id,
            ids=lead_ids,
            now=fields.Datetime.now(),
            first=value("first_follow_up_date", first),
            last=value("last_follow_up_date", last),
            idle=value(
                "distribution_idle_since", SQL("GREATEST(f.last, %s)", assigned)
            ),
            **counted,
        )

"""Customers that nobody works, and what is planned."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.periods import company_date


class LeadDistributionRule(models.Model):
    _inherit = "lead.distribution.rule"

    @api.model
    def _customer_domain(self, company, cutoff):
        """Return the domain of customers, their contacts aside, that are old enough."""
        return (
            Domain("company_id", "in", [False, company.id])
            & Domain("active", "=", True)
            # whose contacts go with them
            & (Domain("is_company", "=", True) | Domain("parent_id", "=", False))
            & Domain("create_date", "<=", cutoff)
        )

    @api.model
    def _stale_customers_no_sales(self, company, rule, at):
        """Customers that are old enough, and somebody's of this company for so long;
        who bought is sorted out by :meth:`_still_stale`."""
        cutoff = rule._cutoff(company, at)
        return (
            self._customer_domain(company, cutoff)
            & Domain("user_id", "!=", False)
            & Domain("user_id.company_ids", "in", company.ids)
            & (
                Domain("lead_salesperson_since", "=", False)
                | Domain("lead_salesperson_since", "<=", cutoff)
            )
        )

    @api.model
    def _stale_customers_no_follow_up(self, company, rule, at):
        """The same; with whom somebody was in touch is sorted out."""
        return self._stale_customers_no_sales(company, rule, at)

    @api.model
    def _stale_customers_no_first_follow_up(self, company, rule, at):
        """The same; with whom anybody ever was in touch is sorted out."""
        return self._stale_customers_no_sales(company, rule, at)

    @api.model
    def _stale_customers_new(self, company, rule, at):
        """Customers that came with a lead and are nobody's, their leads included."""
        leads = Domain("company_id", "in", [False, company.id])
        theirs = Domain("related_lead_ids", "any", leads)
        taken = Domain(
            "related_lead_ids", "any", leads & Domain("user_id", "!=", False)
        )
        return (
            self._customer_domain(company, rule._cutoff(company, at))
            & Domain("user_id", "=", False)
            & Domain("user_ids", "=", False)
            & (theirs | Domain("child_ids", "any", theirs))
            & ~(taken | Domain("child_ids", "any", taken))
        )

    @api.model
    def _still_stale_customers(self, company, rule, at, records):
        """The clock runs from the last sale, or the last follow-up, else the creation;
        that it runs anew with every salesperson the domain has said."""
        if rule.kind == "new":
            return records
        lasts = rule._last_of_customers(company, records)
        if rule.kind == "no_first_follow_up":
            return records.filtered(lambda p: p.id not in lasts)
        cutoff = rule._cutoff(company, at)
        return records.filtered(lambda p: (lasts.get(p.id) or p.create_date) <= cutoff)

    def _last_of_customers(self, company, partners):
        """Look up what the rule's clock runs from.

        :param partners: ``res.partner``, commercial entities
        :returns: ``{partner_id: naive UTC datetime}`` of the last sale, or the last
            follow-up, of those that had one
        """
        self.ensure_one()
        if self.kind == "no_sales":
            return self.env["lead.distribution.rates"]._last_sales(partners)
        return self.env["lead.distribution.follow.up"]._last_with_customers(
            company, partners
        )

    # what is planned --------------------------------------------------------

    @api.model
    def _unplanned(self, company, rule, at):
        """Return the domain of what has no call or meeting ahead."""
        self.env["mail.activity"].flush_model()
        self.env["calendar.event"].flush_model()
        self.env["lead.distribution.assignment"].flush_model(["activity_id"])
        query = self._planned(company, at, rule.entity_model)
        return Domain.custom(
            to_sql=lambda _model, alias, _query: SQL(
                "%s NOT IN (%s)", SQL.identifier(alias, "id"), query
            )
        )

    @api.model
    def _planned(self, company, at, model):
        """Select the ids of what has a call or a meeting ahead.

        :param model: ``crm.lead``, or ``res.partner``: the customers, for whom their
            contacts' and open leads' plans count
        :returns: ``SQL``
        """
        activities = SQL(
            """SELECT a.res_id FROM mail_activity a
                 JOIN mail_activity_type t ON t.id = a.activity_type_id
                WHERE a.res_model = %s AND a.res_id IS NOT NULL AND a.active
                  AND t.category IN ('phonecall', 'meeting')
                  AND a.date_deadline >= %s
                  -- what came with a lead is what is to be done, no plan of somebody
                  AND NOT EXISTS (SELECT FROM lead_distribution_assignment r
                                   WHERE r.activity_id = a.id)""",
            model,
            company_date(company, at),
        )
        if model == "crm.lead":
            return SQL(
                """%s UNION SELECT e.opportunity_id FROM calendar_event e
                    WHERE e.opportunity_id IS NOT NULL AND e.active AND e.start > %s""",
                activities,
                at,
            )
        return SQL(
            """SELECT p.commercial_partner_id FROM res_partner p
                WHERE p.commercial_partner_id IS NOT NULL AND (
                      p.id IN (%s)
                   OR p.id IN (SELECT r.res_partner_id FROM calendar_event e
                                 JOIN calendar_event_res_partner_rel r
                                   ON r.calendar_event_id = e.id
                                WHERE e.active AND e.start > %s)
                   OR p.id IN (SELECT l.partner_id FROM crm_lead l
                                WHERE l.active AND l.won_status = 'pending'
                                  AND l.id IN (%s)))""",
            activities,
            at,
            self._planned(company, at, "crm.lead"),
        )


class LeadDistributionFollowUp(models.AbstractModel):
    _inherit = "lead.distribution.follow.up"

    @api.model
    def _last_with_customers(self, company, partners):
        """Find out when somebody was last in touch with customers: on their leads, and
        with themselves and their contacts; what counts the company's settings say.

        :param company: whose leads are looked at
        :param partners: ``res.partner``, commercial entities
        :returns: ``{partner_id: naive UTC datetime}`` of those with whom somebody was
        """
        if not partners:
            return {}
        self.env.flush_all()
        # sudo: what counts, which the settings say for everybody
        counted = {
            name: (company or self.env.company).sudo()[f"lead_follow_up_{name}"]
            for name in ("activity", "email", "note", "meeting")
        }
        ref = self.env["ir.model.data"]._xmlid_to_res_id
        return dict(
            self.env.execute_query(
                SQL(
                    """WITH contact AS (
                           SELECT id, user_id, commercial_partner_id AS customer
                             FROM res_partner
                            WHERE commercial_partner_id = ANY(%(ids)s)
                       ), touch AS (
                           SELECT c.customer, l.last_follow_up_date AS at
                             FROM contact c JOIN crm_lead l ON l.partner_id = c.id
                            WHERE l.company_id IS NULL OR l.company_id = %(company)s
                        UNION ALL
                           SELECT c.customer, m.date
                             FROM contact c
                             JOIN mail_message m
                               ON m.model = 'res.partner' AND m.res_id = c.id
                        LEFT JOIN mail_activity_type t ON t.id = m.mail_activity_type_id
                        LEFT JOIN LATERAL (
                                  SELECT id FROM res_users
                                   WHERE partner_id = m.author_id AND NOT share
                                     AND id <> 1
                                   LIMIT 1) u ON true
                            WHERE CASE
                                  WHEN m.subtype_id = %(done)s THEN
                                       CASE WHEN t.category = 'meeting'
                                            THEN %(meeting)s ELSE %(activity)s END
                                  WHEN u.id IS NULL THEN false
                                  WHEN m.message_type = 'email_outgoing'
                                    OR m.message_type = 'email'
                                       AND m.parent_id IS NOT NULL
                                    OR m.message_type = 'comment'
                                       AND m.subtype_id = %(comment)s
                                       THEN %(email)s
                                  WHEN m.message_type = 'comment'
                                       AND u.id = c.user_id THEN %(note)s
                                  ELSE false END
                        UNION ALL
                           SELECT c.customer, e.stop
                             FROM contact c
                             JOIN calendar_event_res_partner_rel r
                               ON r.res_partner_id = c.id
                             JOIN calendar_event e ON e.id = r.calendar_event_id
                            WHERE %(meeting)s AND e.active AND e.stop <= %(now)s
                       )
                       SELECT customer, max(at) FROM touch
                        WHERE at IS NOT NULL GROUP BY 1""",
                    ids=partners.ids,
                    company=company.id or None,
                    done=ref("mail.mt_activities"),
                    comment=ref("mail.mt_comment"),
                    now=fields.Datetime.now(),
                    **counted,
                )
            )
        )

"""Customers that a rule moves."""

from odoo import Command, api, fields, models

from ...engine import Request
from ...tools.periods import company_today
from ...tools.scheduling import trigger_cron
from .rule_runner import RULE


class LeadDistributionRuleRunner(models.AbstractModel):
    _inherit = "lead.distribution.rule.runner"

    @api.model
    def _move_customers(self, context, partners):
        """Customers go round among the rule's members; a contact of theirs with the
        same salesperson goes with them.

        :returns: those that moved
        """
        rule = context.rule
        had, moves, since = self._customer_history(context, partners)
        users = rule.member_ids.user_id
        if not users:
            return partners.browse()
        exhausted = self._exhausted(context, partners, had, moves)
        over = exhausted - self._left_to_others(context, exhausted, had, moves)
        self._escalate_customers(context, over)
        snapshot = self._rule_snapshot(context, users)
        chosen, traces = {}, {}
        owners = {partner.id: partner.user_id for partner in partners}
        going = partners - exhausted
        decisions, state = self.env["lead.distribution.decision"]._decide(
            snapshot,
            [
                Request(
                    partner.id,
                    ((RULE, ""),),
                    skip=dict.fromkeys(had[partner.id], "had_it"),
                )
                for partner in going
            ],
        )
        for partner, decision in zip(going, decisions, strict=True):
            context.rule_evidence[partner.id] = [
                rule.id,
                rule.kind,
                fields.Datetime.to_string(since[partner.id]),
                moves[partner.id],
            ]
            if decision.user_id:
                decision.trace["routes"] = []
                context.note_rule([decision])
                chosen[partner.id] = decision.user_id
                traces[partner.id] = decision.trace
        moved = partners.browse(traces)
        if not moved:
            return moved
        apply = self.env["lead.distribution.apply"]
        context.stored_snapshot = apply._store_snapshot(context, snapshot)
        apply._assign_customers(
            context,
            chosen,
            traces,
            lambda env: env["lead.distribution.rule"]._rule_line(context),
            mail_pending=bool(rule.mail_template_id),
        )
        if rule.partner_tag_ids:
            moved.write(
                {"category_id": [Command.link(t) for t in rule.partner_tag_ids.ids]}
            )
        self._remember_turns(rule, state)
        self.env["lead.distribution.rule"]._notify_losers(context, moved, owners)
        if rule.mail_template_id:
            trigger_cron(self.env, "ir_cron_send_mail")
        self.env.flush_all()
        return moved

    @api.model
    def _customer_history(self, context, partners):
        """Look up who had customers before, and how often rules moved them.

        :returns: as :meth:`_lead_history`, moves since the last sale, or the last
            follow-up where the rule looks at these; and ``{partner_id: datetime}`` of
            that, else the creation
        """
        lasts = context.rule._last_of_customers(context.company, partners)
        since = {p.id: lasts.get(p.id) or p.create_date for p in partners}
        had = {p.id: {p.user_id.id} - {False} for p in partners}
        moves = dict.fromkeys(partners.ids, 0)
        rows = self.env["lead.distribution.assignment"].search_fetch(
            [
                ("partner_id", "in", partners.ids),
                ("lead_id", "=", False),
                ("rule_id", "!=", False),
                ("units", "=", 0),  # a deleted lead's row has some
                ("user_id", "!=", False),
            ],
            ["partner_id", "user_id", "previous_user_id", "date", "taken_back"],
        )
        for row in rows:
            if row.taken_back:
                continue
            partner_id = row.partner_id.id
            had[partner_id] |= {row.user_id.id, row.previous_user_id.id} - {False}
            moves[partner_id] += row.date > since[partner_id]
        return had, moves, since

    @api.model
    def _escalate_customers(self, context, partners):
        """They stay where they are, and the responsible decides: told once."""
        rule = context.rule
        user = rule.responsible_id or context.company.lead_distribution_manager_id
        todo = self.env.ref("mail.mail_activity_data_todo", raise_if_not_found=False)
        if not partners or not user:
            return
        told = (
            self.env["mail.activity"]
            .with_context(active_test=False)  # what was decided stays decided
            .search(
                [
                    ("res_model", "=", "res.partner"),
                    ("res_id", "in", partners.ids),
                    ("lead_distribution_unplaced", "=", True),
                ]
            )
            .filtered(
                lambda a: (
                    a.create_date
                    >= (
                        partners.browse(a.res_id).lead_salesperson_since
                        or a.create_date
                    )
                )
            )
        )
        _ = self.with_context(lang=user.lang or self.env.lang).env._
        self.env["mail.activity"].create(
            [
                {
                    "activity_type_id": todo.id if todo else False,
                    "summary": _("Nobody left by the rule %s", rule.name),
                    "date_deadline": company_today(context.company),
                    "user_id": user.id,
                    "res_model_id": self.env["ir.model"]._get_id("res.partner"),
                    "res_id": partner.id,
                    "automated": True,
                    "lead_distribution_unplaced": True,
                }
                for partner in partners
                if partner.id not in told.mapped("res_id")
            ]
        )

    @api.model
    def _mail_customers(self, rows):
        """The rule's email about each customer to the new salesperson (U8)."""
        current = rows.filtered(
            lambda row: (
                not row.lead_id
                and row.partner_id
                and row.user_id
                and row.state == "assigned"
                and row.rule_id.mail_template_id.model == "res.partner"
            )
        )
        for (rule, user), mine in current.grouped(
            lambda row: (row.rule_id, row.user_id)
        ).items():
            self.env["lead.distribution.notification"]._guarded(
                self.env["lead.distribution.notification"]._mail_by_template,
                rule.mail_template_id,
                mine.partner_id.ids,
                user,
            )


class LeadDistributionNotification(models.AbstractModel):
    _inherit = "lead.distribution.notification"

    @api.model
    def _mail_rows_without_lead(self, rows):
        """Tell salespeople of the customers that a rule moved to them."""
        self.env["lead.distribution.rule.runner"]._mail_customers(rows)
        return super()._mail_rows_without_lead(rows)

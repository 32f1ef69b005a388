"""Tell the responsible when nobody can take a lead (O20)."""

from odoo import api, models

from ...tools.periods import company_today


class LeadDistributionApply(models.AbstractModel):
    _inherit = "lead.distribution.apply"

    @api.model
    def _escalate(self, company, rows):
        """An activity for the responsible of each route that could not place a
        lead (O20)."""
        model_id = self.env["ir.model"]._get_id("crm.lead")
        todo = self.env.ref("mail.mail_activity_data_todo", raise_if_not_found=False)
        values = []
        for row in rows:
            by_rule = row.reason == "exhausted"
            who = row.rule_id if by_rule else row.route_id
            user = self._responsible(company, who, row.lead_id)
            if user:
                _ = self.with_context(lang=user.lang or self.env.lang).env._
                values.append(
                    {
                        "activity_type_id": todo.id if todo else False,
                        "summary": _("Nobody left by the rule %s", row.rule_id.name)
                        if by_rule
                        else _("Not followed up in time: route %s", row.route_id.name)
                        if row.reason == "missed"
                        else _("Nobody found by the route %s", row.route_id.name),
                        "date_deadline": company_today(company),
                        "user_id": user.id,
                        "res_model_id": model_id,
                        "res_id": row.lead_id.id,
                        "automated": True,
                        "lead_distribution_unplaced": True,
                    }
                )
        self.env["mail.activity"].create(values)

    @api.model
    def _responsible(self, company, route, lead):
        """Return who is to be told, ``res.users``, maybe nobody; never who only brings
        leads."""
        found = self.env["res.users"]
        if route.responsible_type == "listing":
            found = lead.listing_id.user_id
        elif route.responsible_type == "team_leader":
            # rules have no teams
            teams = route.team_ids if "team_ids" in route else lead.team_id
            found = (teams[:1] or lead.team_id).user_id
        elif route.responsible_type == "contact_owner":
            found = (
                lead.partner_id.user_id or lead.partner_id.commercial_partner_id.user_id
            )
        else:
            found = route.responsible_id
        found -= company.lead_distribution_intake_user_ids
        found = found.filtered("active") or company.lead_distribution_manager_id
        return found.filtered("active")

    @api.model
    def _drop_escalations(self, leads):
        """Who has a salesperson needs no responsible any more."""
        self.env["mail.activity"].search(
            [
                ("res_model", "=", "crm.lead"),
                ("res_id", "in", leads.ids),
                ("lead_distribution_unplaced", "=", True),
            ]
        ).unlink()

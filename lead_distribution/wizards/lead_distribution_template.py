from collections import Counter
from datetime import timedelta

from markupsafe import Markup

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..tools.periods import company_midnight, company_today
from ..tools.service_context import as_service

#: leads of yesterday and today that are tried at most
TRIED_AT_MOST = 500


class LeadDistributionTemplate(models.TransientModel):
    """Makes a working route of a common kind, after showing who would have got the
    leads of yesterday and today."""

    _name = "lead.distribution.template"
    _description = "Route by Template"
    _inherit = "lead.distribution.guard"

    template = fields.Selection(lambda self: self._templates(), required=True)
    name = fields.Char(required=True)
    team_id = fields.Many2one(
        "crm.team",
        string="Sales Team",
        help="Its members receive the leads, including those who join later. Empty: "
        "the salespeople below.",
    )
    user_ids = fields.Many2many(
        "res.users",
        string="Salespeople",
        domain="[('share', '=', False), ('company_ids', 'in', allowed_company_ids)]",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Salesperson",
        domain="[('share', '=', False), ('company_ids', 'in', allowed_company_ids)]",
    )
    problem = fields.Char(compute="_compute_problem")
    preview = fields.Html(readonly=True, sanitize=False)

    @api.model
    def _templates(self):
        """The kinds of first routes, each with its name."""
        _ = self.env._
        return [
            ("round_robin", _("Round robin for my team")),
            ("workload", _("By workload")),
            ("offer_all", _("Offer to all, first to claim")),
            ("outside", _("Outside hours")),
            ("one_person", _("One person")),
        ]

    @api.depends("template", "team_id", "user_ids", "user_id")
    @api.depends_context("lang")
    def _compute_problem(self):
        _ = self.env._
        for wizard in self:
            users = wizard._people()
            out = self.env["lead.distribution.candidates"]._excluded(
                self.env.company, users
            )
            explanation = self.env["lead.distribution.explanation"]
            out = {user_id: code for user_id, code in out.items() if code}
            names = self.env["lead.distribution.filters"]._names_of(
                users.filtered(lambda user, out=out: user.id in out)
            )
            nothing = [
                _("%(name)s (%(why)s)", name=name, why=explanation._why_not(code))
                for name, code in zip(
                    names, [out[u.id] for u in users if u.id in out], strict=True
                )
            ]
            wizard.problem = False
            if not users:
                wizard.problem = _("Nobody would get a lead: choose who.")
            elif nothing:
                wizard.problem = _("Get nothing: %s.", ", ".join(nothing))

    def _people(self):
        """Who would be on the route, ``res.users``."""
        self.ensure_one()
        if self.template == "one_person":
            return self.user_id._origin
        if self.team_id:
            return self._members_of(self.team_id._origin)
        return self.user_ids._origin

    @api.model
    def _members_of(self, team):
        """Who is in a team, ``res.users``."""
        # sudo: who is in the team that the manager chose
        return team.sudo().crm_team_member_ids.user_id.sudo(False)

    @api.model
    def _all_salespeople(self):
        """Everybody of the company with sales rights, ``res.users``."""
        company = self.env.company
        group = self.env.ref("sales_team.group_sale_salesman")
        return self.env["res.users"].search(
            [
                ("share", "=", False),
                ("company_ids", "in", company.ids),
                ("all_group_ids", "in", group.ids),
                ("id", "not in", company.lead_distribution_intake_user_ids.ids),
            ]
        )

    @api.onchange("team_id")
    def _onchange_team_id(self):
        """Show who is in the team; without one, propose all salespeople."""
        team = self.team_id._origin
        self.user_ids = self._members_of(team) if team else self._all_salespeople()

    def _route_values(self):
        """The values of the route that the template makes."""
        self.ensure_one()
        values = {"name": self.name, "company_id": self.env.company.id}
        if self.template == "one_person":
            return {**values, "pool_source": "user", "user_id": self.user_id.id}
        if self.team_id:
            values.update(pool_source="teams", team_ids=[Command.set(self.team_id.ids)])
        else:
            values["member_ids"] = [
                Command.create({"user_id": user.id, "sequence": place})
                for place, user in enumerate(self.user_ids)
            ]
        return {
            **values,
            **{
                "round_robin": {"strategy": "round_robin"},
                "workload": {"strategy": "workload"},
                "offer_all": {"strategy": "workload", "delivery": "offer_all"},
                "outside": {"strategy": "round_robin", "schedule": "outside"},
            }[self.template],
        }

    @api.model
    def action_start(self, template):
        """Open a template with the manager's team, or else all salespeople, on it.

        :param template: a key of :meth:`_templates`
        :returns: the action that opens it
        """
        self.browse().check_access("create")
        names = dict(self._templates())
        if template not in names:
            raise UserError(self.env._("There is no template “%s”.", str(template)))
        company = self.env.company
        team = self.env["crm.team"].search(
            [
                ("company_id", "in", [False, company.id]),
                ("crm_team_member_ids", "!=", False),
                "|",
                ("user_id", "=", self.env.uid),
                ("crm_team_member_ids.user_id", "=", self.env.uid),
            ],
            limit=1,
        )
        people = self._all_salespeople()
        wizard = self.create(
            {
                "template": template,
                "name": names[template],
                "team_id": team.id,
                "user_ids": [Command.set((self._members_of(team) or people).ids)],
                "user_id": self.env.uid if self.env.user in people else people[:1].id,
            }
        )
        wizard._try_out()
        return wizard._open()

    def action_preview(self):
        """Show who would have got the leads, with what was changed since."""
        self.ensure_one()
        self.check_access("write")
        self._try_out()
        return self._open()

    def action_confirm(self):
        """Make the route.

        :returns: the action that opens it
        """
        self.ensure_one()
        if not self._people():
            raise UserError(self.env._("Nobody would get a lead: choose who."))
        route = self.env["lead.distribution.route"].create(self._route_values())
        return {
            "type": "ir.actions.act_window",
            "res_model": "lead.distribution.route",
            "res_id": route.id,
            "views": [(False, "form")],
            "target": "current",
        }

    def _open(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Create a Route"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _try_out(self):
        """Replay yesterday and today through the route as it would be, and the routes
        that are there; nothing of it stays but the text."""
        self.ensure_one()
        company = self.env.company
        begin = company_midnight(company, company_today(company) - timedelta(days=1))
        self.preview = False
        self.env.flush_all()
        got = Counter()
        if self._people():
            savepoint = self.env.cr.savepoint()
            try:
                Route = as_service(self, company).env["lead.distribution.route"]
                # paused, so that nothing starts with it
                route = Route.create({**self._route_values(), "active": False})
                decided = self.env["lead.distribution.replay"]._replay(
                    company,
                    Route._routes_of(company) | route,
                    begin,
                    fields.Datetime.now() + timedelta(seconds=1),
                    TRIED_AT_MOST,
                )
                got.update(decision.user_id for _lead, decision in decided)
            except UserError as error:
                savepoint.close(rollback=True)
                self.preview = Markup("<p>%s</p>") % str(error)
                return
            finally:
                if not savepoint.closed:
                    savepoint.close(rollback=True)
                self.env.registry.clear_cache()
        self.preview = self._preview_of(got)

    def _preview_of(self, got):
        """Who would have got how many leads.

        :param got: Counter of user ids, None for nobody
        :returns: Markup
        """
        _ = self.env._
        if not got:
            return Markup("<p class='lead_muted'>%s</p>") % _(
                "No lead arrived yesterday or today to test with."
            )
        nobody = _("nobody: the pool")
        name_of = self.env["lead.distribution.filters"]._name_of
        rows = Markup("").join(
            Markup("<tr><td>%s</td><td class='text-end'>%s</td></tr>")
            % (name_of("res.users", user_id) if user_id else nobody, number)
            for user_id, number in got.most_common()
        )
        return Markup(
            "<h4>%s</h4><table class='table table-sm'><tbody>%s</tbody></table>"
        ) % (_("Leads of yesterday and today: who would have got them?"), rows)

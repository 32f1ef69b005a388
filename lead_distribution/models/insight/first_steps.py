"""What a manager does first: a route, hours, absences, an address; and the leads that
came before the first route."""

from markupsafe import Markup

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError

from ...tools.scheduling import notification

#: so many leads are counted and distributed with one press
WAITING_AT_MOST = 10_000


class LeadDistributionRoute(models.Model):
    _inherit = "lead.distribution.route"

    nothing_distributed = fields.Boolean(
        compute="_compute_nothing_distributed",
        help="Whether no lead of the company was ever distributed.",
    )

    @api.depends_context("company")
    def _compute_nothing_distributed(self):
        self.nothing_distributed = self._is_nothing_distributed()

    @api.model
    def _is_nothing_distributed(self):
        """Whether no lead of the current company was ever distributed."""
        # sudo: whether there is any row, whoever sees it
        Assignment = self.env["lead.distribution.assignment"].sudo()
        return not Assignment.search_count(
            [("company_id", "=", self.env.company.id)], limit=1
        )

    @api.model
    def first_steps(self):
        """What is left to do until leads are distributed as they should be.

        :returns: dictionary of ``waiting`` (how many leads came before the first route,
            once there is one), ``templates`` (``[{"key", "text"}, ...]`` of first
            routes, while there is none) and ``steps`` (``[{"key", "text", "done",
            "action"}, ...]``, none once all are done or somebody dismissed them); empty
            for who is no manager of the distribution
        """
        if not self.env.user.has_group("lead_distribution.group_manager"):
            return {}
        company = self.env.company
        routes = self._routes_of(company)
        steps = [] if company.lead_steps_dismissed else self._first_steps(routes)
        if all(step["done"] for step in steps):
            steps = []
        templates = self.env["lead.distribution.template"]._templates()
        return {
            "waiting": len(self._waiting()) if routes else 0,
            "templates": []
            if routes
            else [{"key": key, "text": text} for key, text in templates],
            "steps": steps,
        }

    @api.model
    def _first_steps(self, routes):
        """Hook: the steps, see :meth:`first_steps`.

        :param routes: the active ones of the company
        """
        _ = self.env._
        company = self.env.company
        hours = self.env["resource.calendar"].search_count(
            [("lead_distribution", "=", True), ("company_id", "=", company.id)], limit=1
        )
        absences = self.env["lead.distribution.absence"].search_count([], limit=1)
        here = "lead_distribution."
        return [
            {
                "key": "route",
                "text": _("Create the first route: who gets which leads."),
                "done": bool(routes),
                "action": f"{here}lead_distribution_route_action",
            },
            {
                "key": "lead",
                "text": _("Create a lead, and see who gets it."),
                "done": not self._is_nothing_distributed(),
                "action": f"{here}lead_distribution_first_lead_action",
            },
            {
                "key": "hours",
                "text": _("Enter working hours, and the holidays of your country."),
                "done": bool(hours),
                "action": f"{here}lead_distribution_calendar_action",
            },
            {
                "key": "absences",
                "text": _("Enter who is away, so that no lead waits for them."),
                "done": bool(absences),
                "action": f"{here}lead_distribution_absence_action",
            },
            {
                "key": "fallback",
                "text": _(
                    "Choose the address that is notified of leads that nobody can take."
                ),
                "done": bool(company.lead_distribution_fallback_email),
                "action": f"{here}lead_distribution_settings_action",
            },
        ]

    @api.model
    def _waiting(self):
        """The leads of the company that came when there was no route: nobody's, or of
        somebody who is no salesperson (the system, intake users)."""
        Lead = self.env["crm.lead"]
        if not Lead.has_access("read"):
            return Lead  # a manager of distribution without sales rights
        company = self.env.company
        nobodys = [
            False,
            SUPERUSER_ID,
            *company.lead_distribution_intake_user_ids.ids,
        ]
        return Lead.search(
            [
                ("distribution_company_id", "=", company.id),
                ("distribution_state", "in", ["pool", "none"]),
                ("user_id", "in", nobodys),
                ("won_status", "=", "pending"),
                ("distribution_assignment_ids", "=", False),
            ],
            limit=WAITING_AT_MOST,
            order="id",
        )

    @api.model
    def action_distribute_waiting(self):
        """Distribute the leads that came before the first route.

        :returns: the action that says what happened
        :raises AccessError: for who is no manager of the distribution
        """
        self._check_manager()
        leads = self._waiting()
        if not leads:
            return notification(self.env._("No lead is waiting."), "info")
        return leads.action_distribute()

    @api.model
    def action_dismiss_steps(self):
        """Show the first steps no more, to nobody of the company.

        :returns: True
        :raises AccessError: for who is no manager of the distribution
        """
        self._check_manager()
        # sudo: a switch of ours, which managers may set
        self.env.company.sudo().lead_steps_dismissed = True
        return True

    @api.model
    def _check_manager(self):
        if not self.env.user.has_group("lead_distribution.group_manager"):
            raise AccessError(
                self.env._("Only managers of lead distribution can set it up.")
            )


class CrmLead(models.Model):
    _inherit = "crm.lead"

    @api.model
    def get_empty_list_help(self, help_message):
        """Without a route, managers get a link to the routes."""
        found = super().get_empty_list_help(help_message)
        Route = self.env["lead.distribution.route"]
        if not self.env.user.has_group(
            "lead_distribution.group_manager"
        ) or Route._routes_of(self.env.company):
            return found
        link = Markup("<p><a href='/odoo/lead-routes'>%s</a></p>") % self.env._(
            "Create the first route: who gets which leads."
        )
        return Markup("%s%s") % (Markup(found or ""), link)

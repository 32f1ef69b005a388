"""Activities go with the lead: the one of its route (O18), and the tasks that are for
whoever has it."""

from datetime import timedelta

from odoo import api, models

from ...tools.periods import company_today
from ...tools.service_context import as_service, as_task
from ...tools.task_spec import TaskSpec


class LeadDistributionApply(models.AbstractModel):
    _inherit = "lead.distribution.apply"

    @api.model
    def _after_assign(self, context, assignments):
        """The former salesperson's tasks are the new one's; the route's activity is
        made where there is none."""
        result = super()._after_assign(context, assignments)
        routes = self.env["lead.distribution.route"]
        routes = routes.browse({p.policy_route_id for p in assignments} - {None, False})
        kinds = {route.id: route.activity_type_id for route in routes}
        there = self.env["mail.activity"]
        if not context.is_new:
            there = self._hand_over_tasks(
                {p.lead_id: p.user_id for p in assignments},
                {p.lead_id: p.previous_user_id for p in assignments},
            ).filtered(lambda task: task.lead_origin == "route")
        has = {(task.res_id, task.activity_type_id) for task in there}
        by_route = {}
        for p in assignments:
            kind = kinds.get(p.policy_route_id)
            if kind and (p.lead_id, kind) not in has:
                by_route.setdefault(p.policy_route_id, []).append(p)
        new = self._create_activities(
            context.company,
            {route: by_route[route.id] for route in routes if route.id in by_route},
        )
        for p in assignments:
            p.activity_id = new.get(p.lead_id)
        # of a lead that another route took there is no use for the first one's
        there.filtered(lambda task: task.res_id in new).unlink()
        return result

    @api.model
    def _after_take_away(self, context, former):
        """Tasks of whoever lost a lead wait for the next one, and nobody keeps what
        they cannot open."""
        result = super()._after_take_away(context, former)
        tasks = self._tasks_of_salespeople(former)
        as_task(tasks.filtered("user_id")).write({"user_id": False})
        return result

    @api.model
    def _after_give_back(self, context, holders):
        """Whoever has a lead again has its tasks again."""
        result = super()._after_give_back(context, holders)
        self._hand_over_tasks(holders, {})
        return result

    @api.model
    def _after_merge(self, context, lead, former):
        """The merged leads' tasks are the salesperson's, and the route's activity is
        there once."""
        result = super()._after_merge(context, lead, former)
        tasks = self._open_tasks(lead.ids)
        if lead.user_id:
            theirs = tasks.filtered(lambda task: task.user_id in former)
            as_task(theirs).write({"user_id": lead.user_id.id})
        seen = set()
        for task in tasks.filtered(lambda x: x.lead_origin == "route").sorted("id"):
            key = (task.activity_type_id, task.user_id)
            if key in seen:
                task.unlink()
            seen.add(key)
        return result

    @api.model
    def _people_of_tasks(self, activities):
        """Return ``{lead_id: ids of those who had these tasks of it}``."""
        found = {}
        if not self.env["lead.distribution.route"]._distributing():
            return found
        # sudo: whose tasks they are, which their user may end
        for task in activities.sudo():
            if task.res_model == "crm.lead" and task.user_id:
                found.setdefault(task.res_id, set()).add(task.user_id.id)
        return found

    @api.model
    def _after_done(self, people):
        """Odoo made followers of those who had tasks of a colleague's lead; when the
        last one is done, they follow it no more, and so read it no more.

        :param people: of :meth:`_people_of_tasks`, before the tasks were done
        """
        if not people:
            return
        service = as_service(self)
        leads = service.env["crm.lead"].browse(people).exists()
        busy = {
            (task.res_id, task.user_id.id)
            for task in service.env["mail.activity"].search(
                [("res_model", "=", "crm.lead"), ("res_id", "in", leads.ids)]
            )
        }
        by_user = {}
        for lead in leads:
            for user_id in people[lead.id] - {lead.user_id.id}:
                if (lead.id, user_id) not in busy:
                    by_user.setdefault(user_id, []).append(lead.id)
        for user in service.env["res.users"].browse(by_user):
            # whoever sees them anyhow follows what they like
            if user.has_group("sales_team.group_sale_salesman_all_leads"):
                continue
            leads.browse(by_user[user.id]).message_unsubscribe(user.partner_id.ids)

    @api.model
    def _open_tasks(self, lead_ids):
        """Find the open activities of leads that are no department's to take, nor a
        call for help."""
        return self.env["mail.activity"].search(
            [
                ("res_model", "=", "crm.lead"),
                ("res_id", "in", list(lead_ids)),
                ("lead_team_id", "=", False),
                ("lead_distribution_unplaced", "!=", True),
            ]
        )

    @api.model
    def _tasks_of_salespeople(self, former):
        """Find the open activities of leads that are for "the salesperson": those of
        who had the lead, and those that wait for who will have it.

        :param former: ``{lead_id: user_id or None}``
        """
        return self._open_tasks(former).filtered(
            lambda task: not task.user_id or task.user_id.id == former[task.res_id]
        )

    @api.model
    def _hand_over_tasks(self, holders, former):
        """Give tasks for "the salesperson" to who has the lead now.

        :param holders: ``{lead_id: user_id}``
        :param former: ``{lead_id: user_id or None}`` of who had it before
        :returns: the open tasks that the holders have on these leads
        """
        tasks = self._open_tasks(holders)
        going = {}
        for task in tasks:
            if not task.user_id or task.user_id.id == former.get(task.res_id):
                going.setdefault(holders[task.res_id], []).append(task.id)
        for user_id, ids in going.items():
            as_task(tasks.browse(ids)).write({"user_id": user_id})
        return tasks.filtered(lambda task: task.user_id.id == holders[task.res_id])

    @api.model
    def _create_activities(self, company, by_route):
        """Make an activity of the route's type for each salesperson (O18).

        :param by_route: ``{route: [AssignmentValues, ...]}``
        :returns: ``{lead_id: id of the activity}``
        """
        groups = []
        for route, assignments in by_route.items():
            kind = route.activity_type_id
            users = {p.lead_id: p.user_id for p in assignments}
            spec = TaskSpec(
                activity_type_id=kind.id,
                summary=route.activity_summary,
                note=route.activity_note,
                origin="route",
            )
            deadline = (
                company_today(company) + timedelta(days=route.activity_days)
                if route.activity_days
                else kind._get_date_deadline()
            )
            leads = self.env["crm.lead"].browse(users)
            groups.append((leads, spec, deadline, users))
        return self.env["lead.distribution.tasks"]._create_followed_tasks(groups)

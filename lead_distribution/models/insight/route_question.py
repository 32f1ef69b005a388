"""Who would get this lead? What is asked of the routes."""

from odoo import api, models
from odoo.exceptions import UserError

from .route_draft import Draft


class LeadDistributionRoute(models.Model):
    _inherit = "lead.distribution.route"

    @api.model
    def who_would_get(self, lead_id=False, values=False, at=False):
        """Tell who would get a lead, and why; nothing is written.

        :param lead_id: id of a lead, which is asked about as it is
        :param values: instead of it what a lead would say, as for ``create``
        :param at: moment in UTC, as datetime or text: when it comes in, or is
            distributed; now by default
        :returns: dictionary of ``route_id`` and ``user_id`` (False for none),
            ``reason`` (a code) and ``explanation`` (HTML: the routes tried, who was
            next in line, who was left out and why)
        :raises AccessError: for everybody but managers of distribution, and for what
            they may not read
        :raises UserError: for values and moments that are none
        """
        question = self.env["lead.distribution.question"]
        question._check_manager()
        at = question._moment_of(at)
        return question._answer(question._lead_of(lead_id, values, at), at)

    @api.model
    def what_would_change(
        self, route_id, edited, lead_id=False, values=False, at=False
    ):
        """Tell who would get a lead by a route as it is saved, and as it is edited.

        :param route_id: id of the saved route
        :param edited: values that were changed, as for ``write``; they are not written
        :param lead_id, values, at: see :meth:`who_would_get`
        :returns: dictionary of ``saved`` and ``edited``, each as of
            :meth:`who_would_get`, and ``same``, whether one salesperson gets it in both
        :raises AccessError: for who may not change the route
        """
        question = self.env["lead.distribution.question"]
        question._check_manager()
        if isinstance(route_id, models.BaseModel):
            route_id = route_id.id
        route = self.with_context(active_test=False).browse(
            route_id if type(route_id) is int and 0 < route_id < 2**31 else 0
        )
        if not route.exists() or not isinstance(edited, dict):
            raise UserError(self.env._("There is no such route."))
        route.check_access("write")
        self._lead_check_named([edited])
        draft = Draft(route, edited)
        at = question._moment_of(at)
        lead = question._lead_of(lead_id, values, at)
        saved = question._answer(lead, at)
        edited = question._answer(lead, at, draft)
        same = (saved["user_id"], saved["route_id"]) == (
            edited["user_id"],
            edited["route_id"],
        )
        return {"saved": saved, "edited": edited, "same": same}

    def action_who_would_get(self):
        """Open the dialog that asks who would get a lead.

        :returns: its action
        """
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "lead_distribution.lead_distribution_question_action"
        )
        return dict(action, context={"default_route_id": self[:1].id})

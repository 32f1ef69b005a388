"""Who is paused on a route claims none of its leads."""

from odoo import api, models
from odoo.exceptions import UserError


class LeadDistributionManual(models.AbstractModel):
    _inherit = "lead.distribution.manual"

    @api.model
    def _refuse_paused(self, leads):
        """Refuse claims of leads of routes on which the current user is paused.

        :raises UserError: with the route's name
        """
        # sudo: whether they are paused there, to decide
        for route in leads.sudo().distribution_route_id:
            if self.env.user in route.paused_user_ids:
                raise UserError(
                    self.env._(
                        "You cannot take leads of the route “%s”: you are paused on "
                        "it.",
                        route.name,
                    )
                )

from odoo import api, fields, models
from odoo.tools import SQL


class LeadDistributionRouteState(models.Model):
    """What a route remembers of a salesperson from one block to the next."""

    _name = "lead.distribution.route.state"
    _description = "Lead Route State"
    _log_access = False

    route_id = fields.Many2one(
        "lead.distribution.route", required=True, ondelete="cascade"
    )
    user_id = fields.Many2one(
        "res.users", required=True, ondelete="cascade", index=True
    )
    listing_id = fields.Many2one(
        "lead.distribution.listing",
        ondelete="cascade",
        index="btree_not_null",
        help="On routes that keep the balance of each listing.",
    )
    credit = fields.Float(
        digits=(16, 6),
        help="Units still to be assigned by fair share; negative: received in advance.",
    )
    turn = fields.Integer(help="Number of the last turn received, for Round Robin.")

    _user_uniq = models.UniqueIndex("(route_id, user_id, COALESCE(listing_id, 0))")

    @api.model
    def _remember(self, state):
        """Store what the engine says, in one statement.

        :param state: ``{(route_id, listing_id): {user_id: (credit, turn)}}``
        """
        rows = [
            SQL(
                "(%s, %s::int, %s, %s, %s)",
                route_id,
                listing_id,
                user_id,
                round(credit, 6),
                turn,
            )
            for (route_id, listing_id), users in state.items()
            for user_id, (credit, turn) in users.items()
            if user_id > 0
        ]
        if not rows:
            return
        self.env.cr.execute(
            SQL(
                """INSERT INTO lead_distribution_route_state
                               (route_id, listing_id, user_id, credit, turn)
                        VALUES %s
                   ON CONFLICT (route_id, user_id, COALESCE(listing_id, 0))
                     DO UPDATE SET credit = EXCLUDED.credit, turn = EXCLUDED.turn""",
                SQL(", ").join(rows),
            )
        )
        self.invalidate_model()

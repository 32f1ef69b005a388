"""Territories of salespeople (P4)."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...engine import Territory, read_postcodes


class LeadDistributionTerritory(models.Model):
    """A part of the world that salespeople cover: countries, states, postcodes."""

    _name = "lead.distribution.territory"
    _description = "Lead Territory"
    _inherit = "lead.distribution.guard"
    _order = "name, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", default=lambda self: self.env.company, index=True
    )
    country_ids = fields.Many2many("res.country", string="Countries")
    state_ids = fields.Many2many(
        "res.country.state",
        string="States",
        help="Only these states of their countries belong to it.",
    )
    postcodes = fields.Text(
        help="Single postcodes, ranges and prefixes, separated by commas or lines: "
        "28001-28055, 08*, SW1A 1AA. Empty: all of the countries and states.",
    )
    user_ids = fields.Many2many(
        "res.users",
        "lead_distribution_territory_user_rel",
        "territory_id",
        "user_id",
        string="Salespeople",
        domain=[("share", "=", False)],
        groups="lead_distribution.group_manager",
    )

    @api.constrains("name", "country_ids", "state_ids", "postcodes")
    def _check_somewhere(self):
        for territory in self:
            try:
                postcodes = read_postcodes(territory.postcodes)
            except ValueError as error:
                raise ValidationError(
                    self.env._(
                        "“%s” is no postcode, range or prefix: write 28001-28055, 08* "
                        "or 28013.",
                        error,
                    )
                ) from error
            if not (territory.country_ids or territory.state_ids or postcodes):
                raise ValidationError(
                    self.env._(
                        "The territory %s has no area: choose countries, states or "
                        "postcodes.",
                        territory.name,
                    )
                )

    @api.model
    def _of_company(self, company):
        """Return the territories of a company as the engine knows them."""
        # sudo: where leads lie, to decide
        found = self.sudo().search([("company_id", "in", [False, company.id])])
        return [
            Territory(
                territory.id,
                frozenset(territory.country_ids.ids),
                {state.id: state.country_id.id for state in territory.state_ids},
                read_postcodes(territory.postcodes),
            )
            for territory in found
        ]

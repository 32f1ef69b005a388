from odoo import fields, models
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

_QUERY = """
    SELECT 2 * l.id AS id, l.simulation_id, l.user_id, 'actual' AS moment,
           l.actual AS leads, l.actual_units AS units
      FROM lead_distribution_simulation_line l
    UNION ALL
    SELECT 2 * l.id + 1, l.simulation_id, l.user_id, 'simulated',
           l.simulated, l.simulated_units
      FROM lead_distribution_simulation_line l
"""


class LeadDistributionSimulationChart(models.Model):
    """The lines of simulations as a chart wants them: then and now one below the
    other."""

    _name = "lead.distribution.simulation.chart"
    _description = "Then and Now"
    _auto = False
    _order = "id"
    _depends = {
        "lead.distribution.simulation.line": [
            "actual",
            "actual_units",
            "simulated",
            "simulated_units",
            "simulation_id",
            "user_id",
        ],
    }

    simulation_id = fields.Many2one("lead.distribution.simulation", readonly=True)
    user_id = fields.Many2one(
        "res.users",
        string="Salesperson",
        readonly=True,
        falsy_value_label=_lt("Nobody"),  # pylint: disable=translation-field
    )
    moment = fields.Selection(
        [("actual", "Then"), ("simulated", "Now")], string="Then or Now", readonly=True
    )
    leads = fields.Integer(readonly=True)
    units = fields.Float(readonly=True)

    @property
    def _table_query(self):
        return _QUERY

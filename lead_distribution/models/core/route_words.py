"""What strategies and measures of the workload say of themselves, found by their key.

Their labels are those of the selections ``strategy`` and ``workload_measure``.
"""

from collections.abc import Callable
from dataclasses import dataclass

from odoo import api, fields, models

from ...engine import STRATEGIES, known_strategy
from ...tools.locale import plain_number


@dataclass(frozen=True)
class StrategyWords:
    """What people read of a strategy, in their language.

    :param sentence: how it chooses, as the end of "to Anna and Boris, ..."
    :param reason: why it chose, in whole sentences, for explanations
    :param column: heads the numbers by which it chose
    :param number: writes such a number, by default with its sign;
        without a number a dash is written
    """

    sentence: str
    reason: str = ""
    column: str = ""
    number: Callable | None = None


@dataclass(frozen=True)
class Measure:
    """What counts as workload, in the reader's language where it is words.

    :param column: heads the loads in explanations
    :param sentence: what is counted, as a part of the route's sentence; "" if it need
        not be said
    :param by_count: whether each lead adds one, whatever it weighs
    :param stock: whether it is what somebody has now, which no absence changes, and
        not what came in the month
    """

    column: str
    sentence: str = ""
    by_count: bool = True
    stock: bool = False


class LeadDistributionRoute(models.Model):
    _inherit = "lead.distribution.route"

    by_load = fields.Boolean(
        compute="_compute_goes_by", help="The strategy uses the workload."
    )
    by_target = fields.Boolean(
        compute="_compute_goes_by", help="Targets decide who gets how many leads."
    )
    by_rate = fields.Boolean(
        compute="_compute_goes_by", help="The strategy uses a rate."
    )

    @api.depends("strategy")
    def _compute_goes_by(self):
        for route in self:
            strategy = STRATEGIES[known_strategy(route.strategy)]
            route.by_load = strategy.by_load
            route.by_target = strategy.by_target
            route.by_rate = bool(strategy.by_rate)

    # strategies ----------------------------------------------------------

    @api.model
    def _strategy_words(self, key):
        """Return the :class:`StrategyWords` of a strategy, by its key.

        A strategy without words of its own has those of its label.
        """
        own = getattr(self, f"_strategy_{key}", None)
        if own:
            words = own()
        elif key in STRATEGIES:
            labels = dict(self._fields["strategy"]._description_selection(self.env))
            words = StrategyWords(labels.get(key, key))
        else:
            words = StrategyWords(
                self.env._("evenly, for the strategy “%s” is not installed", key)
            )
        return words

    @api.model
    def _strategy_workload(self):
        _ = self.env._
        return StrategyWords(
            _("evenly towards their targets"),
            _(
                "The salesperson furthest behind the share set by the target gets the "
                "lead. Among equals, the one who has waited longest."
            ),
        )

    @api.model
    def _strategy_round_robin(self):
        _ = self.env._
        return StrategyWords(
            _("one each in order"),
            _("One lead each, in the order of the route, then from the start."),
            number=lambda _turn: "–",
        )

    @api.model
    def _strategy_fair_share(self):
        _ = self.env._
        return StrategyWords(
            _("by fair share"),
            _(
                "Each lead adds a credit for everybody who could have received it. "
                "The salesperson with the highest credit gets the lead."
            ),
        )

    @api.model
    def _strategy_closing_rate(self):
        _ = self.env._
        return StrategyWords(
            _("one each, the best closing rate first"),
            _(
                "One lead each, in turn. The highest closing rate comes first, and "
                "before it people without history."
            ),
            _("Closing rate"),
            lambda rate: f"{plain_number(self.env, 100 * rate, 0)} %",
        )

    @api.model
    def _strategy_follow_up_speed(self):
        _ = self.env._
        return StrategyWords(
            _("one each, the fastest first"),
            _(
                "One lead each, in turn. The fastest follow-up comes first, and "
                "before it people without history."
            ),
            _("Hours to follow-up"),
            lambda hours: plain_number(self.env, hours),
        )

    # measures of the workload --------------------------------------------

    @api.model
    def _measure_words(self, key):
        """Return the :class:`Measure` of a key, the words of its label if it has no
        own."""
        own = getattr(self, f"_measure_{key}", None)
        if own:
            return own()
        labels = dict(self._fields["workload_measure"]._description_selection(self.env))
        return Measure(self.env._("Workload before"), labels.get(key, key))

    def _measure(self):
        """Return the :class:`Measure` of this route's workload."""
        self.ensure_one()
        return self._measure_words(self.workload_measure)

    @api.model
    def _measure_assignments(self):
        return Measure(self.env._("Leads before"), by_count=False)

    @api.model
    def _measure_activities(self):
        _ = self.env._
        return Measure(_("Activities before"), _("counted in activities of the month"))

    @api.model
    def _measure_open_leads(self):
        _ = self.env._
        words = _("Open leads before"), _("counted in open leads")
        return Measure(*words, stock=True)

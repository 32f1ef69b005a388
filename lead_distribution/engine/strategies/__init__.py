"""How one of those who may take a lead is chosen: one class a strategy."""

from .base import STRATEGIES, Strategy, known_strategy, strategy
from . import fair_share, rates, round_robin, workload

__all__ = ["STRATEGIES", "Strategy", "known_strategy", "strategy"]

"""A change of leads, on its way through :meth:`crm.lead.write`."""

from dataclasses import dataclass, field


@dataclass
class LeadChange:
    """What is written, and what the packages remember between before and after.

    :param vals: as ``write`` takes them, many2one fields as ids
    :param by_service: whether the distribution itself writes
    :param kept: what a package keeps for itself, by its name
    """

    vals: dict
    by_service: bool = False
    kept: dict = field(default_factory=dict)

"""Webhooks that tell other programs what becomes of leads."""

from . import route_channel
from . import lead_distribution_channel_news
from . import lead_distribution_outgoing
from . import lead_distribution_outgoing_delivery
from . import lead_distribution_assignment

"""Leads that are offered until a deadline."""

from . import offer
from . import crm_lead
from . import offer_unavailable

"""Erasing people, and dropping what is old."""

from . import privacy
from . import privacy_records
from . import res_company
from . import retention
from . import crm_lead
from . import lead_distribution_assignment
from . import lead_distribution_inquiry
from . import res_users
from . import res_partner

"""Whose lead it is: customers linked and unlinked, removals, merges."""

from . import customer_link
from . import customer_change
from . import customer_contact
from . import unlink
from . import customer_match
from . import lead_distribution_removal_reason
from . import merge
from . import merge_names
from . import merge_references
from . import removal
from . import res_partner
from . import crm_lead
from . import crm_lead_contact

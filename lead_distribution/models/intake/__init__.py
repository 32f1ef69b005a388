"""How leads get in: files of portals and advertisers, and webhooks."""

from . import base_import
from . import crm_lead
from . import ir_fields_converter
from . import lead_distribution_import
from . import lead_places
from . import lead_distribution_intake_source
from . import lead_distribution_intake_field
from . import lead_distribution_intake_call
from . import intake_delivery
from . import lead_distribution_not_lead

"""Claims, manual changes, releases."""

from . import manual_assignment
from . import claims
from . import claim_undo
from . import correction
from . import lending
from . import moves
from . import people_left
from . import crm_lead
from . import res_users
from . import paused

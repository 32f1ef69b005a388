from . import lead_distribution_explain
from . import lead_distribution_hand
from . import lead_distribution_removal

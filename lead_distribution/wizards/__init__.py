from . import lead_distribution_explain
from . import lead_distribution_hand
from . import lead_distribution_removal
from . import lead_distribution_decline
from . import lead_distribution_hours
from . import lead_distribution_week
from . import lead_distribution_task
from . import lead_distribution_task_finish

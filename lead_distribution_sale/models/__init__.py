from . import lead_distribution_process
from . import lead_distribution_process_event
from . import lead_distribution_process_step
from . import sale_order
from . import order

from . import lead_distribution_dashboard
from . import lead_distribution_effectiveness
from . import lead_distribution_fairness
from . import lead_distribution_gap
from . import lead_distribution_health
from . import lead_distribution_report
from . import lead_distribution_simulation_chart
from . import lead_distribution_speed

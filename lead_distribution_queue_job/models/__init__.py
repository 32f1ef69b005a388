from . import lead_distribution_job
from . import distribution_jobs
from . import rule_jobs
from . import follow_jobs
from . import lead_distribution
from . import lead_distribution_simulation

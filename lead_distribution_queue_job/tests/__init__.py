from . import test_access
from . import test_jobs
from . import test_simulation_jobs

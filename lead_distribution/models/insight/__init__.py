"""Simulation, undo and health check."""

from . import lead_distribution_simulation
from . import health
from . import health_rules
from . import health_identity
from . import health_people
from . import health_schedules
from . import health_speed
from . import health_backlog
from . import health_clock
from . import health_filters
from . import health_zones
from . import replay
from . import audit
from . import undo
from . import undo_touched
from . import lead_distribution_run
from . import res_users
from . import shift_board
from . import people_days
from . import health_shifts
from . import health_telling
from . import first_steps
from . import route_line
from . import route_week
from . import question
from . import route_question

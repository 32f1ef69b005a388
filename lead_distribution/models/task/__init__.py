"""Tasks with outcomes, and what starts them."""

from . import lead_activity_outcome
from . import lead_activity_waiting
from . import mail_activity_type
from . import mail_activity
from . import mail_activity_finish
from . import ir_actions_server
from . import delete_guard
from . import res_company
from . import res_users
from . import given
from . import lead_distribution_process
from . import lead_distribution_process_event
from . import lead_distribution_process_step
from . import step_outcomes
from . import outcome
from . import outcome_effects
from . import outcome_follow
from . import process
from . import task
from . import assignment_tasks
from . import task_team
from . import task_waiting
from . import task_closing
from . import task_schedule
from . import crm_lead
from . import calendar_event

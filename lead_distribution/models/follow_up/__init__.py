"""What people do with leads, and rules for those that nobody works."""

from . import lead_distribution_rule
from . import rule_description
from . import lead_distribution_rule_member
from . import calendar_event
from . import ir_actions_server
from . import mail_activity
from . import mail_mail
from . import mail_message
from . import follow_up
from . import clock_records
from . import clock
from . import clock_runner
from . import backfill
from . import response_time
from . import rule_runner
from . import rule_checks
from . import rule_customers
from . import rule_texts
from . import rule_leads
from . import rule_preview
from . import rule_stale
from . import rule_stale_customers
from . import crm_lead
from . import intake_dates

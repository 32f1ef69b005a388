"""The words of the ledger, shared by all packages."""

from datetime import datetime

from .limits import LIMIT_CODES

#: before everything that ever changes
LONG_AGO = datetime(2000, 1, 1)

STATES = [
    ("offered", "Offered"),
    ("assigned", "Assigned"),
    ("declined", "Declined"),
    ("expired", "Expired"),
    ("taken", "Taken by a Colleague"),
    ("released", "Released"),
    ("undone", "Undone"),
    ("removed", "Removed"),
    ("unplaced", "Unassigned"),
    ("corrected", "Correction"),
]

#: what an assignment may become; whatever is not here is refused
TRANSITIONS = {
    "offered": {"assigned", "declined", "expired", "taken", "undone", "removed"},
    "assigned": {"released", "undone", "removed"},
    "released": {"undone", "removed"},
    "declined": set(),
    "expired": set(),
    "taken": set(),
    "undone": set(),
    "removed": set(),
    "unplaced": {"undone"},
    "corrected": set(),
}

#: fields of a lead written by nobody but the service, whatever the rights
SERVICE_FIELDS = {
    "distribution_state",
    "distribution_route_id",
    "distribution_due",
    "distribution_next",
    "distribution_retry_after",
    "clock_start",
    "clock_deadline",
    "clock_state",
    "clock_next",
    "clock_plan",
    "distribution_asked_route_id",
    "distribution_asked_rule_id",
    "distribution_not_user_id",
    "distribution_own_channel",
    "offer_round",
    "distribution_assignment_ids",
    "consent_ids",
    "intake_reading",
    "intake_status",
    "removal_reason_id",
    "duplicate_lead_id",
    "identity_flag",
    "identity_evidence",
    "inquiry_ids",
    "customer_user_id",
    "customer_activity_id",
    "customer_evidence",
    "customer_recognised",
    "date_customer",
    "date_first_call",
    "date_first_email",
    "date_first_meeting",
    "minutes_to_customer",
    "minutes_to_call",
    "minutes_to_email",
    "minutes_to_meeting",
    "work_minutes_to_customer",
    "work_minutes_to_call",
    "work_minutes_to_email",
    "work_minutes_to_meeting",
}

#: written by what is known of the follow-up, and by superusers who repair it
FOLLOW_UP_FIELDS = {
    "distribution_idle_since",
    "first_follow_up_date",
    "last_follow_up_date",
}

#: reasons why somebody gets nothing that say how they are, or how much they carry:
#: told to themselves, to the leaders of their teams and to managers; to everybody else
#: they are not available
PRIVATE = {
    "paused",
    "paused_here",
    "team_pause",
    "absent",
    "absent_soon",
    "no_target",
    "off_shift",
    "limit",
    *LIMIT_CODES,
}
#: neither given with a lead nor set as a default
KEPT = SERVICE_FIELDS | FOLLOW_UP_FIELDS

#: states whose units count as load
COUNTED = ("assigned", "released")
#: states whose units make the workload; corrections are no leads, and weigh like some
WEIGHED = (*COUNTED, "corrected")

REASONS = [
    # the engine's
    ("direct", "Direct route"),
    ("duplicate", "Repeated inquiry"),
    ("known_advisor", "Known advisor"),
    ("former_advisor", "Former advisor"),
    ("deputy", "Deputy"),
    ("return", "Back from the deputy"),
    ("strategy", "Next in line"),
    ("no_route", "No route matched"),
    ("no_company", "No company"),
    ("nobody", "Nobody eligible"),
    ("unclaimed", "Nobody claimed"),
    ("hold", "Waits for a shift or a match"),
    # not of a strategy or route
    ("claim", "Claimed"),
    ("manual", "Manually"),
    ("merge", "Merged"),
    ("rule", "Rule"),
    ("handover", "Handed over"),
    ("exhausted", "Nobody left"),
    ("missed", "Follow-up missed"),
    ("error", "Error"),
    ("correction", "Correction"),
]

#: reasons for which a lead is offered to nobody but whose customer it is of
ALONE = ("known_advisor", "deputy")

#: conditions of leads that somebody still works on
OPEN_LEAD = (("won_status", "=", "pending"), ("intake_status", "!=", "removed"))

#: what lends leads for a time, and gives them back: it counts for nobody
LENDING = ("deputy", "return")

TRIGGERS = [
    ("create", "Creation"),
    ("mail", "Incoming mail"),
    ("cron", "Schedule"),
    ("button", "Manually"),
    ("rule", "Rule"),
    ("action", "Server action"),
    ("outcome", "Outcome of a task"),
    ("drain", "Backlog"),
    ("clock", "Follow-up Deadline"),
    ("deputy", "Deputy"),
    ("return", "Back from the Deputy"),
    ("handover", "Handed Over"),
]

INTAKE_STATUSES = [
    ("new", "New"),
    ("linked", "Linked"),
    ("converted", "Converted"),
    ("removed", "Removed"),
]

#: what is to be looked at by a person
IDENTITY_FLAGS = [
    ("duplicate", "Repeated inquiry"),
    ("conflict", "Several customers match"),
    ("shared", "Contact data shared by several people"),
    ("name", "Same name only"),
    ("account", "Company by its domain"),
]

# tasks

#: of which models tasks are, in the types that managers choose from
TASK_MODELS = ("crm.lead", "res.partner", "sale.order")

#: what started a task; ``hand``: a person did
TASK_ORIGINS = [
    ("hand", "Manually"),
    ("action", "Server action"),
    ("outcome", "Outcome of a task"),
    ("route", "Route"),
    ("rule", "Rule"),
    ("page", "Page visited"),
    ("order", "Order"),
    ("process", "Process"),
]

TASK_DELAYS = [
    ("minutes", "Minutes"),
    ("hours", "Hours"),
    ("days", "Days"),
    ("weeks", "Weeks"),
    ("months", "Months"),
]

"""Installing and uninstalling on a database where leads wait."""

from odoo.addons.lead_distribution.tools.scheduling import trigger_cron

#: schedules that queue jobs; without this addon they work themselves
SCHEDULES = (
    "ir_cron_distribute_pending",
    "ir_cron_expire_offers",
    "ir_cron_apply_rules",
    "ir_cron_merge_duplicates",
    "ir_cron_undo",
    "ir_cron_hand_over",
    "ir_cron_simulate",
    "ir_cron_run_clocks",
    "ir_cron_send_mail",
    "ir_cron_start_tasks",
    "ir_cron_finish_tasks",
    "ir_cron_run_processes",
)


def post_init_hook(env):
    """What waits now is queued at once."""
    for name in SCHEDULES:
        trigger_cron(env, name)


def uninstall_hook(env):
    """Jobs that nobody could run any more go; the schedules do what they left."""
    waiting = ["wait_dependencies", "pending", "enqueued"]
    jobs = env["queue.job"].search(
        [("model_name", "=", "lead.distribution.job"), ("state", "in", waiting)]
    )
    jobs.button_cancelled()
    for name in SCHEDULES:
        trigger_cron(env, name)

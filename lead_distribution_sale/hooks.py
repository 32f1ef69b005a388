"""Uninstalling: what asked about orders does not go on without asking."""


def uninstall_hook(env):
    """The conditions of steps go with this addon; without them the tasks would start
    for everybody. Processes that an order triggers go with their trigger."""
    env["lead.distribution.process"].search(
        [("step_ids.order_condition", "!=", False)]
    ).active = False

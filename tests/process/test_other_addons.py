"""With other addons of Odoo installed: Time Off (O23), Automation Rules (U11)."""

import databases


def with_addon(template, copy_of, addon):
    database = copy_of((template, {}), addon)
    databases.odoo(
        *("-d", database.name, "-i", addon, "--stop-after-init", "--no-http"),
        log=addon,
    )
    return database


def test_time_off_stops_leads(template, copy_of):
    """O23: a validated leave stops leads; one that is only asked for, or refused,
    does not."""
    database = with_addon(template, copy_of, "hr_holidays")
    found = database.process().do("time_off")
    assert found == {
        "asked": False,
        "validated": True,
        "lead": "boris",
        "refused": False,
    }


def test_automation_rules_distribute(template, copy_of):
    """U11: when a salesperson adds a tag, and an hour after creation; through one
    route, and through a rule's members."""
    database = with_addon(template, copy_of, "base_automation")
    found = database.process().do("automation")
    assert found == {
        "Tagged": ["boris", "action"],
        "Left alone": ["clara", "action"],
    }

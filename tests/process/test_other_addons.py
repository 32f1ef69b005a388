"""With other addons of Odoo installed: Time Off (O23), Automation Rules (U11)."""

import databases


def test_time_off_stops_leads(template, copy_of):
    """O23: a validated leave stops leads; one that is only asked for, or refused,
    does not."""
    database = copy_of((template, {}), "hr_holidays")
    databases.install(database.name, ["hr_holidays"], log="hr_holidays")
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
    database = copy_of((template, {}), "automation")
    found = database.process().do("automation")
    assert found == {
        "Tagged": ["boris", "action"],
        "Left alone": ["clara", "action"],
    }

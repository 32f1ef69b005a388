"""With Odoo's own Time Off installed (O23)."""

import databases


def test_time_off_stops_leads(template, copy_of):
    """O23: a validated leave stops leads; one that is only asked for, or refused,
    does not."""
    database = copy_of((template, {}), "time_off")
    databases.odoo(
        "-d",
        database.name,
        "-i",
        "hr_holidays",
        "--stop-after-init",
        "--no-http",
        log="time-off",
    )
    found = database.process().do("time_off")
    assert found == {
        "asked": False,
        "validated": True,
        "lead": "boris",
        "refused": False,
    }

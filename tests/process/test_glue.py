"""Installing and uninstalling the glue addons on a live database."""

import databases
import pytest
import run_tests


@pytest.mark.parametrize("glue", run_tests.GLUE)
def test_uninstalling_glue_leaves_the_addon_whole(glue, copy_of):
    """S10 S11: its processes go, the others stay and go on, but for
    those that asked about orders; installed again it works"""
    database = copy_of((run_tests.template("glue"), {}), "glue")
    trigger = "page" if glue.endswith("website") else "order"
    database.query(
        """INSERT INTO lead_distribution_process
                  (name, trigger, domain, active, page_match, page_parameters)
           SELECT '{"en_US": "P"}'::jsonb, t, '[]', true, 'exact', 'ignore'
             FROM unnest(ARRAY['lead', %s]) t RETURNING id""",
        trigger,
    )
    if trigger == "order":
        database.query(
            """WITH p AS (
                   INSERT INTO lead_distribution_process
                          (name, trigger, domain, active, page_match, page_parameters)
                   VALUES ('{"en_US": "Asks"}'::jsonb, 'lead', '[]', true, 'exact',
                           'ignore') RETURNING id)
               INSERT INTO lead_distribution_process_step
                      (process_id, activity_type_id, delay_unit, assignee,
                       order_condition)
               SELECT p.id, min(t.id), 'minutes', 'owner', 'unpaid'
                 FROM p, mail_activity_type t GROUP BY p.id RETURNING id"""
        )
    databases.odoo("module", "uninstall", "-d", database.name, glue, log=glue)
    left = database.query(
        """SELECT name->>'en_US', trigger, active FROM lead_distribution_process
            WHERE name->>'en_US' IN ('P', 'Asks') ORDER BY id"""
    )
    # what asked about orders is paused, not started without asking
    asked = [("Asks", "lead", False)] if trigger == "order" else []
    assert left == [("P", "lead", True), *asked]
    assert not database.query("SELECT id FROM ir_model_data WHERE module = %s", glue)
    assert database.query(
        "SELECT state FROM ir_module_module WHERE name = 'lead_distribution'"
    ) == [("installed",)]
    databases.install(database.name, [glue], log=glue)
    assert database.query(
        "SELECT state FROM ir_module_module WHERE name = %s", glue
    ) == [("installed",)]


def test_uninstalling_the_queue_leaves_schedules_that_work(odoo, copy_of):
    """Part 13: jobs that nobody could run any more are cancelled, what they were for
    is distributed by the schedule, as before."""
    database = copy_of((run_tests.template("queue"), {}), "queue")
    worker = database.process()
    ids = worker.do("companies", companies=1, people=2, leads=5)
    worker.do("queue_pending")
    worker.close()
    states = "SELECT state FROM queue_job WHERE model_name = 'lead.distribution.job'"
    assert database.query(states) == [("pending",)]
    glue = run_tests.QUEUE[0]
    databases.odoo("module", "uninstall", "-d", database.name, glue, log=glue)
    assert database.query(states) == [("cancelled",)]
    assert not database.query("SELECT id FROM ir_model_data WHERE module = %s", glue)
    plain = copy_of((database.name, {}), "plain")
    assert plain.process().do("distribute") == 5
    assert plain.query(
        "SELECT company_id, count(*) FROM lead_distribution_assignment GROUP BY 1"
    ) == [(ids[0], 5)]

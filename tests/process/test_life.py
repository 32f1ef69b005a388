"""The life of the addon: installed where many leads are, upgraded from its first
version, uninstalled without a trace."""

import re
import tarfile
from contextlib import closing
from pathlib import Path

import databases
import environment
import psycopg2
import run_tests

DATA = Path(__file__).resolve().parent / "data"

#: what a database is made of, as far as an addon adds to it
SCHEMA = {
    "columns": """
        SELECT table_name, column_name, data_type, is_nullable, column_default
          FROM information_schema.columns WHERE table_schema = 'public'""",
    "indexes": """
        SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'""",
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
          FROM pg_constraint WHERE connamespace = 'public'::regnamespace""",
    "functions": """
        SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace""",
    "triggers": """
        SELECT tgname, tgrelid::regclass::text FROM pg_trigger
         WHERE NOT tgisinternal""",
    "sequences": "SELECT relname FROM pg_class WHERE relkind = 'S'",
    "models": "SELECT model FROM ir_model",
    "fields": "SELECT model, name FROM ir_model_fields",
    "crons": "SELECT cron_name, active, interval_number, interval_type FROM ir_cron",
    "actions": "SELECT type, name->>'en_US' FROM ir_actions",
    "menus": "SELECT name->>'en_US', active FROM ir_ui_menu",
    "screens": "SELECT name, model, active FROM ir_ui_view",
    "parameters": "SELECT key FROM ir_config_parameter",
    "defaults": """
        SELECT f.model, f.name, d.json_value FROM ir_default d
          JOIN ir_model_fields f ON f.id = d.field_id""",
    "groups": "SELECT name->>'en_US' FROM res_groups",
    "implied groups": "SELECT * FROM res_groups_implied_rel",
    "subtypes": "SELECT name->>'en_US' FROM mail_message_subtype",
    "activity types": "SELECT name->>'en_US', active FROM mail_activity_type",
    "mail templates": "SELECT name->>'en_US' FROM mail_template",
    "rights": "SELECT name, active FROM ir_model_access",
    "rules": "SELECT name, active FROM ir_rule",
}
#: Odoo forgets these of each module that says what the name of a server action depends
#: on (its own SMS, too), until it is updated itself
FORGOTTEN = {
    ("ir.cron", name)
    for name in ("automated_name", "name", "warning", "webhook_sample_payload")
}


def schema(name):
    """:returns: ``{what: set of rows}`` of a database"""
    with closing(psycopg2.connect(dbname=name)) as connection:
        with connection.cursor() as cursor:
            found = {}
            for what, query in SCHEMA.items():
                cursor.execute(query)
                found[what] = set(cursor.fetchall())
            return found


def test_uninstalled_without_a_trace(copy_of):
    """Part 15, 16: columns, indexes, schedules, actions and rights are as they were."""
    before = databases.template()
    database = copy_of((run_tests.template("addon"), {}), "trace")
    databases.odoo(
        *("module", "uninstall", "-d", database.name),
        *("base_automation", "lead_distribution"),
        log="uninstall",
    )
    had, has = schema(before), schema(database.name)
    for what in SCHEMA:
        assert not has[what] - had[what], f"left behind: {what}"
        lost = had[what] - has[what]
        assert lost <= (FORGOTTEN if what == "fields" else set()), f"taken: {what}"


def test_upgraded_from_the_first_version(copy_of, tmp_path, monkeypatch):
    """Part 15, 16: what the first version wrote is there, and the next lead takes it
    into account."""
    with tarfile.open(DATA / "first_version.tar.xz") as archive:
        archive.extractall(tmp_path, filter="data")
    database = copy_of((databases.template(), {}), "upgrade")
    with monkeypatch.context() as first:
        first.setenv("ODOO_ADDONS_PATH", str(tmp_path))
        databases.install(database.name, ["lead_distribution"], log="first-version")
        program = ("-m", "click_odoo", "-d", database.name, "--log-level=info")
        databases.python(*program, DATA / "nine_leads.py", log="first-leads")
    ledger = """SELECT a.id, a.lead_id, a.user_id, a.state, a.reason, a.units
                  FROM lead_distribution_assignment a ORDER BY a.id"""
    leads = """SELECT id, user_id, team_id, distribution_state FROM crm_lead
                ORDER BY id"""
    before = database.query(ledger), database.query(leads)
    assert {state for *_lead, state in before[1]} == {"assigned", "pool"}
    # a customer that was recognised, as it was written before this version
    database.query(
        """ALTER TABLE crm_lead ADD COLUMN IF NOT EXISTS customer_about jsonb,
                                ADD COLUMN IF NOT EXISTS identity_about jsonb;
           UPDATE crm_lead SET customer_about = '{"client": 3, "filled": ["phone"]}',
                               identity_about = '{"dismissed": 2}'
            WHERE name = 'Inquiry 1' RETURNING id"""
    )
    databases.odoo(
        *("-d", database.name, "-u", "lead_distribution", "--stop-after-init"),
        "--no-http",
        log="upgrade",
    )
    assert (database.query(ledger), database.query(leads)) == before
    assert database.query(
        """SELECT customer_evidence, identity_evidence FROM crm_lead
            WHERE name = 'Inquiry 1'"""
    ) == [({"customer": 3, "filled": ["phone"]}, {"dismissed": 2})]
    assert not database.query(
        """SELECT 1 FROM information_schema.columns
            WHERE table_name = 'crm_lead' AND column_name LIKE '%_about'"""
    )
    # Anna has five of nine, so the next one is Boris's; she still has Madrid
    worker = database.process()
    assert [worker.do("arrive", city=city) for city in ("Rome", "Madrid")] == [
        "boris",
        "anna",
    ]


def test_installed_where_many_leads_are(copy_of):
    """Part 15, 16: old leads stay whose they are and are not distributed; what the
    installation costs does not grow with them."""
    leads = 20_000
    database = copy_of((databases.template(), {}), "old")
    with closing(psycopg2.connect(dbname=database.name)) as connection, connection:
        with connection.cursor() as cursor:
            query = (DATA / "old_leads.sql").read_text()
            cursor.execute(query, {"leads": leads})
    asked = """SELECT id, user_id, team_id, partner_id, type, active, stage_id,
                      write_date FROM crm_lead ORDER BY id"""
    before = database.query(asked)
    databases.install(database.name, ["lead_distribution"], log="old-leads")
    assert database.query(asked) == before
    assert database.query(
        """SELECT distribution_state, intake_status, partner_id IS NOT NULL, count(*)
             FROM crm_lead WHERE name LIKE 'Old %' GROUP BY 1, 2, 3 ORDER BY 2"""
    ) == [
        ("none", "linked", True, leads // 4),
        ("none", "new", False, leads - leads // 4),
    ]
    assert not database.query("SELECT 1 FROM lead_distribution_assignment")
    log = (environment.LOGS / "old-leads.log").read_text()
    pattern = r"Module lead_distribution loaded in [\d.]+s, (\d+) queries"
    (queries,) = map(int, re.findall(pattern, log))
    # Views, rights and columns take some 8,000 queries, leads take none each.
    assert queries < leads * 0.75

"""With other addons of Odoo installed: Time Off (O23), Automation Rules (U11), and many
that touch leads at once."""

import databases
import pytest
import run_tests

#: what our users have, as far as Odoo Community has it
OTHERS = (
    "base_address_extended",
    "base_automation",
    "crm_iap_enrich",
    "crm_livechat",
    "crm_mail_plugin",
    "crm_sms",
    "event_crm",
    "hr_holidays",
    "mass_mailing_crm",
    "partner_autocomplete",
    "project",
    "sale_crm",
    "survey_crm",
    "website_crm_livechat",
    "website_crm_partner_assign",
)
#: what OCA publishes for CRM in this series
OCA = (
    "crm_claim",
    "crm_event",
    "crm_industry",
    "crm_lead_code",
    "crm_lead_currency",
    "crm_lead_to_task",
    "crm_lead_vat",
    "crm_location",
    "crm_operating_unit",
    "crm_partner_assign",
    "crm_phonecall",
    "crm_phonecall_summary_predefined",
    "crm_project_task",
    "crm_stage_probability",
    "marketing_crm_partner",
)
OURS = (run_tests.ADDON, *run_tests.GLUE)


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


@pytest.mark.parametrize("others", (OTHERS, OCA), ids=("odoo", "oca"))
def test_beside_many_others(copy_of, others):
    """Part 15, 15: installed together without a warning; leads are distributed, change
    hands and are merged."""
    database = copy_of((databases.template(), {}), "others")
    databases.install(database.name, [*others, *OURS], log="others")
    found = database.query(
        """SELECT name FROM ir_module_module
            WHERE name = ANY(%s) AND state = 'installed'""",
        [*others, *OURS],
    )
    assert {name for (name,) in found} == {*others, *OURS}
    worker = database.process()
    assert worker.do("life_of_leads") == {
        "arrived": ["anna", "boris", "anna"],
        "known again": "anna",
        "by hand": "boris",
        "claimed": "anna",
        "merged": 1,
        "units": {"anna": 3, "boris": 2},
    }

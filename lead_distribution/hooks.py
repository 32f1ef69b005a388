"""Installing distributes nothing old; uninstalling leaves plain leads behind."""

from odoo.tools import SQL

from .models.follow_up.response_time import SPANS

MINUTES = [name for span in SPANS for name in (span[0], f"work_{span[0]}")]


def pre_init_hook(env):
    """Every lead that is here already is none of ours (state ``none``). A column
    added with a default costs no rewrite of the table, however many leads."""
    env.cr.execute(
        SQL(
            """ALTER TABLE crm_lead ADD COLUMN IF NOT EXISTS
               distribution_state varchar DEFAULT 'none'"""
        )
    )
    env.cr.execute(
        SQL(
            """ALTER TABLE crm_lead ADD COLUMN IF NOT EXISTS
               intake_status varchar DEFAULT 'new'"""
        )
    )
    env.cr.execute(
        SQL(
            """ALTER TABLE crm_lead ALTER COLUMN distribution_state DROP DEFAULT,
                                    ALTER COLUMN intake_status DROP DEFAULT"""
        )
    )
    # measured from now on: nothing to compute for what is here already
    for name in MINUTES:
        env.cr.execute(
            SQL(
                """ALTER TABLE crm_lead ADD COLUMN IF NOT EXISTS %s int4 DEFAULT 0""",
                SQL.identifier(name),
            )
        )
        env.cr.execute(
            SQL(
                "ALTER TABLE crm_lead ALTER COLUMN %s DROP DEFAULT",
                SQL.identifier(name),
            )
        )
    env.cr.execute(
        SQL("UPDATE crm_lead SET intake_status = 'linked' WHERE partner_id IS NOT NULL")
    )


def post_init_hook(env):
    """A lock row for each company that is here already; the schedule finds out when
    their leads were last followed up."""
    companies = env["res.company"].with_context(active_test=False).search([])
    env["lead.distribution.lock"]._ensure(companies)
    env["res.company"]._schedule_backfill(companies)


def uninstall_hook(env):
    """Offered and pending leads become plain unassigned ones: they have no
    salesperson already. What only makes sense with us goes: the activities that
    ask a responsible to assign a lead manually, and our remembered columns of
    imports."""
    activities = env["mail.activity"].search(
        [("res_model", "=", "crm.lead"), ("lead_distribution_unplaced", "=", True)]
    )
    activities.unlink()
    columns = (
        env["base_import.mapping"].search(
            [
                ("res_model", "=", "crm.lead"),
                (
                    "field_name",
                    "in",
                    ["external_ref", "listing_id", "consent_purpose_ids", "vat"],
                ),
            ]
        )
        if "base_import.mapping" in env
        else []
    )
    if columns:
        columns.unlink()

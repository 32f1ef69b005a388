# Copyright 2026 Lead Distribution maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the columns of recognised customers were called before."""

from odoo.tools import SQL
from odoo.tools.sql import column_exists, rename_column

RENAMED = {
    "identity_about": "identity_evidence",
    "customer_about": "customer_evidence",
}


def migrate(cr, version):
    """Rename the columns, and the key under which the customer's id is kept in them."""
    for old, new in RENAMED.items():
        if column_exists(cr, "crm_lead", old):
            rename_column(cr, "crm_lead", old, new)
    if column_exists(cr, "crm_lead", "customer_evidence"):
        cr.execute(
            SQL(
                """UPDATE crm_lead
                      SET customer_evidence = customer_evidence - 'client'
                          || jsonb_build_object('customer',
                                                customer_evidence->'client')
                    WHERE customer_evidence ? 'client'"""
            )
        )

"""Uninstalling: forms no longer offer our fields."""

from odoo.tools import SQL

#: what the form editor offers since data/ir_model_fields_data.xml
FORM_FIELDS = ("listing_id", "consent_purpose_ids")


def uninstall_hook(env):
    # in SQL as `formbuilder_whitelist` does it: fields of addons are not written
    env.cr.execute(
        SQL(
            """UPDATE ir_model_fields SET website_form_blacklisted = true
                WHERE model = 'crm.lead' AND name IN %s""",
            FORM_FIELDS,
        )
    )
    env.registry.clear_cache()

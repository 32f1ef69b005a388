from odoo import models


class Base(models.AbstractModel):
    _inherit = "base"

    def _read_group_groupby(self, alias, groupby_spec, query):
        # who may read a field is asked by Odoo of all that records are grouped by,
        # except fields of several records
        field = self._fields.get(groupby_spec.partition(":")[0])
        if (
            field is not None
            and field.type == "many2many"
            and (field._module or "").startswith("lead_distribution")
        ):
            self._check_field_access(field, "read")
        return super()._read_group_groupby(alias, groupby_spec, query)

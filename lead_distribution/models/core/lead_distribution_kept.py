from odoo import api, models


class LeadDistributionKept(models.AbstractModel):
    """Fields of Odoo's own records that the distribution keeps for itself: read by
    those who may, written by nobody from outside, neither as a value nor as a
    default, whatever their rights."""

    _name = "lead.distribution.kept"
    _description = "Fields Kept by the Distribution"

    #: names of the model's kept fields
    _lead_kept_fields = frozenset()

    def _has_field_access(self, field, operation):
        if (
            operation == "write"
            and not self.env.su
            and field.name in self._lead_kept_fields
        ):
            return False
        return super()._has_field_access(field, operation)

    @api.model
    def default_get(self, fields):
        # neither from the context nor from what users set as their own defaults
        kept = self._lead_kept_fields
        return super().default_get([name for name in fields if name not in kept])

from odoo import api, fields, models
from odoo.exceptions import AccessError


class LeadDistributionShared(models.AbstractModel):
    """What managers set up for their company, or what all companies share.

    Where there are several companies, what is shared is the administrators': a
    manager of one company changes nothing that the people of another one see. Where
    there is one, managers change it as well.
    """

    _name = "lead.distribution.shared"
    _description = "Set up for a Company or for all"

    company_id = fields.Many2one(
        "res.company",
        default=lambda self: self._default_company_id(),
        index=True,
        help="Empty: shared by all companies; administrators change it.",
    )

    @api.model
    def _default_company_id(self):
        # what modules, scripts and administrators bring is for all
        return False if self.env.is_system() else self.env.company

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if operation == "read" or not any(self._ids):
            return result
        return self._forbid(result, self._shared())

    def _shared(self):
        """Pick what the current user must leave alone, as all companies share it.

        :returns: those that the current user may not change, for all companies share
            them
        """
        if not self.env["res.company"]._lead_shared_is_guarded():
            return self.browse()
        # sudo: whether they have a company
        return self.sudo().filtered(lambda record: not record.company_id).sudo(False)

    @api.model
    def _forbid(self, result, records):
        """Add forbidden records to the result of an access check.

        :param result: of ``_check_access``
        :returns: the same, with ``records`` among what is forbidden
        """
        forbidden = records - result[0] if result else records
        if not forbidden:
            return result
        if result:
            return result[0] + forbidden, result[1]

        def error():
            return AccessError(
                self.env._(
                    "“%s” is also used by other companies, so managers of one company "
                    "cannot change it. Create one for your company, or ask an "
                    "administrator.",
                    forbidden[0].display_name,
                )
            )

        return forbidden, error

    def write(self, vals):
        result = super().write(vals)
        if "company_id" in vals:
            # neither given away to all, nor to a company that is not the writer's
            self.check_access("write")
        return result

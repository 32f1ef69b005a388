from odoo import models

from ..models.customer.res_partner import MERGING, MERGING_KEY


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_values(self, src_partners, dst_partner):
        # Odoo writes every field that one of them has set, those kept by us as well
        dst_partner = dst_partner.with_context(**{MERGING_KEY: MERGING})
        return super()._update_values(src_partners, dst_partner)

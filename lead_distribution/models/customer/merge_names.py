"""Merging asks for more than the same address or number: two people of one household or
office have those, and nobody can take a merge apart again."""

from odoo import api, models

from ...engine import identity as same


class LeadDistributionMerge(models.AbstractModel):
    _inherit = "lead.distribution.merge"

    @api.model
    def _of_like_names(self, master, duplicates):
        """Which leads may be merged into another one: those whose name is like its own
        and those of all that were merged into it. The others stay leads, flagged, and
        are not looked at again.

        :param master, duplicates: as the service
        :returns: some of ``duplicates``
        """
        said = [master, *master.inquiry_ids]
        names = [same.words_of(x.contact_name or "") for x in said]
        names[0] = names[0] or same.words_of(master.partner_name or "")
        apart = duplicates.browse()
        for lead in duplicates.sorted("id"):
            words = same.words_of(lead.contact_name or lead.partner_name or "")
            if any(same.unlike(words, other) for other in names):
                apart |= lead
            else:
                names.append(words)
        for lead in apart:
            lead.identity_evidence = {**(lead.identity_evidence or {}), "unlike": True}
        return duplicates - apart

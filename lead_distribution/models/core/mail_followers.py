"""Followers that a person and the distribution make at the same time."""

from psycopg2.errors import UniqueViolation

from odoo import api, models
from odoo.exceptions import ConcurrencyError


class MailFollowers(models.Model):
    _inherit = "mail.followers"

    @api.model
    def _insert_followers(self, res_model, res_ids, *args, **kwargs):
        """Core looks who follows already, then inserts who does not. A lead that was
        distributed to the same person in between is no mistake of whoever writes or
        posts at that moment: the request is tried again, and sees it.

        :raises ConcurrencyError: where core would say that a partner cannot follow
            twice
        """
        try:
            return super()._insert_followers(res_model, res_ids, *args, **kwargs)
        except UniqueViolation as error:
            if res_model != "crm.lead":
                raise
            raise ConcurrencyError(
                "Somebody else added the same follower to a lead meanwhile"
            ) from error

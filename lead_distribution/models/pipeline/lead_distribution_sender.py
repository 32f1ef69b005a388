"""Addresses that send mails for others, learned from the mails themselves."""

import hashlib

from psycopg2.extras import Json

from odoo import api, fields, models
from odoo.tools import SQL, hmac

from ...engine.identity import words_of
from ...tools.batch import CONFLICTS

#: different people after whom nobody is recognised by the address any more
PEOPLE = 2


class LeadDistributionSender(models.Model):
    """An address from which mails of several people came, such as a web form's.

    Who they were is kept as hashes, to tell one from another and for nothing else.
    """

    _name = "lead.distribution.sender"
    _inherit = "lead.distribution.kept"
    _description = "Sender of Mails for Others"
    _order = "address"
    _rec_name = "address"

    _lead_kept_fields = frozenset({"address", "company_id", "people", "shared", "date"})

    address = fields.Char(required=True, readonly=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, ondelete="cascade", readonly=True
    )
    people = fields.Json(readonly=True, groups="base.group_system")
    shared = fields.Boolean(
        string="Sends for Several People",
        readonly=True,
        help="This address is not used to recognise customers.",
    )
    one_person = fields.Boolean(
        help="The address belongs to one person, so customers are recognised by it.",
    )
    date = fields.Datetime(
        string="Since", default=fields.Datetime.now, required=True, readonly=True
    )

    _address_uniq = models.UniqueIndex(
        "(address, company_id)", "A sender is in the list once for each company."
    )

    @api.model
    def _learn(self, company, address, email, name):
        """Note that ``address`` sent a mail for somebody.

        :param email: normalised address of that person, or ""
        :param name: of that person, or ""
        :returns: whether it is known only now that it sends for several people
        """
        # sudo: what is learned is nobody's to write
        senders = self.sudo().with_company(company)
        known = senders.search(
            [("address", "=", address), ("company_id", "=", company.id)], limit=1
        )
        if known.shared:
            return False
        person = self._hashed(email, name)
        people = known.people or []
        if any(self._is_same(person, other) for other in people):
            return False
        people = [*people, person]
        shared = len(people) >= PEOPLE
        try:
            with self.env.cr.savepoint(flush=False):
                # not waited for: another mail of the same sender may come in right now
                self.env.cr.execute(
                    SQL(
                        """INSERT INTO lead_distribution_sender
                                       (address, company_id, people, shared, date)
                                VALUES (%s, %s, %s, %s, %s)
                           ON CONFLICT (address, company_id) DO UPDATE
                                   SET people = excluded.people,
                                       shared = excluded.shared,
                                       date = excluded.date""",
                        address,
                        company.id,
                        Json(people[:PEOPLE]),
                        shared,
                        fields.Datetime.now(),
                    ),
                    log_exceptions=False,
                )
        except CONFLICTS:
            return False
        senders.invalidate_model()
        return shared and not known.one_person

    @api.model
    def _hashed(self, email, name):
        def one(word):
            # sudo: the database's secret, so that nobody finds out who it was
            digest = hmac(self.env(su=True), "lead_distribution_sender", word)
            return hashlib.sha256(digest.encode()).hexdigest()[:16]

        words = [word for word in words_of(name) if len(word) > 1]
        return {
            "email": one(email) if email else None,
            "words": [one(w) for w in words],
        }

    @api.model
    def _is_same(self, one, other):
        """Whether two mails can be of one person: the same address, or, where one has
        none, a word of the name in common."""
        if one["email"] and other["email"]:
            return one["email"] == other["email"]
        if not one["words"] or not other["words"]:
            return True
        return not set(one["words"]).isdisjoint(other["words"])

    @api.model
    def _sql_shared_of(self, company, addresses):
        """Return the query of those of the addresses that send for several people."""
        self.flush_model(["address", "company_id", "shared", "one_person"])
        return SQL(
            """SELECT address FROM lead_distribution_sender
                WHERE address = ANY(%s) AND company_id = %s
                  AND shared AND one_person IS NOT TRUE""",
            list(addresses),
            company.id,
        )

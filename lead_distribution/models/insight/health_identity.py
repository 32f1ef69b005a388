"""Health check: addresses and numbers that many people have."""

from odoo import api, models
from odoo.tools import SQL

from ...engine import identity as same
from .health_finding import Finding

#: leads that are looked at, and keys that are told
NEWEST, MOST = 5000, 5


class LeadDistributionHealthChecks(models.AbstractModel):
    _inherit = "lead.distribution.health.checks"

    @api.model
    def _health_shared(self, setup):
        """What so many different people give among the newest leads that it recognises
        nobody, and neither a list of the company nor a firm's contact says what it is.
        """
        company = setup.company
        self.env["crm.lead"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT l.id, l.email_normalized, l.phone_sanitized,
                          COALESCE(l.contact_name, l.partner_name)
                     FROM crm_lead l
                    WHERE %s AND l.intake_status IS DISTINCT FROM 'removed'
                 ORDER BY l.id DESC
                    LIMIT %s""",
                self.env["lead.distribution.lead.company"]._sql_of_company(
                    "l", company
                ),
                NEWEST,
            )
        )
        inquiries = [
            same.Inquiry(
                lead_id,
                frozenset(
                    key for key in (("email", email), ("phone", phone)) if key[1]
                ),
                same.words_of(name),
            )
            for lead_id, email, phone, name in rows
        ]
        shared = same.shared_keys(inquiries)
        identity = self.env["lead.distribution.identity"]
        shared -= identity._placeholders(company, shared)
        nobodys = identity._nobodys(company, {v for k, v in shared if k == "email"})
        shared -= {("email", address) for address in nobodys}
        for key, contacts in identity._contacts_by(company, shared).items():
            if any(contact.is_firm for contact in contacts):
                shared.discard(key)
        number = {key: sum(key in x.keys for x in inquiries) for key in shared}
        for key in sorted(shared, key=lambda key: (-number[key], key))[:MOST]:
            field = "email_normalized" if key[0] == "email" else "phone_sanitized"
            yield Finding(
                "identity",
                "info",
                self.env._(
                    "%(key)s is on leads of different people (leads: %(number)s), so "
                    "it is not used to recognise customers. Add invented data to the "
                    "placeholders in the settings. Add an address that several people "
                    "write from to the shared sender addresses. For data of a "
                    "company, give the company's contact a salesperson.",
                    key=key[1],
                    number=number[key],
                ),
                company,
                action="crm.crm_lead_all_leads",
                domain=[(field, "=", key[1])],
                context={"active_test": False},
            )

"""Mails to the address that watches: leads that found nobody, and each assignment."""

from datetime import timedelta

from odoo import api, models
from odoo.tools import email_normalize, html2plaintext, split_every

from ...tools.batch import safely
from ...tools.constants import COUNTED, LENDING
from ...tools.periods import company_midnight, company_today
from ...tools.service_context import as_service
from .notification import LEADS_PER_MAIL

#: so many characters of an inquiry stand in a mail about it
TEXT_LENGTH = 2000
#: so many leads of a daily email are listed, and more are counted
LINES_AT_MOST = 500


class LeadDistributionNotification(models.AbstractModel):
    _inherit = "lead.distribution.notification"

    @api.model
    def _send_tracking_step(self, limit):
        """One email for each assignment to the address that follows them (O17).

        :returns: how many ledger rows were told about
        """
        service = as_service(self)
        Assignment = service.env["lead.distribution.assignment"]
        found = Assignment.search(
            [("tracking_pending", "=", True)], limit=limit, order="id"
        )
        rows = found.try_lock_for_update()
        rows.write({"tracking_pending": False})
        for row in rows:
            company = row.company_id
            for address, _rows in self._by_fallback(company, row).items():
                worker = as_service(service, company or None)
                worker._guarded(worker._mail_tracking, company, address, row)
        return len(rows)

    @api.model
    def _reader(self, company, address):
        """The service as whoever reads an address would have it.

        :returns: the service in the language of the colleague whose address it is, else
            in the company's, and in the company's time zone
        """
        company = company or self.env.company
        email = email_normalize(address)
        colleague = self.env["res.users"].search(
            [("email_normalized", "=", email), ("share", "=", False)], limit=1
        )
        lang = colleague.lang or company.partner_id.lang or self.env.lang
        return self.with_context(lang=lang, tz=str(company._lead_timezone()))

    @api.model
    def _inquiry_texts(self, leads):
        """What was asked, as plain text.

        :returns: ``{lead_id: text}``: the lead's notes, else the first email of its
            sender; shortened, "" where there is neither
        """
        found = {lead.id: html2plaintext(lead.description or "") for lead in leads}
        empty = [lead_id for lead_id, text in found.items() if not text.strip()]
        messages = self.env["mail.message"].search(
            [
                ("model", "=", "crm.lead"),
                ("res_id", "in", empty),
                ("message_type", "=", "email"),
            ],
            order="id desc",
        )
        for message in messages:  # the first one is the last to be noted
            found[message.res_id] = html2plaintext(message.body or "")
        return {
            lead_id: f"{text[:TEXT_LENGTH]} …"
            if len(text) > TEXT_LENGTH
            else text.strip()
            for lead_id, text in found.items()
        }

    @api.model
    def _mail_tracking(self, company, address, rows, subject=None):
        service = self._reader(company, address)
        rows = service.env["lead.distribution.assignment"].browse(rows.ids)
        counts = {}
        for row in rows:
            counts[row.user_id] = counts.get(row.user_id, 0) + 1
        shown, single = rows[:LINES_AT_MOST], len(rows) == 1
        texts_of = service._inquiry_texts(rows.lead_id) if single else {}
        explanation = service.env["lead.distribution.explanation"]
        service._send(
            company,
            "lead_distribution.mail_tracking",
            {
                "company": company,
                "counts": sorted(
                    counts.items(), key=lambda x: (-x[1], x[0].name or "")
                ),
                "lines": [
                    {
                        "lead": row.lead_id,
                        "headline": explanation._headline(row),
                        "text": texts_of.get(row.lead_id.id, ""),
                        "left_out": explanation._explain_excluded(row, row.trace or {})
                        if single
                        else "",
                    }
                    for row in shown
                ],
                "total": len(rows),
            },
            service.env.lang,
            subject
            or service.env._(
                "%(lead)s goes to %(user)s",
                lead=rows.lead_id.name or "",
                user=rows.user_id.name or "",
            ),
            email_to=address,
            reply_to=service._answers_to(company, address),
        )

    @api.model
    def _send_digests(self):
        """The day before in one email, for the companies that want it so."""
        service = as_service(self)
        companies = service.env["res.company"].search(
            [("lead_distribution_tracking", "=", "digest")]
        )
        for company in companies:
            today = company_today(company)
            told = company.lead_distribution_digest_date
            if told and told >= today - timedelta(days=1):
                continue
            company.lead_distribution_digest_date = today - timedelta(days=1)
            start = company_midnight(company, today)
            # by the calendar: a day may have 23 hours, or 25
            first = told + timedelta(days=1) if told else today - timedelta(days=1)
            begin = company_midnight(company, first)
            rows = service.env["lead.distribution.assignment"].search(
                [
                    ("company_id", "=", company.id),
                    ("user_id", "!=", False),
                    ("state", "in", COUNTED),
                    ("trigger", "not in", LENDING),
                    ("date", ">=", begin),
                    ("date", "<", start),
                ],
                order="id",
            )
            worker = as_service(service, company)
            for address, theirs in worker._by_fallback(company, rows).items():
                worker._guarded(worker._mail_digest, company, address, theirs)

    @api.model
    def _mail_digest(self, company, address, rows):
        def send(some):
            _ = self._reader(company, address).env._
            subject = _("Leads assigned: %s", len(some))
            self._mail_tracking(company, address, some, subject)

        safely(self.env.cr, rows, send, self._untold)

    @api.model
    def _by_fallback(self, company, rows):
        """Return ``{fallback address: rows}`` of those that have one."""
        found = {}
        for row in rows:
            address = (
                row.route_id.fallback_email
                or (company or self.env.company).lead_distribution_fallback_email
            )
            if address:
                found[address] = found.get(address, rows.browse()) | row
        return found

    @api.model
    def _mail_fallback(self, company, address, rows):
        service = self._reader(company, address)
        explanation = service.env["lead.distribution.explanation"]

        def send(some):
            mine = service.env["lead.distribution.assignment"].browse(some.ids)
            texts_of = service._inquiry_texts(mine.lead_id)
            service._send(
                company,
                "lead_distribution.mail_unplaced",
                {
                    "company": company,
                    "lines": [
                        {
                            "lead": row.lead_id,
                            "headline": explanation._headline(row),
                            "text": texts_of.get(row.lead_id.id, ""),
                            "left_out": explanation._explain_excluded(
                                row, row.trace or {}
                            ),
                        }
                        for row in mine
                    ],
                },
                service.env.lang,
                service.env._("Nobody found for: %s", mine.lead_id.name)
                if len(mine.lead_id) == 1
                else service.env._("Leads for which nobody was found: %s", len(mine)),
                email_to=address,
                # an answer goes to a person, never into an alias that makes leads
                reply_to=self._answers_to(company, address),
            )

        for part in split_every(LEADS_PER_MAIL, rows.ids, rows.browse):
            safely(self.env.cr, part, send, self._untold)

    @api.model
    def _answers_to(self, company, address):
        email = email_normalize(company.email or "")
        # sudo: whether an address is an alias of ours, to decide and not to tell
        own = (
            self.env["mail.alias"]
            .sudo()
            .search_count([("alias_full_name", "=", email)], limit=1)
        )
        return email if email and not own else address

"""Telling people, outside of the lock: one email a salesperson for all new leads."""

from functools import partial

from odoo import api, models
from odoo.tools import format_datetime, split_every

from ...engine import text as texts
from ...tools.batch import isolated, safely
from ...tools.redacting_log import redacting_logger
from ...tools.service_context import as_service
from .offering import offered_to

_logger = redacting_logger(__name__)

#: leads in one email and rows in one transaction
LEADS_PER_MAIL, ROWS_PER_STEP = 100, 1000


class LeadDistributionPost(models.AbstractModel):
    _name = "lead.distribution.notification"
    _description = "Lead Distribution: Notification"

    @api.model
    def _cron_send_mail(self):
        """Tell salespeople and fallback addresses about what is not told yet."""
        cron = self.env["ir.cron"]
        Assignment = self.env["lead.distribution.assignment"]
        domain = self._due()
        # sudo: a number of mails, for the progress of the cron
        left = Assignment.sudo().search_count(domain)
        seconds = cron._commit_progress(remaining=left)
        while seconds:
            count = self._tell_step(ROWS_PER_STEP)
            if not count:
                break
            left = max(left - count, 0)
            seconds = cron._commit_progress(count, remaining=left)
        self._send_digests()

    @api.model
    def _tell_step(self, limit):
        """Tell a block of whatever is to be told.

        :returns: how much was told; 0 for nothing more
        """
        return (
            self._send_mail_step(limit)
            or self._send_tracking_step(limit)
            or self._send_more_step(limit)
        )

    @api.model
    def _send_more_step(self, limit):
        """Hook: tell a block of what later packages have to tell.

        :returns: how much was told; 0 for nothing more
        """
        return 0

    @api.model
    def _mail_rows_without_lead(self, rows):
        """Hook: tell of rows of the ledger that are about something else than leads."""

    @api.model
    def _send_mail_step(self, limit):
        """Send the mails about a block of ledger rows.

        :returns: how many ledger rows were told about
        """
        service = as_service(self)
        Assignment = service.env["lead.distribution.assignment"]
        found = Assignment.search(service._due(), limit=limit, order="id")
        rows = found.try_lock_for_update()
        if not rows:
            return 0
        told, rows = len(rows), rows - service._hold_back(rows)
        # first, so that a message that cannot be made is not made for ever
        rows.write({"mail_pending": False})
        current = rows.filtered(
            lambda r: (
                r.lead_id
                and r.state in ("assigned", "unplaced", "offered")
                # who left in their quiet hours reads nothing of customers any more
                and (not r.user_id or r.user_id.active)
            )
        )
        service._mail_rows_without_lead(rows)
        for company, ours in current.grouped("company_id").items():
            worker = as_service(service, company or None)
            ours = worker.env["lead.distribution.assignment"].browse(ours.ids)
            here = company or worker.env.company
            for row in ours.filtered(lambda row: row.state == "offered"):
                worker._tell_offer(here, row)
            placed = ours.filtered(lambda row: row.user_id and row.state == "assigned")
            for user, mine in placed.grouped("user_id").items():
                worker._tell_assigned(here, user, mine)
            lost = (ours - placed).filtered(
                lambda row: (
                    row.state == "unplaced" and row.lead_id.distribution_state == "pool"
                )
            )
            if (company or worker.env.company).lead_pool_bell:
                worker._guarded(worker._tell_pool, lost.lead_id)
            for address, theirs in worker._by_fallback(company, lost).items():
                worker._guarded(worker._mail_fallback, company, address, theirs)
        return told

    @api.model
    def _guarded(self, send, *args):
        """A mail that cannot be made leaves the assignment as it is, and a line in
        the log; a conflict is the schedule's, which tries again."""
        said = "Lead distribution could not make a mail"
        with isolated(self.env.cr, _logger.error, said):
            send(*args)

    @api.model
    def _untold(self, rows, error):
        """The one lead whose text breaks the mail that tells of it: the others are
        told of without it.

        :param rows: of the ledger, or what else a mail is about
        """
        _logger.error("No mail tells of %s", rows, exc_info=True)

    @api.model
    def _mail_salesperson(self, company, user, rows):
        """One email for all new leads, one each for those of a route that has a
        template of its own."""
        for template, theirs in rows.grouped(
            lambda row: self._of_leads(
                row.rule_id.mail_template_id or row.route_id.mail_template_id
            )
        ).items():
            if template:
                self._mail_by_template(template, theirs.lead_id.ids, user)
                continue
            for part in split_every(LEADS_PER_MAIL, theirs.ids, theirs.browse):
                safely(
                    self.env.cr,
                    part,
                    partial(self._mail_new_leads, company, user),
                    self._untold,
                )

    @api.model
    def _of_leads(self, templates):
        """Keep the mail templates that are still made for leads.

        :returns: those made for leads; one changed since it was chosen would tell of
            the records of another model that have the same numbers
        """
        return templates.filtered(lambda template: template.model == "crm.lead")

    @api.model
    def _mail_new_leads(self, company, user, rows):
        leads = rows.lead_id
        self._send(
            company,
            "lead_distribution.mail_new_leads",
            {
                "user": user,
                "rows": rows,
                "company": company,
                "facts": {lead.id: self._facts_of(lead, user) for lead in leads},
            },
            user.lang,
            self._subject_new(user, rows),
            recipient_ids=[(6, 0, user.partner_id.ids)],
        )

    @api.model
    def _mail_by_template(self, template, res_ids, user):
        values = {
            # the salesperson alone, whatever the template says: by default it writes to
            # the customer
            "recipient_ids": [(6, 0, user.partner_id.ids)],
            "email_to": False,
            "email_cc": False,
            "auto_delete": True,
        }

        def send(some):
            mails = template.send_mail_batch(some.ids, email_values=values)
            for mail in mails:
                subject = texts.header(mail.subject)
                if subject != mail.subject:
                    mail.subject = subject

        records = self.env[template.model].browse(res_ids)
        safely(self.env.cr, records, send, self._untold)

    @api.model
    def _facts_of(self, lead, user):
        """What a salesperson needs to know of a lead, in their language."""
        service = self.with_context(lang=user.lang)
        lead = lead.with_env(service.env)
        return service.env["lead.distribution.apply"]._offer_facts(lead)

    @api.model
    def _mail_offer(self, company, row):
        """The offer, with a link to claim and one to decline; below the text of the
        rule's template, where a rule moved the lead, else of the route's."""
        user, lead = row.user_id, row.lead_id
        if not user.active:
            return
        _ = self.with_context(lang=user.lang).env._
        template = self._of_leads(
            row.rule_id.mail_template_id or row.route_id.mail_template_id
        )
        template = template.with_context(lang=user.lang)
        body, subject = "", _("Lead offered to you: %s", lead.name)
        if template:
            with offered_to(lead, user):
                body = template._render_field("body_html", lead.ids)[lead.id]
                found = template._render_field("subject", lead.ids)[lead.id]
            subject = found or subject
        zone = user.tz or str((company or self.env.company)._lead_timezone())
        until = format_datetime(
            self.env, row.deadline, tz=zone, dt_format="short", lang_code=user.lang
        )
        link = f"{lead.get_base_url()}/lead_distribution/offer/{row._offer_token()}"
        self._send(
            company,
            "lead_distribution.mail_offer",
            {
                "user": user,
                "row": row,
                "lead": lead,
                "company": company,
                "body": body,
                "until": until,
                "link": link,
                "facts": self._facts_of(lead, user),
            },
            user.lang,
            subject,
            recipient_ids=[(6, 0, user.partner_id.ids)],
        )

    @api.model
    def _push(self, user, title, lead):
        """A push message to the browsers and phones that the salesperson allowed to
        receive them (K7); nothing where there is none."""
        thread = self.env["crm.lead"]
        devices, private_key, public_key = thread._web_push_get_partners_parameters(
            user.partner_id.ids
        )
        if not devices:
            return
        payload = {
            "title": title,
            "options": {
                "body": texts.header(lead.name),
                "icon": "/web/static/img/odoo-icon-192x192.png",
                "data": {"model": "crm.lead", "res_id": lead.id},
            },
        }
        thread._web_push_send_notification(
            devices,
            private_key,
            public_key,
            payload=thread._web_push_truncate_payload(payload),
        )

    @api.model
    def _subject_new(self, user, rows):
        _ = self.with_context(lang=user.lang).env._
        if len(rows) == 1:
            return _("New lead: %s", rows.lead_id.name)
        return _("New leads for you: %s", len(rows))

    @api.model
    def _send(self, company, template, values, lang, subject, **mail):
        """Put a mail into Odoo's queue, marked as automatic."""
        service = self.with_context(lang=lang or self.env.lang)
        body = service.env["ir.qweb"]._render(
            template,
            dict(
                values,
                url=lambda lead: f"{lead.get_base_url()}/odoo/crm/{lead.id}",
                short=texts.header,
            ),
            minimal_qcontext=True,
            lang=lang or self.env.lang,
        )
        service.env["mail.mail"].create(
            {
                "subject": texts.header(subject),
                "body_html": body,
                "email_from": (company or self.env.company).email_formatted
                or self.env.user.email_formatted,
                "auto_delete": True,
                "headers": {
                    "Auto-Submitted": "auto-generated",
                    "X-Auto-Response-Suppress": "All",
                },
                **mail,
            }
        )
        # sudo: the cron of mails, which nobody else may start
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()


class LeadDistribution(models.AbstractModel):
    _inherit = "lead.distribution"

    @api.model
    def _cron_send_mail(self):
        """Schedule: see ``lead.distribution.notification``."""
        return self.env["lead.distribution.notification"]._cron_send_mail()

"""Privacy: what is known of somebody is forgotten when an administrator asks for it,
and when a record is deleted. Units, dates and figures stay."""

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, email_normalize_all

from ...tools.redacting_log import redacting_logger
from ...tools.service_context import as_service

_logger = redacting_logger(__name__)

#: kinds of fields that hold what somebody wrote
_WORDS = {"char", "text", "html", "json", "properties", "binary", "image"}

#: records of Odoo's own that are nobody
_NOBODY = (
    "base.user_root",
    "base.public_user",
    "base.default_user",
    "base.template_portal_user_id",
)


class LeadDistributionPrivacy(models.AbstractModel):
    _name = "lead.distribution.privacy"
    _description = "Lead Distribution: Privacy"

    @api.model
    def _anonymize(self, people):
        """Forget people, for good: who they are, their addresses, and what was said by
        and about them on their contacts and leads, in all companies. The records stay,
        with what figures go by.

        Rights are checked by whoever calls.

        :param people: ``res.partner`` or ``res.users``
        :returns: their leads, as superuser
        :raises UserError: for colleagues who still work here, and for contacts that
            are nobody, such as the company's own
        """
        service, partners, leads = self._people_and_leads(people)
        service.env["lead.distribution.privacy"]._check_anonymize(partners)
        # changes that are still to be told in the chatter are told now, and forgotten
        # with the rest
        self.env.cr.flush()
        self._log_privacy(partners, leads)
        service.env["lead.distribution.privacy"]._anonymize_notices(partners, leads)
        service.env["lead.distribution.privacy"]._anonymize_inquiries(
            leads.inquiry_ids
            | service.env["lead.distribution.privacy"]._inquiries_by(partners)
        )
        service.env["lead.distribution.privacy"]._anonymize_arrivals(partners, leads)
        service.env["lead.distribution.privacy"]._anonymize_users(partners.user_ids)
        service.env["lead.distribution.privacy"]._anonymize_partners(partners)
        service.env["lead.distribution.privacy"]._anonymize_leads(leads)
        service.env["lead.distribution.privacy"]._anonymize_hints(partners, leads)
        return leads

    @api.model
    def _people_and_leads(self, people):
        """Find the contacts and leads of people.

        :returns: the service, which looks at archived records too, the contacts of
            people with their other addresses, and their leads
        """
        service = as_service(self).with_context(active_test=False)
        # sudo: users' contacts may be of a company that the administrator is not in
        partners = people.sudo().partner_id if people._name == "res.users" else people
        partners = service.env["res.partner"].browse(partners.ids).exists()
        partners |= partners.search(
            [("parent_id", "in", partners.ids), ("type", "!=", "contact")]
        )
        return service, partners, service._leads_of_people(partners)

    @api.model
    def _check_anonymize(self, partners):
        _ = self.env._
        users = partners.user_ids
        nobody = self.env["res.users"]
        for name in _NOBODY:
            nobody |= self.env.ref(name, raise_if_not_found=False) or nobody
        own = self.env["res.company"].search([("partner_id", "in", partners.ids)])
        refused = own.partner_id | users.filtered(
            lambda user: user in nobody or user._is_public() or user.id == SUPERUSER_ID
        ).mapped("partner_id")
        if refused:
            raise UserError(
                _(
                    "%s is a contact that Odoo itself needs: it cannot be anonymised.",
                    refused[0].display_name,
                )
            )
        colleagues = users.filtered(lambda user: user.active and not user.share)
        if colleagues:
            raise UserError(
                _(
                    "%s is a colleague whose user is active: archive the user first.",
                    colleagues[0].name,
                )
            )

    @api.model
    def _leads_of_people(self, partners):
        """Those tied to the contacts, and those tied to nobody, or to their firm, that
        were sent from an address or, without one, with a number that is theirs alone.
        What is only likely to be theirs is a person's to tie first: there is no way
        back.

        :param partners: as the service
        :returns: ``crm.lead``
        """
        emails, phones = self._only_theirs(partners)
        sent = Domain("email_normalized", "in", emails)
        called = Domain("phone_sanitized", "in", phones) & Domain(
            "email_normalized", "=", False
        )
        # tied to nobody, or to the firm
        firms = [False, *partners.commercial_partner_id.ids]
        return self.env["crm.lead"].search(
            Domain("partner_id", "in", partners.ids)
            | Domain("partner_id", "in", firms) & (sent | called)
        )

    @api.model
    def _only_theirs(self, partners):
        """Pick the addresses and numbers by which only these contacts are known.

        :returns: lists of the email addresses and of the phone numbers that no other
            contact has
        """
        found = []
        for name in ("email_normalized", "phone_sanitized"):
            values = set(partners.mapped(name)) - {False}
            if name == "email_normalized":
                for company in partners.company_id or self.env.company:
                    values -= self.env["lead.distribution.identity"]._nobodys(
                        company, values
                    )
            others = self.env["res.partner"].search(
                [(name, "in", list(values)), ("id", "not in", partners.ids)]
            )
            found.append(sorted(values - set(others.mapped(name))))
        return found

    @api.model
    def _inquiries_by(self, partners):
        """Return what they sent and somebody merged into a lead of another."""
        emails, _phones = self._only_theirs(partners)
        if not emails:
            return self.env["lead.distribution.inquiry"]
        inquiries = self.env["lead.distribution.inquiry"].search(
            Domain.OR(Domain("email_from", "ilike", email) for email in emails)
        )
        # "ann@x.com" is also a part of "joann@x.com", who is somebody else
        return inquiries.filtered(
            lambda inquiry: set(emails) & set(email_normalize_all(inquiry.email_from))
        )

    @api.model
    def _log_privacy(self, partners, leads):
        """A line of Odoo's privacy log for each contact, that it was done and by whom;
        it makes names and addresses unreadable."""
        _ = self.env._
        theirs = leads.grouped("partner_id")

        def plain(email):
            # it fails for what is no address, and for the few that have two of them
            return email if email and email.count("@") == 1 else "-@-"

        # sudo: a line for each contact, in the name of whoever did it
        self.env["privacy.log"].sudo().create(
            [
                {
                    "anonymized_name": (partner.name or "").replace("@", " ") or "-",
                    "anonymized_email": plain(partner.email_normalized),
                    "execution_details": _("Anonymised contact #%s", partner.id),
                    "records_description": _(
                        "Leads: %s",
                        ", ".join(f"#{x.id}" for x in theirs.get(partner, ())) or "-",
                    ),
                }
                for partner in partners
            ]
        )

    # what is forgotten --------------------------------------------------------

    @api.model
    def _without_words(self, model):
        """What leaves nothing written in a record of a model: texts, documents and
        pictures, custom fields included; selections, dates,
        amounts and links are kept.

        :returns: ``{field: value}``
        """
        values = {}
        for name, field in self.env[model]._fields.items():
            if field.type not in _WORDS or not field.store or field.related:
                continue
            if field.compute and field.readonly or name == "parent_path":
                continue  # follows from the others
            values[name] = self.env._("Anonymised") if field.required else False
        return values

    @api.model
    def _write_without_words(self, records, values):
        """Empty the fields of records that hold what people wrote.

        :param values: what to write besides
        """
        Model = self.env[records._name]
        wordless = self._without_words(Model._name)
        elsewhere = [n for n in wordless if Model._fields[n].company_dependent]
        for name in elsewhere:  # writing it clears that of one company
            del wordless[name]
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s = NULL WHERE id = ANY(%s)",
                    SQL.identifier(Model._table),
                    SQL.identifier(name),
                    records.ids,
                )
            )
        # core takes archived users for active ones when it is told to look at all
        records.with_context(active_test=True).write({**wordless, **values})
        records.flush_recordset()
        records.invalidate_recordset()

    @api.model
    def _anonymize_users(self, users):
        """Portal users and colleagues who left: no login, no absences, no place on
        routes; the ledger's rows keep the units and nobody's name."""
        if not users:
            return
        self.env["lead.distribution.manual"]._people_deleted(users)
        users.filtered("active").write({"active": False})
        for user in users:
            login = f"anonymised-{user.id}"
            self._write_without_words(user, {"login": login})
        for name in (
            "lead.distribution.absence",
            "lead.distribution.route.member",
            "lead.distribution.rule.member",
            "lead.distribution.route.state",
        ):
            self.env[name].search([("user_id", "in", users.ids)]).unlink()
        deputies = self.env["lead.distribution.absence"].search(
            [("deputy_id", "in", users.ids)]
        )
        deputies.write({"deputy_id": False})
        self._users_deleted(users)
        for name in (
            "user_id",
            "by_user_id",
            "previous_user_id",
            "partner_previous_user_id",
        ):
            self._anonymize_ledger(
                name, users.ids, SQL("%s = NULL", SQL.identifier(name))
            )

    @api.model
    def _users_deleted(self, users):
        """Why they declined is in their words; the database itself takes them off the
        ledger's rows."""
        if self.env["lead.distribution.assignment"]._in_use():
            self._anonymize_ledger(
                "user_id", users.ids, SQL("decline_reason = NULL, note = NULL")
            )
        self._anonymize_reported("user_id", users)
        self._anonymize_reported("by_user_id", users)

    @api.model
    def _anonymize_arrivals(self, partners, leads):
        """What they sent that became no lead, and what was learned of their addresses
        as senders, goes."""
        emails = partners.mapped("email_normalized") + leads.mapped("email_normalized")
        emails = list(set(filter(None, emails)))
        found = self.env["lead.distribution.not.lead"].search(
            ["|", ("email_normalized", "in", emails), ("lead_id", "in", leads.ids)]
        )
        found.unlink()
        senders = self.env["lead.distribution.sender"]
        senders.search([("address", "in", emails)]).unlink()

    @api.model
    def _anonymize_partners(self, partners):
        values = {"name": self.env._("Anonymised"), "active": False}
        for name in ("partner_latitude", "partner_longitude"):
            if name in partners._fields:
                values[name] = False
        self._write_without_words(partners, values)
        self._anonymize_chatter(partners)
        self._partners_deleted(partners)
        self._anonymize_ledger("partner_id", partners.ids, SQL("partner_id = NULL"))

    @api.model
    def _partners_deleted(self, partners):
        """What the ledger and the tasks to come say about contacts that are about to
        be deleted. Their leads are Odoo's: they keep what the inquiry said."""
        self._anonymize_text("partner_id", partners)
        as_service(self)._anonymize_waiting(partners)

    @api.model
    def _anonymize_leads(self, leads):
        """They keep source, stage, salesperson, revenue and dates. Who is forgotten
        will not buy: what is open is lost."""
        if not leads:
            return
        Lead = self.env["crm.lead"]
        is_open = leads.filtered(lambda x: x.active and x.won_status == "pending")
        self.env["lead.distribution.assignment"]._close_offers(
            self.env["lead.distribution.assignment"]._open_offers(is_open),
            "expired",
            "expired",
        )
        if is_open:
            is_open.action_set_lost()
        self.env["lead.distribution"]._settle(
            is_open.filtered(lambda x: x.distribution_state in ("offered", "pending"))
        )
        self._write_without_words(
            leads, {"name": self.env._("Anonymised"), "identity_flag": False}
        )
        self._write_without_words(leads.inquiry_ids, {"name": self.env._("Anonymised")})
        # what repeats them and is somebody else's says no more whose it is
        Lead.search(
            [("duplicate_lead_id", "in", leads.ids), ("id", "not in", leads.ids)]
        ).write({"duplicate_lead_id": False})
        self._anonymize_chatter(leads)
        self._anonymize_meetings(leads)
        self._anonymize_dialogs(leads)
        self._anonymize_reported("lead_id", leads)
        self._leads_deleted(leads)
        self.env["lead.distribution.process.event"].search(
            [("lead_id", "in", leads.ids), ("due", "!=", False)]
        ).unlink()

    @api.model
    def _anonymize_inquiries(self, inquiries):
        self._write_without_words(inquiries, {"name": self.env._("Anonymised")})

    @api.model
    def _leads_deleted(self, leads):
        """What the ledger and the tasks to come say about leads that are about to be
        deleted; all else goes with them."""
        self._anonymize_text("lead_id", leads)
        as_service(self)._anonymize_waiting(leads)

    @api.model
    def _anonymize_text(self, column, records):
        """What was said of these records, and who is like them, in the ledger's
        rows."""
        if self.env["lead.distribution.assignment"]._in_use():
            self._anonymize_ledger(
                column,
                records.ids,
                SQL("decline_reason = NULL, trace = trace - 'identity'"),
            )

    @api.model
    def _anonymize_ledger(self, column, ids, change):
        """Rows of the ledger cannot be written but along the table of transitions:
        this is the one other way.

        :param column: of which rows, with one of the ids in it
        :param change: SQL
        """
        Assignment = self.env["lead.distribution.assignment"]
        Assignment.flush_model()
        self.env.cr.execute(
            SQL(
                "UPDATE lead_distribution_assignment SET %s WHERE %s = ANY(%s)",
                change,
                SQL.identifier(column),
                list(ids),
            )
        )
        Assignment.invalidate_model()

    @api.model
    def _anonymize_waiting(self, records):
        """Tasks to come."""
        self.env["lead.activity.waiting"].search(
            [("res_model", "=", records._name), ("res_id", "in", records.ids)]
        ).unlink()

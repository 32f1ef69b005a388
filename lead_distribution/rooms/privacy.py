"""Privacy: what is known of somebody is forgotten when an administrator asks for it,
and when a record is deleted. Units, dates and figures stay."""

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .entry import isolated
from .log import discreet_logger

_logger = discreet_logger(__name__)

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
    _inherit = "lead.distribution"

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
        service._check_anonymize(partners)
        # changes that are still to be told in the chatter are told now, and forgotten
        # with the rest
        self.env.cr.flush()
        self._log_privacy(partners, leads)
        service._forget_notices(partners, leads)
        service._forget_inquiries(leads.inquiry_ids | service._inquiries_by(partners))
        service._forget_users(partners.user_ids)
        service._forget_partners(partners)
        service._forget_leads(leads)
        service._forget_hints(partners, leads)
        return leads

    @api.model
    def _people_and_leads(self, people):
        """:returns: the service, which looks at archived records too, the contacts of
        people with their other addresses, and their leads"""
        service = self._as_service().with_context(active_test=False)
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
        """:returns: lists of the email addresses and of the phone numbers that no other
        contact has"""
        found = []
        for name in ("email_normalized", "phone_sanitized"):
            values = set(partners.mapped(name)) - {False}
            if name == "email_normalized":
                for company in partners.company_id or self.env.company:
                    values -= self._nobodys(company, values)
            others = self.env["res.partner"].search(
                [(name, "in", list(values)), ("id", "not in", partners.ids)]
            )
            found.append(sorted(values - set(others.mapped(name))))
        return found

    @api.model
    def _inquiries_by(self, partners):
        """:returns: what they sent and somebody merged into a lead of another"""
        emails, _phones = self._only_theirs(partners)
        if not emails:
            return self.env["lead.distribution.inquiry"]
        return self.env["lead.distribution.inquiry"].search(
            Domain.OR(Domain("email_from", "ilike", email) for email in emails)
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
        """:param values: what to write besides"""
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
    def _forget_users(self, users):
        """Portal users and colleagues who left: no login, no absences, no place on
        routes; the ledger's rows keep the units and nobody's name."""
        if not users:
            return
        self._people_deleted(users)
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
        self._users_deleted(users)
        for name in ("user_id", "previous_user_id", "partner_previous_user_id"):
            self._forget_in_ledger(
                name, users.ids, SQL("%s = NULL", SQL.identifier(name))
            )

    @api.model
    def _users_deleted(self, users):
        """Why they declined is in their words; the database itself takes them off the
        ledger's rows."""
        if self.env["lead.distribution.assignment"]._in_use():
            self._forget_in_ledger("user_id", users.ids, SQL("decline_reason = NULL"))

    @api.model
    def _forget_partners(self, partners):
        values = {"name": self.env._("Anonymised"), "active": False}
        for name in ("partner_latitude", "partner_longitude"):
            if name in partners._fields:
                values[name] = False
        self._write_without_words(partners, values)
        self._forget_talk(partners)
        self._partners_deleted(partners)
        self._forget_in_ledger("partner_id", partners.ids, SQL("partner_id = NULL"))

    @api.model
    def _partners_deleted(self, partners):
        """What the ledger and the tasks to come say about contacts that are about to
        be deleted. Their leads are Odoo's: they keep what the inquiry said."""
        self._forget_words("partner_id", partners)
        self._as_service()._forget_waiting(partners)

    @api.model
    def _forget_leads(self, leads):
        """They keep source, stage, salesperson, revenue and dates. Who is forgotten
        will not buy: what is open is lost."""
        if not leads:
            return
        Lead = self.env["crm.lead"]
        is_open = leads.filtered(lambda x: x.active and x.won_status == "pending")
        self._close_offers(self._open_offers(is_open), "expired", "expired")
        if is_open:
            is_open.action_set_lost()
        self._settle(
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
        self._forget_talk(leads)
        self._forget_meetings(leads)
        self._forget_dialogs(leads)
        self._leads_deleted(leads)
        self.env["lead.distribution.process.event"].search(
            [("lead_id", "in", leads.ids), ("due", "!=", False)]
        ).unlink()

    @api.model
    def _forget_inquiries(self, inquiries):
        self._write_without_words(inquiries, {"name": self.env._("Anonymised")})

    @api.model
    def _leads_deleted(self, leads):
        """What the ledger and the tasks to come say about leads that are about to be
        deleted; all else goes with them."""
        self._forget_words("lead_id", leads)
        self._as_service()._forget_waiting(leads)

    @api.model
    def _forget_words(self, column, records):
        """What was said of these records, and who is like them, in the ledger's
        rows."""
        if self.env["lead.distribution.assignment"]._in_use():
            self._forget_in_ledger(
                column,
                records.ids,
                SQL("decline_reason = NULL, trace = trace - 'identity'"),
            )

    @api.model
    def _forget_in_ledger(self, column, ids, change):
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
    def _forget_waiting(self, records):
        """Tasks to come."""
        self.env["lead.activity.waiting"].search(
            [("res_model", "=", records._name), ("res_id", "in", records.ids)]
        ).unlink()

    @api.model
    def _forget_talk(self, records):
        """Messages, with what they tell of former values, files, activities. Done ones
        count in figures: they stay, without a word."""
        here = [("res_model", "=", records._name), ("res_id", "in", records.ids)]
        self.env["mail.message"].search(
            [("model", "=", records._name), ("res_id", "in", records.ids)]
        ).unlink()
        self.env["mail.scheduled.message"].search(
            [("model", "=", records._name), ("res_id", "in", records.ids)]
        ).unlink()
        self.env["ir.attachment"].search(here).unlink()
        activities = self.env["mail.activity"].search(here)
        self._forget_feedback(activities)
        still = activities.filtered("active")
        still.unlink()
        self._forget_done(activities - still)
        self._forget_waiting(records)

    @api.model
    def _forget_done(self, activities):
        activities.write({"summary": False, "note": False, "feedback": False})
        # it holds the record's former name
        self.env.add_to_compute(activities._fields["res_name"], activities)

    @api.model
    def _forget_feedback(self, activities):
        """Dialogs in which somebody finished these tasks."""
        self.env["lead.distribution.task.finish"].search(
            [("activity_ids", "in", activities.ids)]
        ).unlink()

    @api.model
    def _forget_meetings(self, leads):
        """Who met when stays in the calendars, not whom and about what."""
        meetings = self.env["calendar.event"].search(
            [("opportunity_id", "in", leads.ids)]
        )
        silent = {"dont_notify": True, "no_mail_to_attendees": True}
        meetings.with_context(**silent).write(
            {
                "name": self.env._("Anonymised"),
                "description": False,
                "location": False,
            }
        )
        self._forget_talk(meetings)

    @api.model
    def _forget_dialogs(self, leads):
        """What somebody typed into a dialog about leads, which is kept for some
        hours."""
        said = ["Dialogs of %s about leads that are forgotten are left"]
        for model in self.env.registry.values():
            if not model._transient or model._abstract or not model._auto:
                continue
            for field in model._fields.values():
                if (
                    field.store
                    and field.type in ("many2one", "many2many")
                    and field.comodel_name == "crm.lead"
                ):
                    # what another module keeps goes by itself within hours
                    with isolated(self.env.cr, _logger.warning, *said, model._name):
                        self.env[model._name].search(
                            [(field.name, "in", leads.ids)]
                        ).unlink()
        tasks = self.env["lead.distribution.task"].search(
            [("res_model", "=", "crm.lead")]
        )
        tasks.filtered(lambda x: set(x.res_ids or ()) & set(leads.ids)).unlink()

    @api.model
    def _forget_notices(self, partners, leads):
        """What salespeople were told about them by name: notes of rules and of teams,
        and emails that could not be sent."""
        names = {*partners.mapped("name"), *leads.mapped("name")} - {False, ""}

        def told(*names_of_fields):
            return Domain.OR(
                Domain(field, "ilike", name)
                for name in names
                for field in names_of_fields
            )

        if not names:
            return
        self.env["mail.message"].search(
            Domain("model", "in", ["lead.distribution.rule", "crm.team"])
            & Domain("message_type", "=", "user_notification")
            & told("subject", "body")
        ).unlink()
        self.env["mail.mail"].search(
            Domain("state", "in", ["exception", "cancel"])
            & Domain("auto_delete", "=", True)
            & told("subject", "body_html")
        ).unlink()

    @api.model
    def _forget_hints(self, partners, leads):
        """What others' leads say of them: that they may be, or are, the same
        person."""
        tie = SQL(
            """((about->>'lead')::int = ANY(%(leads)s) OR EXISTS (
                   SELECT FROM jsonb_array_elements(about->'candidates') AS c
                    WHERE c->>0 = 'lead' AND (c->>1)::int = ANY(%(leads)s)
                       OR c->>0 = 'partner' AND (c->>1)::int = ANY(%(partners)s)))""",
            leads=leads.ids,
            partners=partners.ids,
        )
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """UPDATE lead_distribution_assignment a
                      SET trace = trace - 'identity'
                     FROM (SELECT id, trace->'identity' AS about
                             FROM lead_distribution_assignment
                            WHERE trace ? 'identity') AS said
                    WHERE said.id = a.id AND %s""",
                tie,
            )
        )
        self.env.cr.execute(
            SQL(
                """UPDATE crm_lead l SET identity_about = NULL, identity_flag = NULL
                     FROM (SELECT id, identity_about AS about FROM crm_lead
                            WHERE identity_flag IS NOT NULL) AS said
                    WHERE said.id = l.id AND %s""",
                tie,
            )
        )
        self.env.invalidate_all()

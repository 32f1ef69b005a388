"""Leads and clients, as people tie them: who it may be, linked to a client or made
one, taken off a wrong one and tied to another. They enter at apply."""

from dataclasses import dataclass, field

from markupsafe import Markup, escape

from odoo import api, fields, models
from odoo.exceptions import AccessError, ConcurrencyError, UserError
from odoo.tools import SQL

from ..engine import identity as same
from ..engine import text as texts
from .apply import ADDRESS_FIELDS, PARTNER_FIELDS
from .identity import WORDS

#: clients shown to choose from
MOST_MATCHES = 20

#: what is measured from the client on, see ``times``
TIMES = ("date_customer", "date_first_call", "date_first_email", "date_first_meeting")

UNLINK_GROUP = "lead_distribution.group_unlink_customer"

#: of the lead, and of the client: each has its own until a person takes one over
CONTACT_FIELDS = {"email_from": "email", "phone": "phone"}


@dataclass
class CustomerChange:
    """What is known of leads before somebody writes their client.

    :param left: ``{lead_id: id of the client that it leaves}``
    :param empty: ``{lead_id: names of the fields that the client is to fill}``
    """

    left: dict = field(default_factory=dict)
    empty: dict = field(default_factory=dict)


@dataclass
class Match:
    """A client that a lead may belong to.

    :param score: probability of being the same person, see
        :func:`..engine.identity.score`
    :param by: kinds of what agrees: email, phone, vat, name
    """

    partner_id: int
    score: float
    by: list


class LeadDistributionCustomer(models.AbstractModel):
    _inherit = "lead.distribution"

    # who may it be? --------------------------------------------------------

    @api.model
    def _customer_matches(self, lead):
        """The clients that a lead may belong to (V6): by phone and email in any
        notation, by tax number, and by the words of the name, accents and order
        aside; as far as the current user may read them.

        :returns: list of :class:`Match`, best first
        """
        company = self._company_of_lead(lead)
        service = self._as_service(company)
        inquiry = service._inquiries(company, lead.sudo())[lead.id]
        kinds, names = {}, {}
        for key, contacts in service._contacts_by(company, inquiry.keys).items():
            for contact in contacts:
                kinds.setdefault(contact.partner_id, set()).add(key[0])
                names[contact.partner_id] = contact.words
        for partner_id, words in service._contacts_named(company, inquiry.words):
            names[partner_id] = words
            kinds.setdefault(partner_id, set())
        found = []
        for partner_id, by in kinds.items():
            likeness = same.name_score(inquiry.words, names[partner_id])
            if likeness < same.ALIKE:
                likeness = 0.0
            if by or likeness:
                kind = sorted(by) + (["name"] if likeness else [])
                found.append(Match(partner_id, same.score(sorted(by), likeness), kind))
        readable = set(
            self.env["res.partner"]
            .search([("id", "in", [match.partner_id for match in found])])
            .ids
        )
        found = [match for match in found if match.partner_id in readable]
        # of two that match alike, the one whose name has fewer words besides
        found.sort(key=lambda m: (-m.score, len(names[m.partner_id]), m.partner_id))
        return found[:MOST_MATCHES]

    @api.model
    def _contacts_named(self, company, words):
        """:returns: ``[(partner_id, words), ...]`` of contacts with at least two of
        the words in their name, or with the only one"""
        if not words:
            return []
        self.env["res.partner"].flush_model(["name", "active", "company_id"])
        pairs = [(one, two) for i, one in enumerate(words) for two in words[i + 1 :]]
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT p.id, p.name
                     FROM unnest(%(sets)s) AS k(words)
                    CROSS JOIN LATERAL (
                          SELECT p.id, p.name FROM res_partner p
                           WHERE %(split)s @> string_to_array(k.words, ' ')
                             AND p.active
                             AND (p.company_id IS NULL OR p.company_id = %(company)s)
                             AND NOT EXISTS (
                                 SELECT FROM res_users u
                                  WHERE u.partner_id = p.id AND NOT u.share)
                           -- the name that has the fewest other words is the nearest
                           ORDER BY cardinality(%(split)s), p.id
                           LIMIT %(most)s) AS p""",
                sets=[" ".join(pair) for pair in pairs[:10] or [tuple(words)]],
                split=SQL(WORDS % "p.name"),
                company=company.id or None,
                most=MOST_MATCHES,
            )
        )
        return [(partner_id, same.words_of(name)) for partner_id, name in rows]

    # rights and locks ------------------------------------------------------

    @api.model
    def _may_unlink_customer(self):
        return self.env.su or self.env.user.has_group(UNLINK_GROUP)

    @api.model
    def _check_unlink_customer(self):
        """:raises AccessError: for who has not that permission, which no other
        group gives"""
        if not self._may_unlink_customer():
            raise AccessError(
                self.env._(
                    "Taking a lead off its client needs the permission “Unlink Leads "
                    "from Clients”. Ask your administrator."
                )
            )

    @api.model
    def _guards_customer(self, lead):
        """Whether the lead's client is ours to guard: it was tied here, or the
        company distributes; Odoo alone does as it did."""
        if not lead.partner_id:
            return False
        tied = lead.date_customer or lead.intake_status in ("linked", "converted")
        return bool(lead.customer_user_id) or bool(
            tied and self._company_of_lead(lead)._lead_distribution_on()
        )

    @api.model
    def _lock_customer(self, lead):
        """The lead's row, for nobody else to tie or untie it meanwhile.

        :returns: the lead as the service
        :raises ConcurrencyError: when somebody does right now, for the request to
            be tried again on a fresh picture
        """
        service = self._as_service(self._company_of_lead(lead))
        found = service.env["crm.lead"].browse(lead.ids)
        if found.try_lock_for_update(allow_referencing=True) != found:
            raise ConcurrencyError(
                self.env._("Somebody is changing this lead right now; try again.")
            )
        found.invalidate_recordset(["partner_id", "customer_user_id"])
        if found.intake_status == "removed":
            raise UserError(
                self.env._("The lead “%s” is removed: restore it first.", found.name)
            )
        return found

    @api.model
    def _check_no_customer(self, lead):
        _ = self.env._
        if not lead.partner_id:
            return
        values = {
            "user": lead.customer_user_id.name,
            "client": self._name_of("res.partner", lead.partner_id.id),
        }
        if lead.customer_user_id and lead.customer_user_id != self.env.user:
            raise UserError(
                _(
                    "%(user)s linked the lead to the client %(client)s already.",
                    **values,
                )
            )
        raise UserError(
            _("The lead belongs to the client %(client)s already.", **values)
        )

    @api.model
    def _check_client_company(self, lead, partner):
        """:raises UserError: for a client of another company than the lead's"""
        # sudo: to compare the two, whoever may see which
        company = self._company_of_lead(lead)
        if company and partner.sudo().company_id not in (company, company.browse()):
            raise UserError(
                self.env._("The client %s is another company's.", partner.display_name)
            )

    # phone and email -------------------------------------------------------

    @api.model
    def _stays_apart(self, lead, name, from_client):
        """Whether a phone or email stays where it is, instead of being copied by Odoo
        whenever the lead, or the client, is saved (V7). So it is for leads that were
        tied while the company distributed, and for all where it does; Odoo alone does
        as it did.

        What the client filled in is the client's, and follows them.

        :param lead: ``crm.lead``, maybe one of a form
        :param name: of :data:`CONTACT_FIELDS`
        :param from_client: whether the client's would come to the lead, else the
            lead's to the client
        """
        # sudo: the lead's own link, no content
        lead = lead.sudo()
        about = lead.customer_about or {}
        if not (
            lead.customer_user_id
            or about.get("client")
            or self._company_of_lead(lead)._lead_distribution_on()
        ):
            return False
        if not from_client:
            return True
        # a lead that is being typed in says nothing of its own yet
        return bool(lead._origin and lead[name] and name not in about.get("filled", ()))

    @api.model
    def _said_by_person(self, leads, name):
        """Typed in, it is not the client's any more.

        :param name: of :data:`CONTACT_FIELDS`
        """
        # sudo: what the client filled in is kept by the service
        for lead in leads.sudo().filtered("customer_about"):
            filled = lead.customer_about.get("filled", ())
            if name in filled and lead[name] != lead.partner_id[CONTACT_FIELDS[name]]:
                about = {**lead.customer_about, "filled": [n for n in filled if n != name]}
                self._as_service().env["crm.lead"].browse(lead.id).write(
                    {"customer_about": about}
                )

    @api.model
    def _different_contact(self, lead):
        """:returns: names of :data:`CONTACT_FIELDS` in which the lead and its client
        differ, as far as the current user may read the client; notation is no
        difference"""
        partner = lead.partner_id
        if not partner or not partner.has_access("read"):
            return []
        keys = {"email_from": "email_normalized", "phone": "phone_sanitized"}
        found = []
        for name, theirs in CONTACT_FIELDS.items():
            key = keys[name]
            if (lead[name] or "") == (partner[theirs] or ""):
                continue
            if not lead[key] or lead[key] != partner[key]:
                found.append(name)
        return found

    @api.model
    def _take_over(self, lead, names, to_client):
        """A person takes the lead's phone or email over to its client, or the client's
        to the lead, with their own rights.

        :param names: of :data:`CONTACT_FIELDS`, those that differ if none are given
        :param to_client: the direction
        :returns: True
        """
        names = [names] if isinstance(names, str) else list(names or ())
        _ = self.env._
        partner = lead.partner_id
        if not partner:
            raise UserError(_("The lead “%s” has no client.", lead.name))
        if set(names) - set(CONTACT_FIELDS):
            raise UserError(_("Only the email and the phone number are taken over."))
        names = names or self._different_contact(lead)
        if to_client:
            # an empty field is no news about the client
            values = {CONTACT_FIELDS[name]: lead[name] for name in names if lead[name]}
            if values:
                partner.write(values)
            return True
        values = {
            name: partner[CONTACT_FIELDS[name]]
            for name in names
            if partner[CONTACT_FIELDS[name]]
        }
        if values:
            lead.write(values)
        return True

    # tying -----------------------------------------------------------------

    @api.model
    def _link_customer(self, lead, partner, notify=False):
        """V7: the lead is the client's, and keeps its salesperson.

        :param notify: whether the client's salesperson is told
        :returns: True
        """
        found = self._lock_customer(lead)
        if found.partner_id == partner:
            return True
        self._check_no_customer(found)
        self._tie(found, partner, "linked")
        _ = self.env._
        self._log_customer(
            found,
            partner,
            _("%(user)s linked the lead to the client %(client)s."),
            _("%(user)s linked the lead %(lead)s to this client."),
        )
        if notify:
            self._tell_owner(found, partner)
        return True

    @api.model
    def _convert_customer(self, lead, values):
        """V8: a client is made from what the lead says.

        :param values: of ``res.partner``, instead of the lead's
        :returns: the client, ``res.partner``
        """
        _ = self.env._
        found = self._lock_customer(lead)
        self._check_no_customer(found)
        if values and not isinstance(values, dict):
            raise UserError(_("Give the client's fields by name."))
        values = dict(values or {})
        unknown = set(values) - set(self.env["res.partner"]._fields)
        if unknown:
            raise UserError(_("A client has no field “%s”.", min(unknown)))
        email = values.get("email", lead.email_from)
        phone = values.get("phone", lead.phone)
        if not str(email or "").strip() and not str(phone or "").strip():
            raise UserError(_("A client needs an email address or a phone number."))
        # with the rights of whoever asks: core's own way to make a contact
        partner = lead._create_customer()
        if values:
            partner.write(values)
            # what was written may have moved it out of reach
            partner.check_access("write")
            self._check_client_company(lead, partner)
        self._tie(found, partner, "converted")
        self._log_customer(
            found,
            partner,
            _("%(user)s created the client %(client)s from this lead."),
            _("%(user)s created this client from the lead %(lead)s."),
        )
        return partner

    @api.model
    def _tie(self, lead, partner, status):
        """:param lead: as the service"""
        service = self._as_service(self._company_of_lead(lead))
        service._link({lead: partner.id})
        lead.write({"customer_user_id": self.env.uid, "intake_status": status})
        rows = service.env["lead.distribution.assignment"].search(
            [("lead_id", "=", lead.id), ("state", "=", "assigned")]
        )
        # from now on its salesperson is one of the client's
        rows.write({"partner_id": partner.id})
        if status == "converted":
            service._converted(lead)

    @api.model
    def _converted(self, leads):
        """What follows when clients were made from leads, by our button or by core:
        where they came from, and the call (V9).

        :param leads: as the service, with their new clients
        """
        todo = self.env["crm.lead"]
        for lead in leads:
            partner = lead.partner_id
            values = {
                name: lead[source].id
                for name, source in (
                    ("lead_source_id", "source_id"),
                    ("lead_listing_id", "listing_id"),
                )
                if lead[source] and not partner[name]
            }
            if values:
                partner.write(values)
            company = self._company_of_lead(lead) or self.env.company
            if (
                company.lead_customer_call
                and partner.phone
                and not lead.customer_activity_id
                and (lead.user_id or partner.user_id)
            ):
                todo |= lead
        kind = self.env.ref("mail.mail_activity_data_call", raise_if_not_found=False)
        if not todo or not kind:
            return
        model_id = self.env["ir.model"]._get_id("res.partner")
        activities = self.env["mail.activity"].create(
            [
                {
                    "activity_type_id": kind.id,
                    "summary": self.env._("Call the new client"),
                    "date_deadline": self._today(self._company_of_lead(lead)),
                    "user_id": (lead.user_id or lead.partner_id.user_id).id,
                    "res_model_id": model_id,
                    "res_id": lead.partner_id.id,
                    "automated": True,
                }
                for lead in todo
            ]
        )
        for lead, activity in zip(todo, activities, strict=True):
            lead.write({"customer_activity_id": activity.id})

    @api.model
    def _tell_owner(self, lead, partner):
        """The client's salesperson hears of another lead of the client."""
        owner = partner.user_id or partner.commercial_partner_id.user_id
        if not owner.active or owner == self.env.user:
            return
        _ = self.with_context(lang=owner.lang or self.env.lang).env._
        # sudo: whoever ties the lead need not be able to write the client
        partner.sudo().message_notify(
            author_id=self.env.user.partner_id.id,
            partner_ids=owner.partner_id.ids,
            subject=texts.header(
                _("Another lead of your client %s", partner.display_name)
            ),
            body=_(
                "%(user)s linked the lead “%(lead)s” to your client %(client)s. Its "
                "salesperson is %(salesperson)s.",
                user=self.env.user.name,
                lead=lead.name,
                client=partner.display_name,
                salesperson=lead.user_id.name or _("nobody"),
            ),
        )

    @api.model
    def _log_customer(self, lead, partner, on_lead, on_client, reason=""):
        """A line on both (V13: who, when, why).

        :param on_lead, on_client: translated texts with ``%(user)s`` and
            ``%(client)s`` or ``%(lead)s``
        """
        values = {
            "user": self.env.user.name,
            "client": partner._get_html_link(title=partner.display_name),
            "lead": lead._get_html_link(title=lead.name),
        }
        because = Markup("<br/>%s") % reason if reason else ""
        lead._message_log(body=escape(on_lead) % values + because)
        # sudo: whoever ties the lead need not be able to write the client
        partner.sudo()._message_log(body=escape(on_client) % values + because)

    # untying ---------------------------------------------------------------

    @api.model
    def _unlink_customer(self, lead, redistribute=False, reason=""):
        """V13: the lead leaves its client, is new again, and is handed out again or
        stays with its salesperson.

        :returns: True
        """
        self._check_unlink_customer()
        found = self._lock_customer(lead)
        _ = self.env._
        partner = found.partner_id
        if not partner:
            if found.customer_user_id and found.customer_user_id != self.env.user:
                raise UserError(
                    _(
                        "%s took the lead off its client already.",
                        found.customer_user_id.name,
                    )
                )
            raise UserError(_("The lead “%s” has no client.", found.name))
        if redistribute and not (found.active and found.won_status == "pending"):
            raise UserError(
                _("The lead “%s” is closed: it is not distributed again.", found.name)
            )
        self._leave_customer(found)
        # what the inquiry says stays: core would empty the names
        said = [found._fields[name] for name in (*PARTNER_FIELDS, *ADDRESS_FIELDS)]
        with self.env.protecting(said, found):
            found.write(
                {
                    "partner_id": False,
                    "company_id": found.company_id.id,
                    "intake_status": "new",
                    "customer_user_id": self.env.uid,
                }
            )
        self._log_customer(
            found,
            partner,
            _("%(user)s took the lead off the client %(client)s."),
            _("%(user)s took the lead %(lead)s off this client."),
            reason,
        )
        if redistribute:
            self._hand_out_again(found)
        return True

    @api.model
    def _leave_customer(self, leads):
        """Undo what came with the client: the call (V9), the salesperson that the
        contact got (O15), having been an advisor, what the client filled in, and
        the times (V11).

        :param leads: as the service, still with their clients
        """
        Assignment = self._as_service().env["lead.distribution.assignment"]
        for lead in leads:
            partner = lead.partner_id
            rows = Assignment.search([("lead_id", "=", lead.id)], order="id desc")
            self._return_contact(partner, rows)
            rows.filtered("partner_id").write({"partner_id": False})
            lead.customer_activity_id.filtered("active").unlink()
            values = dict.fromkeys(self._filled_by_customer(lead), False)
            refused = self._refused(lead)
            refused |= {partner.id, partner.commercial_partner_id.id}
            values.update(
                dict.fromkeys(TIMES, False),
                customer_activity_id=False,
                customer_about={"refused": sorted(refused)},
            )
            with self.env.protecting(
                [lead._fields[name] for name in values if name in lead._fields], lead
            ):
                lead.write({**values, "company_id": lead.company_id.id})

    @api.model
    def _filled_by_customer(self, lead):
        """:returns: names of the lead's fields that say what its client says, and
        that the inquiry did not"""
        gave = lead._prepare_values_from_partner(lead.partner_id)
        return [
            name
            for name in (lead.customer_about or {}).get("filled", ())
            if lead[name]
            and lead._fields[name].convert_to_write(lead[name], lead) == gave.get(name)
        ]

    @api.model
    def _return_contact(self, partner, rows):
        """The contact's salesperson goes back to who it was before these rows, if
        nobody changed it since.

        :param rows: of the ledger, newest first
        """
        for row in rows:
            if row.partner_owned and row.partner_id == partner:
                if partner.user_id == row.user_id:
                    partner.user_id = row.partner_previous_user_id
                row.write({"partner_owned": False})

    @api.model
    def _hand_out_relinked(self, lead):
        """After the right client is known: its salesperson comes first."""
        self._check_unlink_customer()
        self._hand_out_again(
            self._as_service(self._company_of_lead(lead))
            .env["crm.lead"]
            .browse(lead.id)
        )

    @api.model
    def _hand_out_again(self, lead):
        """The units follow: whoever had it gives the unit back."""
        company = self._company_of_lead(lead)
        service = self._as_service(company)
        if not company._lead_distribution_on():
            return
        rows = service.env["lead.distribution.assignment"].search(
            [("lead_id", "=", lead.id), ("state", "in", ["assigned", "offered"])]
        )
        rows.activity_id.filtered("active").unlink()
        rows.write({"state": "undone", "date_response": fields.Datetime.now()})
        rows.flush_recordset()
        former = lead.user_id
        lead.write(
            {
                "user_id": False,
                "company_id": company.id,
                "distribution_state": "pending",
            }
        )
        lead.message_unsubscribe(former.partner_id.ids)
        service._distribute(lead, "button")

    # changes by hand -------------------------------------------------------

    @api.model
    def _before_customer(self, leads, vals):
        """Somebody writes another client on leads: where that takes them off one,
        it is an unlinking, with its permission and all that goes back.

        The client is the one that the lead was tied to: a contact that has been
        given to another company since is no way round.

        :param vals: what is to be written
        :returns: a :class:`CustomerChange`
        """
        change = CustomerChange()
        partner = self.env["res.partner"].browse(vals["partner_id"] or []).sudo()
        commercial = partner.commercial_partner_id or partner
        on = self.env["lead.distribution.route"]._distributing()
        for lead in leads.sudo():
            had = lead.partner_id
            if had and had != partner and self._guards_customer(lead):
                tied = (lead.customer_about or {}).get("client")
                tied = had.browse(tied or []).exists() or had.commercial_partner_id
                if tied != commercial:
                    change.left[lead.id] = had.id
            if partner and self._company_of_lead(lead).id in on:
                change.empty[lead.id] = [
                    name
                    for name in (*PARTNER_FIELDS, *ADDRESS_FIELDS)
                    if name not in vals and not lead[name]
                ]
        if change.left:
            self._check_unlink_customer()
            service = self._as_service()
            service._leave_customer(service.env["crm.lead"].browse(change.left))
        return change

    @api.model
    def _remember_filled(self, leads, change):
        """What the client filled in goes with it, however it was set.

        :param leads: as the service
        """
        for lead in leads.filtered(lambda lead: lead.id in change.empty):
            lead.write(
                {
                    "customer_about": {
                        "client": lead.partner_id.commercial_partner_id.id,
                        "filled": change.empty[lead.id],
                        "refused": sorted(self._refused(lead)),
                    }
                }
            )

    @api.model
    def _tell_change(self, leads, change):
        """Both clients' chatter, of leads that went from one to another by being
        written; Odoo itself tells it on the lead."""
        _ = self.env._
        for lead in leads.filtered(lambda lead: lead.id in change.left):
            former = lead.partner_id.browse(change.left[lead.id])
            values = {
                "user": self.env.user.name,
                "lead": lead._get_html_link(title=lead.name),
            }
            former._message_log(
                body=escape(_("%(user)s took the lead %(lead)s off this client."))
                % values
            )
            if lead.partner_id:
                lead.partner_id._message_log(
                    body=escape(_("%(user)s linked the lead %(lead)s to this client."))
                    % values
                )

    @api.model
    def _check_merge_customers(self, leads):
        """Merged into a lead of another client, a lead leaves its own."""
        leads = leads.sudo()
        if any(self._guards_customer(lead) for lead in leads):
            if len(leads.partner_id.commercial_partner_id) > 1:
                self._check_unlink_customer()

    @api.model
    def _customers_deleted(self, partners):
        """Deleting a client takes its leads off it."""
        if not self.env["lead.distribution.route"]._distributing():
            return
        leads = self._as_service().env["crm.lead"].with_context(active_test=False)
        leads = leads.search([("partner_id", "in", partners.ids)])
        leads = leads.filtered(self._guards_customer)
        if leads:
            self._check_unlink_customer()
            self._leave_customer(leads)
            leads.filtered(lambda lead: lead.intake_status != "removed").write(
                {"intake_status": "new", "customer_user_id": self.env.uid}
            )

    # preview ---------------------------------------------------------------

    @api.model
    def _unlink_preview(self, lead):
        """What taking the lead off its client changes, and what it does not.

        :returns: Markup
        """
        _ = self.env._
        lead = lead.sudo()  # told to who may unlink it, about its own client
        partner = lead.partner_id
        back, stays = [], []
        call = lead.customer_activity_id.filtered("active")
        if call:
            back.append(
                _(
                    "The call “%(call)s” of %(user)s is cancelled.",
                    call=call.summary or call.activity_type_id.name,
                    user=call.user_id.name,
                )
            )
        rows = lead.distribution_assignment_ids.sorted("id", reverse=True)
        owner = partner.user_id
        for row in rows:
            if row.partner_owned and row.partner_id == partner and owner == row.user_id:
                owner = row.partner_previous_user_id
        if owner != partner.user_id:
            back.append(
                _(
                    "The client's salesperson goes back from %(now)s to %(before)s.",
                    now=partner.user_id.name,
                    before=owner.name or _("nobody"),
                )
            )
        advisors = rows.filtered(lambda row: row.partner_id == partner).user_id
        if advisors:
            back.append(
                _(
                    "%s counts no more as an advisor of the client because of this "
                    "lead.",
                    ", ".join(advisors.mapped("name")),
                )
            )
        back.append(_("The lead is new again, and its times are measured anew."))
        stays.append(_("The client itself, with its messages, meetings and notes."))
        others = partner.sudo().related_lead_count - 1
        if others > 0:
            stays.append(_("%s other leads of the client.", others))
        if lead.user_id:
            stays.append(
                _(
                    "The lead's salesperson %s, unless it is distributed again: then "
                    "the unit goes with it.",
                    lead.user_id.name,
                )
            )
        parts = [
            Markup("<h5>%s</h5><ul>%s</ul>")
            % (title, Markup("").join(Markup("<li>%s</li>") % line for line in lines))
            for title, lines in ((_("Goes back"), back), (_("Stays"), stays))
        ]
        return Markup("").join(parts)

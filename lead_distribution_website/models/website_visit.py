"""Pages that known visitors open: which processes they trigger, and for which lead."""

from functools import partial
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from odoo import SUPERUSER_ID, Command, api, models
from odoo.fields import Domain

from odoo.addons.lead_distribution.tools.batch import CONFLICTS
from odoo.addons.lead_distribution.tools.redacting_log import redacting_logger

_logger = redacting_logger(__name__)

#: in a lead's values the name of its source, which is looked up when it is made
SOURCE = "source_name"


def parts_of(address):
    """The path and the parameters of an address, with or without its host.

    >>> parts_of("https://example.com/courses/?level=2#top")
    ('/courses/', frozenset({('level', '2')}))
    """
    try:
        found = urlsplit(address)
    except ValueError:  # such as an IPv6 host that is none
        return "", frozenset()
    path = unquote(found.path).replace("\0", "") or ("/" if found.netloc else "")
    return path, frozenset(parse_qsl(found.query, keep_blank_values=True))


def without_language(env, path):
    """A page's path as it is in the website's own language.

    >>> without_language(env, "/fr/courses")  # with French installed
    '/courses'
    """
    first, _slash, rest = path.removeprefix("/").partition("/")
    # from memory, since every visited page asks for it
    return f"/{rest}" if first in env["res.lang"]._get_active_by("url_code") else path


class Page(NamedTuple):
    """What sets a process off.

    :param parameters: ``{(name, value), ...}`` written in the address
    :param prefix: paths that start with ``path`` count, too
    :param same: a visit has to carry ``parameters``
    :param makes_lead: known contacts without an open lead get one
    """

    process_id: int
    path: str
    parameters: frozenset
    prefix: bool
    same: bool
    makes_lead: bool = False

    def matches(self, path, parameters):
        """:param parameters: ``{(name, value), ...}`` of the visit"""
        if self.same and not self.parameters <= parameters:
            return False
        if self.prefix:
            return (path.rstrip("/") + "/").startswith(self.path)
        return path.rstrip("/") == self.path.rstrip("/")


class LeadDistributionVisit(models.AbstractModel):
    _name = "lead.distribution.website.visit"
    _description = "Lead Distribution: Website Visit"

    @api.model
    def _page_opened(self, request, response):
        """A page is about to be shown. Costs nothing but a look into memory unless
        its address is that of a process; must never fail the page.

        :returns: whether a process began
        """
        if (
            not getattr(request, "is_frontend", False)
            or not hasattr(request, "website")
            or request.httprequest.method != "GET"
            or getattr(response, "status_code", 0) != 200
        ):
            return False
        try:
            pages = self._pages_of(request)
            known = pages and self._may_track(request)
        except Exception:
            _logger.exception("A visit is not counted")
            return False
        if not known:
            return False
        # what the page itself has still to write fails as it would without us
        self.env.flush_all()
        try:
            return self._visit(request, pages)
        except CONFLICTS as conflict:
            _logger.info("A visit is not counted: %s", conflict)
        except Exception:
            _logger.exception("A visit is not counted")
        return False

    @api.model
    def _pages_of(self, request):
        """Return the :class:`Page` of each process that this page sets off."""
        website = request.website
        pages = self.env["lead.distribution.process"]._pages(
            website.id, website._get_cached("company_id")
        )
        if not pages:
            return []
        path, parameters = parts_of(request.httprequest.url)
        path = without_language(self.env, path)
        return [page for page in pages if page.matches(path, parameters)]

    @api.model
    def _may_track(self, request):
        """Nobody is followed before agreeing to it, where the website asks for that
        (its cookies bar); robots, and colleagues who look at their page, are none."""
        return (
            not request.env.user._is_internal()
            and not request.env["ir.http"].is_a_bot()
            and request.httprequest.headers.get("X-Disable-Tracking") != "1"
            and request.website._allConsentsGranted()
        )

    @api.model
    def _visit(self, request, pages):
        with self.env.cr.savepoint():
            visitor = self.env["website.visitor"]._get_visitor_from_request()
            lead = self._lead_of_visitor(visitor, request.env.user, request.website)
            ids, values = [page.process_id for page in pages], {}
            if not lead:
                # the processes that make one, and they alone
                ids = [page.process_id for page in pages if page.makes_lead]
                contact = self._contact_of_visitor(visitor, request.env.user)
                if not ids or not contact:
                    return False
                values = self._lead_values(contact, visitor, request)
            if self.env.cr.readonly:
                self._visit_later(ids, lead, values)
                return True
            return bool(self._begin(ids, lead, values))

    @api.model
    def _begin(self, process_ids, lead, values):
        """Begin processes for a visitor's lead.

        :param lead: ``crm.lead``, or none
        :param values: of the lead that is to be made where there is none
        :returns: the new events
        """
        if not lead and values:
            lead = self._make_lead(values)
        if not lead:
            return self.env["lead.distribution.processes"]._no_events()
        return self.env["lead.distribution.processes"]._enqueue(process_ids, lead)

    @api.model
    def _visit_later(self, process_ids, lead, values):
        """Such a page is read from a replica: written is elsewhere, afterwards."""
        self.env.cr.postcommit.add(
            partial(self._visit_elsewhere, process_ids, lead.id, values)
        )

    @api.model
    def _visit_elsewhere(self, process_ids, lead_id, values=None):
        try:
            with self.env.registry.cursor() as cr:
                # sudo: a visitor may see neither processes nor leads
                service = self.with_env(self.env(cr=cr, su=True))
                lead = service.env["crm.lead"].browse(lead_id or [])
                service._begin(process_ids, lead, values or {})
        except CONFLICTS as conflict:
            _logger.info("A visit is not counted: %s", conflict)
        except Exception:
            _logger.exception("A visit is not counted")

    # a lead for a contact without one ------------------------------------------

    @api.model
    def _contact_of_visitor(self, visitor, user):
        """Return the contact that a visitor is known to be, ``res.partner`` as
        superuser; nobody of one's own company, and nobody whose last lead was none."""
        contact = user.partner_id.browse() if user._is_public() else user.partner_id
        contact = contact or (visitor.partner_id if visitor else contact)
        # sudo: the visitor's own contact; nothing of it is shown
        contact = contact.sudo().filtered("active")
        if any(not found.share for found in contact.user_ids):
            return contact.browse()
        # sudo: whether the visitor's last lead was spam, and the like
        leads = self.env["crm.lead"].sudo().with_context(active_test=False)
        last = leads.search([("partner_id", "=", contact.id)], order="id desc", limit=1)
        return contact.browse() if last.intake_status == "removed" else contact

    @api.model
    def _lead_values(self, contact, visitor, request):
        """Prepare the lead of a known contact who opened a page."""
        # sudo: what the website gives to leads of its forms
        website = request.website.sudo()
        page = parts_of(request.httprequest.url)[0]
        service = self.with_context(lang=website.default_lang_id.code)
        return {
            "name": service.env._(
                "%(who)s opened %(page)s", who=contact.name, page=page
            ),
            "partner_id": contact.id,
            "user_id": False,  # whose it is, is decided
            "company_id": website.company_id.id,
            "team_id": website.crm_default_team_id.id,
            SOURCE: website.name,
            "visitor_ids": [Command.link(visitor.id)] if visitor else [],
        }

    @api.model
    def _make_lead(self, values):
        """Make a lead, once however many pages a visitor opens at the same time.

        :returns: ``crm.lead`` as superuser, none when somebody makes it right now
        """
        # sudo: the visitor's own contact and leads; nothing of them is shown
        contact = self.env["res.partner"].sudo().browse(values["partner_id"]).exists()
        if not contact.try_lock_for_update(allow_referencing=True):
            return self.env["crm.lead"]
        # sudo: leads that come in by themselves are made for nobody
        Lead = self.env["crm.lead"].with_user(SUPERUSER_ID)
        values = dict(values)
        source = Lead.env["utm.mixin"]._find_or_create_record(
            "utm.source", values.pop(SOURCE)
        )
        return Lead.create({**values, "source_id": source.id})

    @api.model
    def _lead_of_visitor(self, visitor, user, website):
        """The latest open lead of a visitor: one whose form was sent from there, else
        of the customer who is logged in, else of somebody of the same firm.

        :returns: ``crm.lead`` as superuser, empty when nobody knows the visitor
        """
        # sudo: the visitor's own lead and company; nothing of them is shown
        Lead = self.env["crm.lead"].sudo()
        customer = visitor.partner_id if visitor else user.partner_id.browse()
        if not user._is_public():
            customer |= user.partner_id
        ties = [Domain("visitor_ids", "in", visitor.ids)] if visitor else []
        if customer:
            # sudo: the visitor's own lead and company; nothing of them is shown
            firms = customer.sudo().commercial_partner_id
            ties += [
                Domain("partner_id", "in", customer.ids),
                Domain("partner_id", "child_of", firms.ids),
            ]
        # sudo: the visitor's own lead and company; nothing of them is shown
        is_open = Domain("won_status", "=", "pending") & Domain(
            "company_id", "in", [False, website.sudo().company_id.id]
        )
        for tie in ties:
            lead = Lead.search(tie & is_open, order="id desc", limit=1)
            if lead:
                return lead
        return Lead

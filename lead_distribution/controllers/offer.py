from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.http import Controller, request, route

from ..tools.locale import length, moment


class OfferController(Controller):
    """The links in an offer's email. Opening one shows a page and changes nothing,
    so that a mail scanner claims no lead; its buttons act, as the salesperson."""

    @route(
        "/lead_distribution/offer/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        readonly=True,
        sitemap=False,
    )
    def show(self, token, **_kw):
        row = request.env["lead.distribution.assignment"]._from_token(token)
        return self._page(row, token, self._problem(row))

    @route(
        "/lead_distribution/offer/<string:token>/<any(claim,decline):answer>",
        type="http",
        auth="public",
        methods=["POST"],
        sitemap=False,
    )
    def answer(self, token, answer, reason="", **_kw):
        row = request.env["lead.distribution.assignment"]._from_token(token)
        problem = self._problem(row)
        if problem:
            return self._page(row, token, problem)
        user = row.user_id
        lead = (
            request.env["crm.lead"]
            .with_user(user)
            .with_context(allowed_company_ids=row.company_id.ids, lang=user.lang)
            .browse(row.lead_id.id)
        )
        try:
            with request.env.cr.savepoint():
                if answer == "claim":
                    lead.action_claim()
                else:
                    lead.action_decline(reason)
                # here, with the salesperson's rights: what is recomputed at the end
                # of the request is so with the visitor's
                lead.env.flush_all()
        except (UserError, AccessError) as error:
            return self._page(row, token, str(error))
        return self._page(row, token, done=answer)

    def _facts(self, row):
        """What the page tells of the lead, to whom it is offered."""
        if not self._may_read(row):
            return []
        return row.env["lead.distribution.notification"]._facts_of(
            row.lead_id, row.user_id
        )

    def _problem(self, row):
        """Return why the offer cannot be answered any more, in words, or ""."""
        _ = request.env(context=self._context(row))._
        if not row or not row.lead_id:
            return _("This link is not valid (any more).")
        if not row.user_id.active:
            return _("This offer was for somebody who does not work here any more.")
        winner = row.lead_id.user_id
        if row.state == "assigned":
            return _("You have the lead already.")
        if winner:
            return _("%s has the lead already.", winner.name)
        if row.state == "declined":
            return _("You declined this lead.")
        if row.state != "offered" or row.deadline <= fields.Datetime.now():
            return _("This offer has ended.")
        return ""

    def _context(self, row):
        return dict(request.env.context, lang=row.user_id.lang or request.env.lang)

    def _may_read(self, row):
        user = row.user_id
        lead = request.env["crm.lead"].with_user(user or request.env.user)
        lead = lead.with_context(allowed_company_ids=user.company_ids.ids)
        return bool(row) and lead.browse(row.lead_id.id).has_access("read")

    def _page(self, row, token, problem="", done=""):
        until = left = ""
        if row:
            zone = row.user_id.tz or "UTC"
            env = row.with_context(**self._context(row)).env
            until = moment(env, row.deadline, zone)
            seconds = (row.deadline - fields.Datetime.now()).total_seconds()
            # begun minutes are told, as on the cards
            left = length(env, -(-seconds // 60))
        values = {
            # whoever forged a link learns nothing of any lead, nor does who may not
            # read it any more
            "lead_name": row.lead_id.name if self._may_read(row) else "",
            "facts": self._facts(row),
            "token": token,
            "problem": problem,
            "done": done,
            "until": until,
            "left": left,
            "url": f"/odoo/crm/{row.lead_id.id}" if done == "claim" else "",
        }
        request.update_context(**self._context(row))
        return request.render("lead_distribution.offer_page", values)

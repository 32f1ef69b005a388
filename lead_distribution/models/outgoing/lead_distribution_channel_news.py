"""What Discuss channels of routes are still to be told (P10)."""

from markupsafe import Markup

from odoo import api, fields, models

from ...tools.bulk import create_alike
from ...tools.scheduling import trigger_cron
from ...tools.service_context import as_service
from .route_channel import EVENTS

#: so many leads of an event are listed, and more are counted
LISTED = 10


class LeadDistributionChannelNews(models.Model):
    """Something that happened to a lead, until its route's channel is told. Kept by the
    distribution alone; told outside of the lock, by the schedule that sends mail."""

    _name = "lead.distribution.channel.news"
    _description = "News for a Discuss Channel"
    _order = "id"
    _rec_name = "event"

    route_id = fields.Many2one(
        "lead.distribution.route",
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
    )
    event = fields.Char(required=True, readonly=True)
    lead_id = fields.Many2one(
        "crm.lead", index="btree_not_null", ondelete="cascade", readonly=True
    )
    user_id = fields.Many2one("res.users", ondelete="set null", readonly=True)
    company_id = fields.Many2one("res.company", ondelete="cascade", readonly=True)

    @api.model
    def _note(self, event, rows):
        """Have the channels told that something happened, in a while.

        :param event: one of :data:`.route_channel.EVENTS`, or one of no interest
        :param rows: ``lead.distribution.assignment``, what it happened to
        """
        events = self.env["lead.distribution.route"]._channel_events()
        if not events:
            return
        # sudo: what happened is told to whom a manager chose, whoever did it
        news, rows = self.sudo(), rows.sudo()
        values = [
            {
                "route_id": row.route_id.id,
                "event": event,
                "lead_id": row.lead_id.id,
                "user_id": row.user_id.id,
                "company_id": row.company_id.id,
            }
            for row in rows
            if event in events.get(row.route_id.id, ())
        ]
        if values:
            create_alike(news, values)
            trigger_cron(self.env, "ir_cron_send_mail")

    @api.model
    def _post_step(self, limit):
        """Tell the channels of a block of news, each in one message.

        :returns: how many news were told
        """
        service = as_service(self).env["lead.distribution.channel.news"]
        news = service.search([], limit=limit).try_lock_for_update()
        if not news:
            return 0
        told = len(news)
        notification = service.env["lead.distribution.notification"]
        for (channel, company), ours in news.grouped(
            lambda one: (one.route_id.channel_id, one.company_id)
        ).items():
            if channel.active:
                notification._guarded(service._post, channel, company, ours)
        # told or not: a message that cannot be made is not made for ever
        news.unlink()
        return told

    @api.model
    def _post(self, channel, company, news):
        """Write one message into a channel, in the company's language.

        :param news: of one channel and company, as the service
        """
        company = company or self.env.company
        service = as_service(self, company).with_context(
            lang=company.partner_id.lang or self.env.lang
        )
        news = service.env["lead.distribution.channel.news"].browse(news.ids)
        parts = []
        for route, ours in news.grouped("route_id").items():
            by_event = ours.grouped("event")
            parts += [
                news._told(route, event, by_event[event])
                for event in EVENTS
                if event in by_event
            ]
        channel.with_env(service.env).message_post(
            body=Markup("").join(parts),
            author_id=self.env.ref("base.partner_root").id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )

    @api.model
    def _told(self, route, event, news):
        """Tell of one event of a route: how many leads, whose, and the first of them.

        :returns: Markup
        """
        _ = self.env._
        leads = news.lead_id
        counts = {}
        for one in news:
            if one.user_id:
                counts[one.user_id.name] = counts.get(one.user_id.name, 0) + 1
        people = ", ".join(
            f"{name} {number}" for name, number in sorted(counts.items())
        )
        values = {"route": route.name, "count": len(leads)}
        title = {
            "assigned": _("%(route)s: %(count)s assigned", **values),
            "offered": _("%(route)s: %(count)s offered", **values),
            "expired": _("%(route)s: %(count)s not claimed in time", **values),
            "pooled": _("%(route)s: %(count)s in the pool", **values),
            "missed": _("%(route)s: %(count)s not followed up in time", **values),
        }[event]
        by_lead = news.grouped("lead_id")
        lines = []
        for lead in leads[:LISTED]:
            name = lead.name if route.channel_with_name else _("Lead %s", lead.id)
            link = Markup('<a href="%s/odoo/crm/%s">%s</a>') % (
                lead.get_base_url(),
                lead.id,
                name,
            )
            whose = ", ".join(by_lead[lead].user_id.mapped("name"))
            lines.append(
                Markup("<li>%s%s</li>") % (link, f": {whose}" if whose else "")
            )
        if len(leads) > LISTED:
            more = _("and %s more", len(leads) - LISTED)
            lines.append(Markup("<li>%s</li>") % more)
        return Markup("<p><b>%s</b>%s</p><ul>%s</ul>") % (
            title,
            f" ({people})" if people and len(leads) > 1 else "",
            Markup("").join(lines),
        )


class LeadDistributionNotification(models.AbstractModel):
    _inherit = "lead.distribution.notification"

    @api.model
    def _send_more_step(self, limit):
        return super()._send_more_step(limit) or self.env[
            "lead.distribution.channel.news"
        ]._post_step(limit)

"""How salespeople are told of leads: as the company says, or as they chose (P10)."""

import pytz

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...engine import telling
from .res_users import GROUP


class ResCompany(models.Model):
    _inherit = "res.company"

    lead_tell_assigned = fields.Selection(
        lambda self: self.env["res.users"]._lead_ways("assigned"),
        string="Notify of New Leads",
        default="mail",
        required=True,
        groups="base.group_user",
        help="How salespeople are notified by default.",
    )
    lead_tell_offered = fields.Selection(
        lambda self: self.env["res.users"]._lead_ways("offered"),
        string="Notify of Offers",
        default="mail",
        required=True,
        groups="base.group_user",
        help="How salespeople are notified by default.",
    )


class ResUsers(models.Model):
    _inherit = "res.users"

    lead_tell_assigned = fields.Selection(
        lambda self: self._lead_ways("assigned"),
        string="New Leads",
        groups=GROUP,
        help="Empty: company setting. SMS only with a phone number; otherwise an "
        "email is sent.",
    )
    lead_tell_offered = fields.Selection(
        lambda self: self._lead_ways("offered"),
        string="Offers",
        groups=GROUP,
        help="Empty: company setting. A notification in Odoo is sent in any case.",
    )
    lead_quiet_from = fields.Float(string="Quiet from", groups=GROUP)
    lead_quiet_to = fields.Float(
        string="Quiet to",
        groups=GROUP,
        help="In your time zone. The same start and end: no quiet hours. Emails and "
        "SMS wait and arrive together at the end; notifications in Odoo are "
        "silent. You are notified at once of offers that would expire earlier.",
    )

    @api.model
    def _lead_ways(self, event):
        """Return the ways of being told, as values of a selection.

        :param event: ``assigned`` or ``offered``
        """
        _ = self.env._
        ways = [
            (telling.BELL, _("Notification in Odoo")),
            (telling.MAIL, _("Notification in Odoo and email")),
            (telling.DIGEST, _("Notification in Odoo, and one email a day")),
        ]
        if "sms.sms" in self.env:
            ways.append((telling.SMS, _("Notification in Odoo and SMS")))
        if event != "offered":
            ways.append((telling.NONE, _("Not at all")))
        return ways

    @api.constrains("lead_quiet_from", "lead_quiet_to")
    def _check_lead_quiet(self):
        for user in self:
            if not (0 <= user.lead_quiet_from < 24 and 0 <= user.lead_quiet_to < 24):
                raise ValidationError(
                    self.env._("Quiet hours are hours of a day, from 0:00 to 23:59.")
                )

    def _lead_sms_number(self):
        """Return the number for text messages; "" without one, or without Odoo's
        SMS."""
        self.ensure_one()
        if "sms.sms" not in self.env:
            return ""
        # sudo: a salesperson's number, to write to it
        return self.sudo().partner_id.phone_sanitized or ""

    def _lead_way_wanted(self, event, company):
        """Return how somebody wants to be told, whether that can be done or not."""
        self.ensure_one()
        name = f"lead_tell_{event}"
        # sudo: what they chose, to do it and not to tell
        way = self.sudo()[name] or company.sudo()[name] or telling.MAIL
        if event == "offered" and way == telling.NONE:
            return telling.BELL
        return way

    def _lead_way(self, event, company):
        """Return how somebody is told, a code of ``engine/telling.py``."""
        way = self._lead_way_wanted(event, company)
        if way == telling.SMS and not self._lead_sms_number():
            return telling.MAIL
        return way

    def _lead_zone(self, company):
        """Return the time zone in which their quiet hours are."""
        # sudo: of colleagues, to keep it
        return pytz.timezone(self.sudo().tz or str(company._lead_timezone()))

    def _lead_is_quiet(self, company, deadline=None):
        """Whether the bell is silent now.

        :param deadline: naive UTC; the bell rings for what is over before quiet hours
        """
        # sudo: what they chose, to do it and not to tell
        start, end = self.sudo().lead_quiet_from, self.sudo().lead_quiet_to
        if start == end:
            return False
        return bool(self._lead_hold("mail", company, deadline))

    def _lead_rings(self, event, company):
        """Whether the bell rings for something that has no deadline."""
        way = self._lead_way_wanted(event, company)
        return way != telling.NONE and not self._lead_is_quiet(company)

    def _lead_ring(self, kind, payload, deadline=None):
        """Ring the bell of these users, but of those for whom it is silent now.

        :param kind, payload: of the bus
        :param deadline: see :meth:`_lead_is_quiet`
        """
        for user in self:
            if not user._lead_is_quiet(self.env.company, deadline):
                user._bus_send(kind, payload)

    def _lead_message_waits(self, deadline=None):
        """Let a message of Odoo's own wait for the end of somebody's quiet hours.

        :param deadline: see :meth:`_lead_is_quiet`
        :returns: what ``message_notify`` is told for it
        """
        # sudo: what they chose, to do it and not to tell
        start, end = self.sudo().lead_quiet_from, self.sudo().lead_quiet_to
        if start == end:
            return {}
        until = self._lead_hold("mail", self.env.company, deadline)
        return {"scheduled_date": until} if until else {}

    def _lead_hold(self, way, company, deadline=None):
        """Tell until when a message to them waits.

        :param way: a code of ``engine/telling.py``
        :param deadline: naive UTC
        :returns: naive UTC; None for what does not wait
        """
        self.ensure_one()
        zone = self._lead_zone(company)

        def local(moment):
            there = pytz.utc.localize(moment).astimezone(zone)
            return there.replace(tzinfo=None)

        # sudo: what they chose, to do it and not to tell
        user = self.sudo()
        until = telling.hold_until(
            way,
            local(fields.Datetime.now()),
            user.lead_quiet_from,
            user.lead_quiet_to,
            local(deadline) if deadline else None,
        )
        if not until:
            return None
        return zone.localize(until).astimezone(pytz.utc).replace(tzinfo=None)


class LeadDistributionCompanySettings(models.AbstractModel):
    _inherit = "lead.distribution.company.settings"

    lead_tell_assigned = fields.Selection(
        related="company_id.lead_tell_assigned", readonly=False, required=True
    )
    lead_tell_offered = fields.Selection(
        related="company_id.lead_tell_offered", readonly=False, required=True
    )

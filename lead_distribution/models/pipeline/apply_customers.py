"""The one place where customers change hands, whoever asks: a rule, or somebody who
hands over what a salesperson has."""

from markupsafe import Markup

from odoo import api, models


class LeadDistributionApply(models.AbstractModel):
    _inherit = "lead.distribution.apply"

    @api.model
    def _assign_customers(self, context, to, traces, line_of, mail_pending=False):
        """Give customers to salespeople, with all that follows; contacts of theirs with
        the same salesperson go with them.

        :param to: ``{partner_id: user_id}``
        :param traces: ``{partner_id: trace}``
        :param line_of: function of an environment, in the language of the chatter; it
            returns a function of a partner's id, the line that says why
        :param mail_pending: whether a mail about each is to be sent
        """
        partners = self.env["res.partner"].browse(to)
        Assignment = self.env["lead.distribution.assignment"]
        before = Assignment.search(
            [
                ("partner_id", "in", partners.ids),
                ("lead_id", "=", False),
                ("state", "=", "assigned"),
            ]
        )
        before._of_customers().write({"state": "released", "date_response": context.at})
        former = {partner.id: partner.user_id for partner in partners}
        contacts = self.env["res.partner"].search(
            [
                ("commercial_partner_id", "in", partners.ids),
                ("id", "not in", partners.ids),
                ("user_id", "!=", False),
            ]
        )
        along = contacts.filtered(
            lambda contact: contact.user_id == former[contact.commercial_partner_id.id]
        ).grouped("commercial_partner_id")
        for user_id, ours in partners.grouped(lambda partner: to[partner.id]).items():
            with_them = ours.union(*(along.get(p, p.browse()) for p in ours))
            with_them.write({"user_id": user_id})
        values = [
            {
                **context.of_row(),
                "partner_id": partner.id,
                "user_id": to[partner.id],
                "previous_user_id": former[partner.id].id,
                "trace": traces[partner.id],
                "mail_pending": mail_pending,
                "state": "assigned",
                "reason": "rule" if context.rule else context.trigger,
                "units": 0.0,  # units are of leads
            }
            for partner in partners
        ]
        Assignment._create_alike(values)
        self._tell_of_customers(context, partners, line_of)

    @api.model
    def _tell_of_customers(self, context, partners, line_of):
        """Write a chatter line on each customer, and ring who got them."""
        lang = context.company.partner_id.lang or self.env.lang
        env = self.with_context(lang=lang).env
        line, bodies = line_of(env), {}
        for partner in partners:
            bodies[partner.id] = Markup("%s<br/>%s") % (
                env._("Assigned to %s", partner.user_id.name),
                line(partner.id),
            )
        partners._message_log_batch(bodies=bodies)
        for user, theirs in partners.grouped("user_id").items():
            _ = self.with_context(lang=user.lang or self.env.lang).env._
            user._lead_ring(
                "simple_notification",
                {
                    "type": "info",
                    "title": _("New customers"),
                    "message": theirs.name
                    if len(theirs) == 1
                    else _("New customers for you: %s", len(theirs)),
                },
            )

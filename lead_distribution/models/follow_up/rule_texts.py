"""Why a rule moved something, in words, and who is told."""

from markupsafe import Markup

from odoo import api, fields, models

from ...engine import text as texts
from ...tools.locale import moment
from ...tools.service_context import outside


class LeadDistributionRule(models.Model):
    _inherit = "lead.distribution.rule"

    def _move(self, context, leads):
        """Hand leads over as this rule says.

        :param context: ``DistributionContext``, with this rule
        :returns: the ledger's new rows
        """
        self.ensure_one()
        runner = self.env["lead.distribution.rule.runner"]
        return runner._move_by_rule(context, leads)

    @api.model
    def _rule_line(self, context):
        """Prepare the lines that the chatter has about a rule.

        :returns: a function of a lead's id, the line about the rule in the chatter
        """
        rule = context.rule.with_env(self.env)
        zone = str((context.company or self.env.company)._lead_timezone())
        service = self.with_context(tz=zone)

        def line(lead_id):
            return service._rule_in_words(rule, context.rule_evidence.get(lead_id))

        return line

    @api.model
    def _rule_in_words(self, rule, about):
        """Tell why a rule moved something.

        :param about: ``[rule_id, kind, untouched since, moves so far]``
        :returns: why a rule moved it, as plain text
        """
        _ = self.env._
        _rule_id, kind, since, _moves = about or (None, rule.kind, False, 0)
        values = {"rule": rule.name or _("(deleted)"), "date": "?"}
        if since:
            values["date"] = moment(self.env, fields.Datetime.to_datetime(since))
        if kind == "no_follow_up":
            return _(
                "Moved by the rule “%(rule)s”: no follow-up since %(date)s", **values
            )
        if kind == "no_first_follow_up":
            return _(
                "Moved by the rule “%(rule)s”: no first follow-up since %(date)s",
                **values,
            )
        if kind == "no_sales":
            return _("Moved by the rule “%(rule)s”: no sale since %(date)s", **values)
        if rule.entity == "customer":
            return _("Moved by the rule “%(rule)s”: it had no salesperson", **values)
        return _("Moved by the rule “%(rule)s”: no route took it", **values)

    @api.model
    def _explain_rule(self, row, trace):
        """Return the rule of a ledger row in the reader's words, "" if none."""
        about = trace.get("rule")
        if not about:
            return ""
        rule = row.rule_id or row.rule_id.browse(about[0]).exists()
        text = self._rule_in_words(rule, about)
        if about[3]:
            text = self.env._(
                "%(why)s (earlier moves without a follow-up: %(count)s)",
                why=text,
                count=about[3],
            )
        return text

    @api.model
    def _notify_losers(self, context, records, owners):
        """Who lost what, and why: one message for each of them.

        :param owners: ``{record id: res.users}`` before
        """
        lost = {}
        for record in records:
            user = owners[record.id]
            if user and record.user_id != user:
                lost.setdefault(user, []).append(record)
        for user, mine in lost.items():
            if not user.active:
                continue
            lang = user.lang or self.env.lang
            rule = context.rule.with_context(lang=lang)
            service = self.with_context(lang=lang, tz=user.tz)
            _ = service.env._
            lines = [
                Markup("%s<br/>%s")
                % (
                    record.display_name,
                    service._rule_in_words(rule, context.rule_evidence.get(record.id)),
                )
                for record in mine
            ]
            subject = _("To a colleague or to the pool: %s", len(mine))
            if len(mine) == 1:
                subject = _("“%s” is no longer assigned to you", mine[0].display_name)
            self._notify_changed(user, rule.name, subject, lines, rule)

    @api.model
    def _notify_changed(self, user, title, subject, lines, about=None):
        """A message, and a word on the screen for who looks at it now.

        :param lines: of what is theirs, or is not any more
        :param about: the record that the message is of, one that the user may read
        """
        items = Markup("").join(Markup("<li>%s</li>") % line for line in lines[:100])
        outside(self.env["mail.thread"]).with_context(
            lang=user.lang or self.env.lang
        ).message_notify(
            partner_ids=user.partner_id.ids,
            subject=texts.header(subject),
            body=Markup("<p>%s</p><ul>%s</ul>") % (subject, items),
            model=about._name if about else False,
            res_id=about.id if about else False,
            **user._lead_message_waits(),
        )
        user._lead_ring(
            "simple_notification",
            {"type": "warning", "title": title, "message": subject},
        )

"""Words about people in chatter, meetings, notices and hints."""

import re

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, html2plaintext

from ...tools.batch import isolated
from ...tools.redacting_log import redacting_logger

_logger = redacting_logger(__name__)


class LeadDistributionPrivacy(models.AbstractModel):
    _inherit = "lead.distribution.privacy"

    @api.model
    def _anonymize_chatter(self, records):
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
        self._anonymize_feedback(activities)
        still = activities.filtered("active")
        still.unlink()
        self._anonymize_done(activities - still)
        self._anonymize_waiting(records)

    @api.model
    def _anonymize_done(self, activities):
        activities.write({"summary": False, "note": False, "feedback": False})
        # it holds the record's former name
        self.env.add_to_compute(activities._fields["res_name"], activities)

    @api.model
    def _anonymize_feedback(self, activities):
        """Dialogs in which somebody finished these tasks."""
        self.env["lead.distribution.task.finish"].search(
            [("activity_ids", "in", activities.ids)]
        ).unlink()

    @api.model
    def _anonymize_meetings(self, leads):
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
        self._anonymize_chatter(meetings)

    @api.model
    def _anonymize_dialogs(self, leads):
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
    def _anonymize_notices(self, partners, leads):
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
        # whole words: "Ann" is also a part of "Joanna", who is somebody else
        words = "|".join(re.escape(name) for name in names)
        named = re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)

        def naming(records, *names_of_fields):
            return records.filtered(
                lambda record: any(
                    named.search(html2plaintext(record[field] or ""))
                    for field in names_of_fields
                )
            )

        naming(
            self.env["mail.message"].search(
                Domain("model", "in", ["lead.distribution.rule", "crm.team"])
                & Domain("message_type", "=", "user_notification")
                & told("subject", "body")
            ),
            "subject",
            "body",
        ).unlink()
        naming(
            self.env["mail.mail"].search(
                Domain("state", "in", ["exception", "cancel"])
                & Domain("auto_delete", "=", True)
                & told("subject", "body_html")
            ),
            "subject",
            "body_html",
        ).unlink()

    @api.model
    def _anonymize_hints(self, partners, leads):
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
                """UPDATE crm_lead l SET identity_evidence = NULL, identity_flag = NULL
                     FROM (SELECT id, identity_evidence AS about FROM crm_lead
                            WHERE identity_flag IS NOT NULL) AS said
                    WHERE said.id = l.id AND %s""",
                tie,
            )
        )
        self.env.invalidate_all()

    @api.model
    def _anonymize_reported(self, name, records):
        """What salespeople wrote when they reported leads, and what they were answered.

        :param name: the field by which a report is about these records
        """
        # sudo: whoever's reports they are
        reports = self.env["lead.distribution.reported"].sudo()
        written = {"user_id": ("reason",), "by_user_id": ("answer",)}
        reports.search([(name, "in", records.ids)]).write(
            dict.fromkeys(written.get(name, ("reason", "answer")), False)
        )

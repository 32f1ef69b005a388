"""What came in and became no lead: answers of machines, and what cannot be read."""

from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import LockError, UserError
from odoo.tools import clean_context, email_normalize, plaintext2html

from ...engine import text as texts
from ...tools.batch import drop_some
from ...tools.service_context import from_gateway, telling_nothing

#: for how long it is kept
DAYS = 90
#: how many one step of the clean-up deletes
ROWS_PER_STEP = 1000


class LeadDistributionNotLead(models.Model):
    """Something that came in by mail, a webhook or a file, and is no lead.

    Kept by the distribution alone, for a manager to look through and to make a lead
    of where it is one after all; deleted after :data:`DAYS` days.
    """

    _name = "lead.distribution.not.lead"
    _description = "Not a Lead"
    _order = "date desc, id desc"

    name = fields.Char(string="Subject", readonly=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, ondelete="cascade", readonly=True
    )
    date = fields.Datetime(
        string="Received on",
        required=True,
        default=fields.Datetime.now,
        index=True,
        readonly=True,
    )
    channel = fields.Selection(
        [("mail", "Mail"), ("webhook", "Webhook"), ("file", "File")],
        string="Came by",
        required=True,
        readonly=True,
    )
    source_id = fields.Many2one("utm.source", ondelete="set null", readonly=True)
    email_from = fields.Char(string="Sender", readonly=True)
    reply_to = fields.Char(string="Answers to", readonly=True)
    email_normalized = fields.Char(
        compute="_compute_email_normalized", store=True, index="btree_not_null"
    )
    body = fields.Html(string="Text", readonly=True)
    payload = fields.Text(string="As Received", readonly=True)
    attachment_ids = fields.One2many(
        "ir.attachment",
        "res_id",
        domain=[("res_model", "=", "lead.distribution.not.lead")],
        string="Attachments",
        readonly=True,
    )
    reason = fields.Selection(
        [
            ("automatic", "Automatic answer"),
            ("bounce", "Delivery report"),
            ("list", "Newsletter"),
            ("unread", "Could not be read"),
        ],
        required=True,
        readonly=True,
    )
    detail = fields.Char(string="Details", readonly=True, help="How it was recognised.")
    state = fields.Selection(
        [("open", "To look at"), ("lead", "Lead created"), ("dismissed", "Not a lead")],
        required=True,
        default="open",
        readonly=True,
    )
    lead_id = fields.Many2one("crm.lead", index="btree_not_null", readonly=True)
    reference = fields.Char(
        readonly=True, help="The number that the sender gave it: it is kept once."
    )
    values = fields.Json(
        readonly=True,
        groups="base.group_system",
        help="Values for a lead created from it, such as the team of its alias.",
    )

    _reference_idx = models.Index("(reference) WHERE reference IS NOT NULL")

    @api.depends("email_from")
    def _compute_email_normalized(self):
        for record in self:
            line = texts.is_line(record.email_from or "")
            record.email_normalized = line and email_normalize(record.email_from)

    @api.model
    def _keep(self, company, vals, attachments=()):
        """Put something that is no lead into the list, once.

        :param company: ``res.company`` that it came in for
        :param vals: ``channel`` and ``reason``, and what else is known
        :param attachments: ``[(name, content), ...]``, content as text or bytes
        :returns: the record, with the rights of whoever asked; that of before when the
            same ``reference`` came by the same channel
        """
        # sudo: whatever delivers it may not write the list
        records = self.sudo().with_context(clean_context(self.env.context))
        if vals.get("reference"):
            vals = {**vals, "reference": vals["reference"][: texts.LINE]}
            known = records.search(
                [
                    ("reference", "=", vals["reference"]),
                    ("channel", "=", vals["channel"]),
                    ("company_id", "=", company.id),
                ],
                limit=1,
            )
            if known:
                return known.with_env(self.env)
        clean = {"company_id": company.id}
        for name, value in vals.items():
            if isinstance(value, str):
                several = self._fields[name].type in ("text", "html")
                value = (texts.several_lines if several else texts.one_line)(value)
            clean[name] = value
        record = records.create(clean)
        if attachments:
            # sudo: as above
            self.env["ir.attachment"].sudo().create(
                [
                    {
                        "name": texts.one_line(name or "attachment"),
                        "raw": content.encode()
                        if isinstance(content, str)
                        else content,
                        "res_model": self._name,
                        "res_id": record.id,
                    }
                    for name, content in attachments
                ]
            )
        return record.with_env(self.env)

    # what managers do with it ---------------------------------------------------

    def action_make_lead(self):
        """Make a lead of each of these, and let it be distributed.

        :returns: the action that shows the lead, or the list of leads
        :raises AccessError: for who is no manager of the distribution
        :raises UserError: where a lead was made already, or is being made
        """
        records = self._managed()
        made = records.filtered("lead_id")
        if made:
            raise UserError(
                self.env._(
                    "A lead has already been created from “%s”.", made[0].display_name
                )
            )
        leads = self.env["crm.lead"]
        for record in records:
            lead = record._make_lead()
            record.write({"state": "lead", "lead_id": lead.id})
            leads |= lead
        action = self.env["ir.actions.act_window"]._for_xml_id("crm.crm_lead_all_leads")
        leads = leads.with_env(self.env)
        if len(leads) == 1 and leads.has_access("read"):
            return leads.get_formview_action()
        return {**action, "domain": [("id", "in", leads.ids)], "context": {}}

    def action_dismiss(self):
        """Say that these are no leads, so that nobody looks at them again.

        :returns: True
        :raises AccessError: for who is no manager of the distribution
        """
        self._managed().filtered(lambda record: record.state == "open").write(
            {"state": "dismissed"}
        )
        return True

    def _managed(self):
        """Check that the user manages these, and keep others from them meanwhile.

        :returns: them, with the rights to write them
        """
        records = self.exists()
        records.check_access("read")
        # sudo: managers may read them; nobody writes them but these actions
        records = records.sudo()
        try:
            records.lock_for_update()
        except LockError as error:
            raise UserError(
                self.env._("Somebody else is working on it. Please try again.")
            ) from error
        return records

    def _make_lead(self):
        """Hook: make the lead of one of these, as if it had come in right now.

        :returns: the ``crm.lead``, as superuser
        """
        self.ensure_one()
        context = telling_nothing(clean_context(self.env.context))
        # sudo: the lead is made as the mail gateway makes it, for whoever gets it
        gateway = self.with_user(SUPERUSER_ID).with_company(self.company_id)
        context.update(mail_create_nosubscribe=True, mail_create_nolog=True)
        gateway = gateway.with_context(context)  # pylint: disable=context-overridden
        values = {"company_id": self.company_id.id, **(self.values or {})}
        if self.source_id:
            values.setdefault("source_id", self.source_id.id)
        text = gateway.body or plaintext2html(self.payload or "")
        msg_dict = {
            "subject": self.name,
            "from": self.email_from,
            "email_from": self.email_from,
            "body": text,
            "reply_to": self.reply_to,
            "attachments": [(x.name, x.raw or b"") for x in gateway.attachment_ids],
        }
        lead = from_gateway(gateway.env["crm.lead"]).message_new(msg_dict, values)
        lead = lead.with_env(gateway.env)
        attachments = gateway.attachment_ids
        attachments.write({"res_model": "crm.lead", "res_id": lead.id})
        lead.message_post(
            author_id=False,
            email_from=self.email_from,
            subject=self.name,
            body=text,
            message_type="email",
            subtype_id=lead._creation_subtype().id,
            attachment_ids=attachments.ids,
        )
        return lead

    # clean-up ---------------------------------------------------------------------

    @api.autovacuum
    def _gc_old(self):
        """Delete what was kept long enough, a block at a time.

        :returns: ``(number deleted, whether more remain)``
        """
        before = fields.Datetime.now() - timedelta(days=DAYS)
        return drop_some(self, [("date", "<", before)], ROWS_PER_STEP)

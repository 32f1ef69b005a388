"""What came of importing a file of leads."""

from datetime import timedelta

from odoo import Command, api, fields, models

from ...tools.batch import drop_some

#: for how long it is kept, as long as what became no lead
DAYS = 90
ROWS_PER_STEP = 1000
#: lines of one summary; more say nothing more
MOST_LINES = 2000


class LeadDistributionImport(models.Model):
    """A file of leads that somebody imported. Kept by the distribution alone."""

    _name = "lead.distribution.import"
    _description = "Import of Leads"
    _order = "date desc, id desc"

    name = fields.Char(string="File", readonly=True)
    format_name = fields.Char(
        string="Format", readonly=True, help="Recognised by the titles of its columns."
    )
    date = fields.Datetime(
        string="Imported on", default=fields.Datetime.now, readonly=True, index=True
    )
    user_id = fields.Many2one(
        "res.users", string="Imported by", ondelete="set null", readonly=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, ondelete="cascade", readonly=True
    )
    number = fields.Integer(
        index=True, readonly=True, help="The number of Odoo's import of the file."
    )
    new_count = fields.Integer(string="New", readonly=True)
    repeated_count = fields.Integer(
        string="Repeated", readonly=True, help="The source had delivered them before."
    )
    incomplete_count = fields.Integer(
        string="Incomplete",
        readonly=True,
        help="New leads without a source, or with neither email nor phone.",
    )
    refused_count = fields.Integer(
        string="No Leads", readonly=True, help="Rows that did not become a lead."
    )
    lead_ids = fields.Many2many(
        "crm.lead",
        "lead_distribution_import_lead_rel",
        string="Leads",
        readonly=True,
        copy=False,
    )
    line_ids = fields.One2many(
        "lead.distribution.import.line", "import_id", string="Rows", readonly=True
    )

    @api.model
    def _note(self, importer, lead_ids, last_id, skipped, converted):
        """Keep what came of a file, or of the next part of one.

        :param importer: ``base_import.import``
        :param lead_ids: of the rows imported, in their order
        :param last_id: the highest id of a lead before
        :param skipped: how many leads of the file came before these
        :param converted: :class:`.lead_files.Converted`, None for files of no format
        :returns: the summary, as superuser
        """
        # sudo: nobody writes a summary but this; it is of the one who imports
        records = self.sudo()
        summary = records.search(
            [("number", "=", importer.id), ("user_id", "=", self.env.uid)], limit=1
        )
        if not summary:
            summary = records.create(
                {
                    "name": importer.file_name or self.env._("File"),
                    "format_name": converted.template.label if converted else False,
                    "user_id": self.env.uid,
                    "company_id": self.env.company.id,
                    "number": importer.id,
                }
            )
            if converted:
                summary._add_refused(converted.refused)
        summary._add_leads(lead_ids, last_id, skipped, converted)
        return summary

    def _add_refused(self, refused):
        """Keep the rows that are no leads, for a person to look through.

        :param refused: see :class:`.lead_files.Converted`
        """
        self.refused_count += len(refused)
        reasons = {
            "nobody": self.env._("It does not say who is asking or how to reach them."),
            "test": self.env._("A test sent by the platform, not an inquiry."),
        }
        self._add_lines(
            [
                {"row": row, "kind": "refused", "reason": reasons[code]}
                for row, code, _text in refused
            ]
        )
        for row, code, text in refused:
            if code == "nobody":
                self.env["lead.distribution.not.lead"]._keep(
                    self.company_id,
                    {
                        "channel": "file",
                        "reason": "unread",
                        "name": self.env._(
                            "%(file)s, row %(row)s", file=self.name, row=row
                        ),
                        "detail": reasons[code],
                        "payload": text,
                    },
                )

    def _add_leads(self, lead_ids, last_id, skipped, converted):
        """Count the leads of rows, and say which ones need a look."""
        seen = set(self.lead_ids.ids)
        new, lines = [], []
        # titles are row 1 where the file is of no known format
        rows = converted.rows if converted else range(2, skipped + len(lead_ids) + 2)
        rows = rows[skipped : skipped + len(lead_ids)]
        leads = self.env["crm.lead"].browse(dict.fromkeys(lead_ids))
        incomplete = set(leads.filtered("intake_incomplete").ids)
        for row, lead_id in zip(rows, lead_ids, strict=False):
            if lead_id <= last_id or lead_id in seen:
                lines.append(
                    {
                        "row": row,
                        "kind": "repeated",
                        "lead_number": lead_id,
                        "reason": self.env._("Delivered before: it is this lead."),
                    }
                )
                self.repeated_count += 1
                continue
            seen.add(lead_id)
            new.append(lead_id)
            if lead_id in incomplete:
                lines.append(
                    {
                        "row": row,
                        "kind": "incomplete",
                        "lead_number": lead_id,
                        "reason": self.env._(
                            "Without a source, or with neither email nor phone."
                        ),
                    }
                )
                self.incomplete_count += 1
        self.new_count += len(new)
        self.lead_ids = [Command.link(lead_id) for lead_id in new]
        self._add_lines(lines)

    def _add_lines(self, lines):
        room = max(MOST_LINES - len(self.line_ids), 0)
        # sudo: as the summary
        self.env["lead.distribution.import.line"].sudo().create(
            [{"import_id": self.id, **line} for line in lines[:room]]
        )

    @api.model
    def action_of_file(self, number):
        """Open what came of the file that the user just imported.

        :param number: of Odoo's import
        :returns: an action, False where there is no summary of theirs
        """
        if type(number) is not int:
            return False
        found = self.search(
            [("number", "=", number), ("user_id", "=", self.env.uid)], limit=1
        )
        if not found:
            return False
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import of Leads"),
            "res_model": self._name,
            "res_id": found.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "current",
        }

    def action_open_leads(self):
        """List the leads that the file brought, as far as the user may see them."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm.crm_lead_all_leads")
        return dict(action, domain=[("id", "in", self.lead_ids.ids)], context={})

    @api.autovacuum
    def _gc_old(self):
        """Delete what was kept long enough, a block at a time.

        :returns: ``(number deleted, whether more remain)``
        """
        before = fields.Datetime.now() - timedelta(days=DAYS)
        return drop_some(self, [("date", "<", before)], ROWS_PER_STEP)


class LeadDistributionImportLine(models.Model):
    """A row of a file that needs a look."""

    _name = "lead.distribution.import.line"
    _description = "Row of an Import of Leads"
    _order = "row, id"

    import_id = fields.Many2one(
        "lead.distribution.import",
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
    )
    row = fields.Integer(readonly=True, help="In the file, the titles counted.")
    kind = fields.Selection(
        [
            ("repeated", "Repeated"),
            ("incomplete", "Incomplete"),
            ("refused", "Not a lead"),
        ],
        required=True,
        readonly=True,
    )
    lead_number = fields.Integer(
        string="Number of the Lead",
        readonly=True,
        help="Only a number: the name would reveal whose lead it is now.",
    )
    reason = fields.Char(readonly=True)

    def action_open_lead(self):
        """Open the lead of the row, for who may read it."""
        self.ensure_one()
        return self.env["crm.lead"]._open_by_number(self.lead_number)

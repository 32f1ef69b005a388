from dataclasses import dataclass, field

from odoo import api, fields, models
from odoo.tools import SQL

from ..models.insight.health_finding import HEALTH_KINDS, SEVERITIES
from ..tools.scheduling import notification
from ..tools.service_context import FINDINGS_KEY

#: its first row gives the columns their types, and is no finding
_QUERY = """
    SELECT *
      FROM (VALUES
           (NULL::int, NULL::int, NULL::varchar, NULL::varchar, NULL::text,
            NULL::int, NULL::boolean)%s
           ) AS found (id, sequence, severity, kind, name, company_id, can_open)
     WHERE id IS NOT NULL
"""


@dataclass
class Findings:
    """What was found when a list was opened: ``{for whom: SQL of the rows}``."""

    queries: dict = field(default_factory=dict)


class LeadDistributionHealth(models.Model):
    """What is wrong with the set-up, in a line each, with a link to mend it (B3).

    There is no table behind it: whenever it is opened, the companies that the reader
    has chosen are looked at (see ``insight/health.py``), once for all the queries of a
    list. The id of a finding is the same as long as it is so.
    """

    _name = "lead.distribution.health"
    _description = "Health Check of the Lead Distribution"
    _auto = False
    _order = "sequence, id"

    sequence = fields.Integer(
        readonly=True, help="The lowest number is the most serious."
    )
    severity = fields.Selection(SEVERITIES, readonly=True)
    kind = fields.Selection(HEALTH_KINDS, string="About", readonly=True)
    name = fields.Text(string="Problem", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    can_open = fields.Boolean(
        readonly=True, help="Whether the reader may fix it there."
    )

    @property
    def _table_query(self):
        kept = self.env.context.get(FINDINGS_KEY)
        if not isinstance(kept, Findings):
            return self._findings_query()
        key = (self.env.uid, self.env.su, self.env.lang, self.env.companies.ids)
        key = repr(key)
        if key not in kept.queries:
            kept.queries[key] = self._findings_query()
        return kept.queries[key]

    @api.model
    def _findings_query(self):
        """Check the set-up of the reader's companies.

        :returns: ``SQL`` with a row for each finding
        """
        rows = [
            SQL(
                ", (%s, %s, %s, %s, %s, %s, %s)",
                number,
                place,
                finding.severity,
                finding.kind,
                finding.text,
                finding.company.id or None,
                self.env["lead.distribution.health.checks"]._health_may_open(finding),
            )
            for place, (number, finding) in enumerate(
                self.env["lead.distribution.health.checks"]
                ._health_numbered(self.env.companies)
                .items()
            )
        ]
        return SQL(_QUERY, SQL().join(rows))

    # one opening of the list asks several times: for rows, groups, their number

    def _once(self):
        """Return the same records, for one reading of what is found at its begin."""
        return self.with_context(**{FINDINGS_KEY: Findings()})

    @api.model
    @api.readonly
    def web_search_read(self, *args, **kwargs):
        once = self._once()
        return super(LeadDistributionHealth, once).web_search_read(*args, **kwargs)

    @api.model
    @api.readonly
    def web_read_group(self, *args, **kwargs):
        once = self._once()
        return super(LeadDistributionHealth, once).web_read_group(*args, **kwargs)

    def export_data(self, fields_to_export):
        once = self._once()
        return super(LeadDistributionHealth, once).export_data(fields_to_export)

    def action_open(self):
        """Go where it is mended.

        :returns: the action that opens it; or, when it is mended by now, or the reader
            cannot mend it, one that says so
        """
        self.ensure_one()
        self.browse().check_access("read")  # the finding itself may be gone
        finding = (
            self.env["lead.distribution.health.checks"]
            ._health_numbered(self.env.companies)
            .get(self.id)
        )
        if not finding:
            return notification(self.env._("This has already been fixed."), "success")
        return self.env["lead.distribution.health.checks"]._health_action(
            finding
        ) or notification(finding.text, "warning")

    def action_check_again(self):
        """Read the list again."""
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_audit(self):
        """Check each lead against the rows of the ledger about it.

        :returns: the action that says what was found, and shows the leads concerned
        """
        self.browse().check_access("read")
        return self.env["lead.distribution.audit"]._audit_action()

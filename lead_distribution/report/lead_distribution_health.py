from odoo import fields, models
from odoo.tools import SQL

from ..models.insight.health_finding import HEALTH_KINDS, SEVERITIES
from ..tools.scheduling import notification

#: its first row gives the columns their types, and is no finding
_QUERY = """
    SELECT *
      FROM (VALUES
           (NULL::int, NULL::int, NULL::varchar, NULL::varchar, NULL::text,
            NULL::int, NULL::boolean)%s
           ) AS found (id, sequence, severity, kind, name, company_id, can_open)
     WHERE id IS NOT NULL
"""


class LeadDistributionHealth(models.Model):
    """What is wrong with the set-up, in a line each, with a link to mend it (B3).

    There is no table behind it: whenever it is read, the companies that the reader has
    chosen are looked at (see ``insight/health.py``). The id of a finding is the same as
    long as it is so.
    """

    _name = "lead.distribution.health"
    _description = "Health Check of the Lead Distribution"
    _auto = False
    _order = "sequence, id"

    sequence = fields.Integer(readonly=True, help="The worst has the first.")
    severity = fields.Selection(SEVERITIES, readonly=True)
    kind = fields.Selection(HEALTH_KINDS, string="About", readonly=True)
    name = fields.Text(string="What Is Wrong", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    can_open = fields.Boolean(
        readonly=True, help="Whether the reader may mend it where it is mended."
    )

    @property
    def _table_query(self):
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
            return notification(self.env._("This is mended already."), "success")
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

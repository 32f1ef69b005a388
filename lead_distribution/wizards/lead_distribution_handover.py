from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.insight.handover import PARTS, Handover
from ..models.pipeline.lead_distribution import BUTTON_LIMIT


class LeadDistributionHandover(models.TransientModel):
    """Hands over what somebody has who leaves or moves, after showing who gets it."""

    _name = "lead.distribution.handover"
    _description = "Hand Over"
    _inherit = "lead.distribution.guard"

    user_id = fields.Many2one(
        "res.users",
        string="From",
        required=True,
        domain=[("share", "=", False)],
        context={"active_test": False},
    )
    to = fields.Selection(
        [("routes", "By the routes"), ("people", "To named people, evenly")],
        required=True,
        default="routes",
    )
    user_ids = fields.Many2many(
        "res.users", string="People", domain=[("share", "=", False)]
    )
    with_leads = fields.Boolean(string="Open Leads", default=True)
    with_offers = fields.Boolean(string="Open Offers", default=True)
    with_customers = fields.Boolean(string="Customers", default=True)
    with_tasks = fields.Boolean(string="Open Tasks", default=True)
    why = fields.Char(help="Shown to the salesperson who gets the lead.")
    count_leads = fields.Integer(compute="_compute_preview")
    count_offers = fields.Integer(compute="_compute_preview")
    count_customers = fields.Integer(compute="_compute_preview")
    count_tasks = fields.Integer(compute="_compute_preview")
    preview = fields.Html(compute="_compute_preview", sanitize=False)
    total = fields.Integer(compute="_compute_preview")

    def _handover(self, parts=None):
        """What is handed over, by what the dialog says."""
        self.ensure_one()
        people = self.user_ids._origin if self.to == "people" else self.user_ids[:0]
        chosen = {part for part in PARTS if self[f"with_{part}"]}
        return Handover(
            self.user_id._origin, people._origin, chosen if parts is None else parts
        )

    @api.depends(
        "user_id",
        "to",
        "user_ids",
        "with_leads",
        "with_offers",
        "with_customers",
        "with_tasks",
    )
    def _compute_preview(self):
        service = self.env["lead.distribution.handover.service"]
        service._check_manager()
        for wizard in self:
            wizard.preview, wizard.total = False, 0
            for part in PARTS:
                wizard[f"count_{part}"] = 0
            if not wizard.user_id:
                continue
            handover = wizard._handover(set(PARTS))
            handover.user.check_access("read")
            found = service._found(handover)
            for part in PARTS:
                wizard[f"count_{part}"] = sum(
                    len(parts.get(part, ())) for parts in found.values()
                )
            if wizard.to == "people" and not wizard.user_ids:
                continue
            handover = wizard._handover()
            service._check_handover(handover)
            found = service._found(handover)
            wizard.total = sum(
                len(r) for parts in found.values() for r in parts.values()
            )
            wizard.preview = wizard._shown(handover, found)

    def _shown(self, handover, found):
        """Show who would get how much of what.

        :param found: ``{company: {part: records}}``
        """
        _, service = self.env._, self.env["lead.distribution.handover.service"]
        got, first = {}, False
        for company, parts in found.items():
            first = first or any(len(r) > BUTTON_LIMIT for r in parts.values())
            parts = {part: parts[part][:BUTTON_LIMIT] for part in parts}
            for part, to in service._plan(handover, company, parts).items():
                for user_id in to.values():
                    line = got.setdefault(user_id or 0, dict.fromkeys(PARTS, 0))
                    line[part] += 1
        if not got:
            return False
        # sudo: names alone, of colleagues in the asker's companies
        names = {u.id: u.name for u in self.env["res.users"].sudo().browse(list(got))}
        names[0] = _("Nobody: it stays, or waits in the pool")
        columns = {
            "leads": _("Leads"),
            "offers": _("Offers"),
            "customers": _("Customers"),
            "tasks": _("Tasks"),
        }
        columns = {part: columns[part] for part in PARTS if part in handover.parts}
        head = Markup("").join(
            Markup('<th class="text-end">%s</th>') % text for text in columns.values()
        )
        rows = Markup("").join(
            Markup("<tr><td>%s</td>%s</tr>")
            % (
                names[user_id],
                Markup("").join(
                    Markup('<td class="text-end">%s</td>') % (got[user_id][part] or "")
                    for part in columns
                ),
            )
            for user_id in sorted(got, key=lambda i: (not i, names[i]))
        )
        table = Markup(
            '<table class="table table-sm mb-0 o_lead_handover_table"><thead><tr>'
            "<th>%s</th>%s</tr></thead><tbody>%s</tbody></table>"
        ) % (_("Would Get"), head, rows)
        if first:
            note = _(
                "Shows the first %s of each. The others are handled the same way.",
                BUTTON_LIMIT,
            )
            table += Markup('<p class="lead_muted">%s</p>') % note
        return table

    def action_confirm(self):
        """Hand over, with the rights of whoever asks.

        :returns: the action that shows the run
        """
        self.ensure_one()
        self.check_access("write")
        if self.to == "people" and not self.user_ids:
            raise UserError(self.env._("Choose the people."))
        runs = self.env["lead.distribution.handover.service"]._hand_over(
            self._handover(), self.why
        )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "lead_distribution.lead_distribution_run_action"
        )
        if len(runs) == 1:
            return dict(action, views=[(False, "form")], res_id=runs.id)
        return dict(action, domain=[("id", "in", runs.ids)])

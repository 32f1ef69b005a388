from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

#: leads that the dialog names; of more it tells the number
LEADS_NAMED = 20


class LeadDistributionAnonymize(models.TransientModel):
    """Asks whether contacts are to be forgotten with their leads, and says what
    becomes of them: it cannot be undone.

    For administrators alone, like Odoo's own Privacy Lookup: it reaches into leads of
    every company and deletes messages, which nobody else may."""

    _name = "lead.distribution.anonymize"
    _description = "Anonymise Contacts"
    _inherit = "lead.distribution.guard"

    partner_ids = fields.Many2many(
        "res.partner",
        string="Contacts",
        required=True,
        context={"active_test": False},
    )
    about = fields.Html(compute="_compute_about", sanitize=False)
    understood = fields.Boolean(string="I know that this cannot be undone")

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        context = self.env.context
        model = context.get("active_model")
        if model in ("res.partner", "res.users") and "partner_ids" in fields_list:
            people = self.env[model].browse(context.get("active_ids", [])).exists()
            partners = people.partner_id if model == "res.users" else people
            values["partner_ids"] = [fields.Command.set(partners.ids)]
        return values

    def _check_administrator(self):
        """Leave anonymising to administrators.

        :raises AccessError: for everybody else
        """
        if not self.env.user.has_group("base.group_system"):
            raise AccessError(
                self.env._("Contacts are anonymised by administrators only.")
            )

    @api.depends("partner_ids")
    def _compute_about(self):
        _ = self.env._
        for wizard in self:
            wizard._check_administrator()
            service, partners, leads = self.env[
                "lead.distribution.privacy"
            ]._people_and_leads(wizard.partner_ids._origin)
            is_open = leads.filtered(lambda x: x.active and x.won_status == "pending")
            lines = [
                _(
                    "The contacts, with their other addresses (%s), are archived "
                    "without name, email, phone, address, picture and notes.",
                    len(partners),
                ),
                _(
                    "Their leads in all companies (%s) lose their subject, contact "
                    "data, notes and merged inquiries.",
                    len(leads),
                )
                + Markup("".join("<br/>%s" for _name in leads[:LEADS_NAMED]))
                % tuple(leads[:LEADS_NAMED].mapped("name")),
                _("Those of the leads that are open (%s) are lost.", len(is_open)),
                _(
                    "All messages, files and activities to do of these contacts and "
                    "leads are deleted; done activities and meetings lose their texts."
                ),
            ]
            if partners.user_ids:
                lines.append(
                    _(
                        "The users %s are archived and can no longer log in. Their "
                        "open leads go to the pool, their assignments show no name.",
                        ", ".join(partners.user_ids.mapped("login")),
                    )
                )
            stays = [
                _(
                    "Source, stage, salesperson, revenue and dates of the leads, and "
                    "with them all figures."
                ),
                _(
                    "Data of other apps, such as orders and invoices, and sent "
                    "emails. Use Odoo's Privacy Lookup first: it finds such records "
                    "while the name is known."
                ),
            ]
            wizard.about = Markup("").join(
                Markup("<h5>%s</h5><ul>%s</ul>")
                % (
                    title,
                    Markup("").join(Markup("<li>%s</li>") % line for line in texts),
                )
                for title, texts in (
                    (_("Action"), lines),
                    (_("Not changed"), stays),
                )
            )

    def action_confirm(self):
        """Anonymise the contacts, and all that this addon and CRM know of them.

        :returns: the action that reloads the page: messages that it shows are gone
        :raises AccessError: for who is no administrator
        """
        self.ensure_one()
        self._check_administrator()
        if not self.understood:
            raise UserError(
                self.env._("Tick that you know that this cannot be undone.")
            )
        self.env["lead.distribution.privacy"]._anonymize(self.partner_ids)
        return {"type": "ir.actions.client", "tag": "reload"}

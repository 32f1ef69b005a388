"""Units given or taken by a manager, for a reason: rows of the ledger like any other,
which count in the month of the correction (P8)."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import formatLang

from ...tools.service_context import as_service

#: more units at once are a typing error
MOST = 1000.0
#: so much of a reason is kept
LONGEST = 500


class LeadDistributionCorrection(models.AbstractModel):
    _name = "lead.distribution.correction"
    _description = "Lead Distribution: Correction"

    @api.model
    def _correct(self, company, users, units, reason, corrects=None, tell=True):
        """Write a row for each salesperson, and tell them.

        :param units: float, less than 0 to take some away
        :param corrects: the ``lead.distribution.assignment`` that it makes up for
        :param tell: whether they are told here
        :returns: the ledger's new rows, as superuser
        """
        ledger = as_service(self, company).env["lead.distribution.assignment"]
        rows = ledger.create(
            [
                {
                    "user_id": user.id,
                    "company_id": company.id,
                    "state": "corrected",
                    "reason": "correction",
                    "trigger": "button",
                    "date": fields.Datetime.now(),
                    "units": units,
                    "note": reason,
                    "by_user_id": self.env.uid,
                    "corrects_id": corrects.id if corrects else False,
                }
                for user in users
            ]
        )
        if tell:
            self._tell(rows)
        return rows

    @api.model
    def _tell(self, rows):
        """Tell salespeople what was given to them or taken, and why."""
        for row in rows:
            user = row.user_id
            if user == self.env.user:
                continue
            _ = self.with_context(lang=user.lang or self.env.lang).env._
            number = formatLang(self.env, abs(row.units), digits=2)
            values = {"units": number, "name": self.env.user.name, "why": row.note}
            body = (
                _(
                    "%(name)s added units to your workload: %(units)s (%(why)s)",
                    **values,
                )
                if row.units > 0
                else _(
                    "%(name)s removed units from your workload: %(units)s (%(why)s)",
                    **values,
                )
            )
            # sudo: a message to a salesperson, whose contact one need not read
            user.partner_id.sudo().message_notify(
                partner_ids=user.partner_id.ids,
                subject=_("Your leads of this month were corrected"),
                body=body,
                **user._lead_message_waits(),
            )

    @api.model
    def _check_manager(self):
        manager = self.env.user.has_group("lead_distribution.group_manager")
        if not manager and not self.env.su:
            raise AccessError(
                self.env._("Only managers of distribution can correct units.")
            )

    @api.model
    def _check_reason(self, reason):
        """Return the reason, without blanks around it.

        :raises UserError: when there is none
        """
        if not isinstance(reason, str) or not reason.strip():
            raise UserError(self.env._("Enter a reason. The salesperson can read it."))
        return reason.strip()[:LONGEST]

    @api.model
    def _check_units(self, units):
        """Return the units as a number.

        :raises UserError: when it is none, 0, or more than anybody means
        """
        number = isinstance(units, int | float) and not isinstance(units, bool)
        if not number or not 0 < abs(units) <= MOST:
            raise UserError(self.env._("Add or remove units, %s at most.", int(MOST)))
        return round(float(units), 4)


class ResUsers(models.Model):
    _inherit = "res.users"

    def action_correct_units(self, units, reason):
        """Give units to salespeople, or take some: they count this month, in the
        company chosen, and the salespeople are told.

        :param units: number, less than 0 to take some away
        :param reason: text, which the salespeople read
        :returns: ids of the ledger's new rows, one for each salesperson
        :raises AccessError: for everybody but managers of distribution, and for users
            of other companies
        :raises UserError: without a reason, or for units that are none
        """
        users, company = self.browse(self.ids).exists(), self.env.company
        self.env["lead.distribution.correction"]._check_manager()
        users.check_access("read")
        correction = self.env["lead.distribution.correction"]
        units = correction._check_units(units)
        reason = correction._check_reason(reason)
        # sudo: in which companies they work, to decide and not to tell
        for user in users.sudo():
            if user.share or company not in user.company_ids:
                raise AccessError(
                    self.env._("%s is no salesperson of this company.", user.name)
                )
        return correction._correct(company, users, units, reason).ids

    def action_ask_correction(self):
        """Open the dialog that asks for units and a reason.

        :returns: its action
        """
        self.env["lead.distribution.correction"]._check_manager()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Add or Remove Units"),
            "res_model": "lead.distribution.correct",
            "view_mode": "form",
            "target": "new",
            "context": {"default_user_ids": self.ids},
        }


class LeadDistributionAssignment(models.Model):
    _inherit = "lead.distribution.assignment"

    def action_take_back(self):
        """Take corrections back by contrary ones, which count now.

        :returns: ids of the new rows
        :raises UserError: for what is no correction, and for what was taken back
        """
        rows = self.browse(self.ids).exists()
        self.env["lead.distribution.correction"]._check_manager()
        rows.check_access("read")
        correction, made = self.env["lead.distribution.correction"], []
        for row in rows:
            if row.state != "corrected" or row.correction_ids or row.corrects_id:
                raise UserError(
                    self.env._("Only corrections can be taken back, and only once.")
                )
            reason = self.env._("Taken back: %s", row.note or "")[:LONGEST]
            made += correction._correct(
                row.company_id, row.user_id, -row.units, reason, corrects=row
            ).ids
        return made

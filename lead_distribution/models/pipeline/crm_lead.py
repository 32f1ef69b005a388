"""Leads on their way through the pipeline."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.constants import KEPT
from ...tools.service_context import (
    MAIL,
    MAIL_KEY,
    from_gateway,
    is_service,
    on_screen,
)
from .mail_gateway import mail_of, making_lead_of

#: what is told of the fields of a lead between a mail and its record
MAIL_ATTRIBUTES = ("type", "relation", "store", "required", "readonly")


class CrmLead(models.Model):
    _inherit = "crm.lead"

    distribution_why = fields.Char(
        string="Why",
        compute="_compute_distribution_why",
        groups="base.group_user",
        help="Why the lead is where it is, in a few words.",
    )
    arrival_date = fields.Datetime(
        string="Arrived on",
        compute="_compute_arrival_date",
        readonly=False,
        groups="base.group_user",
        help="When the inquiry was made. Files and programs that deliver it later say "
        "so; it then counts as created at that moment.",
    )

    @api.depends("create_date")
    def _compute_arrival_date(self):
        for lead in self:
            lead.arrival_date = lead.create_date

    intake_reading = fields.Json(readonly=True, copy=False, groups="base.group_system")
    intake_read = fields.Text(
        string="Read from",
        compute="_compute_intake_read",
        groups="base.group_user",
        help="Part of the email that names the sender. The email itself is below.",
    )

    @api.depends("intake_reading")
    @api.depends_context("lang")
    def _compute_intake_read(self):
        reading = self.env["lead.distribution.reading"]
        # sudo: where it was read, in words; raw it is for administrators
        for lead in self.sudo():
            lead.intake_read = reading._told(lead.intake_reading)

    @api.depends("distribution_state", "distribution_assignment_ids.state")
    @api.depends_context("lang")
    def _compute_distribution_why(self):
        latest = self.env["lead.distribution.assignment"]._latest_rows(self)
        labels = dict(
            self.env["lead.distribution.assignment"]
            ._fields["reason"]
            ._description_selection(self.env)
        )
        for lead in self:
            row = latest.get(lead.id)
            lead.distribution_why = labels.get(row.reason) if row else False

    @api.model
    def default_get(self, fields):
        # where a lead stands comes neither from the context nor from what users set as
        # their own defaults
        values = super().default_get([name for name in fields if name not in KEPT])
        values.update(self.env["lead.distribution.intake"]._harmless(values))
        for name in KEPT.intersection(fields):
            if self._fields[name].default:
                values[name] = self._fields[name].default(self)
        return values

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        mail = mail_of(self.env.context)
        if mail and not mail.is_described and attributes is None:
            # with each mail core asks which fields there are, and needs none of their
            # labels, helps and choices
            attributes = MAIL_ATTRIBUTES
        return super().fields_get(allfields, attributes)

    @api.model_create_multi
    def create(self, vals_list):
        self.check_access("create")  # before anything is looked for, or made
        mail = mail_of(self.env.context)
        if mail:
            mail.is_described = True
        vals_list = [self._with_ids(vals) for vals in vals_list]
        service = self.env["lead.distribution.intake"]
        records = service._without_kept_defaults(self)
        intake = service._intake_values(records, vals_list)
        fresh = super(CrmLead, records).create(intake.to_create)
        fresh._keep_arrivals(intake.arrivals)
        leads = intake.in_order(fresh)
        service._after_create(fresh, intake)
        fresh._after_intake(intake)
        return leads

    def _keep_arrivals(self, arrivals):
        """Let leads count as created when they arrived: hours of routes, reports and
        response times go by that.

        :param arrivals: ``{place among these leads: naive UTC datetime}``
        """
        rows = [(self.ids[place], moment) for place, moment in arrivals.items()]
        if not rows:
            return
        self.flush_recordset()
        # Odoo writes this column itself, once; merging leads changes it as well
        self.env.execute_query(
            SQL(
                """UPDATE crm_lead l SET create_date = given.moment
                     FROM (VALUES %s) AS given(lead_id, moment)
                    WHERE l.id = given.lead_id RETURNING l.id""",
                SQL(", ").join(SQL("(%s, %s::timestamp)", *row) for row in rows),
            )
        )
        self.invalidate_recordset(["create_date", "arrival_date"], flush=False)
        self.modified(["create_date"])

    def _after_intake(self, intake):
        """Hook: do what follows from new leads, once they are distributed or wait.

        :param intake: the :class:`.intake.Intake` that they come from
        """

    def _before_write(self, change):
        if not change.by_service:
            harmless = self.env["lead.distribution.intake"]._harmless(change.vals)
            change.vals = {**change.vals, **harmless}
        return super()._before_write(change)

    def web_save(self, vals, specification, next_id=None):
        # what is created on screen by a salesperson is self-assigned
        result = super(CrmLead, on_screen(self)).web_save(
            vals, specification, next_id=next_id
        )
        if not self or not {"source_id", "email_from", "phone"}.isdisjoint(vals):
            saved = self or self.browse([values["id"] for values in result])
            self.env["lead.distribution.intake"]._check_complete(saved)
        return result

    @api.model
    def name_create(self, name):
        found = super(CrmLead, on_screen(self)).name_create(name)
        self.env["lead.distribution.intake"]._check_complete(self.browse(found[0]))
        return found

    @api.model
    def _search(self, domain, *args, **kwargs):
        managed = self.env.context.get("lead_distribution_managed_teams")
        if managed is not None:
            # core's own assignment sees only leads that are not ours: whatever
            # no route wanted and no managed team holds
            domain = Domain(domain) & (
                Domain("distribution_state", "in", ["none", "assigned", False])
                | (
                    Domain("distribution_state", "=", "pool")
                    & Domain("distribution_route_id", "=", False)
                    & Domain("team_id", "not in", managed)
                )
            )
        return super()._search(domain, *args, **kwargs)

    def copy(self, default=None):
        # shown right after, like what is created on screen
        return super(CrmLead, on_screen(self)).copy(default)

    def _assign_userless_lead_in_team(self, creation_source):
        # the team leader gets what nobody distributes, not what routes will, be they
        # paused for now
        ours = self.filtered(
            lambda lead: lead.distribution_state in ("pending", "pool")
        )
        companies = self.env["lead.distribution.lead.company"]
        ours = ours.filtered(
            lambda lead: companies._company_of_lead(lead)._lead_distribution_set_up()
        )
        if not self - ours:
            return None
        return super(CrmLead, self - ours)._assign_userless_lead_in_team(
            creation_source
        )

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        self.check_access("create")  # before the letter is read
        intake = self.env["lead.distribution.intake"]
        mail, context = intake._mail_read(msg_dict, custom_values), {MAIL_KEY: MAIL}
        if mail:
            mail.is_described = False
        with making_lead_of(mail):
            msg_dict, custom_values = intake.with_context(**context)._intake_message(
                msg_dict, custom_values
            )
            leads = from_gateway(self).with_context(**context)
            return super(CrmLead, leads).message_new(
                msg_dict, custom_values=custom_values
            )

    def _message_post_after_hook(self, message, msg_vals):
        result = super()._message_post_after_hook(message, msg_vals)
        if message.message_type == "email":
            # the lead of a mail waits until its text is there
            # sudo: whoever writes the mail, its lead no longer has to wait
            pending = self.sudo().filtered(
                lambda lead: lead.distribution_state == "pending"
            )
            if pending:
                self.env["lead.distribution"]._distribute_created(pending, "mail")
        return result

    def _check_company(self, fnames=None):
        if is_service(self):
            # people and teams were chosen by company, all at once; core would
            # look at them again lead by lead
            return None
        return super()._check_company(fnames)

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        if is_service(self):
            return True  # the service makes its followers in one go
        return super().message_subscribe(partner_ids, subtype_ids)

    def action_distribute(self):
        """Distribute these leads through the routes, now; those that have a
        salesperson change hands if the routes say so.

        :returns: the action that shows what happened
        :raises AccessError: for who is neither manager of the distribution nor
            leader of the leads' team
        """
        leads = self.browse(self.ids).exists()
        leads.check_access("read")
        self.env["lead.distribution.access"]._check_leader(leads)
        return self.env["lead.distribution"]._distribute_by_hand(leads)

    def action_explain_distribution(self):
        """Why the lead is where it is.

        :returns: the action that opens the explanation
        """
        self.ensure_one()
        self.check_access("read")
        wizard = self.env["lead.distribution.explain"].create({"lead_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Why?"),
            "res_model": "lead.distribution.explain",
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }

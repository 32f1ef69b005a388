"""What was done with leads, and how fast."""

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL

from ...tools.service_context import as_service
from .response_time import ENDS


class CrmLead(models.Model):
    _inherit = "crm.lead"

    def _before_write(self, change):
        """The clock of the rules starts anew with every salesperson."""
        follow_up = self.env["lead.distribution.follow.up"]
        change.kept["clocks"] = follow_up._clocks_that_go_on(self, change.vals)
        change.vals = follow_up._with_idle(self, change.vals)
        stage_id = change.vals.get("stage_id")
        if stage_id and not change.by_service and self.env.uid != SUPERUSER_ID:
            if follow_up._watching(self):
                moved = self.filtered(lambda lead: lead.stage_id.id != stage_id)
                change.kept["moved"] = moved
        return super()._before_write(change)

    def _after_write(self, change):
        result = super()._after_write(change)
        for since, leads in change.kept["clocks"].items():
            as_service(leads).write({"distribution_idle_since": since})
        if "moved" in change.kept:
            follow_up = self.env["lead.distribution.follow.up"]
            follow_up._stage_moved(change.kept["moved"])
        return result

    inquiry_date = fields.Datetime(
        string="Asked on",
        copy=False,
        groups="base.group_user",
        help="When the person asked, according to the file of the portal. Empty: when "
        "the lead was created. Response times begin here.",
    )

    date_first_call = fields.Datetime(
        string="First Call", readonly=True, copy=False, groups="base.group_user"
    )

    date_first_email = fields.Datetime(
        string="First Email", readonly=True, copy=False, groups="base.group_user"
    )

    date_first_meeting = fields.Datetime(
        string="First Meeting", readonly=True, copy=False, groups="base.group_user"
    )

    minutes_to_customer = fields.Integer(
        string="Minutes to Customer",
        compute="_compute_customer_minutes",
        store=True,
        aggregator="avg",
        groups="base.group_user",
        help="From the lead's arrival to its customer.",
    )

    minutes_to_call = fields.Integer(
        string="Minutes to Call",
        compute="_compute_customer_minutes",
        store=True,
        aggregator="avg",
        groups="base.group_user",
        help="From the customer to the first call.",
    )

    minutes_to_email = fields.Integer(
        string="Minutes to Email",
        compute="_compute_customer_minutes",
        store=True,
        aggregator="avg",
        groups="base.group_user",
        help="From the customer to the first email.",
    )

    minutes_to_meeting = fields.Integer(
        string="Minutes to Meeting",
        compute="_compute_customer_minutes",
        store=True,
        aggregator="avg",
        groups="base.group_user",
        help="From the customer to the first meeting.",
    )

    work_minutes_to_customer = fields.Integer(
        string="Working Minutes to Customer",
        compute="_compute_customer_minutes",
        store=True,
        aggregator="avg",
        groups="base.group_user",
        help="In the company's working hours.",
    )

    work_minutes_to_call = fields.Integer(
        string="Working Minutes to Call",
        compute="_compute_customer_minutes",
        store=True,
        aggregator="avg",
        groups="base.group_user",
        help="In the company's working hours.",
    )

    work_minutes_to_email = fields.Integer(
        string="Working Minutes to Email",
        compute="_compute_customer_minutes",
        store=True,
        aggregator="avg",
        groups="base.group_user",
        help="In the company's working hours.",
    )

    work_minutes_to_meeting = fields.Integer(
        string="Working Minutes to Meeting",
        compute="_compute_customer_minutes",
        store=True,
        aggregator="avg",
        groups="base.group_user",
        help="In the company's working hours.",
    )

    @api.depends(
        "inquiry_date",
        "date_customer",
        "date_first_call",
        "date_first_email",
        "date_first_meeting",
    )
    def _compute_customer_minutes(self):
        self.env["lead.distribution.response.time"]._measure_times(self)

    def _read_group_select(self, aggregate_spec, query):
        """Averages of minutes are over the leads where it happened; a customer that was
        recognised as the lead came took nobody any time."""
        name, _colon, function = aggregate_spec.partition(":")
        ended_by = ENDS.get(name.removeprefix("work_"))
        if function != "avg" or not ended_by:
            return super()._read_group_select(aggregate_spec, query)
        happened = SQL(
            "%s IS NOT NULL", self._field_to_sql(self._table, ended_by, query)
        )
        if ended_by == "date_customer":
            recognised = self._field_to_sql(self._table, "customer_recognised", query)
            happened = SQL("%s AND %s IS NOT TRUE", happened, recognised)
        minutes = self._field_to_sql(self._table, name, query)
        return SQL("AVG(%s) FILTER (WHERE %s)", minutes, happened)

    def _merge_dependences(self, opportunities):
        result = super()._merge_dependences(opportunities)
        if self.env["lead.distribution.route"]._distributing():
            # whoever merged them, a person or the schedule
            self.env["lead.distribution.follow.up"]._reconsider(self)
        return result

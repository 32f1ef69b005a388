from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..rooms.codes import (
    FOLLOW_UP_FIELDS,
    IDENTITY_FLAGS,
    INTAKE_STATUSES,
    KEPT,
    SERVICE_FIELDS,
)
from ..rooms.identity import COMPACT, EMAIL, FOLDED
from ..rooms.merge import HEAD_KEY

DISTRIBUTION_STATES = [
    ("pending", "To be distributed"),
    ("offered", "Offered"),
    ("assigned", "Assigned"),
    ("pool", "In the pool"),
    ("none", "Not distributed"),
]


class CrmLead(models.Model):
    _inherit = "crm.lead"

    distribution_state = fields.Selection(
        DISTRIBUTION_STATES,
        string="Distribution",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="Not distributed: captured by a salesperson, older than the "
        "distribution, or switched off.",
    )
    distribution_route_id = fields.Many2one(
        "lead.distribution.route",
        string="Route",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups="base.group_user",
    )
    distribution_company_id = fields.Many2one(
        "res.company",
        string="Company of the Distribution",
        compute="_compute_distribution_company_id",
        search="_search_distribution_company_id",
        groups="lead_distribution.group_manager",
        help="The lead's; else its team's, its salesperson's where they work for one "
        "only, its client's, or the only one there is. Empty: nothing tells.",
    )
    distribution_asked_route_id = fields.Many2one(
        "lead.distribution.route",
        string="Asked for",
        readonly=True,
        copy=False,
        ondelete="set null",
        groups="base.group_user",
        help="The one route that it is to go through, chosen by somebody.",
    )
    distribution_asked_rule_id = fields.Many2one(
        "lead.distribution.rule",
        string="Asked for the Rule",
        readonly=True,
        copy=False,
        ondelete="set null",
        groups="base.group_user",
        help="The rule whose salespeople get it, chosen by somebody.",
    )
    distribution_own_channel = fields.Json(
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="Whose own source or mail alias it came through; until it is placed also "
        "what kept them from it.",
    )
    distribution_due = fields.Datetime(
        string="Waits until",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="The route starts some time after arrival.",
    )
    distribution_assignment_ids = fields.One2many(
        "lead.distribution.assignment",
        "lead_id",
        string="Assignments",
        readonly=True,
        groups="base.group_user",
    )
    distribution_why = fields.Char(
        string="Why",
        compute="_compute_distribution_why",
        groups="base.group_user",
        help="Why the lead is where it is, in a few words.",
    )
    offer_user_ids = fields.Many2many(
        "res.users",
        string="Offered to",
        compute="_compute_offer",
        groups="base.group_user",
    )
    offer_user_id = fields.Many2one(
        "res.users",
        string="Offered to One",
        compute="_compute_offer",
        groups="base.group_user",
    )
    offer_deadline = fields.Datetime(
        string="Claim until", compute="_compute_offer", groups="base.group_user"
    )
    offer_is_mine = fields.Boolean(
        string="Offered to Me",
        compute="_compute_offer",
        search="_search_offer_is_mine",
        groups="base.group_user",
    )
    offer_round = fields.Integer(readonly=True, copy=False, groups="base.group_user")
    listing_id = fields.Many2one(
        "lead.distribution.listing",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        groups="base.group_user",
    )
    listing_unclear = fields.Boolean(
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="Several listings could be meant: choose the one.",
    )
    external_ref = fields.Char(
        string="External Reference",
        copy=False,
        groups="base.group_user",
        help="The number under which the source knows this inquiry. The same one "
        "from the same source is one lead, however often it is delivered.",
    )
    vat = fields.Char(
        string="Tax ID",
        groups="base.group_user",
        help="Recognises the customer, like the email and the phone number.",
    )
    intake_status = fields.Selection(
        INTAKE_STATUSES,
        string="Intake",
        default="new",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="Linked: a customer was recognised. Converted: a customer was created "
        "from it. Removed: it was no lead at all.",
    )
    removal_reason_id = fields.Many2one(
        "lead.distribution.removal.reason",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        groups="base.group_user",
    )
    duplicate_lead_id = fields.Many2one(
        "crm.lead",
        string="Repeats",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups="lead_distribution.group_manager",
        help="The open lead of the same person.",
    )
    has_duplicate = fields.Boolean(
        compute="_compute_has_duplicate", groups="base.group_user"
    )
    identity_flag = fields.Selection(
        IDENTITY_FLAGS,
        string="Identity",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="What a person should look at: who this may be.",
    )
    identity_about = fields.Json(readonly=True, copy=False, groups="base.group_system")
    identity_hint = fields.Html(
        compute="_compute_identity_hint", sanitize=False, groups="base.group_user"
    )
    inquiry_ids = fields.One2many(
        "lead.distribution.inquiry",
        "lead_id",
        string="Merged Inquiries",
        readonly=True,
        groups="base.group_user",
    )
    consent_ids = fields.One2many(
        "lead.distribution.consent",
        "lead_id",
        string="Consents",
        readonly=True,
        groups="base.group_user",
    )
    consent_purpose_ids = fields.Many2many(
        "lead.distribution.consent.purpose",
        string="Consents Given",
        compute="_compute_consent_purpose_ids",
        inverse="_inverse_consent_purpose_ids",
        search="_search_consent_purpose_ids",
        groups="base.group_user",
        help="By name or reference, so that a file or a script can give them.",
    )
    customer_user_id = fields.Many2one(
        "res.users",
        string="Client Set by",
        readonly=True,
        copy=False,
        ondelete="set null",
        groups="base.group_user",
        help="Who tied the lead to its client, or took it off one, last.",
    )
    customer_activity_id = fields.Many2one(
        "mail.activity",
        string="First Call of the Client",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups="base.group_user",
    )
    customer_about = fields.Json(readonly=True, copy=False, groups="base.group_system")
    date_customer = fields.Datetime(
        string="Client Since",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="When the lead was linked to its client, or the client made from it.",
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
        string="Minutes to Client",
        compute="_compute_customer_minutes",
        store=True,
        aggregator="avg",
        groups="base.group_user",
        help="From the lead's arrival to its client.",
    )
    minutes_to_call = fields.Integer(
        string="Minutes to Call",
        compute="_compute_customer_minutes",
        store=True,
        aggregator="avg",
        groups="base.group_user",
        help="From the client to the first call.",
    )
    minutes_to_email = fields.Integer(
        string="Minutes to Email",
        compute="_compute_customer_minutes",
        store=True,
        aggregator="avg",
        groups="base.group_user",
        help="From the client to the first email.",
    )
    minutes_to_meeting = fields.Integer(
        string="Minutes to Meeting",
        compute="_compute_customer_minutes",
        store=True,
        aggregator="avg",
        groups="base.group_user",
        help="From the client to the first meeting.",
    )
    work_minutes_to_customer = fields.Integer(
        string="Working Minutes to Client",
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
    intake_incomplete = fields.Boolean(
        string="Incomplete",
        compute="_compute_intake_incomplete",
        search="_search_intake_incomplete",
        groups="base.group_user",
        help="Without a source, or with neither email nor phone.",
    )

    # follow-up -------------------------------------------------------------
    distribution_idle_since = fields.Datetime(
        string="Untouched Since",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="The later of the last follow-up and the last change of salesperson.",
    )
    first_follow_up_date = fields.Datetime(
        string="First Follow-up", readonly=True, copy=False, groups="base.group_user"
    )
    last_follow_up_date = fields.Datetime(
        string="Last Follow-up", readonly=True, copy=False, groups="base.group_user"
    )

    # what rules may move: a thousand among a million are found by this
    _distribution_idle_idx = models.Index(
        "(company_id, distribution_idle_since)"
        " WHERE distribution_idle_since IS NOT NULL AND user_id IS NOT NULL"
        " AND active IS TRUE AND won_status = 'pending'"
    )
    _distribution_pending_idx = models.Index(
        "(company_id, id) WHERE distribution_state = 'pending'"
    )
    _distribution_pool_idx = models.Index(
        "(company_id, id) WHERE distribution_state = 'pool'"
    )
    # who has how many of them, for the limits
    _distribution_own_channel_idx = models.Index(
        "(user_id, create_date) WHERE distribution_own_channel IS NOT NULL"
        " AND distribution_state = 'none'"
    )
    _external_ref_uniq = models.UniqueIndex(
        "(COALESCE(company_id, 0), COALESCE(source_id, 0), external_ref)"
        " WHERE external_ref IS NOT NULL",
        "This source has delivered an inquiry with this reference already.",
    )

    client_email_differs = fields.Boolean(
        compute="_compute_client_differs",
        groups="base.group_user",
        help="The client has another email address, or none.",
    )
    client_phone_differs = fields.Boolean(
        compute="_compute_client_differs",
        groups="base.group_user",
        help="The client has another phone number, or none.",
    )

    lead_source_needed = fields.Boolean(
        compute="_compute_lead_source_needed", groups="base.group_user"
    )

    # core has a trigram index of the first, which a thousand addresses at once
    # cannot use
    _lead_email_idx = models.Index(
        f"(({EMAIL % 'email_normalized'}), id) WHERE email_normalized IS NOT NULL"
    )
    _lead_vat_idx = models.Index(f"(({COMPACT % 'vat'})) WHERE vat IS NOT NULL")
    _lead_name_idx = models.Index(
        f"(({FOLDED % 'contact_name'})) WHERE contact_name IS NOT NULL AND active"
    )
    _lead_flag_idx = models.Index("(company_id, id) WHERE identity_flag IS NOT NULL")

    # tasks: activities, those done included
    lead_task_ids = fields.One2many(
        "mail.activity",
        "res_id",
        string="Tasks",
        domain=[("res_model", "=", "crm.lead")],
        context={"active_test": False},
        bypass_search_access=True,
        groups="base.group_user",
    )

    # computes --------------------------------------------------------------

    @api.depends("intake_status")
    def _compute_won_status(self):
        # spam is no lost opportunity: whatever was removed is in no figure
        removed = self.filtered(lambda lead: lead.intake_status == "removed")
        removed.won_status = "pending"
        return super(CrmLead, self - removed)._compute_won_status()

    @api.depends(
        "company_id",
        "team_id.company_id",
        "user_id.company_ids",
        "partner_id.company_id",
    )
    def _compute_distribution_company_id(self):
        service = self.env["lead.distribution"]
        for lead in self:
            lead.distribution_company_id = service._company_of_lead(lead)

    @api.model
    def _search_distribution_company_id(self, operator, value):
        service, Company = self.env["lead.distribution"], self.env["res.company"]
        if operator in ("any", "child_of", "parent_of"):
            if operator != "any":
                value = Domain("id", operator, value)
            elif not isinstance(value, Domain):
                value = Domain("id", "in", value)
            companies = Company.with_context(active_test=False).search(value)
        elif operator == "in":
            companies = [Company.browse(one or []) for one in value]
        else:
            return NotImplemented
        return Domain.OR(
            Domain.custom(
                to_sql=lambda _model, alias, _query, company=company: (
                    service._sql_of_company(alias, company)
                )
            )
            for company in companies
        )
    @api.depends("company_id", "customer_user_id", "customer_about")
    def _compute_partner_email_update(self):
        return super()._compute_partner_email_update()

    @api.depends("company_id", "customer_user_id", "customer_about")
    def _compute_partner_phone_update(self):
        return super()._compute_partner_phone_update()

    def _get_partner_email_update(self, force_void=True):
        # void comes from the client only, see core
        service = self.env["lead.distribution"]
        if self.partner_id and service._stays_apart(self, "email_from", force_void):
            return False
        return super()._get_partner_email_update(force_void=force_void)

    def _get_partner_phone_update(self, force_void=True):
        service = self.env["lead.distribution"]
        if self.partner_id and service._stays_apart(self, "phone", force_void):
            return False
        return super()._get_partner_phone_update(force_void=force_void)

    def _inverse_email_from(self):
        self.env["lead.distribution"]._said_by_person(self, "email_from")
        return super()._inverse_email_from()

    def _inverse_phone(self):
        self.env["lead.distribution"]._said_by_person(self, "phone")
        return super()._inverse_phone()

    @api.depends("email_from", "phone", "partner_id.email", "partner_id.phone")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_client_differs(self):
        service = self.env["lead.distribution"]
        for lead in self:
            names = service._different_contact(lead)
            lead.client_email_differs = "email_from" in names
            lead.client_phone_differs = "phone" in names

    @api.depends("duplicate_lead_id")
    @api.depends_context("uid")
    def _compute_has_duplicate(self):
        for lead in self:
            # sudo: whether there is one, and whether it may be opened, no more
            found = lead.sudo().duplicate_lead_id.sudo(False)
            lead.has_duplicate = bool(found) and found.has_access("read")

    @api.depends("company_id")
    def _compute_lead_source_needed(self):
        for lead in self:
            company = lead.company_id or self.env.company
            lead.lead_source_needed = company.lead_intake_policy == "refuse"

    @api.depends("identity_flag", "duplicate_lead_id")
    @api.depends_context("lang", "uid")
    def _compute_identity_hint(self):
        service = self.env["lead.distribution"]
        for lead in self:
            # sudo: ids and codes, told as far as the reader may read those records
            about = lead.sudo().identity_about if lead.identity_flag else {}
            lead.identity_hint = service._explain_identity(about or {})

    @api.depends("distribution_assignment_ids.state")
    @api.depends_context("uid")
    def _compute_offer(self):
        Assignment = self.env["lead.distribution.assignment"].sudo()
        offers = Assignment.search(
            [("lead_id", "in", self.ids), ("state", "=", "offered")]
        ).grouped("lead_id")
        for lead in self:
            rows = offers.get(lead.sudo(), Assignment)
            lead.offer_user_ids = rows.user_id
            lead.offer_user_id = rows.user_id if len(rows) == 1 else False
            mine = rows.filtered(lambda row: row.user_id == self.env.user)
            lead.offer_is_mine = bool(mine)
            lead.offer_deadline = min((mine or rows).mapped("deadline"), default=False)

    @api.model
    def _search_offer_is_mine(self, operator, value):
        if operator != "in" or True not in value:
            return NotImplemented
        if not self.env["lead.distribution.assignment"]._in_use():
            return Domain.FALSE
        rows = (
            self.env["lead.distribution.assignment"]
            .sudo()  # one's own offers, nobody else's
            .search([("user_id", "=", self.env.uid), ("state", "=", "offered")])
        )
        return [("id", "in", rows.lead_id.ids)]

    @api.depends("distribution_state", "distribution_assignment_ids.state")
    @api.depends_context("lang")
    def _compute_distribution_why(self):
        latest = self.env["lead.distribution"]._latest_rows(self)
        labels = dict(
            self.env["lead.distribution.assignment"]
            ._fields["reason"]
            ._description_selection(self.env)
        )
        for lead in self:
            row = latest.get(lead.id)
            lead.distribution_why = labels.get(row.reason) if row else False

    @api.depends("consent_ids.purpose_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_consent_purpose_ids(self):
        # of a lead that came from another company some are that company's
        seen = self.consent_ids.purpose_id._filtered_access("read")
        for lead in self:
            lead.consent_purpose_ids = lead.consent_ids.purpose_id & seen

    def _inverse_consent_purpose_ids(self):
        # sudo: whoever may write the lead may note what the customer agreed to;
        # the records themselves are kept, nobody edits them
        Consent = self.env["lead.distribution.consent"].sudo()
        missing, gone = [], Consent
        seen = self.sudo().consent_ids.purpose_id.sudo(self.env.su)
        seen = seen._filtered_access("read")
        for mine, lead in zip(self, self.sudo(), strict=True):
            wanted = mine.consent_purpose_ids
            # of the lead's company, and of all
            fitting = wanted.sudo().filtered(
                lambda purpose, lead=lead: (
                    not (lead.company_id and purpose.company_id)
                    or purpose.company_id == lead.company_id
                )
            )
            missing += [
                {
                    "lead_id": lead.id,
                    "purpose_id": purpose.id,
                    "source_id": lead.source_id.id,
                }
                for purpose in fitting - lead.consent_ids.purpose_id
            ]
            # what the writer does not see stays
            gone |= lead.consent_ids.filtered(
                lambda consent, wanted=wanted: consent.purpose_id in seen - wanted
            )
        gone.unlink()
        Consent.create(missing)

    @api.model
    def _search_consent_purpose_ids(self, operator, value):
        return [("consent_ids.purpose_id", operator, value)]

    @api.depends(
        "date_customer", "date_first_call", "date_first_email", "date_first_meeting"
    )
    def _compute_customer_minutes(self):
        self.env["lead.distribution"]._measure_times(self)

    @api.depends("source_id", "email_from", "phone")
    def _compute_intake_incomplete(self):
        for lead in self:
            lead.intake_incomplete = not lead.source_id or not (
                lead.email_from or lead.phone
            )

    @api.model
    def _search_intake_incomplete(self, operator, value):
        if operator != "in":
            return NotImplemented
        nothing = Domain("email_from", "in", [False, ""]) & Domain(
            "phone", "in", [False, ""]
        )
        incomplete = Domain("source_id", "=", False) | nothing
        return incomplete if True in value else ~incomplete

    # CRUD ------------------------------------------------------------------

    @api.model
    def default_get(self, fields):
        # where a lead stands comes neither from the context nor from what users set as
        # their own defaults
        values = super().default_get([name for name in fields if name not in KEPT])
        values.update(self.env["lead.distribution"]._harmless(values))
        for name in KEPT.intersection(fields):
            if self._fields[name].default:
                values[name] = self._fields[name].default(self)
        return values

    @api.model_create_multi
    def create(self, vals_list):
        self.check_access("create")  # before anything is looked for, or made
        service = self.env["lead.distribution"]
        vals_list = [self._with_ids(vals) for vals in vals_list]
        records = service._without_kept_defaults(self)
        intake = service._intake_values(records, vals_list)
        fresh = super(CrmLead, records).create(intake.to_create)
        leads = intake.in_order(fresh)
        service._after_create(fresh, intake)
        service._set_off("lead", fresh)
        return leads

    def write(self, vals):
        service = self.env["lead.distribution"]
        vals = self._with_ids(vals)
        clocks = service._clocks_that_go_on(self, vals)
        if service._is_service(self):
            result = super().write(service._with_idle(self, vals))
            for since, leads in clocks.items():
                super(CrmLead, leads).write({"distribution_idle_since": since})
            return result
        if not self.env.su:
            # rights first: what follows tells where a lead stands, and who has it
            self.check_access("write")
        if not SERVICE_FIELDS.isdisjoint(vals) or not (
            self.env.su or FOLLOW_UP_FIELDS.isdisjoint(vals)
        ):
            raise AccessError(
                self.env._("Where a lead stands is written by the distribution only.")
            )
        if vals.get("listing_id"):
            vals = {**vals, "listing_unclear": False}
        vals = service._with_idle(self, {**vals, **service._harmless(vals)})
        moved = self.browse()
        if vals.get("stage_id") and self.env.uid != SUPERUSER_ID:
            if service._watching(self):
                moved = self.filtered(lambda x: x.stage_id.id != vals["stage_id"])
        removed = self.browse()
        if vals.get("active"):
            removed = self.filtered(lambda lead: lead.intake_status == "removed")
            service._check_may_remove(removed)
        if "partner_id" in vals:
            customer = service._before_customer(self, vals)
        service._check_move(self, vals)
        service._claim_closed(self, vals)
        companies = service._before_move(self, vals)
        if "user_id" not in vals:
            result = super().write(vals)
            service._after_move(companies)
        else:
            change = service._before_hand_change(self, vals)
            result = super().write({**vals, **change.values})
            service._after_move(companies)
            service._after_hand_change(change)
        if "partner_id" in vals:
            service._after_customer(self, vals["partner_id"], customer)
        for since, leads in clocks.items():
            super(CrmLead, leads).write({"distribution_idle_since": since})
        if removed:
            service._after_restore(removed)
        service._stage_moved(moved)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_is_forgotten(self):
        self.env["lead.distribution"]._leads_deleted(self)

    @api.model
    def _with_ids(self, vals):
        """:returns: values to write, with ids where a caller gave records for them, as
        Odoo allows"""
        return {
            name: value.id
            if isinstance(value, models.BaseModel)
            and self._fields[name].type == "many2one"
            else value
            for name, value in vals.items()
        }

    def web_save(self, vals, specification, next_id=None):
        # what is created on screen by a salesperson is captured by them
        service = self.env["lead.distribution"]
        result = super(CrmLead, service._on_screen(self)).web_save(
            vals, specification, next_id=next_id
        )
        if not self or not {"source_id", "email_from", "phone"}.isdisjoint(vals):
            saved = self or self.browse([values["id"] for values in result])
            service._check_complete(saved)
        return result

    @api.model
    def name_create(self, name):
        service = self.env["lead.distribution"]
        found = super(CrmLead, service._on_screen(self)).name_create(name)
        service._check_complete(self.browse(found[0]))
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

    def action_set_won(self):
        removed = self.filtered(lambda lead: lead.intake_status == "removed")
        if removed:
            # no spam after all, and nobody else's to have: it stays with who won it
            self.env["lead.distribution"]._reinstate(removed)
        return super().action_set_won()

    def _merge_dependences(self, opportunities):
        service = self.env["lead.distribution"]
        service._check_merge(self | opportunities)
        service._check_merge_customers(self | opportunities)
        # tasks go along, whoever made them
        result = super()._merge_dependences(service._as_task(opportunities))
        self.env["lead.distribution"]._absorb(self, opportunities)
        if self.env["lead.distribution.route"]._distributing():
            # whoever merged them, a person or the schedule
            self.env["lead.distribution"]._reconsider(self)
        return result

    def _merge_get_fields(self):
        return super()._merge_get_fields() + ["listing_id", "vat"]

    def _sort_by_confidence_level(self, reverse=False):
        found = super()._sort_by_confidence_level(reverse=reverse)
        head = found.filtered(lambda lead: lead.id == self.env.context.get(HEAD_KEY))
        return head + (found - head)

    def _handle_partner_assignment(
        self, force_partner_id=False, create_missing=True, with_parent=None
    ):
        without = self.filtered(lambda lead: not lead.partner_id)
        result = super()._handle_partner_assignment(
            force_partner_id=force_partner_id,
            create_missing=create_missing,
            with_parent=with_parent,
        )
        if not force_partner_id:
            self.env["lead.distribution"]._set_converted(without)
        return result

    def _prepare_customer_values(self, partner_name, is_company=False, parent_id=False):
        values = super()._prepare_customer_values(
            partner_name, is_company=is_company, parent_id=parent_id
        )
        if self.vat and (is_company or not parent_id):
            values["vat"] = self.vat
        return values

    def copy(self, default=None):
        # shown right after, like what is created on screen
        return super(CrmLead, self.env["lead.distribution"]._on_screen(self)).copy(
            default
        )

    def _assign_userless_lead_in_team(self, creation_source):
        # the team leader gets what nobody distributes, not what routes will
        ours = self.filtered(
            lambda lead: lead.distribution_state in ("pending", "pool")
        )
        service = self.env["lead.distribution"]
        ours = ours.filtered(
            lambda lead: service._company_of_lead(lead)._lead_distribution_on()
        )
        if not self - ours:
            return None
        return super(CrmLead, self - ours)._assign_userless_lead_in_team(
            creation_source
        )

    # mail gateway ----------------------------------------------------------

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        self.check_access("create")  # before the letter is read
        service = self.env["lead.distribution"]
        msg_dict, custom_values = service._intake_message(msg_dict, custom_values)
        return super(CrmLead, service._from_gateway(self)).message_new(
            msg_dict, custom_values=custom_values
        )

    def _message_post_after_hook(self, message, msg_vals):
        result = super()._message_post_after_hook(message, msg_vals)
        if message.message_type == "email":
            # the lead of a mail waits until its text is there
            pending = self.sudo().filtered(
                lambda lead: lead.distribution_state == "pending"
            )
            if pending:
                self.env["lead.distribution"]._distribute_created(pending, "mail")
        return result

    def _check_company(self, fnames=None):
        if self.env["lead.distribution"]._is_service(self):
            # people and teams were chosen by company, all at once; core would
            # look at them again lead by lead
            return None
        return super()._check_company(fnames)

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        if self.env["lead.distribution"]._is_service(self):
            return True  # the service makes its followers in one go
        return super().message_subscribe(partner_ids, subtype_ids)

    # actions ---------------------------------------------------------------

    def action_distribute(self):
        """Distribute these leads through the routes, now; those that have a
        salesperson change hands if the routes say so.

        :returns: the action that shows what happened
        :raises AccessError: for who is neither manager of the distribution nor
            leader of the leads' team
        """
        leads = self.browse(self.ids).exists()
        service = self.env["lead.distribution"]
        leads.check_access("read")
        service._check_leader(leads)
        return service._distribute_by_hand(leads)

    def action_claim(self):
        """Take these leads out of the pool for oneself.

        :returns: True
        :raises UserError: when somebody else has one of them, naming who, or when
            a pause or a limit forbids it
        """
        leads = self.browse(self.ids).exists()
        self.env["lead.distribution"]._check_claimable(leads)
        return self.env["lead.distribution"]._claim(leads)

    def action_decline(self, reason=False):
        """Decline what is offered to the current user; the next one gets the offer.

        :param reason: why, in the salesperson's words
        :returns: True
        :raises UserError: when it is not offered to them (any more)
        """
        leads = self.browse(self.ids).exists()
        service = self.env["lead.distribution"]
        service._check_asked(leads)
        return service._decline(leads, reason)

    def action_ask_decline(self):
        """:returns: the action that asks why the offers are declined"""
        self.env["lead.distribution"]._check_asked(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Decline"),
            "res_model": "lead.distribution.decline",
            "view_mode": "form",
            "target": "new",
            "context": {"default_lead_ids": self.ids},
        }

    @api.model
    def my_offers(self):
        """:returns: the current user's open offers, a dictionary each of ``id``,
        ``name``, ``contact``, ``source``, ``deadline`` (UTC) and ``url``; the one that
        ends first comes first. None for who may not see leads (any more)."""
        service = self.env["lead.distribution"]
        if not self.has_access("write"):
            return []
        rows = (
            self.env["lead.distribution.assignment"]
            .sudo()  # one's own offers, nobody else's
            .search(
                [
                    ("user_id", "=", self.env.uid),
                    ("state", "=", "offered"),
                    ("deadline", ">", fields.Datetime.now()),
                    ("lead_id", "!=", False),
                ],
                order="deadline, id",
            )
        )
        # of every company they work for, whichever is switched on
        mine = self.with_context(allowed_company_ids=self.env.user.company_ids.ids)
        seen = mine.browse(rows.lead_id.ids)._filtered_access("read")
        return [service._offer_payload(row) for row in rows if row.lead_id in seen]

    def action_release_to_pool(self):
        """Give these leads back to the pool; their units stay with who had them.

        :returns: True
        :raises AccessError: for a lead that is neither one's own nor one's team's
        """
        leads = self.browse(self.ids).exists()
        service = self.env["lead.distribution"]
        leads.check_access("write")
        service._check_leader(
            leads.filtered(lambda lead: lead.user_id != self.env.user)
        )
        return service._release(leads)

    def action_remove(self, reason_id):
        """Take these leads out of everything, for they are none.

        :param reason_id: a ``lead.distribution.removal.reason``, or its id
        :returns: True
        :raises AccessError: for a lead of somebody else, leaders aside
        :raises UserError: for a won lead, or without a reason
        """
        leads = self.browse(self.ids).exists()
        service = self.env["lead.distribution"]
        service._check_may_remove(leads)
        Reason = self.env["lead.distribution.removal.reason"]
        reason = reason_id if isinstance(reason_id, type(Reason)) else Reason
        if type(reason_id) is int:
            reason = Reason.browse(reason_id)
        if len(reason.exists()) != 1:
            raise UserError(self.env._("Choose why the lead is removed."))
        reason.check_access("read")
        return service._remove(leads, reason)

    def action_ask_removal(self):
        """:returns: the action that asks why these leads are to be removed"""
        self.env["lead.distribution"]._check_may_remove(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Remove"),
            "res_model": "lead.distribution.removal",
            "view_mode": "form",
            "target": "new",
            "context": {"default_lead_ids": self.ids},
        }

    def action_restore(self):
        """Removed by mistake: new again, and distributed.

        :returns: True
        :raises AccessError: for a lead of somebody else, leaders aside
        """
        leads = self.browse(self.ids).exists()
        leads.check_access("write")
        leads = leads.filtered(lambda lead: lead.intake_status == "removed")
        self.env["lead.distribution"]._check_may_remove(leads)
        leads.write({"active": True})
        return True

    def action_link_customer(self, partner_id, notify=False):
        """Tie the lead to a client; it keeps its salesperson.

        :param partner_id: a ``res.partner``, or its id
        :param notify: whether the client's salesperson is told
        :returns: True
        :raises UserError: when it has another client, naming who tied it
        """
        self.ensure_one()
        self.check_access("write")
        Partner = self.env["res.partner"]
        partner = partner_id if isinstance(partner_id, type(Partner)) else Partner
        if type(partner_id) is int:
            partner = Partner.browse(partner_id)
        if len(partner.exists()) != 1:
            raise UserError(self.env._("Choose the client."))
        partner.check_access("read")
        service = self.env["lead.distribution"]
        service._check_client_company(self, partner)
        return service._link_customer(self, partner.with_env(self.env), notify)

    def action_convert_customer(self, values=False):
        """Make a client from the lead.

        :param values: of ``res.partner``, instead of what the lead says
        :returns: the client's id
        :raises UserError: without email and phone, or when it has a client
        """
        self.ensure_one()
        self.check_access("write")
        return self.env["lead.distribution"]._convert_customer(self, values).id

    def action_unlink_customer(self, redistribute=False, reason=False):
        """Take the leads off their clients; they are new again.

        :param redistribute: whether they are handed out again, instead of staying
            with their salespeople
        :param reason: why, for the chatter
        :returns: True
        :raises AccessError: without the permission to unlink
        :raises UserError: for a lead without a client, naming who was faster
        """
        leads = self.browse(self.ids).exists()
        service = self.env["lead.distribution"]
        leads.check_access("write")
        service._check_unlink_customer()
        for lead in leads:
            service._unlink_customer(lead, bool(redistribute), str(reason or "")[:500])
        return True

    def action_take_to_client(self, names=False):
        """Write the lead's email and phone to its client, who keeps what the lead does
        not say.

        :param names: ``email_from``, ``phone``, or a list of them; those that differ
            if not given
        :returns: True
        :raises AccessError: for who may not write the client
        """
        self.ensure_one()
        self.check_access("read")
        self.partner_id.check_access("write")
        return self.env["lead.distribution"]._take_over(self, names, to_client=True)

    def action_take_from_client(self, names=False):
        """Write the client's email and phone to the lead, which keeps what the client
        does not have.

        :param names: see :meth:`action_take_to_client`
        :returns: True
        :raises AccessError: for who may not write the lead or read its client
        """
        self.ensure_one()
        self.check_access("write")
        self.partner_id.check_access("read")
        return self.env["lead.distribution"]._take_over(self, names, to_client=False)

    def action_ask_customer(self):
        """:returns: the action that asks which client the lead belongs to, or, for
        one that has a client, whether it is the wrong one"""
        self.ensure_one()
        self.check_access("write")
        if self.partner_id:
            self.env["lead.distribution"]._check_unlink_customer()
        wizard = self.env["lead.distribution.customer"]
        wizard = wizard.with_context(default_lead_id=self.id).create({})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Unlink from Client")
            if self.partner_id
            else self.env._("Assign to Client or Create Client"),
            "res_model": "lead.distribution.customer",
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_open_duplicate(self):
        """:returns: the action that opens the lead that this one repeats"""
        self.ensure_one()
        self.check_access("read")
        found = self.sudo().duplicate_lead_id.sudo(False)
        found.check_access("read")
        return found.get_formview_action()

    def action_dismiss_identity(self):
        """Somebody looked: this is not the person that it seemed to be.

        :returns: True
        """
        leads = self.browse(self.ids).exists()
        leads.check_access("write")
        return self.env["lead.distribution"]._dismiss(leads)

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

    def action_hand_over(self):
        """:returns: the action that asks for the salesperson of these leads"""
        self.check_access("write")
        self.env["lead.distribution"]._check_leader(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Assign to"),
            "res_model": "lead.distribution.hand",
            "view_mode": "form",
            "target": "new",
            "context": {"default_lead_ids": self.ids},
        }

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

from ...engine import placeholders
from ...tools.constants import (
    FOLLOW_UP_FIELDS,
    SERVICE_FIELDS,
)
from ...tools.service_context import (
    is_service,
)
from ...tools.sql_text import COMPACT, EMAIL, FOLDED
from .lead_change import LeadChange

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
        help="Not distributed: self-assigned by a salesperson, older than the "
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
        help="The company of the lead; otherwise of its team, its salesperson, its "
        "customer, or the only company. Empty: unknown.",
    )
    distribution_is_leader = fields.Boolean(
        compute="_compute_distribution_is_leader",
        groups="base.group_user",
        help="Whether the reader may hand it out: a manager, or its team's leader.",
    )
    distribution_asked_route_id = fields.Many2one(
        "lead.distribution.route",
        string="Requested Route",
        readonly=True,
        copy=False,
        ondelete="set null",
        groups="base.group_user",
        help="The only route that this lead goes through, chosen by a person.",
    )
    distribution_asked_rule_id = fields.Many2one(
        "lead.distribution.rule",
        string="Requested Rule",
        readonly=True,
        copy=False,
        ondelete="set null",
        groups="base.group_user",
        help="The rule whose salespeople get it, chosen by a person.",
    )
    distribution_not_user_id = fields.Many2one(
        "res.users",
        string="Excluded Salesperson",
        readonly=True,
        copy=False,
        ondelete="set null",
        groups="base.group_user",
        help="Must not get it again, because another person was requested.",
    )
    distribution_own_channel = fields.Json(
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="Whose own source or mail alias it arrived through. Until it is "
        "assigned, also the reason why they did not get it.",
    )
    distribution_next = fields.Boolean(
        string="Next in line",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )
    distribution_due = fields.Datetime(
        string="Deferred until",
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
        help="Reference of this inquiry at the source. The same reference from the "
        "same source is one lead, even if delivered several times.",
    )
    vat = fields.Char(
        string="Tax ID",
        groups="base.group_user",
        help="Used to recognise the customer, like email and phone number.",
    )
    contact_as_written = fields.Text(
        string="As Received",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="The address, the number and the postcode as they were delivered, where "
        "they are shown in another way.",
    )
    intake_incomplete = fields.Boolean(
        string="Incomplete",
        compute="_compute_intake_incomplete",
        search="_search_intake_incomplete",
        groups="base.group_user",
        help="Without a source, or without a valid email address or phone number. "
        "Placeholders such as N/A or noemail@noemail.com are not valid.",
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
    # few at any time: who came while somebody else distributed
    _distribution_next_idx = models.Index(
        "(company_id) WHERE distribution_next IS TRUE"
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

    # computes --------------------------------------------------------------

    @api.depends("team_id")
    @api.depends_context("uid")
    def _compute_distribution_is_leader(self):
        access = self.env["lead.distribution.access"]
        for lead in self:
            lead.distribution_is_leader = access._is_leader(lead)

    @api.depends(
        "company_id",
        "team_id.company_id",
        "user_id.company_ids",
        "partner_id.company_id",
    )
    def _compute_distribution_company_id(self):
        owner = self.env["lead.distribution.lead.company"]
        for lead in self:
            lead.distribution_company_id = owner._company_of_lead(lead)

    @api.model
    def _search_distribution_company_id(self, operator, value):
        Company = self.env["res.company"]
        owner = self.env["lead.distribution.lead.company"]
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
                    owner._sql_of_company(alias, company)
                )
            )
            for company in companies
        )

    @api.depends("company_id")
    def _compute_lead_source_needed(self):
        for lead in self:
            company = lead.company_id or self.env.company
            lead.lead_source_needed = company.lead_intake_policy == "refuse"

    @api.depends("source_id", "email_normalized", "phone_sanitized", "company_id")
    def _compute_intake_incomplete(self):
        for lead in self:
            lead.intake_incomplete = not lead.source_id or not lead._is_reachable()

    def _is_reachable(self):
        """Whether the lead has an address or a number that is one, and no
        placeholder."""
        company = self.env["lead.distribution.lead.company"]._company_of_lead(self)
        addresses, numbers, _words = (company or self.env.company)._lead_placeholders()
        email, phone = self.email_normalized, self.phone_sanitized
        return bool(
            (email and email not in addresses and not placeholders.is_email(email))
            or (phone and phone not in numbers and not placeholders.is_phone(phone))
        )

    @api.model
    def _sql_unreachable(self, alias):
        """Whether a lead has nothing that it can be answered at, as SQL.

        :param alias: of ``crm_lead``
        """
        lead_company = self.env["lead.distribution.lead.company"]
        # sudo: how each company takes in leads, to find what lacks something
        companies = self.env["res.company"].sudo()
        listed = companies.search([("lead_placeholders", "not in", [False, ""])])
        parts = []
        for at, (name, pattern) in enumerate(
            (
                ("email_normalized", placeholders.EMAIL),
                ("phone_sanitized", placeholders.PHONE),
            )
        ):
            column = SQL.identifier(alias, name)
            of_companies = [
                SQL(
                    "(%s AND %s = ANY(%s))",
                    lead_company._sql_of_company(alias, company),
                    column,
                    list(company._lead_placeholders()[at]),
                )
                for company in listed
            ]
            parts.append(
                SQL(
                    "(%s)",
                    SQL(" OR ").join(
                        [
                            SQL("COALESCE(%s, '') = ''", column),
                            SQL("%s ~ %s", column, pattern),
                            *of_companies,
                        ]
                    ),
                )
            )
        return SQL("(%s)", SQL(" AND ").join(parts))

    @api.model
    def _search_intake_incomplete(self, operator, value):
        if operator != "in":
            return NotImplemented
        nothing = Domain.custom(
            to_sql=lambda model, alias, _query: model._sql_unreachable(alias)
        )
        incomplete = Domain("source_id", "=", False) | nothing
        return incomplete if True in value else ~incomplete

    # CRUD ------------------------------------------------------------------

    def write(self, vals):
        """Write what is asked for, with what every package does before and after.

        What the packages do hangs on :meth:`_before_write` and :meth:`_after_write`.
        """
        change = LeadChange(vals=self._with_ids(vals), by_service=is_service(self))
        if not change.by_service:
            if not self.env.su:
                # rights first: what follows tells where a lead stands, and who has it
                self.check_access("write")
            if not SERVICE_FIELDS.isdisjoint(change.vals) or not (
                self.env.su or FOLLOW_UP_FIELDS.isdisjoint(change.vals)
            ):
                raise AccessError(
                    self.env._(
                        "Only the distribution can change the distribution state of a "
                        "lead."
                    )
                )
        self._before_write(change)
        result = super().write(change.vals)
        self._after_write(change)
        return result

    def _before_write(self, change):
        """Hook: look at a change before it is written, complete or refuse it.

        :param change: :class:`.lead_change.LeadChange`; its ``vals`` are replaced, not
            changed
        """
        if change.vals.get("listing_id") and not change.by_service:
            change.vals = {**change.vals, "listing_unclear": False}

    def _after_write(self, change):
        """Hook: do what follows from a change that was written.

        :param change: as :meth:`_before_write` left it
        """

    @api.model
    def _with_ids(self, vals):
        """Put ids in the place of records.

        :returns: values to write, with ids where a caller gave records for them, as
            Odoo allows
        """
        return {
            name: value.id
            if isinstance(value, models.BaseModel)
            and self._fields[name].type == "many2one"
            else value
            for name, value in vals.items()
        }

    # mail gateway ----------------------------------------------------------

    # actions ---------------------------------------------------------------

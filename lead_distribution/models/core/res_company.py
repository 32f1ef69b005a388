from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.tools import email_normalize, email_split, ormcache

from ...engine.phones import phones_of
from ...engine.text import LINE, fold
from ...tools.periods import company_today

DUPLICATE_POLICIES = [
    ("link", "Same customer and salesperson"),
    ("merge", "Merged into the open lead"),
    ("flag", "Only flagged"),
]
INTAKE_POLICIES = [
    ("flag", "Only flagged"),
    ("refuse", "Refused on screen"),
]
TRACKING = [
    ("none", "No"),
    ("each", "One email for each assignment"),
    ("digest", "One email a day"),
]
MODES = [
    ("immediate", "At once"),
    ("queued", "In the background"),
    ("off", "Off"),
]


class ResCompany(models.Model):
    _name = "res.company"
    _inherit = ["res.company", "lead.distribution.kept"]

    _lead_kept_fields = frozenset(
        {
            "lead_distribution_digest_date",
            "lead_follow_up_anew",
            "lead_follow_up_next",
            "lead_steps_dismissed",
        }
    )

    lead_distribution_mode = fields.Selection(
        MODES, default="immediate", required=True, groups="base.group_user"
    )
    lead_distribution_immediate_limit = fields.Integer(
        default=20, groups="base.group_user"
    )
    lead_distribution_tz = fields.Selection(
        lambda self: [(tz, tz) for tz in sorted(pytz.common_timezones)],
        string="Time Zone of Distribution",
        groups="base.group_user",
    )
    lead_standard_target = fields.Integer(default=30, groups="base.group_user")
    lead_undo_seconds = fields.Integer(
        string="Seconds to Undo",
        default=8,
        help="How long an outcome or a claim can be undone. The next steps of an "
        "outcome start afterwards. 0: at once, without Undo.",
        groups="base.group_user",
    )
    lead_value_per_unit = fields.Monetary(
        string="Expected Revenue That Counts as One Lead",
        currency_field="currency_id",
        help="Leads are balanced by value: a lead with twice this revenue counts as "
        "two when it is assigned, between 0.1 and 10. A lead without expected "
        "revenue counts as one. 0: each lead counts as one.",
        groups="base.group_user",
    )
    lead_distribution_fallback_email = fields.Char(groups="base.group_user")
    lead_distribution_tracking = fields.Selection(
        TRACKING,
        string="Follow Assignments",
        default="none",
        required=True,
        help="Whether the fallback address hears about every assignment.",
        groups="base.group_user",
    )
    lead_distribution_digest_date = fields.Date(
        help="The last day included in the daily email.",
        groups="base.group_user",
    )
    lead_distribution_intake_user_ids = fields.Many2many(
        "res.users",
        "lead_distribution_intake_user_rel",
        "company_id",
        "user_id",
        string="Intake Users",
        groups="base.group_user",
    )
    lead_distribution_shared_senders = fields.Text(
        string="Shared Senders",
        help="Addresses and domains, one a line, that many people write from, such as "
        "a portal's. They are not used to recognise customers.",
        groups="base.group_user",
    )
    lead_placeholders = fields.Text(
        string="Placeholders",
        help="Addresses, numbers and words, one a line, that are not contact data, "
        "such as the default values of a form. They are not used to recognise "
        "customers. Common ones, such as noemail@noemail.com, 600000000 or N/A, "
        "are built in.",
        groups="base.group_user",
    )
    lead_account_match = fields.Boolean(
        string="Companies by Their Domain",
        default=True,
        help="Inquiries from the domain of a company in the contacts go to the "
        "salesperson of that company or of its parent company. Free email "
        "providers do not count.",
        groups="base.group_user",
    )
    lead_duplicate_policy = fields.Selection(
        DUPLICATE_POLICIES,
        string="Repeated Inquiries",
        default="link",
        required=True,
        help="How inquiries of people with an open lead are handled.",
        groups="base.group_user",
    )
    lead_intake_policy = fields.Selection(
        INTAKE_POLICIES,
        string="Incomplete Leads",
        default="flag",
        required=True,
        help="Leads without a source, or with neither email nor phone. Leads that "
        "arrive automatically are never refused.",
        groups="base.group_user",
    )
    lead_customer_call = fields.Boolean(
        string="Call New Customers",
        default=True,
        help="The salesperson calls new customers with a phone number on the same day.",
        groups="base.group_user",
    )
    lead_distribution_manager_id = fields.Many2one(
        "res.users",
        string="Manager of Distribution",
        domain=[("share", "=", False)],
        groups="base.group_user",
    )

    lead_pool_bell = fields.Boolean(
        string="Notify of New Leads in the Pool",
        help="Notifies salespeople in Odoo of leads that they may claim when no "
        "salesperson was found.",
        groups="base.group_user",
    )

    lead_told_within = fields.Float(
        string="Notified Within",
        default=2.0,
        digits=(16, 1),
        help="Seconds within which salespeople should be notified of 99 of 100 "
        "immediately distributed leads. Otherwise the health check warns. 0: no "
        "check.",
        groups="base.group_user",
    )

    lead_steps_dismissed = fields.Boolean(
        help="Whether somebody wanted to see the first steps no more.",
        groups="base.group_user",
    )

    # what counts as a follow-up
    lead_follow_up_activity = fields.Boolean(
        string="Activities Done Count",
        default=True,
        help="Calls and other activities that somebody marked as done.",
        groups="base.group_user",
    )
    lead_follow_up_email = fields.Boolean(
        string="Emails Count",
        default=True,
        help="To the customer, by a colleague.",
        groups="base.group_user",
    )
    lead_follow_up_note = fields.Boolean(
        string="Notes Count",
        default=True,
        help="Written by the lead's salesperson.",
        groups="base.group_user",
    )
    lead_follow_up_meeting = fields.Boolean(
        string="Meetings Count",
        default=True,
        help="Counted once they took place.",
        groups="base.group_user",
    )
    lead_follow_up_stage = fields.Boolean(
        string="Stages Count",
        default=True,
        help="Moved by a person.",
        groups="base.group_user",
    )

    lead_rule_confirm_above = fields.Integer(
        string="Rules Ask Above",
        default=100,
        help="A rule that would move more at its first run waits for the confirmation "
        "of a manager. 0: rules never ask.",
        groups="base.group_user",
    )
    lead_follow_up_next = fields.Integer(
        help="Id from which on the follow-up dates of older leads are to be found; 0 "
        "when all are.",
        groups="base.group_user",
    )
    lead_follow_up_anew = fields.Boolean(
        string="Find Follow-up Dates Again",
        help="Also those that have dates already, because different activities count "
        "now.",
        groups="base.group_user",
    )

    _lead_target_positive = models.Constraint(
        "CHECK (lead_standard_target >= 0)", "A target cannot be negative."
    )
    _lead_value_positive = models.Constraint(
        "CHECK (lead_value_per_unit >= 0)", "A revenue cannot be negative."
    )
    _lead_limit_positive = models.Constraint(
        "CHECK (lead_distribution_immediate_limit >= 0)",
        "A number of leads cannot be negative.",
    )

    @api.constrains("lead_distribution_fallback_email")
    def _check_lead_distribution_fallback_email(self):
        for company in self.filtered("lead_distribution_fallback_email"):
            self.env["res.company"]._check_fallback_address(
                company.lead_distribution_fallback_email
            )

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        self.env["lead.distribution.lock"]._ensure(companies)
        self.env.registry.clear_cache()
        # again when all can see it, should somebody have looked meanwhile
        self.env.cr.postcommit.add(self.env.registry.clear_cache)
        return companies

    def _lead_timezone(self):
        """Return the pytz zone in which this company's months run."""
        # sudo: whoever delivers leads, such as a visitor, need not see the settings
        company = self.sudo()
        if not company.lead_distribution_tz:
            company.resource_calendar_id.fetch(["tz"])
        return pytz.timezone(
            company.lead_distribution_tz
            or company.resource_calendar_id.tz
            or self.env.user.tz
            or "UTC"
        )

    def write(self, vals):
        told = self.browse()
        if vals.get("lead_distribution_tracking") == "digest":
            told = self.filtered(lambda x: x.lead_distribution_tracking != "digest")
        before = [company._lead_follow_up_kinds() for company in self]
        Route = self.env["lead.distribution.route"]
        mode = "lead_distribution_mode" in vals
        on = Route._distributing() if mode else None
        result = super().write(vals)
        told._begin_digest()
        if before != [company._lead_follow_up_kinds() for company in self]:
            self.env["res.company"]._schedule_backfill(self, anew=True)
        if mode:
            self.env.registry.clear_cache()
            Route._started(on)
        return result

    def _begin_digest(self):
        """The daily email begins to tell with today."""
        for company in self:
            today = company_today(company)
            # sudo: kept by the distribution, whoever changes the setting
            company.sudo().lead_distribution_digest_date = today - timedelta(days=1)

    def _lead_follow_up_kinds(self):
        """Return the names of the settings that say what counts as a follow-up."""
        names = ("activity", "email", "note", "meeting", "stage")
        # sudo: switches of the company, to decide and not to tell
        return [name for name in names if self.sudo()[f"lead_follow_up_{name}"]]

    @api.model
    @ormcache()
    def _lead_several(self):
        """Whether there are several companies."""
        # sudo: a number, the same for everybody
        return self.sudo().search_count([], limit=2) > 1

    @api.model
    def _lead_shared_is_guarded(self):
        """Whether the current user leaves alone what all companies share."""
        return not self.env.is_system() and self._lead_several()

    @api.model
    @ormcache()
    def _lead_only_company(self):
        """Tell whether the database has one company only.

        :returns: ``(id, alone)``: the only active company of the database, else False;
            and whether there is no archived one beside it
        """
        # sudo: that there are others, nothing of them
        companies = self.sudo().with_context(active_test=False).search([])
        active = companies.filtered("active")
        only = active.id if len(active) == 1 else False
        return only, len(companies) == 1

    def _lead_distribution_on(self):
        """Whether leads of this company (or of none) are distributed here: not
        switched off, and somebody made a route."""
        return self.id in self.env["lead.distribution.route"]._distributing()

    def _lead_country_code(self):
        """Tell in whose country's notation the company's leads write their numbers.

        :returns: ISO code of the company's country, "" without one
        """
        # sudo: a country, for numbers and postcodes
        company = self.sudo()
        if not self.env.cache.contains(company, company._fields["country_id"]):
            # of address and country Odoo would read every column, with each mail anew;
            # in the language the chatter lines are written
            address = company._get_company_address_field_names()
            company.partner_id.fetch(["type", "lang", *address])
            company.country_id.fetch(["code"])
        return company.country_id.code or ""

    def _lead_placeholders(self):
        """Parse the setting of what stands for no contact data.

        :returns: ``(addresses, numbers, words)``: normalised, in E.164, folded
        """
        addresses, numbers, words = set(), set(), set()
        # sudo: whoever delivers leads, such as a visitor, need not see the settings
        lines = (self.sudo().lead_placeholders or "").splitlines()
        code = self._lead_country_code() or "ZZ" if lines else ""
        for line in lines:
            word = line.strip()[:LINE]
            found = phones_of(word, [code])
            if "@" in word:
                addresses.add(email_normalize(word) or word.lower())
            elif found:
                numbers.update(found)
            elif word:
                words.add(fold(word))
        return addresses, numbers, words

    def _lead_distribution_set_up(self):
        """Whether leads of this company are distributed here, or will be again: not
        switched off, and somebody made a route, though all are paused now."""
        if self._lead_distribution_on():
            return True
        # sudo: how the company takes in leads, whoever brings one
        company = self.sudo()
        if not company or company.lead_distribution_mode == "off":
            return False
        routes = company.env["lead.distribution.route"].with_context(active_test=False)
        domain = [("company_id", "in", [False, company.id])]
        return bool(routes.search_count(domain, limit=1))

    def _lead_shared_senders(self):
        """Parse the setting of addresses and domains that several people share.

        :returns: ``(addresses, domains)``, sets of normalised strings
        """
        addresses, domains = set(), set()
        # sudo: whoever delivers leads, such as a visitor, need not see the settings
        senders = self.sudo().lead_distribution_shared_senders or ""
        for line in senders.splitlines():
            word = line.strip().lower()
            if not word:
                continue
            if email_split(word) and not word.startswith("@"):
                addresses.add(email_normalize(word) or word)
            else:
                domains.add(word.lstrip("@"))
        return addresses, domains

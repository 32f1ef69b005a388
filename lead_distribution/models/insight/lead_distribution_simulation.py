from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import LazyTranslate, format_date

from ...tools.batch import drop_some
from ...tools.constants import REASONS
from ...tools.periods import company_midnight, company_today
from ...tools.service_context import as_service

_lt = LazyTranslate(__name__)

#: what a simulation found is forgotten so many days later, so many at a time
DAYS_KEPT, DROPPED_AT_ONCE = 90, 100
#: of the leads that would have gone elsewhere so many are listed
LISTED = 1000
#: more leads than this are not replayed
MOST_LEADS = 50_000
#: up to so many leads are replayed while one waits, in about a second
AT_ONCE = 2000


class LeadDistributionSimulation(models.Model):
    """The leads of some time, replayed through chosen routes without writing anything:
    who received how many then, and would now.

    Only the simulation itself is written. Period and routes say what was replayed:
    whoever changes them drops the result.
    """

    _name = "lead.distribution.simulation"
    _description = "Simulation of Lead Distribution"
    _inherit = ["lead.distribution.guard", "lead.distribution.kept"]
    _order = "id desc"
    _lead_kept_fields = frozenset(
        {
            "date_run",
            "elsewhere_count",
            "elsewhere_ids",
            "lead_count",
            "line_ids",
            "work_asked_by_id",
            "work_done",
            "work_number",
            "work_problem",
            "work_total",
            "work_tries",
        }
    )
    _check_company_auto = True

    name = fields.Char(
        required=True,
        default=lambda self: self.env._("Today's routes"),
        help="Description of the simulation, to distinguish it from others.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        ondelete="cascade",
        index=True,
    )
    date_from = fields.Date(
        string="Leads from",
        required=True,
        compute="_compute_period",
        store=True,
        readonly=False,
        precompute=True,
        help="The first day of arrival, in the company's time zone.",
    )
    date_to = fields.Date(
        string="Leads until",
        required=True,
        compute="_compute_period",
        store=True,
        readonly=False,
        precompute=True,
        help="The last day of arrival, included.",
    )
    route_ids = fields.Many2many(
        "lead.distribution.route",
        "lead_distribution_simulation_route_rel",
        "simulation_id",
        "route_id",
        string="Routes",
        compute="_compute_route_ids",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        context={"active_test": False},
        help="Only these routes are used, in their order. Paused routes count as "
        "active.",
    )
    # what came of it
    date_run = fields.Datetime(string="Replayed on", readonly=True, copy=False)
    lead_count = fields.Integer(string="Leads Replayed", readonly=True, copy=False)
    elsewhere_count = fields.Integer(
        string="Would Be Assigned Differently", readonly=True, copy=False
    )
    line_ids = fields.One2many(
        "lead.distribution.simulation.line",
        "simulation_id",
        string="Salespeople",
        readonly=True,
    )
    elsewhere_ids = fields.One2many(
        "lead.distribution.simulation.lead",
        "simulation_id",
        string="Assigned Differently",
        readonly=True,
    )
    summary = fields.Char(string="Summary in One Sentence", compute="_compute_summary")

    # computes --------------------------------------------------------------

    @api.depends("company_id")
    def _compute_period(self):
        """The company's last month, unless there is one."""
        for simulation in self:
            today = company_today(simulation.company_id)
            last = today.replace(day=1) - timedelta(days=1)
            simulation.date_from = simulation.date_from or last.replace(day=1)
            simulation.date_to = simulation.date_to or last

    @api.depends("company_id")
    def _compute_route_ids(self):
        for simulation in self:
            simulation.route_ids = self.env["lead.distribution.route"]._routes_of(
                simulation.company_id
            )

    @api.depends("date_run", "lead_count", "elsewhere_count", "line_ids")
    @api.depends_context("lang")
    def _compute_summary(self):
        for simulation in self:
            if not simulation.date_run:
                simulation.summary = False
                continue
            nobody = simulation.line_ids.filtered(lambda line: not line.user_id)
            simulation.summary = self.env._(
                "Leads that would have been assigned differently: %(elsewhere)s of "
                "%(leads)s; without a salesperson: %(then)s then, %(now)s now.",
                elsewhere=simulation.elsewhere_count,
                leads=simulation.lead_count,
                then=sum(nobody.mapped("actual")),
                now=sum(nobody.mapped("simulated")),
            )

    # checks ----------------------------------------------------------------

    @api.constrains("date_from", "date_to")
    def _check_period(self):
        for simulation in self:
            if simulation.date_to < simulation.date_from:
                raise ValidationError(
                    self.env._("The end of a period must not be before its start.")
                )

    # CRUD ------------------------------------------------------------------

    def write(self, vals):
        if {"company_id", "date_from", "date_to", "route_ids"} & set(vals):
            # what was found was found with others
            self.check_access("write")
            self._forget()
        return super().write(vals)

    def copy_data(self, default=None):
        return [
            dict(vals, name=self.env._("%s (copy)", simulation.name))
            for simulation, vals in zip(
                self, super().copy_data(default=default), strict=True
            )
        ]

    # actions ---------------------------------------------------------------

    def action_run(self):
        """Replay the leads of the period; what an earlier run found is replaced. Many
        leads are replayed in the background.

        :returns: True
        :raises AccessError: for everybody but managers of distribution
        :raises UserError: without routes or leads, with too many, and while it runs
        """
        self._check_manager()
        for simulation in self:
            count = simulation._count_leads()
            if simulation._at_once(count):
                simulation._keep(simulation._decided())
            else:
                simulation._begin_work(count)
        return True

    def action_open_chart(self):
        """Draw who got how much then, and who would now."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "lead_distribution.lead_distribution_simulation_chart_action"
        )
        return dict(action, domain=[("simulation_id", "=", self.id)])

    def action_open_elsewhere(self):
        """List the leads that would have gone elsewhere."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "lead_distribution.lead_distribution_simulation_lead_action"
        )
        return dict(action, domain=[("simulation_id", "=", self.id)])

    # business --------------------------------------------------------------

    def _check_manager(self):
        """Check that the user may simulate.

        :raises AccessError: for everybody but managers of distribution
        """
        manager = self.env.user.has_group("lead_distribution.group_manager")
        if not manager and not self.env.su:
            raise AccessError(
                self.env._("Only managers of distribution can create simulations.")
            )
        self.check_access("write")

    def _period(self):
        """Return when the period begins and ends, as naive UTC datetimes."""
        company = self.company_id
        return (
            company_midnight(company, self.date_from),
            company_midnight(company, self.date_to + timedelta(days=1)),
        )

    def _at_once(self, count):
        """Hook: whether so many leads are replayed while one waits."""
        return count <= AT_ONCE

    def _count_leads(self):
        """Count the leads to be replayed.

        :raises UserError: without routes or leads, and with too many
        """
        self.ensure_one()
        company = self.company_id
        if not self.route_ids:
            raise UserError(
                self.env._("Choose at least one route through which the leads go.")
            )
        service = as_service(self.env["lead.distribution.replay"], company)
        count = service._count_arrived(company, *self._period())
        if not count:
            raise UserError(
                self.env._(
                    "No leads to distribute arrived at %(company)s from %(begin)s to "
                    "%(end)s: choose another period.",
                    company=company.name,
                    begin=format_date(self.env, self.date_from),
                    end=format_date(self.env, self.date_to),
                )
            )
        self.env["lead.distribution.replay"]._check_many(count, MOST_LEADS)
        return count

    def _decided(self, tell=None):
        """Replay the leads.

        :param tell: see ``_replay``
        :returns: ``[(lead, Decision), ...]``
        """
        return self.env["lead.distribution.replay"]._replay(
            self.company_id, self.route_ids, *self._period(), MOST_LEADS, tell
        )

    def _keep(self, decided):
        """Keep what was found.

        :param decided: see :meth:`_decided`
        """
        received = self.env["lead.distribution.replay"]._received(
            [lead.id for lead, _decision in decided]
        )
        self._forget()
        people, elsewhere = {}, []
        for lead, decision in decided:
            then_id, units = received.get(lead.id, (None, 0.0))
            then = people.setdefault(then_id, self._empty_line())
            then["actual"] += 1
            then["actual_units"] += units
            now = people.setdefault(decision.user_id, self._empty_line())
            now["simulated"] += 1
            now["simulated_units"] += decision.units
            if then_id != decision.user_id:
                elsewhere.append(
                    {
                        "simulation_id": self.id,
                        "lead_id": lead.id,
                        "date": lead.create_date,
                        "actual_user_id": then_id,
                        "simulated_user_id": decision.user_id,
                        "route_id": decision.route_id,
                        "reason": decision.reason,
                    }
                )
        # sudo: what was found nobody writes but the replay
        found = self.sudo()
        names = {
            user.id: user.name or ""
            for user in found.env["res.users"].browse(u for u in people if u)
        }
        found.env["lead.distribution.simulation.line"].create(
            [
                dict(people[user_id], simulation_id=self.id, user_id=user_id)
                # whoever nobody was found for comes last
                for user_id in sorted(people, key=lambda i: (not i, names.get(i), i))
            ]
        )
        found.env["lead.distribution.simulation.lead"].create(elsewhere[:LISTED])
        found.write(
            {
                "date_run": fields.Datetime.now(),
                "lead_count": len(decided),
                "elsewhere_count": len(elsewhere),
            }
        )

    @api.model
    def _empty_line(self):
        return {
            "actual": 0,
            "simulated": 0,
            "actual_units": 0.0,
            "simulated_units": 0.0,
        }

    def _forget(self):
        """Drop what was found, or is being looked for; rights are checked by whoever
        calls."""
        # sudo: what was found nobody writes but the replay
        found = self.sudo()
        found.filtered(lambda x: x.work_asked_by_id or x.work_problem)._end_work()
        found.line_ids.unlink()
        found.elsewhere_ids.unlink()
        found.filtered("date_run").write(
            {"date_run": False, "lead_count": 0, "elsewhere_count": 0}
        )

    @api.autovacuum
    def _gc_simulations(self):
        """Drop old simulations, a block at a time.

        :returns: ``(number dropped, whether more remain)``
        """
        long_ago = fields.Datetime.now() - timedelta(days=DAYS_KEPT)
        return drop_some(self, [("write_date", "<", long_ago)], DROPPED_AT_ONCE)


class LeadDistributionSimulationLine(models.Model):
    """A salesperson of a simulation; without one: the leads that found nobody."""

    _name = "lead.distribution.simulation.line"
    _description = "Simulated Salesperson"
    _order = "id"

    simulation_id = fields.Many2one(
        "lead.distribution.simulation", required=True, ondelete="cascade", index=True
    )
    user_id = fields.Many2one("res.users", string="Salesperson", ondelete="cascade")
    name = fields.Char(string="Who", compute="_compute_name")
    actual = fields.Integer(
        string="Then",
        help="Replayed leads that this salesperson received first, by the ledger.",
    )
    simulated = fields.Integer(
        string="Now", help="Leads that the chosen routes would have assigned to them."
    )
    difference = fields.Integer(compute="_compute_figures")
    actual_units = fields.Float(string="Units Then", digits=(16, 2))
    simulated_units = fields.Float(string="Units Now", digits=(16, 2))
    actual_percent = fields.Float(
        string="% Then", compute="_compute_figures", help="Share of the leads."
    )
    simulated_percent = fields.Float(
        string="% Now", compute="_compute_figures", help="Share of the leads."
    )

    @api.depends("user_id")
    @api.depends_context("lang")
    def _compute_name(self):
        for line in self:
            line.name = line.user_id.name or self.env._("Nobody")

    @api.depends("actual", "simulated", "simulation_id.lead_count")
    def _compute_figures(self):
        for line in self:
            leads = line.simulation_id.lead_count or 1
            line.difference = line.simulated - line.actual
            line.actual_percent = 100.0 * line.actual / leads
            line.simulated_percent = 100.0 * line.simulated / leads


class LeadDistributionSimulationLead(models.Model):
    """A lead that would have gone to somebody else, or to nobody."""

    _name = "lead.distribution.simulation.lead"
    _description = "Lead Assigned Differently"
    _order = "id"
    _rec_name = "lead_id"

    simulation_id = fields.Many2one(
        "lead.distribution.simulation", required=True, ondelete="cascade", index=True
    )
    lead_id = fields.Many2one("crm.lead", ondelete="cascade", index=True)
    date = fields.Datetime(string="Arrived")
    actual_user_id = fields.Many2one(
        "res.users",
        string="Then",
        ondelete="cascade",
        falsy_value_label=_lt("Nobody"),  # pylint: disable=translation-field
        help="The first to receive it.",
    )
    simulated_user_id = fields.Many2one(
        "res.users",
        string="Now",
        ondelete="cascade",
        falsy_value_label=_lt("Nobody"),  # pylint: disable=translation-field
    )
    route_id = fields.Many2one(
        "lead.distribution.route",
        ondelete="set null",
        help="The one that would have taken it; without a salesperson the first that "
        "matched.",
    )
    reason = fields.Selection(REASONS, help="Why it would have gone there.")

    def action_open_lead(self):
        """Open the lead."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.lead",
            "res_id": self.lead_id.id,
            "views": [(False, "form")],
        }

"""Another addon adds to the registries: the code of readme/EXTENDING.md is run."""

import re
from datetime import timedelta
from unittest.mock import patch

from lxml import etree

from odoo import fields
from odoo.orm.model_classes import add_to_registry
from odoo.orm.models import MetaModel
from odoo.tests import Form, new_test_user
from odoo.tests.common import tagged
from odoo.tools import file_open, mute_logger

from ..engine import STRATEGIES
from ..models.insight.health_finding import Finding
from ..tools.service_context import as_service
from .common import SALESMAN
from .test_processes import ProcessCase

PAGE = "lead_distribution/readme/EXTENDING.md"
ADDON = "lead_distribution_example"
_FILE = re.compile(r"^`([\w/.]+)`\n\n```(?:python|xml)\n(.*?)^```$", re.M | re.S)


def files_of_the_page():
    """Return ``{path: code}`` of what the developer's page shows."""
    with file_open(PAGE) as page:
        return dict(_FILE.findall(page.read()))


@tagged("post_install", "-at_install")
class TestExtension(ProcessCase):
    """Each kind of extension is found wherever its own kind is, by its key."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.files = files_of_the_page()
        strategies = dict(STRATEGIES)
        cls.addClassCleanup(STRATEGIES.update, strategies)
        cls.addClassCleanup(STRATEGIES.clear)
        cls._load([code for path, code in cls.files.items() if path.endswith(".py")])
        for path, code in cls.files.items():
            if path.endswith(".xml"):
                cls._load_view(code)
        cls.env["lead.distribution.rule"].search([]).active = False

    @classmethod
    def _load(cls, codes):
        """Load the files as those of an addon that is being installed."""
        for number, code in enumerate(codes):
            name = f"odoo.addons.{ADDON}.models.file_{number}"
            names = {"__name__": name}
            exec(compile(code, name, "exec"), names)  # the page's own code
        definitions = MetaModel._module_to_models__.pop(ADDON)
        models = list(dict.fromkeys(each._name for each in definitions))
        registry = cls.registry
        # with these classes gone, Odoo sets the models up anew after the class of tests
        for model in models:
            model_cls = registry[model]
            cls.addClassCleanup(
                setattr, model_cls, "_base_classes__", model_cls._base_classes__
            )
        for each in definitions:
            add_to_registry(registry, each)
        registry._setup_models__(cls.env.cr, models)
        # what it adds to the database goes with the transaction
        registry.init_models(cls.env.cr, models, {"module": ADDON})
        registry.clear_all_caches()
        cls.env.invalidate_all()

    @classmethod
    def _load_view(cls, code):
        record = etree.fromstring(code).find("record")
        values = {field.get("name"): field for field in record.findall("field")}
        cls.env["ir.ui.view"].create(
            {
                "name": values["name"].text,
                "model": values["model"].text,
                "inherit_id": cls.env.ref(values["inherit_id"].get("ref")).id,
                "arch": etree.tostring(values["arch"][0], encoding="unicode"),
            }
        )

    def _labels(self, model, field):
        found = self.env[model].with_user(self.manager).fields_get([field])
        return dict(found[field]["selection"])

    def _listed(self, record, *names):
        """Return what the list shows of a record."""
        found = (
            self.env[record._name]
            .with_user(self.manager)
            .web_search_read([("id", "=", record.id)], dict.fromkeys(names, {}))
        )
        return found["records"][0]

    def _why(self, lead, user=None):
        lead = lead.with_user(user or self.manager)
        return str(lead.env["lead.distribution.explanation"]._explain_lead(lead))

    def _received(self, route):
        """Return what the statistics say: ``{salesperson: leads}`` of a route."""
        self.env.flush_all()
        groups = (
            self.env["lead.distribution.report"]
            .with_user(self.manager)
            ._read_group([("route_id", "=", route.id)], ["user_id"], ["received:sum"])
        )
        return {user: received for user, received in groups}

    def _findings(self, kind=None):
        self.env.flush_all()
        self.env.registry.clear_all_caches()
        Health = self.env["lead.distribution.health"].with_user(self.manager)
        Health.invalidate_model()
        found = Health.search([])
        return found.filtered(lambda one: one.kind == kind) if kind else found

    def test_one_file_each(self):
        """Part 10: six kinds of extension, each one file of Python."""
        python = [path for path in self.files if path.endswith(".py")]
        kinds = ("strategy", "source", "measure", "effect", "trigger", "check")
        self.assertEqual(
            sorted(path.split("/")[1].split("_")[0] for path in python), sorted(kinds)
        )

    def test_strategy(self):
        """Part 10: a strategy is in form, list, sentence, explanation, statistics."""
        self.assertIn(
            "longest_wait", self._labels("lead.distribution.route", "strategy")
        )
        with Form(self.env["lead.distribution.route"].with_user(self.manager)) as form:
            form.name = "By wait"
            form.strategy = "longest_wait"
            self.assertFalse(form.by_load or form.by_target or form.by_rate)
            for user in self.anna | self.boris | self.clara:
                with form.member_ids.new() as line:
                    line.user_id = user
        route = form.record
        sentence = "Every lead: to Anna, Boris, Clara, whoever has waited longest"
        self.assertIn(sentence, route.summary)
        listed = self._listed(route, "summary", "strategy", "candidate_count")
        self.assertIn(sentence, listed["summary"])
        self.assertEqual(listed["strategy"], "longest_wait")
        route.member_ids[0].write({"target_mode": "individual", "target": 100})
        leads = self._lead(4)
        takers = [lead.user_id for lead in leads.sorted("id")]
        self.assertEqual(takers, [self.anna, self.boris, self.clara, self.anna])
        why = self._why(leads[-1])
        for words in ("Whoever got no lead for the longest time", "Turn", "by wait"):
            self.assertIn(words, why)
        self.assertEqual(
            self._received(route), {self.anna: 2, self.boris: 1, self.clara: 1}
        )
        owed = self.env["lead.distribution.fairness"]._read_group(
            [("route_id", "=", route.id)], ["user_id"], ["owed:sum"]
        )
        self.assertEqual(len(owed), 3)
        for _user, share in owed:
            self.assertAlmostEqual(share, 4 / 3, 3)
        simulated = self.env["lead.distribution.simulation"].create(
            {
                "date_from": fields.Date.today(),
                "date_to": fields.Date.today(),
                "route_ids": route.ids,
            }
        )
        simulated.action_run()
        self.assertEqual(sum(simulated.line_ids.mapped("simulated")), 4)
        self.assertFalse(self._findings("installed"))

    def test_source(self):
        """Part 10: a source of candidates is in form, list, sentence, pool, health."""
        source = "everybody"
        self.assertIn(source, self._labels("lead.distribution.route", "pool_source"))
        with Form(self.env["lead.distribution.route"].with_user(self.manager)) as form:
            form.name = "Anybody"
            form.pool_source = source
            form.delivery = "offer_all"
        route = form.record
        self.assertIn("to all salespeople, evenly", route.summary)
        self.assertIn("to all salespeople", self._listed(route, "summary")["summary"])
        self.assertLessEqual({self.anna, self.boris, self.clara}, set(route._users()))
        self.assertEqual(route.candidate_count, len(route._users()))
        lead = self._lead()
        self.assertEqual(lead.distribution_state, "offered")
        # one who is on no team and no other route, and whom nobody offered it
        newcomer = new_test_user(
            self.env,
            login="ld_newcomer",
            groups=SALESMAN,
            name="Newcomer",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        self.env.registry.clear_all_caches()
        self.assertTrue(lead.with_user(newcomer).has_access("read"))
        member = self._route(self.anna, name="Anna's", delivery="offer_all")
        as_service(lead).write({"distribution_route_id": member.id})
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertFalse(lead.with_user(newcomer).has_access("read"))
        member.active = False
        route.delivery = "assign"
        taken = self._lead()
        self.assertIn(taken.user_id, route._users())
        self.assertEqual(self._received(route)[taken.user_id], 1)
        self.assertIn("Anybody", self._why(taken))
        route._users().lead_distribution_paused = True
        finding = self._findings("pool")
        self.assertIn("Route “Anybody”: nobody can take a lead", finding.name)

    def test_measure(self):
        """Part 10: a measure of the workload counts, and is named."""
        self.assertIn(
            "meetings", self._labels("lead.distribution.route", "workload_measure")
        )
        route = self._route(
            self.anna | self.boris, name="By meetings", workload_measure="meetings"
        )
        self.assertIn("; counted in meetings of the month;", route.summary)
        self.assertEqual(
            self._listed(route, "workload_measure")["workload_measure"], "meetings"
        )
        now = fields.Datetime.now()
        self.env["calendar.event"].create(
            [
                {
                    "name": "Meeting",
                    "user_id": self.anna.id,
                    "start": now,
                    "stop": now + timedelta(hours=1),
                }
                for _number in range(3)
            ]
        )
        lead = self._lead()
        self.assertEqual(lead.user_id, self.boris)
        why = self._why(lead)
        self.assertIn("Meetings before", why)
        self.assertNotIn("Leads before", why)
        row = self._rows(lead).sudo()
        self.assertEqual(row.trace["next"][0][:2], [self.anna.id, 3.0])
        # a measure that does not say what it counts counts leads
        with patch.object(
            self.registry["lead.distribution.candidates"], "_count_meetings", None
        ):
            self.assertIn(self._lead().user_id, self.anna | self.boris)
        self.assertEqual(sum(self._received(route).values()), 2)

    def test_effect(self):
        """Part 10: an effect is in form, list and sentence, and is done."""
        done = self.visit.lead_outcome_ids[0]
        with Form(done.with_user(self.manager)) as form:
            form.lead_priority = "3"
        self.assertEqual(done.summary, "priority Very High")
        self.assertEqual(self._listed(done, "summary")["summary"], done.summary)
        lead = self._lead(user_id=self.anna.id)
        task = self._task(lead, self.anna)
        task.with_user(self.anna).action_feedback_outcome(done.id)
        self.assertEqual(lead.priority, "3")

    def test_effect_that_fails(self):
        """Part 10: what fails of an effect is said, by its label, and stops nothing."""
        done = self.visit.lead_outcome_ids[0]
        tag = self.env["crm.tag"].create({"name": "Seen"})
        done.write({"lead_priority": "3", "tag_ids": tag.ids})
        Outcome = self.registry["lead.activity.outcome"]

        def fail(outcome, activities):
            raise KeyError("no such priority")

        with patch.object(Outcome, "_apply_priority", fail):
            self._fails(done, tag, "Priority: ")
        done.lead_priority = False
        effects = Outcome._effects

        def more(outcome):
            return {**effects(outcome), "ghost": "Ghost"}

        with patch.object(Outcome, "_effects", more):
            self._fails(done, tag, "Ghost: No action is set for it.")

    def _fails(self, outcome, tag, words):
        lead = self._lead(user_id=self.anna.id)
        task = self._task(lead, self.anna)
        logger = "odoo.addons.lead_distribution.models.task.outcome_follow"
        with self.assertLogs(logger, "WARNING"):
            task.with_user(self.anna).action_feedback_outcome(outcome.id)
        self.assertEqual(task.outcome_id, outcome)
        self.assertEqual(lead.tag_ids, tag)
        self.assertIn(words, lead.message_ids[0].body)

    def test_trigger(self):
        """Part 10: a trigger is in form, list, sentence and statistics of processes."""
        self.assertIn("stage", self._labels("lead.distribution.process", "trigger"))
        process = self._process(trigger="stage", name="Next stage")
        self.assertIn("A lead comes to another stage", process.summary)
        listed = self._listed(process, "trigger", "summary", "task_count")
        self.assertEqual(listed["trigger"], "stage")
        lead = self._lead(user_id=self.anna.id)
        stages = self.env["crm.stage"].search([], limit=2)
        self.assertFalse(process.event_ids)
        lead.with_user(self.anna).stage_id = stages - lead.stage_id
        self.assertEqual(process.event_ids.lead_id, lead)
        self._run_processes()
        self.assertEqual(self._tasks(lead).activity_type_id, self.visit)
        process.invalidate_recordset()
        self.assertEqual(process.task_count, 1)
        self._route(self.anna)
        self.visit.active = False
        self.assertIn("Process “Next stage”", self._findings("process").name)

    def test_check(self):
        """Part 10: a health check is made, listed under its kind, and opens what it is
        about."""
        self.assertIn("email", self._labels("lead.distribution.health", "kind"))
        self._route(self.anna | self.boris)
        self.assertFalse(self._findings("email"))
        self.boris.partner_id.email = False
        finding = self._findings("email")
        self.assertIn("Boris", finding.name)
        self.assertNotIn("Anna", finding.name)
        listed = self._listed(finding, "kind", "name", "can_open")
        self.assertEqual((listed["kind"], listed["can_open"]), ("email", True))
        self.assertEqual(finding.action_open()["res_model"], "res.users")

    def test_check_that_fails(self):
        """Part 10: a check that fails is a finding; the others are made."""
        self._route(name="Empty")

        def fail(checks, setup):
            checks.env.cr.execute("SELECT nothing FROM nowhere")

        checks = self.registry["lead.distribution.health.checks"]
        logger = "odoo.addons.lead_distribution.models.insight.health"
        with (
            patch.object(checks, "_health_email", fail),
            self.assertLogs(logger, "WARNING"),
            mute_logger("odoo.sql_db"),
        ):
            found = {one.kind: one.name for one in self._findings()}
        self.assertIn("“email”", found["failed"])
        self.assertIn("UndefinedTable", found["failed"])
        self.assertIn("Empty", found["pool"])

    def test_records_without_an_action(self):
        """Part 10: what a check finds opens, whatever its model."""
        finding_class = Finding(
            "email", "info", "Look", self.company, self.anna.partner_id
        )
        checks = self.env["lead.distribution.health.checks"]
        action = checks._health_action(finding_class)
        self.assertEqual(
            (action["res_model"], action["res_id"]),
            ("res.partner", self.anna.partner_id.id),
        )

    def test_addon_that_is_gone(self):
        """Part 10: keys that nobody knows any more stop nothing, and are said."""
        route = self._route(self.anna | self.boris, name="Old")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE lead_distribution_route SET strategy = 'gone',"
            " workload_measure = 'gone' WHERE id = %s",
            [route.id],
        )
        self.env.invalidate_all()
        self.assertIn("the strategy “gone” is not installed", route.summary)
        self._listed(route, "summary", "strategy", "workload_measure")
        lead = self._lead()
        self.assertIn(lead.user_id, self.anna | self.boris)
        self.assertIn("Old", self._why(lead))
        found = self._findings("installed")
        self.assertEqual(len(found), 2)
        self.assertIn("“gone”, chosen as Strategy", found[0].name)
        self.env.cr.execute(
            "UPDATE lead_distribution_route SET pool_source = 'gone' WHERE id = %s",
            [route.id],
        )
        self.env.invalidate_all()
        self.assertFalse(route.candidate_count)
        self._listed(route, "summary", "candidate_count")
        self.assertEqual(self._lead().distribution_state, "pool")

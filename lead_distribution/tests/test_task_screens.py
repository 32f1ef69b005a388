"""Tasks in the browser, and the unit tests of their components."""

from datetime import timedelta

from odoo import Command, fields
from odoo.tests import HttpCase
from odoo.tests.common import tagged

from .common import tour_user


def hoot_id(suite):
    """:returns: the id under which hoot, Odoo's test runner for JavaScript, knows a
    suite: a hash of its name as in ``generateHash`` of ``hoot_utils.js``"""
    number = 0
    for char in suite:
        number = (number << 5) - number + ord(char)
        number &= 0xFFFFFFFF
    return f"{number:08x}"


@tagged("post_install", "-at_install")
class TestTaskScreens(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["lead.distribution.route"].search([]).active = False

        cls.env.company.lead_undo_seconds = 0  # at once
        cls.anna, cls.boris = tour_user(cls.env, "anna"), tour_user(cls.env, "boris")
        cls.manager = tour_user(cls.env, "manager", "group_sale_manager")
        cls.team = cls.env["crm.team"].create(
            {"name": "Call Centre", "member_ids": [Command.set(cls.boris.ids)]}
        )
        cls.visit = cls._type("Visit")

    @classmethod
    def _type(cls, name, **outcomes):
        """:param outcomes: ``{name: values}`` besides Done and Failed"""
        kind = (
            cls.env["mail.activity.type"]
            .with_user(cls.manager)
            .create(
                {
                    "name": name,
                    "summary": name,
                    "icon": "fa-phone",
                    "res_model": "crm.lead",
                }
            )
        )
        for outcome, values in outcomes.items():
            kind.lead_outcome_ids = [Command.create({"name": outcome, **values})]
        return kind.with_env(cls.env)

    def _lead(self, name, user):
        return self.env["crm.lead"].create(
            {"name": name, "type": "opportunity", "user_id": user.id}
        )

    def _done(self, kind):
        return kind.lead_outcome_ids.filtered(lambda outcome: outcome.name == "Done")

    def test_chain(self):
        """S3 S4 S6 S8: call, call again, visit, offer, closing call, won"""
        won = self.env["crm.stage"].search([("is_won", "=", True)], limit=1)
        lead = self._chain("Flat of the chain", Signed={"stage_id": won.id})
        self.start_tour("/odoo/crm", "lead_distribution_task_chain", login="tour_anna")
        self.assertEqual(lead.stage_id, won)
        tasks = lead.lead_task_ids.sorted("id")
        self.assertEqual(
            tasks.mapped("activity_type_id.name"),
            ["First call", "Visit", "Offer", "Closing call"],
        )
        self.assertEqual(
            [task.outcome_id.name for task in tasks],
            ["Voicemail", "Interested", "Done", "Done", "Signed"],
        )
        self.assertEqual(tasks[1].feedback, "Wants a balcony")

    def _chain(self, name, **endings):
        """:returns: a lead of Anna's with the first of five tasks"""
        closing = self._type("Closing call", **endings)
        offer = self._type("Offer")
        call = self._type(
            "First call",
            Interested={"next_activity_type_id": self.visit.id, "is_success": True},
        )
        call.lead_outcome_ids = [
            Command.create(
                {
                    "name": "Voicemail",
                    "next_activity_type_id": call.id,
                    "next_delay_number": 1,
                }
            )
        ]
        self._done(self.visit).next_activity_type_id = offer
        self._done(offer).next_activity_type_id = closing
        lead = self._lead(name, self.anna)
        lead.activity_schedule(activity_type_id=call.id, user_id=self.anna.id)
        return lead

    def test_branch(self):
        """S3 S4 S8: the other branch, lost; where the chain's tour does not click"""
        reason = self.env["crm.lost.reason"].create({"name": "Too far away"})
        lead = self._chain("House of the branch", Refused={"lost_reason_id": reason.id})
        self.start_tour("/odoo/crm", "lead_distribution_task_branch", login="tour_anna")
        self.assertFalse(lead.active)
        self.assertEqual(lead.lost_reason_id, reason)
        self.assertEqual(lead.intake_status, "new", "lost is not removed")
        self.assertIn(
            "Send the plan",
            lead.with_context(active_test=False).lead_task_ids.mapped("summary"),
        )

    def test_department(self):
        """S1 S3 S6 S9: take a department's task from a colleague's lead, comment,
        finish; make one for the department"""
        lead = self._lead("Flat of Anna", self.anna)
        mine = self._lead("Flat of Boris", self.boris)
        task = lead.activity_schedule(
            activity_type_id=self.visit.id,
            summary="Ask for the plan",
            lead_team_id=self.team.id,
        )
        self.start_tour(
            "/odoo/lead-tasks", "lead_distribution_task_department", login="tour_boris"
        )
        self.assertEqual(task.user_id, self.boris)
        self.assertEqual(task.outcome_id.name, "Done")
        self.assertEqual(task.feedback, "Here it is")
        self.assertIn("Plan is on its way", " ".join(lead.message_ids.mapped("body")))
        made = mine.activity_ids
        self.assertEqual(made.lead_team_id, self.team)
        self.assertFalse(made.user_id)
        self.assertEqual(made.create_uid, self.boris)

    def test_manager(self):
        """S2 S4 S6: types and outcomes, with an action that an administrator allowed;
        everybody's tasks, in colours; several at once"""
        crm = self.env["ir.model"]._get_id("crm.lead")
        allowed, _other = self.env["ir.actions.server"].create(
            [
                {
                    "name": name,
                    "model_id": crm,
                    "state": "webhook",
                    "webhook_url": "https://hooks.test/sesame",
                    "lead_outcome_allowed": mark,
                }
                for name, mark in (("Tell the surveyor", True), ("Tell nobody", False))
            ]
        )
        lead = self._lead("Flat of Anna", self.anna)
        today = fields.Date.today()
        late = lead.browse()
        for name, days in (("Late one", -2), ("Later one", -1), ("Today's one", 0)):
            task = lead.activity_schedule(
                activity_type_id=self.visit.id,
                summary=name,
                user_id=self.anna.id,
                date_deadline=today + timedelta(days=days),
            )
            late = task if name == "Late one" else late
        self.start_tour(
            "/odoo/lead-task-types",
            "lead_distribution_task_manager",
            login="tour_manager",
        )
        kind = self.env["mail.activity.type"].search([("name", "=", "Measuring")])
        self.assertEqual(
            kind.lead_outcome_ids.mapped("name"), ["Done", "Failed", "Too small"]
        )
        self.assertEqual(kind.lead_outcome_ids.server_action_id, allowed)
        self.assertEqual(late.outcome_id.name, "Failed")

    def test_units(self):
        """S3 S6: the components, in hoot"""
        self.browser_js(
            "/web/tests?headless&loglevel=2&preset=desktop&timeout=15000"
            f"&id={hoot_id('@lead_distribution')}",
            "",
            "",
            login="admin",
            timeout=600,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=lambda message: "[HOOT]" not in message,
        )

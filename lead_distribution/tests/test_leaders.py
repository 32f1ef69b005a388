"""What the leaders of sales teams do with their teams' leads and tasks."""

from lxml import etree

from odoo.exceptions import AccessError
from odoo.tests import Form
from odoo.tests.common import tagged

from odoo.addons.lead_distribution.tools.task_spec import TaskSpec

from .common import DistributionCase


@tagged("post_install", "-at_install")
class TestLeaders(DistributionCase):
    """S6 K11 (G4): a leader with "own documents only", in nobody's group by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.route = cls._route(cls.anna)
        cls.leader = cls._user("leader")
        cls.other_team = cls.env["crm.team"].create({"name": "Elsewhere"})
        cls.team.user_id = cls.leader

    def _task(self, team=None, **values):
        lead = self._lead(user_id=self.clara.id)
        return self.env["lead.distribution.tasks"]._start_tasks(
            lead,
            TaskSpec(
                activity_type_id=self.call.id,
                team_id=(team or self.team).id,
                origin="process",
                **values,
            ),
        )

    def test_group_goes_with_the_team(self):
        """G4: whoever leads a team has the buttons, and loses them with the team."""
        group = self.env.ref("lead_distribution.group_leader")
        self.assertIn(group, self.leader.group_ids)
        self.team.user_id = self.boris
        self.assertIn(group, self.boris.group_ids)
        self.assertNotIn(group, self.leader.group_ids)
        self.team.active = False
        self.assertNotIn(group, self.boris.group_ids)
        team = self.env["crm.team"].create({"name": "New", "user_id": self.clara.id})
        self.assertIn(group, self.clara.group_ids)
        team.unlink()
        self.assertNotIn(group, self.clara.group_ids)
        self.assertIn(group, self.manager.all_group_ids)
        self.assertFalse(self.anna.has_group("lead_distribution.group_leader"))

    def test_sees_the_department_tasks(self):
        """S6: the leader reads all tasks of the department, taken or not, on their
        colleagues' leads; nothing of others' departments, and no colleague does."""
        untaken, taken, elsewhere = (
            self._task(),
            self._task(),
            self._task(self.other_team),
        )
        taken.with_user(self.anna).action_take()
        tasks = untaken | taken | elsewhere
        self.env.invalidate_all()

        def seen(user):
            activities = self.env["mail.activity"].with_user(user)
            found = activities.search(
                [("id", "in", tasks.ids), ("lead_task_mine", "=", True)]
            )
            return found.sudo().with_user(self.env.user)

        self.assertEqual(seen(self.leader), untaken | taken)
        self.assertEqual(seen(self.boris), untaken)
        taken.with_user(self.leader).read(["summary", "user_id", "res_name"])
        with self.assertRaises(AccessError):
            elsewhere.with_user(self.leader).read(["summary"])
        with self.assertRaises(AccessError):
            taken.with_user(self.boris).read(["summary"])
        before = self.env["mail.activity"].with_user(self.leader).lead_task_counts()
        self.assertEqual(before["open"], 2)

    def test_hands_out_and_assigns(self):
        """G4: the leader gives a task to a colleague, also one that somebody has; the
        one who gets it ends it."""
        task = self._task()
        mine = task.with_user(self.leader)
        self.assertTrue(mine.lead_task["can_hand_out"])
        action = mine.action_hand_over()
        wizard = (
            self.env["lead.distribution.hand"]
            .with_user(self.leader)
            .with_context(**action["context"])
        )
        form = Form(wizard)
        form.user_id = self.boris
        form.save().action_confirm()
        self.assertEqual(task.user_id, self.boris)
        mine.write({"user_id": self.anna.id})
        self.assertEqual(task.user_id, self.anna)
        task.with_user(self.anna).action_feedback(feedback="Done")
        self.assertFalse(task.active)

    def test_within_the_department(self):
        """G4: to people of the department; nothing else of the task changes, and no
        task of another department."""
        task, elsewhere = self._task(), self._task(self.other_team)
        outsider = self._user("outsider")
        led = task.with_user(self.leader)
        with self.assertRaises(AccessError):
            led.write({"user_id": outsider.id})
        with self.assertRaises(AccessError):
            led.write({"lead_team_id": self.other_team.id})
        with self.assertRaises(AccessError):
            led.write({"date_deadline": "2030-01-01"})
        with self.assertRaises(AccessError):
            led.unlink()
        with self.assertRaises(AccessError):
            elsewhere.with_user(self.leader).write({"user_id": self.anna.id})
        with self.assertRaises(AccessError):
            task.with_user(self.boris).write({"user_id": self.boris.id})
        with self.assertRaises(AccessError):
            task.with_user(self.boris).action_hand_over()
        self.other_team.user_id = self.leader
        led.write({"lead_team_id": self.other_team.id})
        self.assertEqual(task.lead_team_id, self.other_team)

    def test_buttons(self):
        """K11: Distribute, Assign to and Pool are there for leaders, on the lists; on
        forms and cards for the leads of their teams."""
        actions = {"action_distribute", "action_hand_over", "action_release_to_pool"}
        for xmlid in (
            "crm.crm_case_tree_view_leads",
            "crm.crm_case_tree_view_oppor",
        ):
            for user, expected in ((self.leader, actions), (self.anna, set())):
                Lead = self.env["crm.lead"].with_user(user)
                arch = Lead.get_view(self.env.ref(xmlid).id, "list")["arch"]
                names = {
                    x.get("name")
                    for x in etree.fromstring(arch).xpath("//header/button")
                }
                self.assertEqual(names & actions, expected, (xmlid, user.login))
        for xmlid in ("crm.view_crm_lead_kanban", "crm.crm_case_kanban_view_leads"):
            Lead = self.env["crm.lead"].with_user(self.leader)
            arch = Lead.get_view(self.env.ref(xmlid).id, "kanban")["arch"]
            menu = etree.fromstring(arch).xpath(
                "//t[@t-name='menu']//a[@type='object']"
            )
            everybodys = {
                "action_claim_here",
                "action_ask_decline",
                "action_ask_not_real",
                "action_ask_not_mine",
            }
            self.assertEqual({x.get("name") for x in menu} - everybodys, actions)
        lead = self._lead(team_id=self.team.id)
        other = self._lead(team_id=self.other_team.id, user_id=self.boris.id)
        self.assertTrue(lead.with_user(self.leader).distribution_is_leader)
        self.assertFalse(other.with_user(self.leader).distribution_is_leader)
        self.assertFalse(lead.with_user(self.anna).distribution_is_leader)

    def test_hands_out_leads(self):
        """K11: a leader puts a lead of the team into the pool, gives it to a colleague,
        and lets it be distributed."""
        lead = self._lead()
        self.assertEqual((lead.user_id, lead.team_id), (self.anna, self.team))
        self.leader.group_ids = [
            (4, self.env.ref("sales_team.group_sale_salesman_all_leads").id)
        ]
        led = lead.with_user(self.leader)
        led.action_release_to_pool()
        self.assertEqual(lead.distribution_state, "pool")
        form = Form(
            self.env["lead.distribution.hand"]
            .with_user(self.leader)
            .with_context(**led.action_hand_over()["context"])
        )
        form.user_id = self.boris
        form.save().action_confirm()
        self.assertEqual(lead.user_id, self.boris)
        led.action_release_to_pool()
        led.action_distribute()
        self.assertEqual(lead.user_id, self.anna)

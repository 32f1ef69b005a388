"""Finishing tasks: outcomes, what follows, who may change what."""

from datetime import date

from lxml import etree

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests.common import new_test_user, tagged
from odoo.tools.safe_eval import safe_eval

from .test_tasks import TaskCase


@tagged("post_install", "-at_install")
class TestOutcomes(TaskCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.offer = cls._type("Offer")
        cls.lead = cls._lead(user_id=cls.anna.id, type="opportunity")
        cls.task = cls._task(cls.lead, cls.anna)

    def _finish(self, task, outcome, user=None, **values):
        task = task.with_user(user or self.anna)
        return task.action_feedback_outcome(outcome.id, **values)

    def _add_outcome(self, **values):
        values.setdefault("name", "Interested")
        values.setdefault("activity_type_id", self.visit.id)
        return self.env["lead.activity.outcome"].with_user(self.manager).create(values)

    def _open(self, lead):
        self.env.invalidate_all()
        return lead.activity_ids

    # types -----------------------------------------------------------------

    def test_types_of_managers(self):
        """S2: managers add types, each with Done and Failed, any number more, with
        icon, colour and order; salespeople do not"""
        self.assertEqual(self.visit.lead_outcome_ids.mapped("name"), ["Done", "Failed"])
        self.assertEqual(
            self.visit.lead_outcome_ids.mapped("is_success"), [True, False]
        )
        more = self._add_outcome(sequence=0, icon="fa-star", color=3)
        self.env.invalidate_all()
        self.assertEqual(self.visit.lead_outcome_ids[0], more)
        self.visit.with_user(self.manager).write(
            {"name": "Visit at home", "icon": "fa-car", "lead_color": 4, "sequence": 1}
        )
        with self.assertRaises(AccessError):
            more.with_user(self.anna).name = "Mine"
        with self.assertRaises(AccessError):
            self.visit.with_user(self.anna).name = "Mine"

    def test_types_of_modules_are_plain(self):
        """B8: a type that nobody gave outcomes is finished as ever"""
        plain = self.env["mail.activity.type"].create({"name": "Plain"})
        self.assertFalse(plain.lead_with_outcomes)
        task = self._task(self.lead, self.anna, plain)
        task.with_user(self.anna).action_feedback("seen")
        self.assertFalse(task.active)
        task = self._task(self.lead, self.anna, self.call)
        self.assertTrue(self.call.lead_outcome_ids, "the starting set is there")
        task.with_user(self.anna).action_done()
        self.assertFalse(task.active)

    def test_switch_on(self):
        """S2: outcomes are switched on for a type, its set is as it was left"""
        self.call.lead_company_id = self.company  # where there are several
        self.call.with_user(self.manager).lead_with_outcomes = True
        names = self.call.lead_outcome_ids.mapped("name")
        self.assertEqual(
            names,
            ["Done", "Failed", "Reached", "Call back", "Voicemail", "Wrong number"],
        )
        task = self._task(self.lead, self.anna, self.call)
        with self.assertRaises(UserError):
            task.with_user(self.anna).action_done()
        self._finish(task, self.env.ref("lead_distribution.outcome_call_voicemail"))
        next_call = self._open(self.lead) - self.task
        self.assertEqual(next_call.activity_type_id, self.call)

    def test_adding_an_outcome_switches_on(self):
        """S2"""
        plain = self.env["mail.activity.type"].create(
            {"name": "Plain", "lead_company_id": self.company.id}
        )
        self._add_outcome(activity_type_id=plain.id)
        self.assertTrue(plain.lead_with_outcomes)
        task = self._task(self.lead, self.anna, plain)
        with self.assertRaises(UserError):
            task.action_feedback()

    # finishing -------------------------------------------------------------

    def test_finish_with_a_comment(self):
        """S3: outcome, comment and date stay with the task; the chatter tells"""
        self.assertTrue(self._finish(self.task, self.done, feedback="Nice garden"))
        self.assertRecordValues(
            self.task,
            [
                {
                    "active": False,
                    "outcome_id": self.done.id,
                    "feedback": "Nice garden",
                    "date_done": fields.Date.today(),
                    "state": "done",
                }
            ],
        )
        body = self.lead.message_ids[0].body
        self.assertIn("Outcome: Done", body)
        self.assertIn("Nice garden", body)

    def test_never_without_an_outcome(self):
        """S3: whatever is called, nobody finishes such a task without one"""
        task = self.task.with_user(self.anna)
        for finish in (
            task.action_done,
            task.action_feedback,
            task.action_feedback_schedule_next,
            task.action_archive,
            task.action_done_redirect_to_other,
            lambda: task.write({"active": False}),
        ):
            with self.assertRaisesRegex(UserError, "Visit.*Done, Failed"):
                finish()
        with self.assertRaisesRegex(UserError, "Choose how"):
            task.action_feedback_outcome(False)
        with self.assertRaisesRegex(UserError, "is no outcome of"):
            task.action_feedback_outcome(self.offer.lead_outcome_ids[0].id)
        with self.assertRaises(AccessError):
            task.outcome_id = self.done
        self.done.active = False
        with self.assertRaisesRegex(UserError, "archived"):
            task.action_feedback_outcome(self.done.id)
        self.assertTrue(self.task.active)

    def test_never_around_it(self):
        """S3: 0 is as false as False; and an outcome is not written past what follows
        from it, by its creator or a manager neither"""
        tag = self.env["crm.tag"].create({"name": "Seen"})
        self.done.tag_ids = tag
        own = self.env["mail.activity"].with_user(self.anna)
        values = {
            "res_model_id": self.env["ir.model"]._get_id("crm.lead"),
            "res_id": self.lead.id,
            "activity_type_id": self.visit.id,
            "user_id": self.anna.id,
        }
        own = own.create(values)
        for task in (
            own,
            self.task.with_user(self.anna),
            self.task.with_user(self.manager),
        ):
            for no in (0, False, None, ""):
                with self.assertRaisesRegex(UserError, "Visit.*Done, Failed"):
                    task.write({"active": no})
            with self.assertRaises(AccessError):
                task.write({"outcome_id": self.done.id})
            with self.assertRaises(AccessError):
                task.write({"outcome_id": self.done.id, "active": False})
        for user in (self.anna, self.manager):
            activities = self.env["mail.activity"].with_user(user)
            with self.assertRaises(AccessError):
                activities.create({**values, "outcome_id": self.done.id})
            with self.assertRaises(AccessError):
                activities.with_context(default_outcome_id=self.done.id).create(values)
        self._finish(own, self.done)
        self.assertEqual(self.lead.tag_ids, tag)

    def test_done_of_plain_tasks(self):
        """S3 B8: a plain task has its Done wherever it is shown, whoever made it and
        whichever department it was; one with outcomes, or untaken, has not"""
        plain = self._task(self.lead, self.anna, self.call)
        colleague = (
            self.env["mail.activity"]
            .with_user(self.manager)
            .create(
                {
                    "res_model_id": self.env["ir.model"]._get_id("crm.lead"),
                    "res_id": self.lead.id,
                    "activity_type_id": self.call.id,
                    "user_id": self.anna.id,
                }
            )
        )
        untaken = self._start(self.lead, self.call, team_id=self.department.id)
        taken = self._start(self.lead, self.call, team_id=self.department.id)
        taken.with_user(self.boris).action_take()
        cases = [
            (plain, self.anna, False),
            (colleague, self.anna, False),
            (taken, self.boris, False),
            (untaken, self.boris, True),
            (self.task, self.anna, True),
        ]
        arches = [self.env["crm.lead"].get_view(view_type="form")["arch"]]
        for name, kind in (
            ("lead_distribution.lead_task_view_list", "list"),
            ("lead_distribution.lead_task_view_kanban", "kanban"),
            ("lead_distribution.lead_task_view_form", "form"),
            ("mail.mail_activity_view_form_popup", "form"),
            ("mail.mail_activity_view_form_without_record_access", "form"),
            ("mail.mail_activity_view_tree", "list"),
            ("mail.mail_activity_view_kanban_open_target", "kanban"),
        ):
            view = self.env.ref(name)
            arches.append(self.env["mail.activity"].get_view(view.id, kind)["arch"])
        path = "//button[starts-with(@name, 'action_done')][@invisible]"
        for arch in arches:
            buttons = [
                button
                for button in etree.fromstring(arch).xpath(path)
                if "schedule" not in button.get("name")
            ]
            self.assertTrue(buttons)
            for task, user, hidden in cases:
                task = task.with_user(user)
                values = {
                    "id": task.id,
                    "active": task.active,
                    "activity_category": task.activity_category,
                    "chaining_type": task.chaining_type,
                    "lead_needs_outcome": task.lead_needs_outcome,
                    "lead_task": task.lead_task,
                }
                for button in buttons:
                    rule = button.get("invisible")
                    self.assertEqual(
                        bool(safe_eval(rule, values)), hidden, (task.summary, rule)
                    )

    def test_finished_once(self):
        """S3: whoever comes second is told how it ended"""
        self.done.next_activity_type_id = self.offer
        self._finish(self.task, self.done)
        with self.assertRaisesRegex(UserError, "finished already: Done"):
            self._finish(self.task, self.failed)
        with self.assertRaisesRegex(UserError, "finished already"):
            self.task.with_user(self.anna).action_feedback()
        self.assertEqual(len(self._open(self.lead)), 1)

    def test_open_again(self):
        """S9: managers open a finished task again; then it has not ended"""
        self._finish(self.task, self.done)
        with self.assertRaises(AccessError):
            self.task.with_user(self.anna).action_unarchive()
        self.task.with_user(self.manager).action_unarchive()
        self.assertFalse(self.task.outcome_id)
        self.assertTrue(self.task.active)

    def test_not_mine(self):
        """S3: a colleague's task is not mine to finish"""
        with self.assertRaises(AccessError):
            self._finish(self.task, self.done, user=self.boris)

    def test_lead_of_a_colleague(self):
        """S3 S4: who was given a task finishes it without seeing the lead; what
        follows happens all the same"""
        task = self._task(self.lead, self.boris)
        self.assertFalse(self.lead.with_user(self.boris).has_access("read"))
        tag = self.env["crm.tag"].create({"name": "Seen"})
        self.done.tag_ids = tag
        self._finish(task, self.done, user=self.boris)
        self.assertEqual(self.lead.tag_ids, tag)

    # what follows ----------------------------------------------------------

    def test_next_task(self):
        """S4: the next one, after its delay, for the same person, another, a team"""
        day = fields.Date.today()
        self.done.write(
            {"next_activity_type_id": self.offer.id, "next_delay_number": 3}
        )
        self._finish(self.task, self.done)
        task = self._open(self.lead)
        self.assertEqual(task.user_id, self.anna)
        self.assertEqual(task.activity_type_id, self.offer)
        self.assertEqual((task.date_deadline - day).days, 3)
        self.assertEqual(task.lead_origin, "outcome")
        sent = self.offer.lead_outcome_ids[0]
        sent.write(
            {
                "next_activity_type_id": self.visit.id,
                "next_assignee": "user",
                "next_user_id": self.boris.id,
            }
        )
        self._finish(task, sent)
        task = self._open(self.lead)
        self.assertEqual(task.user_id, self.boris)
        self.failed.write(
            {
                "next_activity_type_id": self.visit.id,
                "next_assignee": "team",
                "next_team_id": self.department.id,
            }
        )
        self._finish(task, self.failed, user=self.boris)
        task = self._open(self.lead)
        self.assertFalse(task.user_id)
        self.assertEqual(task.lead_team_id, self.department)

    def test_next_task_of_somebody_who_left(self):
        """S4: the next task of a person who is archived waits for one of
        the lead's team."""
        gone = self._user("gone")
        self.lead.team_id = self.team
        self.done.write(
            {
                "next_activity_type_id": self.offer.id,
                "next_assignee": "user",
                "next_user_id": gone.id,
            }
        )
        gone.active = False
        self._finish(self.task, self.done)
        task = self._open(self.lead)
        self.assertEqual((task.user_id.id, task.lead_team_id), (False, self.team))

    def test_stage_tags_template(self):
        """S4: stage, tags, an email to the customer"""
        stage = self.env["crm.stage"].create({"name": "Visited"})
        tags = self.env["crm.tag"].create([{"name": "Warm"}, {"name": "Garden"}])
        template = self.env["mail.template"].create(
            {
                "name": "Thanks",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "subject": "Thank you for your time",
                "email_to": "{{ object.email_from }}",
                "body_html": "<p>Thanks</p>",
            }
        )
        self.done.write(
            {
                "stage_id": stage.id,
                "tag_ids": [Command.set(tags.ids)],
                "mail_template_id": template.id,
            }
        )
        self._finish(self.task, self.done)
        self.assertEqual(self.lead.stage_id, stage)
        self.assertEqual(self.lead.tag_ids, tags)
        mail = self.env["mail.mail"].search(
            [("subject", "=", "Thank you for your time")]
        )
        self.assertEqual(mail.email_to, self.lead.email_from)
        self.assertEqual(
            self.done.summary, "email “Thanks”; stage Visited; tags Warm, Garden"
        )

    def test_lost(self):
        """S4"""
        reason = self.env["crm.lost.reason"].create({"name": "Too far"})
        self.failed.lost_reason_id = reason
        self._finish(self.task, self.failed)
        self.assertEqual((self.lead.won_status, self.lead.active), ("lost", False))
        self.assertEqual(self.lead.lost_reason_id, reason)

    def test_removed(self):
        """S4"""
        spam = self.env.ref("lead_distribution.removal_reason_spam")
        self.failed.removal_reason_id = spam
        self._finish(self.task, self.failed)
        self.assertEqual(self.lead.intake_status, "removed")
        self.assertEqual(self.lead.removal_reason_id, spam)

    def test_redistributed(self):
        """S4: through all routes, or through one"""
        self._route(self.boris)
        other = self._route(self.clara, name="Second try", sequence=20)
        self.failed.redistribute = "routes"
        self._finish(self.task, self.failed)
        self.assertEqual(self.lead.user_id, self.boris)
        self.assertEqual(self._rows(self.lead)[-1].trigger, "outcome")
        self.failed.write({"redistribute": "route", "route_id": other.id})
        self._finish(self._task(self.lead, self.boris), self.failed, user=self.boris)
        self.assertEqual(self.lead.user_id, self.clara)

    def test_server_action(self):
        """S4: any server action that an administrator allowed, as a change like any
        other"""
        self._route(self.boris)
        action = self.env["ir.actions.server"].create(
            {
                "name": "To Clara",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "state": "code",
                "code": f"records.write({{'user_id': {self.clara.id}}})",
                "lead_outcome_allowed": True,
            }
        )
        self.done.with_user(self.manager).server_action_id = action
        self._finish(self.task, self.done)
        self.assertEqual(self.lead.user_id, self.clara)
        self.assertEqual(self._rows(self.lead)[-1].reason, "manual")

    def test_what_fails_is_said(self):
        """S4: a step that fails loses neither the outcome nor the other steps"""
        broken = self.env["ir.actions.server"].create(
            {
                "name": "Broken",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "state": "code",
                "code": "raise UserError('No paper in the printer')",
            }
        )
        tag = self.env["crm.tag"].create({"name": "Seen"})
        self.done.write(
            {
                "server_action_id": broken.id,
                "tag_ids": tag.ids,
                "redistribute": "routes",
            }
        )
        with self.assertLogs(
            "odoo.addons.lead_distribution.models.task.outcome_follow", "WARNING"
        ):
            self._finish(self.task, self.done)
        self.assertEqual(self.task.outcome_id, self.done)
        self.assertEqual(self.lead.tag_ids, tag)
        said = " ".join(self.lead.message_ids[:2].mapped("body"))
        self.assertIn("Server action: No paper in the printer", said)
        self.assertIn("Distribution: The distribution is switched off.", said)

    def test_one_bad_lead_of_many(self):
        """S4: what fails for one lead happens for the others"""
        leads = self._lead(5, user_id=self.anna.id, type="opportunity")
        tasks = self._task(leads, self.anna)
        leads[2].action_set_won()
        self.failed.removal_reason_id = self.env.ref(
            "lead_distribution.removal_reason_spam"
        )
        with self.assertLogs(
            "odoo.addons.lead_distribution.models.task.outcome_follow", "WARNING"
        ):
            self._finish(tasks, self.failed)
        self.assertFalse(tasks.filtered("active"))
        self.assertEqual(len(leads.filtered("active")), 1)
        self.assertIn("Removal reason", leads[2].message_ids[0].body)

    def test_choices_that_exclude_each_other(self):
        """S4: clear messages for what cannot be"""
        reason = self.env["crm.lost.reason"].create({"name": "Too far"})
        spam = self.env.ref("lead_distribution.removal_reason_spam")
        with self.assertRaisesRegex(ValidationError, "one of these"):
            self._add_outcome(lost_reason_id=reason.id, removal_reason_id=spam.id)
        with self.assertRaisesRegex(ValidationError, "who gets the next task"):
            self._add_outcome(next_activity_type_id=self.offer.id, next_assignee="user")
        with self.assertRaisesRegex(ValidationError, "choose the department"):
            self._add_outcome(next_activity_type_id=self.offer.id, next_assignee="team")
        with self.assertRaisesRegex(ValidationError, "choose the route"):
            self._add_outcome(redistribute="route")

    def test_contacts_have_no_stage(self):
        """S4: on a contact, what is for leads is left out"""
        partner = self.env["res.partner"].create({"name": "Somebody"})
        task = self._start(partner, user_id=self.anna.id)
        self.done.write(
            {
                "stage_id": self.env["crm.stage"].create({"name": "Visited"}).id,
                "next_activity_type_id": self.offer.id,
            }
        )
        self._finish(task, self.done)
        self.assertEqual(partner.activity_ids.activity_type_id, self.offer)

    def test_action_of_other_records(self):
        """S4: an action, a "Create Task" and a template for leads leave the lead alone
        that happens to have the contact's number; nothing is called a failure"""
        tag = self.env["crm.tag"].create({"name": "Hit"})
        model = self.env["ir.model"]._get_id("crm.lead")
        actions = self.env["ir.actions.server"].create(
            [
                {
                    "name": "Tag",
                    "model_id": model,
                    "state": "code",
                    "code": f"records.write({{'tag_ids': [(4, {tag.id})]}})",
                },
                {
                    "name": "Task",
                    "model_id": model,
                    "state": "lead_task",
                    "lead_task_type_id": self.offer.id,
                },
            ]
        )
        self.done.mail_template_id = self.env["mail.template"].create(
            {"name": "For leads", "model_id": model, "subject": "Not for contacts"}
        )
        partner = self.env["res.partner"].create({"name": "Somebody"})
        lead = self.lead.browse(partner.id).exists()
        if not lead:  # its number as if by chance
            lead = self._lead(user_id=self.boris.id)
            self.env.flush_all()
            self.env.cr.execute(
                "UPDATE crm_lead SET id = %s WHERE id = %s", (partner.id, lead.id)
            )
            self.env.invalidate_all()
            lead = self.lead.browse(partner.id)
        before = lead.activity_ids
        for action in actions:
            self.done.server_action_id = action
            self._finish(self._start(partner, user_id=self.anna.id), self.done)
        self.assertNotIn(tag, lead.tag_ids)
        self.assertEqual(self._open(lead), before)
        self.assertNotIn(
            "could not be done", " ".join(partner.message_ids.mapped("body"))
        )
        self.assertFalse(
            self.env["mail.mail"].search([("subject", "=", "Not for contacts")])
        )
        actions[1].with_context(
            active_model="res.partner", active_ids=partner.ids, active_id=partner.id
        ).run()
        self.assertEqual(self._open(lead), before)
        # on leads all of it happens as ever
        self.done.server_action_id = actions[0]
        self._finish(self.task, self.done)
        self.assertEqual(self.lead.tag_ids, tag)

    def test_many_at_once(self):
        """S3 S4: many tasks in one batch; what we add to Odoo's own statements does
        not grow with them"""
        stage = self.env["crm.stage"].create({"name": "Visited"})
        tag = self.env["crm.tag"].create({"name": "Seen"})
        self.done.write(
            {
                "stage_id": stage.id,
                "tag_ids": tag.ids,
                "next_activity_type_id": self.offer.id,
                "next_delay_number": 1,
            }
        )
        plain = self.env["mail.activity.type"].create({"name": "Plain"})
        self.company.lead_distribution_mode = "queued"

        def counted(number, kind, finish):
            leads = self._lead(number, user_id=self.anna.id)
            tasks = self._task(leads, self.anna, kind)
            self.env.flush_all()
            self.cr.precommit.run()  # as in a transaction of its own
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            finish(tasks.with_user(self.anna), leads.with_user(self.anna))
            self.env.flush_all()
            self.cr.precommit.run()  # where Odoo tracks stages
            return self.cr.sql_log_count - before, leads

        def ours(tasks, leads):
            tasks.action_feedback_outcome(self.done.id, feedback="One of many")

        def cores(tasks, leads):
            tasks.action_feedback(feedback="One of many")
            leads.write({"stage_id": stage.id, "tag_ids": [Command.link(tag.id)]})

        counted(5, plain, cores)  # caches
        counted(5, self.visit, ours)
        small = counted(10, self.visit, ours)[0] - counted(10, plain, cores)[0]
        count, leads = counted(100, self.visit, ours)
        large = count - counted(100, plain, cores)[0]
        self.assertEqual(len(leads.activity_ids), 100)
        self.assertEqual(leads.stage_id, stage)
        self.assertLess(large, small + 30)

    # rights ----------------------------------------------------------------

    def test_assignee_comments_or_finishes(self):
        """S9: on a process's task the assignee comments; the task stays open; editing,
        reassigning, deleting are for managers"""
        task = self.task.with_user(self.anna)
        for change in (
            {"summary": "Mine"},
            {"user_id": self.boris.id},
            {"date_deadline": "2030-01-01"},
            {"activity_type_id": self.offer.id},
        ):
            with self.assertRaisesRegex(AccessError, "Only managers"):
                task.write(change)
        with self.assertRaisesRegex(AccessError, "Only managers can delete"):
            task.unlink()
        with self.assertRaises(AccessError):
            task.action_cancel()
        with self.assertRaises(AccessError):
            task.action_reschedule_tomorrow()
        self.assertTrue(task.action_comment("Gate is locked"))
        self.assertTrue(self.task.active)
        self.assertIn("Gate is locked", self.lead.message_ids[0].body)
        self.assertFalse(task.lead_task["can_edit"])
        managed = self.task.with_user(self.manager)
        managed.write({"summary": "New summary", "user_id": self.boris.id})
        managed.unlink()
        self.assertFalse(self.task.exists())

    def test_another_persons_task(self):
        """S9: the same for a task that a colleague made by hand"""
        lead = self._lead(user_id=self.anna.id)
        task = (
            self.env["mail.activity"]
            .with_user(self.manager)
            .create(
                {
                    "res_model_id": self.env["ir.model"]._get_id("crm.lead"),
                    "res_id": lead.id,
                    "activity_type_id": self.visit.id,
                    "user_id": self.anna.id,
                }
            )
        )
        with self.assertRaises(AccessError):
            task.with_user(self.anna).unlink()
        self._finish(task, self.done)

    def test_own_task(self):
        """S9: one's own task is one's own to change and to delete"""
        lead = self._lead(user_id=self.anna.id).with_user(self.anna)
        task = self.env["mail.activity"].with_user(self.anna)
        task = task.create(
            {
                "res_model_id": self.env["ir.model"]._get_id("crm.lead"),
                "res_id": lead.id,
                "activity_type_id": self.visit.id,
                "user_id": self.anna.id,
            }
        )
        task.summary = "Later"
        self.assertTrue(task.lead_task["can_edit"])
        task.unlink()

    def _meeting(self, task, user, **values):
        """A meeting of the task's person, as the button on the task makes it."""
        return (
            self.env["calendar.event"]
            .with_user(user)
            .create(
                {
                    "name": "At the house",
                    "start": "2030-05-05 10:00:00",
                    "stop": "2030-05-05 11:00:00",
                    "activity_ids": [Command.set(task.ids)],
                    **values,
                }
            )
        )

    def test_meeting_deleted(self):
        """S3 S9: the task outlives its meeting, open or ended; one's own plain activity
        goes with it, as ever"""
        ended = self._task(self.lead, self.anna)
        done_call = self._task(self.lead, self.anna, self.call)
        own = (
            self.env["mail.activity"]
            .with_user(self.anna)
            .create(
                {
                    "res_model_id": self.env["ir.model"]._get_id("crm.lead"),
                    "res_id": self.lead.id,
                    "activity_type_id": self.call.id,
                    "user_id": self.anna.id,
                }
            )
        )
        tasks = self.task | ended | done_call | own
        meeting = self._meeting(tasks.with_user(self.anna), self.anna)
        self.assertEqual(tasks.calendar_event_id, meeting)
        self._finish(ended, self.done)
        done_call.with_user(self.anna).action_feedback()
        meeting.unlink()
        self.env.invalidate_all()
        self.assertEqual(tasks.exists(), tasks - own)
        self.assertTrue(self.task.active)
        self.assertEqual(ended.outcome_id, self.done)
        self.assertFalse(self.task.calendar_event_id)

    def test_meeting_moved(self):
        """S9: moving the meeting moves the task, without giving it to somebody else;
        having a meeting opens no other way to change it"""
        task = self.task.with_user(self.anna)
        meeting = self._meeting(task, self.anna)
        meeting.start = "2030-05-07 10:00:00"
        self.assertEqual(self.task.date_deadline, date(2030, 5, 7))
        meeting.user_id = self.boris
        self.assertEqual(self.task.user_id, self.anna)
        for change in (
            {"user_id": self.boris.id},
            {"date_deadline": "2031-01-01"},
            {"summary": "Mine", "note": "Mine"},
            {"calendar_event_id": False},
        ):
            with self.assertRaisesRegex(AccessError, "Only managers"):
                task.write(change)
        self.env["calendar.event"].browse(meeting.id).with_user(
            self.manager
        ).user_id = self.clara
        self.assertEqual(self.task.user_id, self.clara)

    def test_merging_takes_tasks_along(self):
        """S9: merging leads moves the tasks of both, whoever made them"""
        other = self._lead(user_id=self.anna.id, type="opportunity")
        task = self._task(other, self.anna)
        done = self._task(other, self.anna)
        self._finish(done, self.done)
        merged = (self.lead | other).with_user(self.anna).merge_opportunity()
        self.assertEqual((task | done | self.task).mapped("res_id"), [merged.id] * 3)

    def test_portal(self):
        """S9: portal users have none of this"""
        portal = new_test_user(self.env, login="ld_portal", groups="base.group_portal")
        with self.assertRaises(AccessError):
            self.env["lead.activity.outcome"].with_user(portal).search([])
        with self.assertRaises(AccessError):
            self._finish(self.task, self.done, user=portal)

    # what a chain uses -----------------------------------------------------

    def test_deleting_what_a_chain_uses(self):
        """S2 S4: outcome, type, template, team, stage, reasons and route are not
        deleted from under a chain, and it says which outcome uses them"""
        stage = self.env["crm.stage"].create({"name": "Visited"})
        reason = self.env["crm.lost.reason"].create({"name": "Too far"})
        template = self.env["mail.template"].create(
            {"name": "T", "model_id": self.env["ir.model"]._get_id("crm.lead")}
        )
        route = self._route(self.boris)
        action = self.env["ir.actions.server"].create(
            {
                "name": "A",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "state": "code",
            }
        )
        self.done.write(
            {
                "stage_id": stage.id,
                "mail_template_id": template.id,
                "next_activity_type_id": self.offer.id,
                "next_assignee": "team",
                "next_team_id": self.department.id,
                "server_action_id": action.id,
            }
        )
        self.failed.lost_reason_id = reason
        self._add_outcome(redistribute="route", route_id=route.id, name="Again")
        spam = self.env["lead.distribution.removal.reason"].create({"name": "X"})
        self._add_outcome(removal_reason_id=spam.id, name="Spam")
        for used in (
            stage,
            reason,
            template,
            route,
            action,
            self.offer,
            self.department,
            spam,
        ):
            with self.assertRaisesRegex(UserError, "The outcome “.*Visit.*uses"):
                used.unlink()

    def test_deleting_outcomes_and_types(self):
        """S2: with a history they are archived; without one they are deleted"""
        self._finish(self.task, self.done)
        with self.assertRaisesRegex(UserError, "Tasks that ended with “Done”: 1"):
            self.done.with_user(self.manager).unlink()
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            self.visit.with_user(self.manager).unlink()
        with self.assertRaisesRegex(UserError, "moved to another type"):
            self.done.with_user(self.manager).activity_type_id = self.offer
        outcomes = self.offer.lead_outcome_ids
        self.offer.with_user(self.manager).unlink()
        self.assertFalse(outcomes.exists())
        self.failed.with_user(self.manager).unlink()
        self.done.with_user(self.manager).active = False
        task = self._task(self.lead, self.anna)
        task.with_user(self.anna).action_feedback()  # no outcome left: as ever
        self.assertFalse(task.active)

    def test_department_with_waiting_tasks(self):
        """S1: a team whose tasks nobody took is not deleted"""
        self._start(self.lead, team_id=self.department.id)
        with self.assertRaisesRegex(UserError, "without a person: 1"):
            self.department.unlink()

    def test_deleting_what_tasks_to_come_need(self):
        """S2 S5: neither the type nor the team of tasks that wait for their time is
        deleted; it says how many there are"""
        leads = self._lead(2)
        kind = self._type("Later")
        team = self.env["crm.team"].create({"name": "Late shift"})
        self._start(leads, kind, team_id=team.id, delay_number=5, delay_unit="minutes")
        for used in (kind.with_user(self.manager), team.with_user(self.manager)):
            with self.assertRaisesRegex(UserError, "Scheduled tasks that use “La"):
                used.unlink()
        self.env["lead.activity.waiting"].with_user(self.manager).search(
            [("activity_type_id", "=", kind.id)]
        ).unlink()
        kind.unlink()
        team.unlink()


@tagged("post_install", "-at_install")
class TestUndoOutcomes(TaskCase):
    """One tap does not end a task by accident: what follows waits some seconds."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.lead_undo_seconds = 8
        cls.lead = cls._lead(user_id=cls.anna.id, type="opportunity")
        cls.task = cls._task(cls.lead, cls.anna).with_user(cls.anna)
        won = cls.env["crm.stage"].search([("is_won", "=", True)], limit=1)
        cls.done = cls.visit.lead_outcome_ids[:1]
        cls.done.stage_id = won
        cls.won = won

    def test_undone(self):
        """Nothing has happened when it is undone, and the task can be finished."""
        self.assertEqual(self.task.action_pick_outcome(self.done.id), 8)
        self.assertTrue(self.task.active)
        self.assertNotEqual(self.lead.stage_id, self.won)
        self.assertTrue(self.task.lead_task["pending"])
        self.assertEqual(self.task.lead_task["outcomes"], [])
        self.task.action_undo_outcome()
        self.task.invalidate_recordset()
        self.assertTrue(self.task.lead_task["outcomes"])
        self._run_cron("ir_cron_finish_tasks")
        self.assertTrue(self.task.active)
        with self.assertRaisesRegex(UserError, "too late"):
            self.task.action_undo_outcome()

    def test_confirmed(self):
        """When the message closes the task ends, with its comment."""
        self.task.action_pick_outcome(self.done.id, feedback="Nice")
        self.task.action_confirm_outcome()
        self.env.invalidate_all()
        self.assertFalse(self.task.active)
        self.assertEqual(self.task.feedback, "Nice")
        self.assertEqual(self.task.outcome_id, self.done)
        self.assertEqual(self.lead.stage_id, self.won)
        message = self.lead.message_ids.filtered("mail_activity_type_id")[:1]
        self.assertEqual(message.author_id, self.anna.partner_id)
        self.task.action_confirm_outcome()  # again: nothing more happens

    def test_browser_closed(self):
        """Whoever closes the browser loses nothing: the schedule does it."""
        self.task.action_pick_outcome(self.done.id)
        self._run_cron("ir_cron_finish_tasks")
        self.assertTrue(self.task.active, "the seconds are not over")
        pending = self.env["lead.activity.pending"].search([])
        pending.due = fields.Datetime.now()
        self._run_cron("ir_cron_finish_tasks")
        self.assertFalse(self.task.active)
        self.assertEqual(self.lead.stage_id, self.won)

    def test_of_others(self):
        """What a colleague has just chosen is neither changed nor undone."""
        self.task.action_pick_outcome(self.done.id)
        managers = self.task.with_user(self.manager)
        with self.assertRaisesRegex(UserError, "has just ended"):
            managers.action_pick_outcome(self.done.id)
        with self.assertRaises(UserError):
            managers.action_undo_outcome()
        managers.action_confirm_outcome()
        self.assertTrue(self.task.active)
        with self.assertRaises(AccessError):
            self.env["lead.activity.pending"].with_user(self.manager).search([])

    def test_what_fails_later_is_said(self):
        """What keeps the task from ending after the seconds is said on the record."""
        self.task.action_pick_outcome(self.done.id)
        self.done.active = False
        with self.assertLogs("odoo.addons.lead_distribution", "WARNING"):
            self.task.action_confirm_outcome()
        self.env.invalidate_all()
        self.assertTrue(self.task.active)
        self.assertIn("could not end", self.lead.message_ids[0].body)

    def test_at_once(self):
        """A company may do without: then it happens at once."""
        self.company.lead_undo_seconds = 0
        self.assertEqual(self.task.action_pick_outcome(self.done.id), 0)
        self.assertFalse(self.task.active)

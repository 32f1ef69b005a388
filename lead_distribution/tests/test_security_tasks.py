"""Part 9: tasks, outcomes, processes and server actions give nobody what is not theirs.

Everything is called as a remote caller does it, by ``call_kw``.
"""

from copy import deepcopy

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.service.model import call_kw
from odoo.tests.common import new_test_user, tagged
from odoo.tools import SQL, mute_logger

from .test_processes import ProcessCase

CRM = "crm.lead"


@tagged("post_install", "-at_install")
class SecurityCase(ProcessCase):
    """Two companies, an outsider in each, and tasks of both."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stranger = cls._user("stranger", company_id=cls.company_2.id)
        cls.manager_2 = cls._user(
            "manager_2",
            "sales_team.group_sale_manager",
            company_id=cls.company_2.id,
        )
        # of the distribution alone, without any right of Sales or of Settings
        cls.planner = cls._user("planner", "lead_distribution.group_manager")
        cls.worker = cls._user("worker", "base.group_user,base.group_partner_manager")
        cls.portal = new_test_user(
            cls.env, login="ld_portal_tasks", groups="base.group_portal"
        )
        cls.lead = cls._lead(
            name="Villa of the secret", user_id=cls.anna.id, type="opportunity"
        )
        cls.theirs = cls._lead(
            name="Tower of the second house",
            company_id=cls.company_2.id,
            team_id=False,
            user_id=cls.stranger.id,
            type="opportunity",
        )
        # of all companies
        cls.shared = cls.env["mail.activity.type"].create(
            {"name": "For all", "lead_with_outcomes": True}
        )
        cls.tag = cls.env["crm.tag"].create({"name": "Touched"})
        cls.crm_model_id = cls.env["ir.model"]._get_id(CRM)

    def _call(self, user, model, method, *args, context=None, **kwargs):
        """As over the wire: nothing is in memory, nothing is anybody's environment."""
        self.env.flush_all()
        self.env.invalidate_all()
        companies = {"allowed_company_ids": user.company_ids.ids}
        env = self.env(user=user.id, su=False, context={})
        kwargs["context"] = {**companies, **(context or {})}
        result = call_kw(env[model], method, list(args), kwargs)
        self.env.flush_all()
        self.env.invalidate_all()
        return result

    def _refused(self, user, model, method, *args, error=AccessError, **kwargs):
        """:returns: what the caller is told"""
        with (
            mute_logger("odoo.addons.base.models.ir_actions"),
            mute_logger("odoo.addons.base.models.ir_model"),
            mute_logger("odoo.addons.base.models.ir_rule"),
            self.assertRaises(error) as caught,
            self.cr.savepoint(),
        ):
            self._call(user, model, method, *args, **kwargs)
        self.env.invalidate_all()
        return str(caught.exception)

    def _own_task(self, user, record, **values):
        """A task that somebody makes for themselves, over the wire."""
        return self.env["mail.activity"].browse(
            self._call(
                user,
                "mail.activity",
                "create",
                {
                    "res_model_id": self.env["ir.model"]._get_id(record._name),
                    "res_id": record.id,
                    "activity_type_id": self.visit.id,
                    "user_id": user.id,
                    **values,
                },
            )
        )

    def _finish(self, user, task, outcome=None, **kwargs):
        outcome = outcome or self.done
        return self._call(
            user,
            "mail.activity",
            "action_feedback_outcome",
            task.ids,
            outcome.id,
            **kwargs,
        )


class TestTasksMoved(SecurityCase):
    """Hole 2: a task acts on the record it was given for, and on no other."""

    def test_moving_needs_both_records(self):
        """Part 9, 2: nobody points their own activity at a record that they may not
        write, by id, by model, by name of the model; nor away from one"""
        contact = self.worker.partner_id
        model_id = self.crm_model_id
        free = self._own_task(
            self.worker,
            contact,
            activity_type_id=self.call.id,
        )
        for values in (
            {"res_model_id": model_id, "res_id": self.lead.id},
            {"res_model": CRM, "res_id": self.lead.id},
            {"res_model": CRM, "res_model_id": model_id, "res_id": self.theirs.id},
            {"res_model": "no.such.model", "res_id": 1},
        ):
            with self.subTest(values=values):
                error = (
                    UserError
                    if values.get("res_model") not in (CRM, None)
                    else (AccessError)
                )
                told = self._refused(
                    self.worker,
                    "mail.activity",
                    "write",
                    free.ids,
                    values,
                    error=error,
                )
                self.assertNotIn("Villa", told)
                self.assertEqual(
                    (free.res_model, free.res_id), ("res.partner", contact.id)
                )
        mine = self._lead(user_id=self.boris.id)
        task = self._own_task(self.boris, mine)
        for lead in (self.lead, self.theirs):
            self._refused(
                self.boris, "mail.activity", "write", task.ids, {"res_id": lead.id}
            )
        also_mine = self._lead(user_id=self.boris.id)
        self._call(
            self.boris, "mail.activity", "write", task.ids, {"res_id": also_mine.id}
        )
        self.assertEqual(task.res_id, also_mine.id)
        # away from a record that is not one's own any more
        also_mine.user_id = self.anna
        self._refused(
            self.boris, "mail.activity", "write", task.ids, {"res_id": mine.id}
        )

    def test_moving_through_the_lead(self):
        """Part 9, 2: nor by the lines of a record that is theirs"""
        task = self._own_task(self.boris, self._lead(user_id=self.boris.id))
        foreign = self._task(self.lead, self.anna)
        mine = self._lead(user_id=self.boris.id)
        for line in (
            Command.link(foreign.id),
            Command.update(foreign.id, {"summary": "Mine"}),
            Command.update(task.id, {"res_id": self.lead.id}),
            Command.create(
                {
                    "res_model_id": self.crm_model_id,
                    "activity_type_id": self.visit.id,
                    "user_id": self.boris.id,
                    "lead_origin": "route",
                }
            ),
        ):
            with self.subTest(line=line):
                self._refused(
                    self.boris, CRM, "write", mine.ids, {"lead_task_ids": [line]}
                )
        self.assertEqual(foreign.res_id, self.lead.id)

    def test_managers_move(self):
        """Part 9, 2: managers, too, move tasks only within what they may write"""
        task = self._task(self.lead, self.anna)
        other = self._lead(user_id=self.anna.id)
        self._call(
            self.manager, "mail.activity", "write", task.ids, {"res_id": other.id}
        )
        self.assertEqual(task.res_id, other.id)
        self._refused(
            self.manager, "mail.activity", "write", task.ids, {"res_id": self.theirs.id}
        )
        # moved by a manager who may write both: given on the new one
        self.done.tag_ids = self.tag
        self._finish(self.anna, task)
        self.assertEqual(other.tag_ids, self.tag)

    def test_forged_on_creation(self):
        """Part 9, 2, 12: what the product writes on a task is not given from outside,
        neither as values nor by keys of the context"""
        mine = self._lead(user_id=self.boris.id)
        values = {
            "res_model_id": self.crm_model_id,
            "res_id": mine.id,
            "activity_type_id": self.visit.id,
            "user_id": self.boris.id,
        }
        written = {
            "outcome_id": self.done.id,
            "lead_origin": "route",
            "lead_reminded": "2020-01-01 00:00:00",
            "lead_given_model": CRM,
            "lead_given_id": self.lead.id,
            "lead_given_by": self.anna.id,
            "lead_distribution_unplaced": True,
        }
        task = self._own_task(self.boris, mine)
        for name, value in written.items():
            with self.subTest(name=name):
                create = (self.boris, "mail.activity", "create")
                self._refused(*create, {**values, name: value})
                self._refused(*create, values, context={f"default_{name}": value})
                self._refused(
                    self.boris, "mail.activity", "write", task.ids, {name: value}
                )
                self._refused(
                    self.manager, "mail.activity", "write", task.ids, {name: value}
                )
        self._refused(
            self.boris, "mail.activity", "create", {**values, "res_id": self.lead.id}
        )
        for name, value in (
            ("lead_company_id", self.company_2.id),
            ("lead_date_assigned", "2020-01-01 00:00:00"),
        ):
            with self.subTest(name=name):
                # computed: what a form sends back changes nothing
                made = self._own_task(self.boris, mine, **{name: value})
                self._call(
                    self.boris, "mail.activity", "write", made.ids, {name: value}
                )
                self.assertNotIn("2020", str(made.lead_date_assigned))
                self.assertFalse(made.lead_company_id)
                made = self._call(
                    self.boris,
                    "mail.activity",
                    "create",
                    values,
                    context={f"default_{name}": value},
                )
                made = task.browse(made)
                self.assertNotIn("2020", str(made.lead_date_assigned))
                self.assertFalse(made.lead_company_id)

    def test_keys_of_the_context_do_not_pass_a_sudo(self):
        """Part 9, 12: a wizard that makes tasks as superuser takes nothing of this
        from its caller's context either"""
        mine = self._lead(user_id=self.boris.id)
        context = {
            "default_outcome_id": self.done.id,
            "default_lead_reminded": "2020-01-01 00:00:00",
            "default_lead_given_by": self.anna.id,
            "default_lead_team_id": self.department.id,
        }
        wizard = self._call(
            self.boris,
            "lead.distribution.task",
            "create",
            {"lead_id": mine.id, "activity_type_id": self.visit.id},
        )
        self._call(
            self.boris,
            "lead.distribution.task",
            "action_confirm",
            [wizard],
            context=context,
        )
        task = mine.activity_ids
        self.assertFalse(task.outcome_id)
        self.assertFalse(task.lead_reminded)
        self.assertFalse(task.lead_team_id)
        self.assertNotEqual(task.lead_given_by, self.anna)

    def _all_effects(self):
        """Everything that an outcome can do, one outcome each."""
        Outcome = self.env["lead.activity.outcome"]
        action = self.env["ir.actions.server"].create(
            {
                "name": "Rename",
                "model_id": self.crm_model_id,
                "state": "code",
                "code": "records.write({'name': 'Changed'})",
                "lead_outcome_allowed": True,
            }
        )
        template = self.env["mail.template"].create(
            {
                "name": "To the customer",
                "model_id": self.crm_model_id,
                "subject": "Sent by an outcome",
                "email_to": "somebody@elsewhere.test",
                "body_html": "<p>Hello</p>",
            }
        )
        stage = self.env["crm.stage"].create({"name": "Elsewhere"})
        reason = self.env["crm.lost.reason"].create({"name": "Far"})
        spam = self.env.ref("lead_distribution.removal_reason_spam")
        route = self._route(self.clara)
        effects = {
            "mail": {"mail_template_id": template.id},
            "next": {"next_activity_type_id": self.shared.id},
            "stage": {"stage_id": stage.id},
            "tags": {"tag_ids": [Command.set(self.tag.ids)]},
            "lost": {"lost_reason_id": reason.id},
            "removal": {"removal_reason_id": spam.id},
            "redistribute": {"redistribute": "route", "route_id": route.id},
            "action": {"server_action_id": action.id},
        }
        return {
            name: Outcome.create(
                {"name": name, "activity_type_id": self.shared.id, **values}
            )
            for name, values in effects.items()
        }

    def _state(self, lead):
        self.env.flush_all()
        self.env.invalidate_all()
        mails = self.env["mail.mail"].search([("subject", "=", "Sent by an outcome")])
        return (
            lead.name,
            lead.stage_id,
            lead.tag_ids,
            lead.active,
            lead.user_id,
            lead.intake_status,
            lead.message_ids,
            lead.message_partner_ids,
            lead.with_context(active_test=False).lead_task_ids.ids,
            mails,
        )

    def test_moved_tasks_do_nothing(self):
        """Part 9, 2: however a task came to point at another record (in the database
        itself, here): no effect, no comment, nothing told, for a salesperson, for
        somebody without any right of Sales, for a stranger of another company"""
        for user, own in (
            (self.boris, self._lead(user_id=self.boris.id)),
            (self.worker, self.worker.partner_id),
            (self.stranger, self.theirs),
        ):
            for name, outcome in self._all_effects().items():
                with self.subTest(user=user.login, effect=name):
                    task = self._own_task(user, own, activity_type_id=self.shared.id)
                    self._point(task, self.lead)
                    before = self._state(self.lead)
                    told = self._refused(
                        user,
                        "mail.activity",
                        "action_feedback_outcome",
                        task.ids,
                        outcome.id,
                        feedback="Mine now",
                    )
                    self.assertNotIn("Villa", told)
                    told = self._refused(
                        user, "mail.activity", "action_comment", task.ids, "Mine now"
                    )
                    self.assertNotIn("Villa", told)
                    wizard = self._call(
                        user,
                        "lead.distribution.task.finish",
                        "create",
                        {
                            "activity_ids": [Command.set(task.ids)],
                            "outcome_id": outcome.id,
                        },
                    )
                    self._refused(
                        user,
                        "lead.distribution.task.finish",
                        "action_confirm",
                        [wizard],
                    )
                    self.assertEqual(self._state(self.lead)[:-2], before[:-2])
                    self.assertEqual(self._state(self.lead)[-1], before[-1])
                    self.assertTrue(task.active)
                    self.assertFalse(task.outcome_id)
                    self._point(task, own)  # for the next one
        # the same works where they may write
        for name, outcome in self._all_effects().items():
            with self.subTest(effect=name):
                lead = self._lead(user_id=self.boris.id, name="Plain")
                before = self._state(lead)
                task = self._own_task(self.boris, lead, activity_type_id=self.shared.id)
                self._finish(self.boris, task, outcome)
                after = self._state(lead)
                changed = {i for i, x in enumerate(before) if x != after[i]}
                if name == "next":
                    self.assertEqual(len(after[8]), 2)
                else:
                    self.assertTrue(changed - {6, 7, 8})

    def _point(self, task, record):
        """As it was possible before, or as a script in the database does it."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """UPDATE mail_activity SET res_model = %s, res_model_id = %s,
                          res_id = %s WHERE id = %s""",
                record._name,
                self.env["ir.model"]._get_id(record._name),
                record.id,
                task.id,
            )
        )
        self.env.invalidate_all()

    def test_moved_tasks_of_the_product(self):
        """Part 9, 2: also a task that the product gave, if it points elsewhere now"""
        mine = self._lead(user_id=self.boris.id)
        self.done.tag_ids = self.tag
        task = self._start(mine, user_id=self.boris.id)
        self._point(task, self.lead)
        self._refused(
            self.boris,
            "mail.activity",
            "action_feedback_outcome",
            task.ids,
            self.done.id,
        )
        self._refused(self.boris, "mail.activity", "action_comment", task.ids, "Mine")
        self.assertFalse(self.lead.tag_ids)

    def test_origin_counts_for_nothing(self):
        """Part 9, 2: an origin in the database is no gift of the product"""
        task = self._own_task(self.boris, self._lead(user_id=self.boris.id))
        self._point(task, self.lead)
        self.env.cr.execute(
            "UPDATE mail_activity SET lead_origin = 'route', automated = true "
            "WHERE id = %s",
            [task.id],
        )
        self._refused(
            self.boris,
            "mail.activity",
            "action_feedback_outcome",
            task.ids,
            self.done.id,
        )

    def test_given_tasks_work(self):
        """Part 9, 2, S1 S3 S9: what a process, a server action, a colleague who may
        write the lead, or a department gave, is finished and commented on without
        seeing the lead"""
        self.done.tag_ids = self.tag
        wizard = self._call(
            self.anna,
            "lead.distribution.task",
            "create",
            {
                "lead_id": self.lead.id,
                "activity_type_id": self.visit.id,
                "user_id": self.boris.id,
            },
        )
        self._call(self.anna, "lead.distribution.task", "action_confirm", [wizard])
        by_hand = self.lead.activity_ids
        colleague = self._own_task(self.anna, self.lead, user_id=self.boris.id)
        department = self._start(self.lead, team_id=self.department.id)
        self._call(
            self.boris, "mail.activity", "action_comment", department.ids, "Soon"
        )
        self._call(self.boris, "mail.activity", "action_take", department.ids)
        started = self._start(self.lead, user_id=self.boris.id)
        reassigned = self._task(self.lead, self.clara)
        self._call(
            self.manager,
            "mail.activity",
            "write",
            reassigned.ids,
            {"user_id": self.boris.id},
        )
        for task in (by_hand, colleague, department, started, reassigned):
            with self.subTest(task=task.id):
                self.assertEqual(task.user_id, self.boris)
                self.lead.tag_ids = False
                self._call(
                    self.boris, "mail.activity", "action_comment", task.ids, "On it"
                )
                self._finish(self.boris, task)
                self.assertEqual(self.lead.tag_ids, self.tag)

    def test_given_to_oneself(self):
        """Part 9, 2: what one gave oneself needs the right to write the lead on the
        day it is finished"""
        self.done.tag_ids = self.tag
        task = self._own_task(self.anna, self.lead)
        team_task = self._own_task(
            self.boris,
            self._lead(user_id=self.boris.id),
            user_id=False,
            lead_team_id=self.department.id,
        )
        self._call(self.boris, "mail.activity", "action_take", team_task.ids)
        lead_2 = self.env[CRM].browse(team_task.res_id)
        lead_2.user_id = self.anna
        self.lead.user_id = self.clara
        for user, mine, lead in (
            (self.anna, task, self.lead),
            (self.boris, team_task, lead_2),
        ):
            told = self._refused(
                user,
                "mail.activity",
                "action_feedback_outcome",
                mine.ids,
                self.done.id,
            )
            self.assertIn("cannot change", told)
            self.assertFalse(lead.tag_ids)
            self._call(user, "mail.activity", "unlink", mine.ids)  # it is one's own

    def test_no_gift_without_the_right(self):
        """Part 9, 2: nobody gives a task on a record that they may only read"""
        self.lead.message_subscribe(self.boris.partner_id.ids)
        self._refused(
            self.boris,
            "mail.activity",
            "create",
            {
                "res_model_id": self.crm_model_id,
                "res_id": self.lead.id,
                "activity_type_id": self.visit.id,
                "user_id": self.clara.id,
            },
        )
        # a given task that is handed on by somebody without the right is a gift no more
        contact = self.env["res.partner"].create({"name": "Customer"})
        task = self._own_task(self.boris, contact, user_id=self.clara.id)
        self.assertEqual(task.lead_given_id, contact.id)
        self._call(
            self.boris, "mail.activity", "write", task.ids, {"user_id": self.boris.id}
        )
        self.assertFalse(task.lead_given_id)

    def test_merging_keeps_what_was_given(self):
        """Part 9, 2: merged leads take the gift along, and make none of a task that was
        none"""
        other = self._lead(user_id=self.anna.id, type="opportunity")
        given = self._start(other, user_id=self.boris.id)
        forged = self._own_task(self.anna, other)
        merged = (self.lead | other).with_user(self.anna).merge_opportunity()
        self.env.invalidate_all()
        self.assertEqual((given | forged).mapped("res_id"), [merged.id] * 2)
        self.assertEqual(given.lead_given_id, merged.id)
        self.assertFalse(forged.lead_given_id)
        merged.user_id = self.clara
        self._finish(self.boris, given)
        self._refused(
            self.anna,
            "mail.activity",
            "action_feedback_outcome",
            forged.ids,
            self.done.id,
        )

    def test_meetings_give_nothing(self):
        """Part 9, 2: a task is tied to meetings that one may change, no others"""
        meeting = self.env["calendar.event"].create(
            {
                "name": "Private talk",
                "privacy": "private",
                "user_id": self.anna.id,
                "partner_ids": [Command.set(self.anna.partner_id.ids)],
                "start": "2030-05-05 10:00:00",
                "stop": "2030-05-05 11:00:00",
            }
        )
        mine = self._lead(user_id=self.boris.id)
        task = self._own_task(self.boris, mine)
        told = self._refused(
            self.boris,
            "mail.activity",
            "write",
            task.ids,
            {"calendar_event_id": meeting.id},
        )
        self.assertNotIn("Private", told)
        self._refused(
            self.boris,
            "mail.activity",
            "create",
            {
                "res_model_id": self.crm_model_id,
                "res_id": mine.id,
                "activity_type_id": self.visit.id,
                "user_id": self.boris.id,
                "calendar_event_id": meeting.id,
            },
        )
        own = self._call(
            self.boris,
            "calendar.event",
            "create",
            {
                "name": "Mine",
                "start": "2030-05-05 10:00:00",
                "stop": "2030-05-05 11:00:00",
                "activity_ids": [Command.set(task.ids)],
            },
        )
        self.assertEqual(task.calendar_event_id.id, own)

    def test_columns_of_an_older_database(self):
        """Part 9, 2: what superusers had given before the columns were there is known;
        what people made is not"""
        given = self._start(self.lead, user_id=self.boris.id)
        own = self._own_task(self.anna, self.lead)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE mail_activity SET lead_given_model = NULL, lead_given_id = NULL"
        )
        self.env.invalidate_all()
        self.env["mail.activity"]._fill_given()
        self.assertEqual(
            (given.lead_given_model, given.lead_given_id), (CRM, self.lead.id)
        )
        self.assertFalse(own.lead_given_id)


class TestActions(SecurityCase):
    """Hole 5: our server actions act on records that their caller may write."""

    def _action(self, state="lead_task", **values):
        defaults = {
            "name": "Ours",
            "model_id": self.crm_model_id,
            "state": state,
        }
        if state == "lead_task":
            defaults["lead_task_type_id"] = self.visit.id
        return self.env["ir.actions.server"].create({**defaults, **values})

    def _actions(self):
        """Every shape of them, with what an administrator may have set."""
        everybody = self.env.ref("base.group_user") | self.env.ref("base.group_portal")
        for state in ("lead_task", "lead_distribute"):
            yield self._action(state)
            yield self._action(state, group_ids=[Command.set(everybody.ids)])
            child = self._action(state, group_ids=[Command.set(everybody.ids)])
            yield self._action(
                "multi",
                child_ids=[Command.set(child.ids)],
                group_ids=[Command.set(everybody.ids)],
            )

    def test_records_of_the_caller(self):
        """Part 9, 5: nobody starts a task or a distribution on a lead that they may not
        write, whatever the context says and whatever groups the action has"""
        self._route(self.clara)
        others = (self.env["crm.team"], self.env["res.partner"])
        for action in self._actions():
            for user in (self.portal, self.worker, self.boris, self.stranger):
                for model in (CRM, None, *[other._name for other in others]):
                    context = {
                        "active_ids": self.lead.ids,
                        "active_id": self.lead.id,
                        **({"active_model": model} if model else {}),
                    }
                    with self.subTest(
                        state=action.state,
                        groups=len(action.group_ids),
                        user=user.login,
                        model=model,
                    ):
                        self._run_or_refuse(user, action, context)
                        self.assertFalse(self.lead.activity_ids)
                        self.assertEqual(self.lead.user_id, self.anna)
        self.assertFalse(self.env["lead.activity.waiting"].search([]))

    @mute_logger("odoo.addons.base.models.ir_actions")
    def _run_or_refuse(self, user, action, context):
        """Either is right, as long as nothing happens."""
        try:
            with self.cr.savepoint():
                self._call(
                    user, "ir.actions.server", "run", action.ids, context=context
                )
        except AccessError:
            self.env.invalidate_all()

    def test_whoever_may(self):
        """Part 9, 5, S1 U11: from the Action menu, by who may write the lead; by a
        manager, who distributes; by an automation rule, whoever sets it off"""
        context = {"active_model": CRM, "active_ids": self.lead.ids}
        self._call(
            self.anna,
            "ir.actions.server",
            "run",
            self._action().ids,
            context={**context, "active_id": self.lead.id},
        )
        self.assertEqual(self.lead.activity_ids.lead_origin, "action")
        self._route(self.clara)
        self._call(
            self.manager,
            "ir.actions.server",
            "run",
            self._action("lead_distribute").ids,
            context=context,
        )
        self.assertEqual(self.lead.user_id, self.clara)
        if "base.automation" not in self.env:
            return
        rule = self.env["base.automation"].create(
            {
                "name": "Hand over",
                "model_id": self.crm_model_id,
                "trigger": "on_write",
                "trigger_field_ids": [
                    Command.set(self.env["ir.model.fields"]._get(CRM, "referred").ids)
                ],
            }
        )
        rule.action_server_ids = self._action(
            lead_task_assignee="user",
            lead_task_user_id=self.boris.id,
            usage="base_automation",
            base_automation_id=rule.id,
        )
        lead = self._lead(user_id=self.anna.id)
        self._call(self.anna, CRM, "write", lead.ids, {"referred": "By a friend"})
        self.assertEqual(lead.activity_ids.user_id, self.boris)

    def test_no_records(self):
        """Part 9, 5: without records at hand nothing starts; a scheduled distribution
        is for managers to call"""
        action = self._action()
        self._call(self.boris, "ir.actions.server", "run", action.ids)
        scheduled = self._action("lead_distribute", usage="ir_cron")
        for user in (self.portal, self.worker, self.boris):
            self._refused(user, "ir.actions.server", "run", scheduled.ids)


class TestOutcomeActions(SecurityCase):
    """Holes 7 and 13: what an outcome runs, and what managers see of it."""

    SECRET = "https://hooks.test/sesame"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = cls._user("admin", "base.group_system")
        values = {"model_id": cls.crm_model_id, "state": "code"}
        group = cls.env.ref("base.group_erp_manager")
        cls.promote = cls.env["ir.actions.server"].create(
            {
                **values,
                "name": "Promote",
                "code": f"env.user.write({{'group_ids': [(4, {group.id})]}})",
            }
        )
        cls.rename = cls.env["ir.actions.server"].create(
            {
                **values,
                "name": "Rename it",
                "code": "records.write({'name': 'Renamed'})",
                "lead_outcome_allowed": True,
            }
        )
        cls.hook = cls.env["ir.actions.server"].create(
            {
                "name": "Tell the partner",
                "model_id": cls.crm_model_id,
                "state": "webhook",
                "webhook_url": cls.SECRET,
                "lead_outcome_allowed": True,
            }
        )

    def test_managers_choose_what_is_allowed(self):
        """Part 9, 7: a manager without Settings rights chooses no other action, by no
        way of writing"""
        outcome = "lead.activity.outcome"
        values = {"name": "Mine", "activity_type_id": self.visit.id}
        chosen = {"server_action_id": self.promote.id}
        for user in (self.manager, self.planner):
            with self.subTest(user=user.login):
                for model, method, *args in (
                    (outcome, "create", {**values, **chosen}),
                    (outcome, "write", self.done.ids, chosen),
                    (
                        "mail.activity.type",
                        "write",
                        self.visit.ids,
                        {
                            "lead_outcome_ids": [
                                Command.update(self.done.id, chosen),
                            ]
                        },
                    ),
                    (
                        "mail.activity.type",
                        "create",
                        {
                            "name": "New",
                            "lead_outcome_ids": [Command.create({**values, **chosen})],
                        },
                    ),
                ):
                    told = self._refused(user, model, method, *args, error=AccessError)
                    self.assertNotIn("Promote", told)
                self._refused(
                    user,
                    outcome,
                    "create",
                    values,
                    context={"default_server_action_id": self.promote.id},
                    error=AccessError,
                )
                allow = {"lead_outcome_allowed": True}
                self._refused(
                    user, "ir.actions.server", "write", self.promote.ids, allow
                )
                self._call(
                    user,
                    outcome,
                    "write",
                    self.done.ids,
                    {"server_action_id": self.rename.id},
                )
        self._finish(self.anna, self._task(self.lead, self.anna))
        self.assertEqual(self.lead.name, "Renamed")

    def test_no_questions_through_an_outcome(self):
        """Part 9, 13: neither by a path through what has chosen the action"""
        self.done.server_action_id = self.hook
        task = self._task(self.lead, self.anna)
        self._finish(self.anna, task, self.failed)
        for name in ("webhook_url", "code", "name"):
            leaf = [f"server_action_id.{name}", "=like", "https%"]
            through = [f"outcome_id.server_action_id.{name}", "=like", "https%"]
            for user in (self.manager, self.planner, self.anna):
                with self.subTest(user=user.login, name=name):
                    outcome = "lead.activity.outcome"
                    self._refused(user, outcome, "search_count", [leaf])
                    self._refused(user, "mail.activity", "search_count", [through])
                    self._refused(user, "mail.activity", "lead_task_counts", [through])
                    self._refused(
                        user,
                        outcome,
                        "formatted_read_group",
                        [],
                        [f"server_action_id.{name}"],
                        ["__count"],
                    )

    def test_nobody_but_administrators_allows(self):
        """Part 9, 7: even where another addon lets somebody write actions"""
        self.env["ir.model.access"].create(
            {
                "name": "As another addon might",
                "model_id": self.env["ir.model"]._get_id("ir.actions.server"),
                "group_id": self.env.ref("lead_distribution.group_manager").id,
                **dict.fromkeys(("perm_read", "perm_write", "perm_create"), True),
            }
        )
        self._refused(
            self.planner,
            "ir.actions.server",
            "write",
            self.promote.ids,
            {"lead_outcome_allowed": True},
        )
        self._refused(
            self.planner,
            "ir.actions.server",
            "create",
            {"name": "Mine", "model_id": self.crm_model_id, "state": "multi"},
            context={"default_lead_outcome_allowed": True},
        )

    def test_administrators_allow(self):
        """Part 9, 7, S4: by the mark on the action, or by choosing it for an outcome"""
        self._call(
            self.admin,
            "ir.actions.server",
            "write",
            self.promote.ids,
            {"lead_outcome_allowed": True},
        )
        self.promote.lead_outcome_allowed = False
        self._call(
            self.admin,
            "lead.activity.outcome",
            "write",
            self.done.ids,
            {"server_action_id": self.promote.id},
        )
        self.assertTrue(self.promote.lead_outcome_allowed)

    def test_looked_at_again_when_run(self):
        """Part 9, 7: what an older database has chosen, and what an administrator
        allows no more, is not run; it is said on the lead and by the health check"""
        self.env.cr.execute(
            "UPDATE lead_activity_outcome SET server_action_id = %s WHERE id = %s",
            [self.promote.id, self.done.id],
        )
        self.env.invalidate_all()
        group = self.env.ref("base.group_erp_manager")
        self._route(self.boris)  # else there is no health to look at
        self.done.tag_ids = self.tag
        task = self._task(self.lead, self.anna)
        with self.assertLogs(
            "odoo.addons.lead_distribution.models.task.outcome_follow", "WARNING"
        ):
            self._finish(self.anna, task)
        self.assertNotIn(group, self.anna.all_group_ids)
        self.assertEqual(self.lead.tag_ids, self.tag)  # the rest follows
        self.assertIn("not allowed for outcomes", self.lead.message_ids[0].body)
        found = self.env["lead.distribution.health"].with_user(self.manager).search([])
        self.assertTrue([x for x in found if "no administrator has allowed" in x.name])

    def test_what_managers_see_of_actions(self):
        """Part 9, 13: names of what is allowed, and nothing else"""
        model = "ir.actions.server"
        for user in (self.manager, self.planner):
            with self.subTest(user=user.login):
                for method, *args in (
                    ("read", self.hook.ids, ["webhook_url"]),
                    ("read", self.hook.ids, ["name"]),
                    ("search_read", [], ["webhook_url", "code"]),
                    ("search", [["webhook_url", "=like", "https%"]]),
                    ("search_count", [["webhook_url", "=like", "https%"]]),
                    ("web_search_read", [], {"webhook_url": {}}),
                    ("web_read", self.hook.ids, {"webhook_url": {}}),
                    ("read_group", [], ["id:count"], ["webhook_url"]),
                    ("copy", self.hook.ids),
                ):
                    told = self._refused(user, model, method, *args)
                    self.assertNotIn("sesame", told)
                names = self._call(user, model, "name_search", "")
                self.assertIn((self.rename.id, "Rename it"), names)
                self.assertIn((self.hook.id, "Tell the partner"), names)
                self.assertNotIn(self.promote.id, dict(names))
                self.assertEqual(
                    self._call(user, model, "name_search", "rename"),
                    [(self.rename.id, "Rename it")],
                )
                # no question about what they may not read
                asked = self._call(
                    user,
                    model,
                    "name_search",
                    "",
                    [["webhook_url", "=like", "https://hooks.test/s%"]],
                )
                self.assertEqual(asked, names)
                found = self._call(
                    user, model, "web_name_search", "rename", {"display_name": {}}
                )
                self.assertEqual(found[0]["id"], self.rename.id)
                self._refused(user, model, "web_name_search", "", {"webhook_url": {}})
        for user in (self.portal, self.worker, self.boris):
            self._refused(user, model, "name_search", "")

    def test_form_of_an_outcome(self):
        """Part 9, 13: the form works for managers without Settings rights"""
        self.done.server_action_id = self.hook
        model = "lead.activity.outcome"
        for user in (self.manager, self.planner):
            view = self._call(user, model, "get_view", False, "form")
            self.assertIn("server_action_id", view["arch"])
            spec = {"name": {}, "server_action_id": {"fields": {"display_name": {}}}}
            [values] = self._call(user, model, "web_read", self.done.ids, spec)
            self.assertEqual(
                values["server_action_id"],
                {"id": self.hook.id, "display_name": "Tell the partner"},
            )
            self._refused(
                user,
                model,
                "web_read",
                self.done.ids,
                {"server_action_id": {"fields": {"webhook_url": {}}}},
            )
            [values] = self._call(
                user,
                model,
                "web_save",
                self.done.ids,
                {"server_action_id": self.rename.id},
                spec,
            )
            self.assertEqual(values["server_action_id"]["display_name"], "Rename it")
            answer = self._call(
                user,
                model,
                "onchange",
                self.done.ids,
                {"server_action_id": self.hook.id},
                ["server_action_id"],
                {**spec, "summary": {}},
            )
            self.assertNotIn("sesame", str(answer))
            self._call(user, model, "web_save", self.done.ids, {"name": "End"}, spec)
            self.done.server_action_id = self.hook

    def test_all_that_managers_choose(self):
        """Part 9, 7: of what managers choose and a superuser then runs, all is known
        here: an action is allowed first, an email template is for those records"""
        found = {
            (name, field.name)
            for name, model in self.env.registry.items()
            for field in model._fields.values()
            if field.store
            and field.relational
            and field.comodel_name
            in (
                "ir.actions.server",
                "ir.actions.actions",
                "ir.cron",
                "base.automation",
                "mail.template",
            )
            and (field._module or "").startswith("lead_distribution")
        }
        self.assertEqual(
            found,
            {
                ("lead.activity.outcome", "server_action_id"),
                ("lead.activity.outcome", "mail_template_id"),
                ("lead.distribution.route", "mail_template_id"),
                ("lead.distribution.rule", "mail_template_id"),
            },
        )

    def test_templates_of_other_records(self):
        """Part 9, 7: no email about the user, or the contact, that has the lead's
        number: neither chosen, nor made for something else after it was chosen"""
        other = self.env["mail.template"].create(
            {
                "name": "Reset a password",
                "model_id": self.env["ir.model"]._get_id("res.users"),
                "subject": "For {{ object.login }}",
                "body_html": "<p t-out='object.login'/>",
            }
        )
        for model, record, values in (
            ("lead.distribution.route", self._route(self.boris), {}),
            (
                "lead.distribution.rule",
                self.env["lead.distribution.rule"].create({"name": "Rule"}),
                {},
            ),
        ):
            with self.subTest(model=model):
                self._refused(
                    self.manager,
                    model,
                    "write",
                    record.ids,
                    {**values, "mail_template_id": other.id},
                    error=ValidationError,
                )
        self.env["lead.distribution.route"].search([]).active = False
        template = other.copy(
            {"model_id": self.crm_model_id, "subject": "New", "body_html": "<p>New</p>"}
        )
        for delivery in ("assign", "offer"):
            self._route(self.boris, mail_template_id=template.id, delivery=delivery)
            lead = self._lead(name="Mailed")
            template.write(
                {
                    "model_id": self.env["ir.model"]._get_id("res.users"),
                    "subject": "For {{ object.login }}",
                }
            )
            before = self.env["mail.mail"].search([])
            self._run_cron("ir_cron_send_mail")
            mails = self.env["mail.mail"].search([]) - before
            self.assertTrue(mails)
            for mail in mails:
                self.assertNotIn("For ", mail.subject)
            self.env["lead.distribution.route"].search([]).active = False
            template.write({"model_id": self.crm_model_id, "subject": "New"})
            self.assertTrue(lead)


class TestEventsOfProcesses(SecurityCase):
    """Hole 21: the record's company decides who sees an event."""

    def _process_of_all(self):
        process = self._process({})
        process.sudo().company_id = False
        return process.sudo()

    def test_company_of_the_record(self):
        """Part 9, 21: of a process of all companies each sees what is theirs"""
        process = self._process_of_all()
        leads = {
            company: self._lead(company_id=company and company.id, team_id=False)
            for company in (self.company, self.company_2)
        }
        events = {
            company: process.event_ids.filtered(
                lambda event, lead=lead: event.lead_id == lead
            )
            for company, lead in leads.items()
        }
        model = "lead.distribution.process.event"
        for user, own in (
            (self.manager, self.company),
            (self.manager_2, self.company_2),
        ):
            seen = self._call(user, model, "search", [["process_id", "=", process.id]])
            self.assertEqual(seen, events[own].ids)
            [other] = [company for company in leads if company != own]
            told = self._refused(user, model, "read", events[other].ids, ["lead_id"])
            self.assertNotIn(leads[other].name, told)
        # it went over to the other company
        leads[self.company_2].write({"company_id": self.company.id, "team_id": False})
        seen = self._call(
            self.manager, model, "search", [["process_id", "=", process.id]]
        )
        self.assertEqual(sorted(seen), sorted(process.event_ids.ids))

    def test_without_a_record(self):
        """Part 9, 21: an event whose record is gone, or of an addon that is gone, is
        nobody's to see"""
        process = self._process_of_all()
        event = self.env["lead.distribution.process.event"].create(
            {"process_id": process.id, "date": fields.Datetime.now()}
        )
        for user in (self.manager, self.manager_2, self.planner):
            self.assertFalse(
                self._call(user, event._name, "search", [["id", "=", event.id]])
            )

    def test_tasks_to_come(self):
        """Part 9, 21: the name of a record that went over to another company is not
        told"""
        lead = self._lead(name="Villa of the move", user_id=self.anna.id)
        self._start(lead, delay_number=5, delay_unit="minutes")
        row = self.env["lead.activity.waiting"].search([("res_id", "=", lead.id)])
        read = (self.manager, row._name, "read", row.ids, ["res_name"])
        self.assertEqual(self._call(*read)[0]["res_name"], "Villa of the move")
        lead.write(
            {"company_id": self.company_2.id, "team_id": False, "user_id": False}
        )
        self.assertNotIn("Villa", self._call(*read)[0]["res_name"] or "")


class TestRightsFirst(SecurityCase):
    """Hole 22: rights are looked at before anything is done or told."""

    def _calls(self, task, lead):
        """Every public method of tasks and their wizards, with what a stranger might
        give it."""
        activity, make = "mail.activity", "lead.distribution.task"
        finish = "lead.distribution.task.finish"
        about = {"lead_id": lead.id, "activity_type_id": self.visit.id}
        line = {"res_model": CRM, "res_ids": lead.ids}
        names = {"lead_id": {"fields": {"display_name": {}}}, "record_names": {}}
        types = {
            "count": {},
            "activity_type_id": {"fields": {"display_name": {}}},
            "activity_ids": {"fields": {"display_name": {}}},
        }
        tasks = {"activity_ids": [Command.set(task.ids)]}
        return [
            (activity, "action_feedback_outcome", [task.ids, self.done.id], {}),
            (activity, "action_comment", [task.ids, "Hello"], {}),
            (activity, "action_comment", [task.ids, ""], {}),
            (activity, "action_take", [task.ids], {}),
            (activity, "action_ask_outcome", [task.ids], {}),
            (activity, "read", [task.ids, ["res_name", "lead_task"]], {}),
            (activity, "write", [task.ids, {"summary": "Mine"}], {}),
            (activity, "unlink", [task.ids], {}),
            (make, "create", [about], {}),
            (make, "create", [{**about, **line, "lead_id": False}], {}),
            (make, "default_get", [["lead_id"]], {"default_lead_id": lead.id}),
            (
                make,
                "default_get",
                [["res_ids", "record_names"]],
                {"default_res_model": CRM, "default_res_ids": lead.ids},
            ),
            (make, "onchange", [[], about, ["lead_id"], names], {}),
            (make, "onchange", [[], {}, [], names], {"default_lead_id": lead.id}),
            (make, "onchange", [[], line, ["res_ids"], names], {}),
            (
                make,
                "onchange",
                [[], {}, [], {**names, "res_model": {}, "res_ids": {}}],
                {"default_res_model": CRM, "default_res_ids": lead.ids},
            ),
            (finish, "create", [tasks], {}),
            (
                finish,
                "default_get",
                [["activity_ids"]],
                {"default_activity_ids": task.ids},
            ),
            (finish, "onchange", [[], tasks, ["activity_ids"], types], {}),
            (
                finish,
                "onchange",
                [[], {}, [], types],
                {"default_activity_ids": task.ids},
            ),
        ]

    def test_strangers_are_told_nothing(self):
        """Part 9, 22: portal users, colleagues with own documents, people without
        rights of Sales, and strangers of another company; of an open task, a finished
        one and a department's"""
        open_one = self._task(self.lead, self.anna, summary="Villa: ring")
        done = self._task(self.lead, self.anna, summary="Villa: seen")
        done.with_user(self.anna).action_feedback_outcome(self.done.id)
        other_team = self.env["crm.team"].create({"name": "Elsewhere"})
        department = self._start(
            self.lead, team_id=other_team.id, summary="Villa: somebody"
        )
        people = (self.portal, self.worker, self.boris, self.stranger, self.planner)
        for task in (open_one, done, department):
            for user in people:
                for model, method, args, context in self._calls(task, self.lead):
                    with self.subTest(
                        task=task.summary, user=user.login, call=(model, method, args)
                    ):
                        told = self._refused(
                            user, model, method, *deepcopy(args), context=context
                        )
                        self.assertNotIn("Villa", told)
                        self.assertNotIn("Anna", told)
                        self.assertNotIn("finished", told)

    def test_wizards_of_others(self):
        """Part 9, 22: nor by a wizard that a colleague has open"""
        task = self._task(self.lead, self.anna)
        make = self._call(
            self.anna,
            "lead.distribution.task",
            "create",
            {"lead_id": self.lead.id, "activity_type_id": self.visit.id},
        )
        finish = self._call(
            self.anna,
            "lead.distribution.task.finish",
            "create",
            {"activity_ids": [Command.set(task.ids)], "outcome_id": self.done.id},
        )
        for user in (self.portal, self.worker, self.boris, self.stranger):
            for model, wizard in (
                ("lead.distribution.task", make),
                ("lead.distribution.task.finish", finish),
            ):
                with self.subTest(user=user.login, model=model):
                    told = self._refused(user, model, "action_confirm", [wizard])
                    self.assertNotIn("Villa", told)
        self.assertEqual(self.lead.activity_ids, task)

    def test_bad_input(self):
        """Part 9, 22: what makes no sense is refused in words"""
        for res_model, res_ids in (
            ("no.model", [1]),
            ("ir.actions.server", [1]),
            (CRM, ["1"]),
            (CRM, {"1": 2}),
        ):
            with self.subTest(res_model=res_model):
                self._refused(
                    self.anna,
                    "lead.distribution.task",
                    "create",
                    {
                        "activity_type_id": self.visit.id,
                        "res_model": res_model,
                        "res_ids": res_ids,
                    },
                    error=UserError,
                )
        task = self._task(self.lead, self.anna)
        for outcome in (False, None, 0, "1", [1], 2**40, {"id": 1}):
            with self.subTest(outcome=outcome):
                self._refused(
                    self.anna,
                    "mail.activity",
                    "action_feedback_outcome",
                    task.ids,
                    outcome,
                    error=UserError,
                )

    def test_counts(self):
        """Part 9, 22: numbers of one's own, and none for who has no tasks at all"""
        self._task(self.lead, self.anna, summary="Villa: ring")
        counts = self._call(self.boris, "mail.activity", "lead_task_counts")
        self.assertEqual(counts["all"], 0)
        asked = [["summary", "like", "Villa"]]
        for user in (self.worker, self.stranger, self.boris):
            counts = self._call(user, "mail.activity", "lead_task_counts", asked)
            self.assertFalse(any(counts.values()))
        self._refused(self.portal, "mail.activity", "lead_task_counts")
        self._refused(self.portal, "mail.activity", "lead_task_counts", asked)


class TestShared(SecurityCase):
    """What managers set up is their company's; what is shared is the
    administrators'."""

    MODELS = {
        "lead.activity.outcome": "company_id",
        "lead.distribution.removal.reason": "company_id",
        "lead.distribution.consent.purpose": "company_id",
        "mail.activity.type": "lead_company_id",
    }

    def _values(self, model, **values):
        if model == "lead.activity.outcome":
            values.setdefault("activity_type_id", self.shared.id)
        return {"name": "Of somebody", **values}

    def test_each_company_its_own(self):
        """Part 9: managers add, rename, reorder and delete what is their company's; the
        other company's people neither see it in lists nor change it"""
        for model, company in self.MODELS.items():
            with self.subTest(model=model):
                made = self._call(self.manager, model, "create", self._values(model))
                record = self.env[model].browse(made)
                self.assertEqual(record[company], self.company)
                for values in ({"name": "Renamed"}, {"sequence": 3}, {"active": False}):
                    self._call(self.manager, model, "write", [made], values)
                    self._refused(self.manager_2, model, "write", [made], values)
                self._refused(self.manager_2, model, "unlink", [made])
                self._call(self.manager, model, "write", [made], {"active": True})
                named = [["name", "=", "Renamed"]]
                for user, seen in (
                    (self.manager, [made]),
                    (self.anna, [made]),
                    (self.manager_2, []),
                    (self.stranger, []),
                ):
                    self.assertEqual(
                        self._call(user, model, "search", named), seen, user.login
                    )
                    self.assertEqual(
                        self._call(user, model, "search_count", named), len(seen)
                    )
                    self.assertEqual(
                        [
                            x[0]
                            for x in self._call(user, model, "name_search", "Renamed")
                        ],
                        seen,
                    )
                for other in (self.company_2.id, False):
                    self._refused(
                        self.manager, model, "write", [made], {company: other}
                    )
                    self._refused(
                        self.manager,
                        model,
                        "create",
                        self._values(model, **{company: other}),
                    )
                self._call(self.manager, model, "unlink", [made])

    def test_shared_is_for_administrators(self):
        """Part 9: what all companies share no manager of one changes, not by its lines
        either; administrators do"""
        admin = self._user("admin", "base.group_system,sales_team.group_sale_manager")
        for model in self.MODELS:
            record = self.env[model].create(self._values(model))
            with self.subTest(model=model):
                for user in (self.manager, self.manager_2, self.planner):
                    told = self._refused(
                        user, model, "write", record.ids, {"name": "Mine"}
                    )
                    self.assertIn("also used by other companies", told)
                    self._refused(user, model, "unlink", record.ids)
                self.assertEqual(
                    self._call(self.manager, model, "read", record.ids, ["name"])[0][
                        "name"
                    ],
                    "Of somebody",
                )
                self._call(admin, model, "write", record.ids, {"name": "Ours"})
                self._call(admin, model, "unlink", record.ids)
        outcome = self.shared.lead_outcome_ids[0]
        for user, line in (
            (self.manager, Command.update(outcome.id, {"name": "Mine"})),
            (self.manager, Command.delete(outcome.id)),
            (self.planner, Command.update(outcome.id, {"name": "Mine"})),
        ):
            self._refused(
                user,
                "mail.activity.type",
                "write",
                self.shared.ids,
                {"lead_outcome_ids": [line]},
            )

    def test_one_company(self):
        """Part 9, S2: where there is one company, managers change all of it"""
        company = type(self.env["res.company"])
        self.patch(company, "_lead_several", lambda self: False)
        for model in self.MODELS:
            record = self.env[model].create(self._values(model))
            with self.subTest(model=model):
                for user in (self.manager, self.planner):
                    self._call(user, model, "write", record.ids, {"name": user.name})
                self._call(self.planner, model, "unlink", record.ids)
        self._call(
            self.planner,
            "mail.activity.type",
            "write",
            self.call.ids,
            {"lead_with_outcomes": True},
        )
        self.assertTrue(self.call.lead_with_outcomes)

    def test_types_of_other_apps(self):
        """Part 9: the distribution gives no right over types for the records of other
        apps; who has it from Odoo keeps it"""
        other = self.env["mail.activity.type"].create(
            {"name": "Check the car", "res_model": "crm.team"}
        )
        write = ("mail.activity.type", "write", other.ids, {"name": "Mine"})
        self._refused(self.planner, *write)
        self._call(self.manager, *write)  # as Odoo's CRM has it
        self.assertEqual(other.name, "Mine")
        self._refused(
            self.planner,
            "mail.activity.type",
            "create",
            {"name": "Mine", "res_model": "crm.team"},
        )
        own = self._call(
            self.planner, "mail.activity.type", "create", {"name": "Mine, too"}
        )
        self._refused(
            self.planner,
            "mail.activity.type",
            "write",
            [own],
            {"res_model": "crm.team"},
        )

    def test_outcomes_are_for_managers(self):
        """Part 9: who manages types for another app makes them no tasks"""
        self.env["ir.model.access"].create(
            {
                "name": "As Project does",
                "model_id": self.env["ir.model"]._get_id("mail.activity.type"),
                "group_id": self.env.ref("base.group_user").id,
                "perm_write": True,
            }
        )
        self._call(
            self.worker, "mail.activity.type", "write", self.call.ids, {"summary": "Hi"}
        )
        self._refused(
            self.worker,
            "mail.activity.type",
            "write",
            self.call.ids,
            {"lead_with_outcomes": True},
        )

    def test_switching_on_what_is_shared(self):
        """Part 9: an outcome of one company does not make tasks of everybody's calls"""
        self.call.lead_with_outcomes = False
        self._refused(
            self.manager,
            "lead.activity.outcome",
            "create",
            {"name": "Mine", "activity_type_id": self.call.id},
        )
        self.assertFalse(self.call.lead_with_outcomes)

    def test_outcomes_of_a_company(self):
        """Part 9: on a shared type each company ends its tasks with its own outcomes
        and the shared ones, and needs one only where it has any"""
        kind = self.env["mail.activity.type"].create(
            {"name": "Measure", "lead_with_outcomes": True}
        )
        kind.lead_outcome_ids.unlink()
        mine = self.env["lead.activity.outcome"].browse(
            self._call(
                self.manager,
                "lead.activity.outcome",
                "create",
                {"name": "Fits", "activity_type_id": kind.id},
            )
        )
        self.assertEqual(mine.company_id, self.company)
        task = self._task(self.lead, self.anna, kind)
        theirs = self._task(self.theirs, self.stranger, kind)
        read = ("mail.activity", "read")
        [values] = self._call(self.anna, *read, task.ids, ["lead_task"])
        self.assertEqual([x["name"] for x in values["lead_task"]["outcomes"]], ["Fits"])
        [values] = self._call(
            self.stranger, *read, theirs.ids, ["lead_task", "lead_needs_outcome"]
        )
        self.assertFalse(values["lead_needs_outcome"])
        self._refused(
            self.stranger,
            "mail.activity",
            "action_feedback_outcome",
            theirs.ids,
            mine.id,
        )
        self._call(self.stranger, "mail.activity", "action_feedback", theirs.ids)
        self.assertFalse(theirs.active)
        told = self._refused(
            self.anna, "mail.activity", "action_feedback", task.ids, error=UserError
        )
        self.assertIn("Fits", told)
        # somebody of both companies ends each with what is its own
        both = self._user(
            "both",
            "sales_team.group_sale_salesman_all_leads",
            company_ids=[Command.set((self.company | self.company_2).ids)],
        )
        theirs = self._task(self.theirs, both, kind)
        told = self._refused(
            both,
            "mail.activity",
            "action_feedback_outcome",
            theirs.ids,
            mine.id,
            error=UserError,
        )
        self.assertIn("another company", told)
        self._call(both, "mail.activity", "action_feedback", theirs.ids)
        self._finish(both, task, mine)
        self.assertEqual(task.outcome_id, mine)

    def test_types_stay_readable(self):
        """Part 9: a type of another company is chosen by nobody, and read on the tasks
        that have it"""
        self.assertEqual(self.visit.lead_company_id, self.company)
        task = self._task(self.theirs, self.stranger)
        [values] = self._call(
            self.stranger,
            "mail.activity",
            "web_read",
            task.ids,
            {
                "activity_type_id": {"fields": {"display_name": {}, "name": {}}},
                "icon": {},
            },
        )
        self.assertEqual(values["activity_type_id"]["name"], "Visit")
        self._call(self.stranger, "mail.activity", "activity_format", task.ids)

    def test_removal_reasons(self):
        """Part 9: a lead is removed with a reason of its company, or a shared one"""
        reason = self.env["lead.distribution.removal.reason"].create(
            {"name": "Theirs", "company_id": self.company_2.id}
        )
        self._refused(self.anna, CRM, "action_remove", self.lead.ids, reason.id)
        self.assertTrue(self.lead.active)

    def test_consents(self):
        """Part 9: a script's words find the company's purpose first, then the shared
        one, never another company's; what is not seen is kept"""
        Purpose = self.env["lead.distribution.consent.purpose"]
        shared, own, theirs = Purpose.create(
            [
                {"name": "Call", "reference": "call"},
                {"name": "Call", "reference": "call", "company_id": self.company.id},
                {"name": "Mail", "reference": "mail", "company_id": self.company_2.id},
            ]
        )
        lead = self._lead(consent_purpose_ids="call, mail", user_id=self.anna.id)
        self.assertEqual(lead.consent_ids.purpose_id, own)
        self.assertIn("mail", lead.description)
        lead = self._lead(
            consent_purpose_ids=[own.id, theirs.id, "nothing"], user_id=self.anna.id
        )
        self.assertEqual(lead.consent_ids.purpose_id, own)
        lead.write({"consent_purpose_ids": [Command.link(theirs.id)]})
        self.assertEqual(lead.consent_ids.purpose_id, own)
        lead = self._lead(
            company_id=self.company_2.id,
            consent_purpose_ids="call, mail",
            user_id=self.stranger.id,
            team_id=False,
        )
        self.assertEqual(lead.consent_ids.purpose_id, shared | theirs)
        # the lead goes over to the first company: what is not seen there stays
        lead.write({"company_id": self.company.id, "user_id": self.anna.id})
        spec = {"consent_purpose_ids": {"fields": {"display_name": {}}}}
        [values] = self._call(self.anna, CRM, "web_read", lead.ids, spec)
        self.assertEqual([x["id"] for x in values["consent_purpose_ids"]], shared.ids)
        self._call(
            self.anna,
            CRM,
            "write",
            lead.ids,
            {"consent_purpose_ids": [Command.clear()]},
        )
        self.assertEqual(lead.consent_ids.purpose_id, theirs)

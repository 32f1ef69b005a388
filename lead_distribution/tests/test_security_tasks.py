"""Part 9: tasks, outcomes, processes and server actions give nobody what is not theirs.

Everything is called as a remote caller does it, by ``call_kw``.
"""

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
        cls.worker = cls._user(
            "worker", "base.group_user,base.group_partner_manager"
        )
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
                error = UserError if values.get("res_model") not in (CRM, None) else (
                    AccessError
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
                self.assertEqual((free.res_model, free.res_id), contact_of(contact))
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
        self._refused(self.boris, "mail.activity", "create", {**values, "res_id": self.lead.id})
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

    def test_keys_of_the_context_do_not_pass_a_sudo(self):
        """Part 9, 12: a wizard that makes tasks as superuser takes nothing of this
        from its caller's context either"""
        mine = self._lead(user_id=self.boris.id)
        context = {
            "default_outcome_id": self.done.id,
            "default_lead_reminded": "2020-01-01 00:00:00",
            "default_lead_given_by": self.anna.id,
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
                    task = self._own_task(
                        user, own, activity_type_id=self.shared.id
                    )
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
                task = self._own_task(
                    self.boris, lead, activity_type_id=self.shared.id
                )
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
        self._call(self.boris, "mail.activity", "action_comment", department.ids, "Soon")
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
            self.assertIn("may not change", told)
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
        self.assertEqual((given.lead_given_model, given.lead_given_id), (CRM, self.lead.id))
        self.assertFalse(own.lead_given_id)


def contact_of(partner):
    return ("res.partner", partner.id)

"""Jobs: what the schedules queue, what a block does, and what it leaves."""

from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2 import errors

from odoo import fields

from odoo.addons.lead_distribution.models.pipeline import pending
from odoo.addons.queue_job.exception import RetryableJobError
from odoo.addons.queue_job.job import Job
from odoo.addons.queue_job.tests.common import trap_jobs

from .common import JobCase


class TestPending(JobCase):
    def test_a_block_of_each_company(self):
        """Part 13: the schedule queues one block a company, however many leads, and
        places none itself; a job is a block, and queues what is left."""
        leads = self._lead(7)
        others = self._lead(3, company_id=self.company_2.id)
        self.assertEqual(
            set((leads | others).mapped("distribution_state")), {"pending"}
        )
        with (
            patch.object(pending, "SMALLEST_BLOCK", 4),
            patch.object(pending, "LARGEST_BLOCK", 4),
            trap_jobs() as trap,
        ):
            self._run_cron()
            self._run_cron()
            trap.assert_jobs_count(2)
            self.assertEqual(
                {job.args for job in trap.enqueued_jobs},
                {(self.company.id,), (self.company_2.id,)},
            )
            self.assertEqual(leads.user_id, leads.user_id.browse(), "nothing yet")
            done = self._work(trap)
        # of one company 4 and 3 leads, of the other 3
        self.assertEqual(done, ["_job_distribute"] * 3)
        self.assertEqual(set(leads.mapped("distribution_state")), {"assigned"})
        self.assertEqual(leads.user_id, self.anna | self.boris)
        self.assertEqual(others.user_id, self.dora)
        self.assertEqual(len(self._rows(leads | others)), 10)
        # what belongs together can be undone together
        self.assertEqual(len(self._rows(leads).run_id), 1)
        self.assertEqual(self._rows(leads).run_id.lead_count, 7)

    def test_queued_for_its_company(self):
        """A job is of its company, in its channel, and tried until it is done."""
        self._lead()
        self.jobs._enqueue_pending()
        record = self.env["queue.job"].search([("model_name", "=", self.jobs._name)])
        self.assertEqual(len(record), 1)
        self.assertEqual(record.company_id, self.company)
        self.assertEqual(record.channel, "root.lead_distribution.decide")
        self.assertEqual(record.max_retries, 0)
        self.assertEqual(record.name, "Distribute pending leads")
        self.jobs._enqueue_pending()
        self.assertEqual(
            self.env["queue.job"].search([("model_name", "=", self.jobs._name)]),
            record,
            "queued once",
        )
        Job.load(self.env, record.uuid).perform()
        self.assertFalse(
            self.env["crm.lead"].search_count([("distribution_state", "=", "pending")])
        )

    def test_somebody_else_at_work(self):
        """A company that is busy, and a conflict: the job is tried again, soon."""
        leads = self._lead(2)
        lock = type(self.env["lead.distribution.lock"])
        with (
            patch.object(lock, "_acquire", lambda *args: False),
            self.assertRaises(RetryableJobError) as caught,
        ):
            self.jobs._job_distribute(self.company.id)
        self.assertTrue(caught.exception.ignore_retry)
        self.assertLess(caught.exception.seconds, 10)
        self.assertEqual(set(leads.mapped("distribution_state")), {"pending"})

        def conflict(*args):
            raise errors.SerializationFailure("could not serialize access")

        with (
            patch.object(type(self.env["lead.distribution"]), "_process", conflict),
            self.assertRaises(RetryableJobError),
        ):
            self.jobs._job_distribute(self.company.id)

    def test_a_lead_that_breaks(self):
        """What cannot even be put into the pool ends a turn, and is not tried for
        ever."""
        leads = self._lead(3)

        def broken(self, *args):
            raise ValueError("broken")

        service = type(self.env["lead.distribution"])
        with (
            patch.object(pending, "SMALLEST_BLOCK", 3),
            patch.object(pending, "LARGEST_BLOCK", 3),
            patch.object(service, "_process", broken),
            patch.object(
                type(self.env["lead.distribution.apply"]),
                "_apply_failure",
                lambda self, context, record, error: self.env[
                    "lead.distribution.assignment"
                ],
            ),
            self.assertLogs("odoo.addons.lead_distribution", "WARNING"),
            trap_jobs() as trap,
        ):
            self._run_cron()
            self.assertEqual(self._work(trap), ["_job_distribute"] * 2)
        self.assertEqual(set(leads.mapped("distribution_state")), {"pending"})

    def test_leads_of_no_company_yet(self):
        """They are sorted out first, then distributed."""
        lead = self._lead(team_id=self.team.id)
        lead.flush_recordset()
        self.cr.execute("UPDATE crm_lead SET company_id = NULL WHERE id = %s", lead.ids)
        self.env.invalidate_all()
        with trap_jobs() as trap:
            self._run_cron()
            done = self._work(trap)
        self.assertEqual(done[:2], ["_job_sort_out"] * 2)
        self.assertIn("_job_distribute", done)
        self.assertEqual(lead.distribution_state, "assigned")

    def test_in_the_background(self):
        """The button's leads are queued at once."""
        leads = self._lead(3)
        with trap_jobs() as trap:
            self.env["lead.distribution"]._distribute_later(leads)
            self.assertEqual(trap.jobs_count(), 1)
            self._work(trap)
        self.assertEqual(set(leads.mapped("distribution_state")), {"assigned"})

    def test_by_hand_in_the_background(self):
        """Many leads by hand are jobs, block by block, until somebody cancels."""
        leads = self._lead(5)
        ours = "odoo.addons.lead_distribution_queue_job.models.distribution_jobs"
        theirs = "odoo.addons.lead_distribution.models.pipeline.lead_distribution"
        with (
            patch(f"{theirs}.BUTTON_LIMIT", 2),
            patch(f"{ours}.SMALLEST_BLOCK", 2),
            trap_jobs() as trap,
        ):
            leads._write({"distribution_state": "pool"})
            action = leads.with_user(self.manager).action_distribute()
            run = self.env["lead.distribution.run"].browse(action["res_id"])
            done = self._work(trap)
        self.assertEqual(done, ["_job_by_hand"] * 4)
        self.assertEqual((run.work_done, run.work_total), (5, 5))
        self.assertTrue(all(leads.mapped("user_id")))
        self.assertEqual(self._rows(leads).run_id, run)

    def test_immediate_stays_immediate(self):
        """A single lead does not wait for a queue."""
        self.company.lead_distribution_mode = "immediate"
        with trap_jobs() as trap:
            self.assertTrue(self._lead().user_id)
            trap.assert_jobs_count(0)


class TestOtherWork(JobCase):
    def test_offers(self):
        """Offers that nobody claimed go on."""
        self.env["lead.distribution.route"].search(
            [("company_id", "=", self.company.id)]
        ).write({"delivery": "offer", "offer_minutes": 10, "offer_max": 2})
        self.company.lead_distribution_mode = "immediate"
        now = fields.Datetime.now()
        with freeze_time(now):
            lead = self._lead()
        first = lead.offer_user_id
        self.assertTrue(first)
        with freeze_time(now + timedelta(minutes=11)), trap_jobs() as trap:
            self._run_cron("ir_cron_expire_offers")
            self.assertEqual(lead.offer_user_id, first)
            self._work(trap)
        self.assertEqual(lead.offer_user_id, (self.anna | self.boris) - first)

    def test_rules_in_their_order(self):
        """Each rule has its turn; what the first moved the next leaves alone."""
        self.company.lead_rule_confirm_above = 0
        rules = self.env["lead.distribution.rule"].create(
            [
                {
                    "name": user.name,
                    "active": True,
                    "company_id": self.company.id,
                    "member_ids": [(0, 0, {"user_id": user.id})],
                }
                for user in (self.boris, self.clara)
            ]
        )
        self.company.lead_follow_up_next = 0
        leads = self._lead(5, user_id=self.anna.id)
        leads.distribution_idle_since = fields.Datetime.now() - timedelta(days=9)
        ours = "odoo.addons.lead_distribution_queue_job.models.rule_jobs"
        with patch(f"{ours}.MOVES_PER_BLOCK", 2), trap_jobs() as trap:
            self._run_cron("ir_cron_apply_rules")
            done = self._work(trap)
        self.assertEqual(done[0], "_job_hold_meetings")
        self.assertGreaterEqual(done.count("_job_apply_rules"), 4)
        self.assertEqual(leads.user_id, self.boris)
        rows = self._rows(leads).filtered("rule_id")
        self.assertEqual(rows.rule_id, rules[0])
        self.assertEqual(len(rows), 5)
        self.assertEqual(len(rows.run_id), 1, "one batch, which can be undone")

    def test_a_broken_rule(self):
        """The others do not wait for it."""
        runner = type(self.env["lead.distribution.rule.runner"])
        rules = self.env["lead.distribution.rule"].create(
            [{"name": n, "active": True, "company_id": self.company.id} for n in "ab"]
        )
        asked = []

        def one(self, company, rule, *args):
            asked.append(rule.id)
            if rule == rules[0]:
                raise ValueError("broken")
            return 0, None, None

        with (
            patch.object(runner, "_rule_block", one),
            self.assertLogs("odoo.addons.lead_distribution_queue_job", "ERROR"),
        ):
            self.jobs._job_apply_rules(self.company.id)
        self.assertEqual(asked, rules.ids)

    def test_older_leads_first(self):
        """While a company's follow-up dates are read its rules wait."""
        self.env["res.company"].search([]).lead_follow_up_next = 0
        self.company.lead_follow_up_next = 5
        rule = {"name": "R", "active": True, "company_id": self.company.id}
        self.env["lead.distribution.rule"].create(rule)
        with trap_jobs() as trap:
            self.jobs._job_hold_meetings()
            names = [job.method_name for job in trap.enqueued_jobs]
            self.assertEqual(names, ["_job_read_history"])
            done = self._work(trap)
        self.assertEqual(done[-1], "_job_apply_rules")
        self.assertFalse(self.company.lead_follow_up_next)

    def test_merges(self):
        """Repeated inquiries are merged, of the companies that want it."""
        self.company.lead_duplicate_policy = "merge"
        self.company.lead_distribution_mode = "immediate"
        values = {"contact_name": "Jan Lis", "email_from": "jan@lis.test"}
        head = self._lead(**values)
        again = self._lead(**values)
        self.assertEqual(again.duplicate_lead_id, head)
        with trap_jobs() as trap:
            self._run_cron("ir_cron_merge_duplicates")
            self.assertEqual(
                [job.args[0] for job in trap.enqueued_jobs], self.company.ids
            )
            self.assertTrue(again.exists())
            self.assertEqual(self._work(trap), ["_job_merge"] * 2)
        self.assertFalse(again.exists())

    def test_undo(self):
        """A batch that is undone in the background, block by block."""
        leads = self._lead(5)
        with trap_jobs() as trap:
            self._run_cron()
            self._work(trap)
        run = self._rows(leads).run_id
        undo = "odoo.addons.lead_distribution.models.insight.undo.BUTTON_LIMIT"
        ours = "odoo.addons.lead_distribution_queue_job.models.distribution_jobs"
        with (
            patch(undo, 2),
            patch(f"{ours}.BUTTON_LIMIT", 2),
            trap_jobs() as trap,
        ):
            run.with_user(self.manager).action_undo()
            self.assertTrue(run.undo_asked_by_id)
            self._run_cron("ir_cron_undo")
            self._run_cron("ir_cron_undo")
            self.assertEqual(trap.jobs_count(), 1)
            done = self._work(trap)
        self.assertEqual(done, ["_job_undo"] * 4)
        self.assertFalse(leads.user_id)
        self.assertFalse(run.undo_asked_by_id)
        self.assertEqual(run.undone_count, 5)

    def test_mail(self):
        """Mail is made by a job of its own, once."""
        self.env["lead.distribution.route"].search([]).mail_template_id = self.env[
            "mail.template"
        ].search([("model", "=", "crm.lead")], limit=1)
        leads = self._lead(2)
        with trap_jobs() as trap:
            self._run_cron()
            self._work(trap)
        self.assertTrue(all(self._rows(leads).mapped("mail_pending")))
        before = self.env["mail.mail"].search_count([])
        with trap_jobs() as trap:
            self._run_cron("ir_cron_send_mail")
            self._run_cron("ir_cron_send_mail")
            self.assertEqual(self._work(trap), ["_job_send_mail"] * 2)
        self.assertFalse(any(self._rows(leads).mapped("mail_pending")))
        # one each, for each has one lead
        self.assertEqual(self.env["mail.mail"].search_count([]), before + 2)

    def test_tasks_and_processes(self):
        """Tasks to come, processes and reminders are queued, once each."""
        lead = self._lead()
        now = fields.Datetime.now()
        self.env["lead.activity.waiting"].create(
            {
                "res_model": "crm.lead",
                "res_id": lead.id,
                "company_id": self.company.id,
                "due": now - timedelta(minutes=1),
                "activity_type_id": self.call.id,
                "summary": "Ring",
                "user_id": self.anna.id,
                "origin": "hand",
            }
        )
        with trap_jobs() as trap:
            self._run_cron("ir_cron_start_tasks")
            self._run_cron("ir_cron_run_processes")
            self._run_cron("ir_cron_remind_tasks")
            done = self._work(trap)
        self.assertEqual(done.count("_job_start_tasks"), 2)
        self.assertEqual(lead.activity_ids.summary, "Ring")

    def test_leads_lent_and_given_back(self):
        """P6: each absence is a job; the deputy has the leads until it ends."""
        self._route(self.anna | self.boris)
        lead = self._lead(user_id=self.anna.id)
        now = fields.Datetime.now()
        absence = self.env["lead.distribution.absence"].create(
            {
                "user_id": self.anna.id,
                "deputy_id": self.boris.id,
                "lend": True,
                "date_from": now - timedelta(minutes=1),
                "date_to": now + timedelta(days=5),
            }
        )
        with trap_jobs() as trap:
            self._run_cron("ir_cron_lend_leads")
            self.assertEqual(lead.user_id, self.anna, "nothing yet")
            # the absence, and a last look
            self.assertEqual(self._work(trap), ["_job_lend_leads"] * 2)
        self.assertEqual(lead.user_id, self.boris)
        absence.action_end()
        with trap_jobs() as trap:
            self._run_cron("ir_cron_lend_leads")
            self.assertEqual(self._work(trap), ["_job_lend_leads"] * 2)
        self.assertEqual(lead.user_id, self.anna)

    def test_every_schedule_only_queues(self):
        """Part 13: none works itself, whatever waits; webhooks alone do, for each
        delivery is kept as soon as it is sent."""
        ours = self.env["ir.model.data"].search(
            [("module", "=", "lead_distribution"), ("model", "=", "ir.cron")]
        )
        names = set(ours.mapped("name")) - {"ir_cron_send_outgoing"}
        self.assertGreaterEqual(len(names), 11)
        self._lead(2)

        def commit(*args, **kwargs):
            raise AssertionError("a schedule works itself")

        with (
            patch.object(type(self.env["ir.cron"]), "_commit_progress", commit),
            trap_jobs() as trap,
        ):
            for name in sorted(names):
                with self.subTest(name=name):
                    self._run_cron(name)
            self.assertIn(
                "_job_distribute", [job.method_name for job in trap.enqueued_jobs]
            )
            done = self._work(trap)
        # each of them commits nothing either
        self.assertIn("_job_finish_tasks", done)

    def test_backlog(self):
        """What found nobody is tried again once somebody could take it, after what
        is pending."""
        drain = type(self.env["lead.distribution.drain"])
        pooled, pending = self._lead(3), self._lead(2)
        blocks = [pooled[:2], pooled[2:], pooled.browse()]
        asked = []

        def one(self, company, tried, run=None):
            asked.append((company, set(tried), pending.mapped("distribution_state")))
            return {"leads": blocks[len(asked) - 1], "run": run}

        with (
            patch.object(drain, "_drain_companies", lambda x: self.company),
            patch.object(drain, "_drain_block", one),
            trap_jobs() as trap,
        ):
            self._run_cron()
            trap.assert_jobs_count(1)  # one after the other
            done = self._work(trap)
        self.assertEqual(done, ["_job_distribute"] + ["_job_drain"] * 3)
        self.assertEqual([tried for _c, tried, _s in asked][-1], set(pooled.ids))
        self.assertEqual(set(asked[0][2]), {"assigned"})

    def test_clocks(self):
        """Clocks that are due are looked at by a job of their company."""
        clock = type(self.env["lead.distribution.clock"])
        counts = iter([2, 0])
        with (
            patch.object(clock, "_companies_due", lambda x: [self.company]),
            patch.object(clock, "_run_block", lambda x, company: next(counts)),
            trap_jobs() as trap,
        ):
            self._run_cron("ir_cron_run_clocks")
            self.assertEqual(self._work(trap), ["_job_run_clocks"] * 2)
        with (
            patch.object(clock, "_run_block", lambda x, company: None),
            self.assertRaises(RetryableJobError),
        ):
            self.jobs._job_run_clocks(self.company.id)

    def test_deputies(self):
        """Lending is a job, one absence after the other; who is busy comes again."""
        users = self.anna | self.boris
        leads = self.env["crm.lead"].union(
            *(self._lead(user_id=user.id, team_id=self.team.id) for user in users)
        )
        now = fields.Datetime.now()
        absences = self.env["lead.distribution.absence"].create(
            [
                {
                    "user_id": user.id,
                    "deputy_id": self.clara.id,
                    "lend": True,
                    "date_from": now - timedelta(minutes=1),
                    "date_to": now + timedelta(days=1),
                }
                for user in users
            ]
        )
        with trap_jobs() as trap:
            self._run_cron("ir_cron_lend_leads")
            self.assertEqual(self._work(trap), ["_job_lend_leads"] * 3)
        self.assertEqual(leads.user_id, self.clara)
        absences.action_end()
        lending = type(self.env["lead.distribution.lending"])
        with (
            patch.object(lending, "_held", lambda x, company, leads: leads.browse()),
            self.assertRaises(RetryableJobError),
        ):
            self.jobs._job_lend_leads()
        with freeze_time(now + timedelta(minutes=1)), trap_jobs() as trap:
            self._run_cron("ir_cron_lend_leads")
            self.assertEqual(self._work(trap), ["_job_lend_leads"] * 3)
        self.assertEqual(leads.user_id, users)

    def test_handovers(self):
        """A large handover is a job, block by block."""
        leads = self.env["crm.lead"].union(
            *(self._lead(user_id=self.anna.id, team_id=self.team.id) for _n in "abc")
        )
        module = "odoo.addons.lead_distribution.models.insight.handover_run"
        jobs = "odoo.addons.lead_distribution_queue_job.models.distribution_jobs"
        wizard = self.env["lead.distribution.handover"].with_user(self.manager)
        wizard = wizard.create(
            {
                "user_id": self.anna.id,
                "to": "people",
                "user_ids": [(6, 0, self.clara.ids)],
                "with_tasks": False,
            }
        )
        with (
            patch(f"{module}.BUTTON_LIMIT", 2),
            patch(f"{jobs}.BUTTON_LIMIT", 2),
            trap_jobs() as trap,
        ):
            wizard.action_confirm()
            self.assertEqual(leads.user_id, self.anna)
            self._run_cron("ir_cron_hand_over")
            self.assertEqual(self._work(trap), ["_job_hand_over"] * 3)
        self.assertEqual(leads.user_id, self.clara)

    def test_news_of_channels(self):
        """Discuss channels of routes are told by the job of mails, too."""
        channel = self.env["discuss.channel"].create({"name": "Leads"})
        self.env["lead.distribution.route"].search([]).channel_id = channel
        self._lead()
        with trap_jobs() as trap:
            self._run_cron()
            self._work(trap)
        before = len(channel.message_ids)
        with trap_jobs() as trap:
            self._run_cron("ir_cron_send_mail")
            self._work(trap)
        self.assertEqual(len(channel.message_ids), before + 1)

    def test_each_job_has_its_channel(self):
        """What may be configured: each job is a function, in a channel of ours."""
        # those of queue_job's own are of every model
        base = set(dir(self.env["base"]))
        names = {name for name in dir(self.jobs) if name.startswith("_job_")} - base
        functions = self.env["queue.job.function"].search(
            [("model_id.model", "=", self.jobs._name)]
        )
        self.assertEqual(set(functions.mapped("method")), names)
        for function in functions:
            self.assertTrue(function.channel.startswith("root.lead_distribution."))

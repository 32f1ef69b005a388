from odoo.tests.common import tagged

from odoo.addons.lead_distribution.tests.common import DistributionCase


@tagged("post_install", "-at_install")
class JobCase(DistributionCase):
    """Two companies that queue their leads, with a route each."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dora = cls._user("dora", company_id=cls.company_2.id)
        for company, users in (
            (cls.company, cls.anna | cls.boris),
            (cls.company_2, cls.dora),
        ):
            company.lead_distribution_mode = "queued"
            cls._route(users, company_id=company.id, strategy="round_robin")
        cls.jobs = cls.env["lead.distribution.job"]

    def _work(self, trap, most=50):
        """Perform what is queued, and what that queues, until nothing is.

        :returns: names of the methods, in their order
        """
        done = []
        while trap.enqueued_jobs:
            done += [job.method_name for job in trap.enqueued_jobs]
            self.assertLess(len(done), most, done)
            trap.perform_enqueued_jobs()
        self.env.invalidate_all()
        return done

    def _run_cron(self, name="ir_cron_distribute_pending"):
        """What the schedule does, in the test's transaction: it commits nothing."""
        cron = self.env.ref(f"lead_distribution.{name}")
        cron.ir_actions_server_id.run()
        self.env.invalidate_all()

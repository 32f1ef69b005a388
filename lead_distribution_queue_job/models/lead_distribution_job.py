"""Jobs: one block of work each, queued once a company, tried again after conflicts."""

import functools

from odoo import api, models

from odoo.addons.lead_distribution.tools.batch import CONFLICTS
from odoo.addons.lead_distribution.tools.service_context import as_service
from odoo.addons.queue_job.exception import RetryableJobError

#: seconds until a job is tried again that met somebody else at work
PAUSE = 2
#: what a block returns when somebody else works for the company
BUSY = object()


def block(method):
    """Make a job of a method that does one block of work.

    The method takes ``res.company``, empty for work of all companies, and as keywords
    what the block before it left. It returns None when nothing is left, :data:`BUSY`,
    or a dictionary of keywords for the next block, which is queued as a job of its own.
    """

    @api.model
    @functools.wraps(method)
    def job(self, company_id=False, **state):
        company = self.env["res.company"].browse(company_id or [])
        try:
            left = method(self, company, **state)
        except CONFLICTS as conflict:
            # the runner waits this long; how often does not matter
            raise RetryableJobError(
                str(conflict), seconds=PAUSE, ignore_retry=True
            ) from conflict
        if left is BUSY:
            raise RetryableJobError(
                f"somebody else works for company {company.id}",
                seconds=PAUSE,
                ignore_retry=True,
            )
        if left is not None:
            self._enqueue(method.__name__, company, **left)

    return job


class LeadDistributionJob(models.AbstractModel):
    _name = "lead.distribution.job"
    _description = "Lead Distribution: Job"

    @api.model
    def _enqueue(self, name, company=None, once=False, **state):
        """Queue one block of work, unless it waits in the queue already.

        :param name: of a method of this model that is a :func:`block`
        :param company: ``res.company`` that it is for, of all if not given
        :param once: nor while one of the kind runs, for that one goes on by itself
        :param state: keywords of the method, as JSON
        """
        service = as_service(self, company or None)
        company_id = company.id if company else False
        # a batch to undo, a handover, what somebody distributes by hand, or a
        # simulation is work of its own, beside the company's
        own = ("run_to_undo", "run_to_hand_over", "run_to_work", "simulation_id")
        subject = next((state[name] for name in own if state.get(name)), "")
        key = f"lead_distribution:{name}:{company_id or 0}:{subject}"
        if once and service.env["queue.job"].search_count(
            [("identity_key", "=", key), ("state", "=", "started")], limit=1
        ):
            return
        # zero retries: as often as it takes
        delayed = service.with_delay(identity_key=key, max_retries=0)
        getattr(delayed, name)(company_id, **state)

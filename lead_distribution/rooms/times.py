"""How long it took: from the lead to its client, and from there to the first call,
the first email, the first meeting (V11); in minutes, and in working minutes."""

from bisect import bisect_right
from itertools import accumulate

import pytz

from odoo import api, models

#: what is measured: field of minutes, from when, until when
SPANS = (
    ("minutes_to_customer", "create_date", "date_customer"),
    ("minutes_to_call", "date_customer", "date_first_call"),
    ("minutes_to_email", "date_customer", "date_first_email"),
    ("minutes_to_meeting", "date_customer", "date_first_meeting"),
)


class LeadDistributionTimes(models.AbstractModel):
    _inherit = "lead.distribution"

    @api.model
    def _measure_times(self, leads):
        """Set the minutes of these leads by their dates; 0 for what has not happened.

        A lead's date of creation, unlike the moments, has parts of a second, which
        do not count.
        """
        spans = {}
        for lead in leads:
            for name, begin, end in SPANS:
                lead[name] = lead[f"work_{name}"] = 0
                if lead[begin] and lead[end]:
                    spans[lead, name] = (
                        lead[begin].replace(microsecond=0),
                        lead[end],
                    )
        for (lead, name), (begin, end) in spans.items():
            lead[name] = max(int((end - begin).total_seconds() // 60), 0)
        by_company = {}
        for (lead, name), span in spans.items():
            by_company.setdefault(lead.company_id, {})[lead, name] = span
        for company, found in by_company.items():
            minutes = self._working_minutes(company, list(found.values()))
            for (lead, name), number in zip(found, minutes, strict=True):
                lead[f"work_{name}"] = number

    @api.model
    def _working_minutes(self, company, spans):
        """The company's working time within spans; its hours are asked for once.

        :param spans: list of naive UTC ``(begin, end)``
        :returns: list of whole minutes
        """
        # sudo: hours are no secret
        calendar = (company or self.env.company).sudo().resource_calendar_id
        spans = [(begin, max(begin, end)) for begin, end in spans]
        if not calendar:
            return [int((end - begin).total_seconds() // 60) for begin, end in spans]
        first = pytz.utc.localize(min(begin for begin, _end in spans))
        last = pytz.utc.localize(max(end for _begin, end in spans))
        hours = [
            (start.timestamp(), stop.timestamp())
            for start, stop, _records in calendar._work_intervals_batch(first, last)[
                False
            ]
        ]
        starts = [start for start, _stop in hours]
        sums = [0.0, *accumulate(stop - start for start, stop in hours)]

        def worked(moment):
            at = pytz.utc.localize(moment).timestamp()
            place = bisect_right(starts, at)
            if not place:
                return 0.0
            start, stop = hours[place - 1]
            return sums[place - 1] + min(at, stop) - start

        return [int((worked(end) - worked(begin)) // 60) for begin, end in spans]

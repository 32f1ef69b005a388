"""How long it took: from the lead to its customer, and from there to the first call,
the first email, the first meeting (V11); in minutes, and in working minutes."""

from bisect import bisect_right
from itertools import accumulate

import pytz

from odoo import api, fields, models
from odoo.tools import SQL

from .follow_up import Event

#: what is measured: field of minutes, from when, until when
SPANS = (
    ("minutes_to_customer", "create_date", "date_customer"),
    ("minutes_to_call", "date_customer", "date_first_call"),
    ("minutes_to_email", "date_customer", "date_first_email"),
    ("minutes_to_meeting", "date_customer", "date_first_meeting"),
)


#: ``{field of minutes: field of when it happened}``
ENDS = {minutes: end for minutes, _begin, end in SPANS}

#: which kind of event ends which span
ENDED_BY = {
    "call": SPANS[1],
    "email": SPANS[2],
    "meeting": SPANS[3],
}


class LeadDistributionTimes(models.AbstractModel):
    _name = "lead.distribution.response.time"
    _description = "Lead Distribution: Response Time"

    # what happens ------------------------------------------------------------

    @api.model
    def _note_times(self, events):
        """The first call, email and meeting after a lead has its customer."""
        firsts = {}
        for event in events:
            if event.kind in ENDED_BY:
                key = (event.lead_id, event.kind)
                firsts[key] = min(firsts.get(key, event.at), event.at)
        if not firsts:
            return
        # sudo: dates are noted for whoever called or wrote, whosever the lead is
        leads = self.env["crm.lead"].sudo()
        known = leads.browse({lead_id for lead_id, _kind in firsts})
        known = {lead.id: lead for lead in known if lead.date_customer}
        rows = {}
        for (lead_id, kind), at in firsts.items():
            _minutes, begin, end = ENDED_BY[kind]
            lead = known.get(lead_id)
            if lead and not lead[end] and at >= lead[begin]:
                rows.setdefault(kind, []).append((lead, at))
        for kind, found in rows.items():
            self._write_first(ENDED_BY[kind], found)

    @api.model
    def _write_first(self, span, found):
        """Write when something happened first, and how many minutes it took.

        :param found: list of ``(lead, naive UTC datetime)``
        """
        minutes, begin, end = span
        rows = []
        leads = self.env["crm.lead"].union(*(lead for lead, _at in found))
        for company, ours in (
            self.env["lead.distribution.lead.company"]._leads_by_company(leads).items()
        ):
            mine = [(lead, at) for lead, at in found if lead in ours]
            worked = self._working_minutes(
                company, [(lead[begin], at) for lead, at in mine]
            )
            rows += [
                (lead.id, at, int((at - lead[begin]).total_seconds() // 60), number)
                for (lead, at), number in zip(mine, worked, strict=True)
            ]
        names = [end, minutes, f"work_{minutes}"]

        def write(cr, rows):
            # whoever was earlier stays the first
            cr.execute(
                SQL(
                    """UPDATE crm_lead l
                          SET %(end)s = d.at, %(minutes)s = d.minutes,
                              %(worked)s = d.worked
                         FROM unnest(%(ids)s::int[], %(ats)s::timestamp[],
                                     %(numbers)s::int[], %(hours)s::int[])
                           AS d(id, at, minutes, worked)
                        WHERE l.id = d.id AND l.%(end)s IS NULL""",
                    end=SQL.identifier(names[0]),
                    minutes=SQL.identifier(names[1]),
                    worked=SQL.identifier(names[2]),
                    ids=[row[0] for row in rows],
                    ats=[row[1] for row in rows],
                    numbers=[row[2] for row in rows],
                    hours=[row[3] for row in rows],
                )
            )

        self.env["lead.distribution.follow.up"]._write_unless_held(rows, write, names)

    @api.model
    def _leads_of_customer(self, partner_id, activity=None):
        """Find the leads on which something done with their customer counts.

        :returns: the open leads of a customer that the current user works on, and the
            one whose first call this activity is
        """
        return (
            self.env["crm.lead"]
            .sudo()  # sudo: colleagues' leads, too, where the call is theirs
            .search(
                [
                    ("partner_id", "=", partner_id),
                    ("won_status", "=", "pending"),
                    "|",
                    ("user_id", "=", self.env.uid),
                    ("customer_activity_id", "in", activity.ids if activity else []),
                ]
            )
        )

    # how long it took ----------------------------------------------------------

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
                start = lead[begin]
                if begin == "create_date":
                    # the portal's own date, where the file has one
                    start = lead.inquiry_date or start
                if start and lead[end]:
                    spans[lead, name] = (start.replace(microsecond=0), lead[end])
        for (lead, name), (begin, end) in spans.items():
            lead[name] = max(int((end - begin).total_seconds() // 60), 0)
        by_company = {}
        for (lead, name), span in spans.items():
            company = self.env["lead.distribution.lead.company"]._company_of_lead(lead)
            by_company.setdefault(company, {})[lead, name] = span
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
        last = pytz.utc.localize(max(end for _enqueue, end in spans))
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


class LeadDistributionFollowUp(models.AbstractModel):
    _inherit = "lead.distribution.follow.up"

    @api.model
    def _on_events(self, events):
        result = super()._on_events(events)
        self.env["lead.distribution.response.time"]._note_times(events)
        return result

    @api.model
    def _activities_done(self, activities):
        result = super()._activities_done(activities)
        # what is done with the customer is done for its leads: the first call (V9)
        kinds = {"phonecall": "call", "meeting": "meeting"}
        now, events = fields.Datetime.now(), []
        # sudo: whoever did it may not read the type, or the customer behind it
        for activity in activities.sudo():
            if activity.res_model == "res.partner" and activity.res_id:
                kind = kinds.get(activity.activity_type_id.category, "activity")
                events += [
                    Event(lead.id, kind, now, self.env.uid)
                    for lead in self.env[
                        "lead.distribution.response.time"
                    ]._leads_of_customer(activity.res_id, activity)
                ]
        self._dispatch_events(events)
        return result

    @api.model
    def _messages_created(self, messages):
        result = super()._messages_created(messages)
        events = []
        # sudo: who wrote to whom; whoever posts for somebody may not read that
        for message in messages.sudo():
            if message.model != "res.partner" or message.message_type != "comment":
                continue
            user = self._colleague(message.author_id)
            # sudo: the addresses that it goes to
            customer = self.env["res.partner"].sudo().browse(message.res_id)
            if user and self._goes_outside(message, customer):
                events += [
                    Event(lead.id, "email", message.date, user.id)
                    for lead in self.env[
                        "lead.distribution.response.time"
                    ]._leads_of_customer(customer.id)
                ]
        self._dispatch_events(events)
        return result

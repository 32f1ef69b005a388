"""What happens with leads: a call, an email, a meeting, a note, a stage.

Caught where it happens (the models' overrides are one line each), told as a list of
:class:`Event` to :meth:`LeadDistributionEvents._on_events`, which others extend. Here
it keeps the follow-up dates of the leads. Where nobody distributes nothing is caught.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from odoo import api, fields, models
from odoo.modules.registry import Registry
from odoo.tools import SQL

from ...tools.batch import CONFLICTS
from ...tools.columns import column
from ...tools.redacting_log import redacting_logger
from ...tools.service_context import AUTOMATIC_KEY, as_service, is_service

_logger = redacting_logger(__name__)

KINDS = ("call", "email", "meeting", "activity", "note", "stage")

#: which setting of the company says whether a kind is a follow-up
COUNTED_BY = {
    "call": "lead_follow_up_activity",
    "activity": "lead_follow_up_activity",
    "meeting": "lead_follow_up_meeting",
    "email": "lead_follow_up_email",
    "note": "lead_follow_up_note",
    "stage": "lead_follow_up_stage",
}

#: a lead has many indexes: its last follow-up is not written again that soon
NOT_AGAIN_WITHIN = timedelta(minutes=5)


#: meetings that one transaction of the schedule looks at
MEETINGS_PER_STEP = 1000
#: how often a date that could not be written is tried again after the commit
TRIES = 3


@dataclass(frozen=True)
class Event:
    """Somebody did something for a lead.

    :param kind: one of :data:`KINDS`
    :param at: naive UTC datetime, the moment and not the day
    :param user_id: who did it
    """

    lead_id: int
    kind: str
    at: datetime
    user_id: int


class LeadDistributionEvents(models.AbstractModel):
    _name = "lead.distribution.follow.up"
    _description = "Lead Distribution: Follow Up"

    @api.model
    def _on_events(self, events):
        """Hook: take note of what happened.

        :param events: list of :class:`Event`, of leads whose company distributes,
            in any order
        """
        self._note_follow_ups(events)

    # catching ---------------------------------------------------------------

    @api.model
    def _watching(self, records):
        """Whether what is done to these records is somebody's work: not ours, not an
        automation's, and somewhere leads are distributed."""
        return (
            bool(self.env["lead.distribution.route"]._distributing())
            and not is_service(records)
            and not records.env.context.get(AUTOMATIC_KEY)
        )

    @api.model
    def _watched(self, lead_ids):
        """Pick the leads whose follow-ups count.

        :returns: ``{lead_id: lead}`` of those whose company distributes, as superuser
        """
        on = self.env["lead.distribution.route"]._distributing()
        # sudo: which leads are watched, whoever works on them
        leads = self.env["crm.lead"].sudo().browse(set(lead_ids)).exists()
        return {
            lead.id: lead
            for lead in leads
            if self.env["lead.distribution.lead.company"]._company_of_lead(lead).id
            in on
        }

    @api.model
    def _dispatch_events(self, events):
        """Pass on what happened to leads that are distributed.

        :param events: list of :class:`Event`, of any leads
        """
        if not events:
            return
        watched = self._watched(event.lead_id for event in events)
        events = [event for event in events if event.lead_id in watched]
        if events:
            self._on_events(events)

    @api.model
    def _activities_done(self, activities):
        """Count activities that are done as follow-ups.

        :param activities: ``mail.activity`` being marked as done
        """
        kinds = {"phonecall": "call", "meeting": "meeting"}
        now = fields.Datetime.now()
        # sudo: what the activity is about, whoever may see the lead
        self._dispatch_events(
            [
                Event(
                    activity.res_id,
                    kinds.get(activity.activity_type_id.category, "activity"),
                    now,
                    self.env.uid,
                )
                for activity in activities.sudo()
                if activity.res_model == "crm.lead"
                and activity.res_id
                and not activity.lead_distribution_unplaced
            ]
        )

    @api.model
    def _messages_created(self, messages):
        """Emails of colleagues to somebody outside, and what the salesperson wrote;
        neither the customer's mail nor what the system says by itself.

        :param messages: new ``mail.message``
        """
        # sudo: who wrote on which lead, whoever may read it
        ours = messages.sudo().filtered(
            lambda m: (
                m.model == "crm.lead"
                and m.res_id
                and m.author_id
                # an answer from one's own mail program comes in like any mail; the
                # first one of a lead is what made it
                and (
                    m.message_type == "comment"
                    or (m.message_type == "email" and m.parent_id)
                )
            )
        )
        if not ours:
            return
        leads = self._watched(ours.mapped("res_id"))
        events = []
        for message in ours.filtered(lambda m: m.res_id in leads):
            lead = leads[message.res_id]
            user = self._colleague(message.author_id)
            if not user:
                continue
            kind = "note"
            if message.message_type == "email" or self._goes_outside(message, lead):
                kind = "email"
            elif user != lead.user_id:
                continue  # what others write beside is not the salesperson's work
            events.append(Event(lead.id, kind, message.date, user.id))
        if events:
            self._on_events(events)

    @api.model
    def _colleague(self, partner):
        """Return the internal user of an author, maybe none."""
        return partner.user_ids.filtered(lambda user: not user.share)[:1]

    @api.model
    def _goes_outside(self, message, lead):
        if message.subtype_id.internal or message.is_internal:
            return False
        if message.subtype_id != self.env.ref("mail.mt_comment"):
            return False
        if message.outgoing_email_to or any(
            message.partner_ids.mapped("partner_share")
        ):
            return True
        return any(lead.message_partner_ids.mapped("partner_share"))

    @api.model
    def _mails_created(self, mails):
        """Mass mails and templates that somebody sent to the customer.

        :param mails: new ``mail.mail``
        """
        events = []
        # sudo: to whom a mail goes; its writer may not read it again
        for mail in mails.sudo():
            if (
                mail.model != "crm.lead"
                or not mail.res_id
                or mail.message_type != "email_outgoing"
            ):
                continue
            user = self._colleague(mail.author_id)
            outside = mail.email_to or any(mail.recipient_ids.mapped("partner_share"))
            if user and outside:
                events.append(Event(mail.res_id, "email", mail.date, user.id))
        self._dispatch_events(events)

    @api.model
    def _stage_moved(self, leads):
        """Count a change of stage as a follow-up.

        :param leads: whose stage a person has changed
        """
        now = fields.Datetime.now()
        self._dispatch_events(
            [Event(lead.id, "stage", now, self.env.uid) for lead in leads]
        )

    # meetings ---------------------------------------------------------------

    @api.model
    def _hold_meetings(self, size=MEETINGS_PER_STEP):
        """Meetings of leads whose end has passed were held, some in each call.

        :param size: how many at most
        :returns: how many
        """
        if not self.env["lead.distribution.route"]._distributing():
            return 0
        now = fields.Datetime.now()
        Meeting = as_service(self).env["calendar.event"]
        found = Meeting.search(
            [
                ("lead_held", "=", False),
                ("opportunity_id", "!=", False),
                ("stop", "<=", now),
            ],
            order="stop, id",
            limit=size,
        )
        meetings = found.try_lock_for_update(allow_referencing=True)
        meetings.write({"lead_held": True})
        self._dispatch_events(
            [
                Event(m.opportunity_id.id, "meeting", m.stop, m.user_id.id or 0)
                for m in meetings
            ]
        )
        return len(meetings)

    @api.model
    def _meetings_changed(self, meetings):
        """Meetings that counted as held were moved, cancelled or deleted: what is
        known of their leads is found out anew.

        :returns: the leads concerned, to be told to :meth:`_reconsider` afterwards
        """
        # sudo: the leads of meetings, whoever may see them
        return meetings.sudo().filtered("lead_held").opportunity_id

    @api.model
    def _reconsider(self, leads):
        """The follow-up dates of these leads, from what is on record."""
        watched = self._watched(leads.ids)
        if watched:
            self.env["lead.distribution.backfill"]._compute_follow_ups(
                list(watched), anew=True
            )

    # the dates --------------------------------------------------------------

    @api.model
    def _with_idle(self, leads, vals):
        """The clock of the rules starts anew with every salesperson, and with a lead
        that is opened again; whoever writes the same salesperson again, as a file
        that is imported twice does, changes nothing.

        :returns: what is to be written on leads
        """
        if "distribution_idle_since" in vals:
            return vals
        # sudo: whether the salesperson changes, no content
        if "user_id" in vals and any(
            lead.user_id.id != (vals["user_id"] or False) for lead in leads.sudo()
        ):
            now = fields.Datetime.now() if vals["user_id"] else False
            return {**vals, "distribution_idle_since": now}
        if vals.get("active"):
            return {**vals, "distribution_idle_since": fields.Datetime.now()}
        return vals

    @api.model
    def _clocks_that_go_on(self, leads, vals):
        """Of leads written together, some have that salesperson already: their clocks
        are put back, for one write per lead is not what the caller asked for.

        :returns: ``{distribution_idle_since: leads}``, before the write
        """
        if (
            "user_id" not in vals
            or "distribution_idle_since" in vals
            or len(leads) < 2
            or not self.env["lead.distribution.route"]._distributing()
        ):
            return {}
        # sudo: whether the salesperson changes, no content
        holders = column(leads.sudo(), "user_id")
        same = leads.browse(
            lead_id
            for lead_id, user_id in zip(leads._ids, holders, strict=True)
            if user_id == (vals["user_id"] or None)
        )
        return same.grouped("distribution_idle_since") if same != leads else {}

    @api.model
    def _note_follow_ups(self, events):
        """Write what counts as a follow-up, in one statement. Should somebody hold a
        lead's row right now, it is written after this transaction: whoever posts a
        message must not fail for our sake."""
        watched = self._watched(event.lead_id for event in events)
        first, last = {}, {}
        for event in events:
            lead = watched.get(event.lead_id)
            if not lead:
                continue
            if not self._is_follow_up(
                self.env["lead.distribution.lead.company"]._company_of_lead(lead),
                event.kind,
            ):
                continue
            first[lead.id] = min(first.get(lead.id, event.at), event.at)
            last[lead.id] = max(last.get(lead.id, event.at), event.at)
        late = {
            lead_id
            for lead_id, at in last.items()
            if (known := watched[lead_id]).last_follow_up_date
            and known.last_follow_up_date > at - NOT_AGAIN_WITHIN
            and known.first_follow_up_date <= first[lead_id]
        }
        dates = [(i, first[i], last[i]) for i in sorted(set(last) - late)]
        if not dates:
            return
        self._write_unless_held(dates, self._write_follow_ups, self._follow_up_fields())

    @api.model
    def _write_unless_held(self, rows, write, names):
        """Write on leads by SQL, at once, or after this transaction where somebody
        holds one of them.

        :param rows: list of tuples, the lead's id first
        :param write: takes a cursor and the rows
        :param names: of the fields that it writes
        """
        leads = self.env["crm.lead"].browse(row[0] for row in rows)
        leads.flush_model(names)
        try:
            with self.env.cr.savepoint(flush=False):
                self.env.cr.execute(
                    SQL(
                        "SELECT FROM crm_lead WHERE id = ANY(%s) "
                        "FOR NO KEY UPDATE NOWAIT",
                        leads.ids,
                    ),
                    log_exceptions=False,
                )
                write(self.env.cr, rows)
        except CONFLICTS as conflict:
            _logger.info("Dates of leads written after the commit: %s", conflict)
            dbname = self.env.cr.dbname
            self.env.cr.postcommit.add(lambda: _write_later(dbname, write, rows))
        leads.invalidate_recordset(names, flush=False)

    @api.model
    def _follow_up_fields(self):
        return [
            "first_follow_up_date",
            "last_follow_up_date",
            "distribution_idle_since",
        ]

    @api.model
    def _is_follow_up(self, company, kind):
        # sudo: a setting of the company's, which users may not read
        return (company or self.env.company).sudo()[COUNTED_BY[kind]]

    @api.model
    def _write_follow_ups(self, cr, dates):
        """Write the dates of first and last follow-ups.

        :param dates: ``[(lead_id, first, last), ...]``

        By SQL: nothing depends on these columns but our own index, and the ORM's
        write would make the service the last one who changed the lead.
        """
        ids, firsts, lasts = zip(*dates, strict=True)
        cr.execute(
            SQL(
                """UPDATE crm_lead l
                      SET first_follow_up_date = LEAST(l.first_follow_up_date, d.first),
                          last_follow_up_date = GREATEST(l.last_follow_up_date, d.last),
                          distribution_idle_since = CASE
                              WHEN l.distribution_idle_since IS NULL THEN NULL
                              ELSE GREATEST(l.distribution_idle_since, d.last) END
                     FROM unnest(%s::int[], %s::timestamp[], %s::timestamp[])
                       AS d(id, first, last)
                    WHERE l.id = d.id""",
                list(ids),
                list(firsts),
                list(lasts),
            ),
            log_exceptions=False,  # whoever calls tries again
        )


def _write_later(dbname, write, dates):
    """In a transaction of its own, which may wait for whoever holds the leads."""
    for _turn in range(TRIES):
        try:
            with Registry(dbname).cursor() as cr:
                write(cr, dates)
            return
        except CONFLICTS as conflict:
            _logger.info("Follow-ups tried again: %s", conflict)
    _logger.warning("Dates of the leads %s are not noted", [d[0] for d in dates])

"""What is to follow, whatever the way: the columns of the table.

A consequence is a function of the test case and the way; its docstring says what is
right. It is looked at in a situation: as things are, or with one thing changed before
the act. The conditions that it names say to which ways it applies.
"""

from dataclasses import dataclass

from .paths_world import (
    COMPANY_ADDRESS,
    DAY_AFTER,
    NOW,
    PEOPLE,
    ROUTE_ADDRESS,
)

#: all consequences by situation, in the order of this file
CONSEQUENCES = []

#: ``{name: (whether a way fulfils it, why the consequence does not apply else)}``
CONDITIONS = {
    "given": (lambda way: way.given, "it is given to nobody"),
    "receiver": (lambda way: way.receiver, "nobody has it newly"),
    "holder": (lambda way: way.gives, "nobody has it afterwards"),
    "given or held": (
        lambda way: way.gives or way.offered,
        "nobody has it, or an offer of it",
    ),
    "former": (lambda way: way.former, "nobody loses it"),
    "by others": (
        lambda way: way.given and way.chosen in ("routes", "rule", "person"),
        "nobody is given it by others",
    ),
    "lost to others": (
        lambda way: way.former and way.former != way.by,
        "nobody loses it to others",
    ),
    "chosen": (
        lambda way: way.given and way.chosen in ("routes", "rule"),
        "neither routes nor a rule chose somebody",
    ),
    "routes": (
        lambda way: way.given and way.chosen == "routes",
        "the routes did not choose somebody",
    ),
    "ledger": (
        lambda way: way.chosen != "self_assigned",
        "captured by a person: nothing is distributed",
    ),
    "route": (lambda way: way.route, "no route is concerned"),
    "members": (
        lambda way: way.route not in (None, "listed"),
        "no route with members is concerned",
    ),
    "tag": (
        lambda way: way.route or way.rule,
        "neither a route nor a rule is concerned",
    ),
    "tasks": (lambda way: way.start.tasks, "there were no tasks before"),
    "in vain": (lambda way: way.unplaced, "nobody was looked for in vain"),
    "on the route": (
        lambda way: way.chosen in ("routes", "oneself"),
        "somebody else than the route chose",
    ),
    "changes hands": (lambda way: way.given or way.former, "it stays whose it is"),
    "told": (lambda way: way.told, "nobody else is told of it"),
    "open": (lambda way: way.state != "none", "it is out of the distribution"),
}


@dataclass(frozen=True)
class Situation:
    """What is changed before the act, and what is done after it.

    :param blocked: whether people are kept from having the lead: as many of these
        consequences are looked at together as there are people who could have it; a
        person who acts may be told that it cannot be
    """

    name: str
    arrange: object
    after: object
    blocked: bool = False

    def rounds(self, way, cells):
        """:returns: lists of the consequences that one act is enough for"""
        size = len(way.candidates) if self.blocked else len(cells)
        return [cells[n : n + size] for n in range(0, len(cells), size)]


@dataclass(frozen=True)
class Consequence:
    name: str
    check: object
    situation: Situation
    conditions: tuple
    block: object = None

    def not_applicable(self, way):
        """:returns: why this does not apply to a way, "" if it does"""
        for name in self.conditions:
            holds, why = CONDITIONS[name]
            if not holds(way):
                return why
        return ""


# situations ------------------------------------------------------------------


def _as_it_is(t, way, cells):
    pass


def _tell(t, way):
    t.settle()


def _next_day(t, way):
    t.flush_tracking()
    t.go_to(DAY_AFTER)
    t.schedule("send_mail")


def _look(t, way):
    t.env.invalidate_all()


def _of_a_colleague(t, way, cells):
    t.contact.user_id = t.clara


def _of_the_intake_user(t, way, cells):
    t.contact.user_id = t.robo
    t.company.lead_distribution_tracking = "digest"


def _blocked(t, way, cells):
    """Each of those who would have the lead next has a reason of their own not to."""
    t.blocked, t.way = {}, way
    for cell, name in zip(cells, way.candidates, strict=False):
        t.blocked[cell.name] = t.person(name)
        cell.block(t, t.person(name))


AS_IT_IS = Situation("as it is", _as_it_is, _tell)
OF_INTAKE = Situation("contact of the intake user", _of_the_intake_user, _next_day)
BLOCKED = Situation("somebody is kept from it", _blocked, _look, True)
OF_COLLEAGUE = Situation("contact of a colleague", _of_a_colleague, _look)


def consequence(*conditions, situation=AS_IT_IS):
    """Declare a consequence: the function is its check and is given the test case and
    the way."""

    def declare(check):
        name = check.__name__
        CONSEQUENCES.append(Consequence(name, check, situation, conditions))
        return check

    return declare


# whose it is -------------------------------------------------------------------


@consequence()
def result(t, way):
    """The lead is whose the way says, and stands where it says."""
    t.assertEqual(
        (t.lead.user_id.name, t.lead.distribution_state),
        (way.gives and way.gives.capitalize() or False, way.state),
    )
    t.assertEqual(t.lead.offer_user_ids, t.people(way.offered))


@consequence()
def ledger(t, way):
    """Exactly one assigned row, of the lead's salesperson; the former one's is closed,
    and so are offers."""
    rows = t.rows()
    assigned = rows.filtered(lambda row: row.state == "assigned")
    holds = way.gives and way.state == "assigned"
    t.assertEqual(
        [row.user_id.name for row in assigned],
        [way.gives.capitalize()] if holds else [],
    )
    t.assertEqual(
        rows.filtered(lambda row: row.state == "offered").user_id, t.people(way.offered)
    )
    if way.former:
        former = rows.filtered(lambda row: row.user_id == t.person(way.former))
        t.assertLessEqual(
            set(former.mapped("state")), {"released", "undone", "removed", "expired"}
        )


@consequence()
def units(t, way):
    """One unit for who has it; nobody pays for a lead that they did not have at the end
    of the transaction that gave it."""
    wanted = way.units
    if wanted is None:
        wanted = {way.receiver: 1} if way.receiver else {}
    after = t.units()
    changes = {
        name: sum(both) - sum(t.units_before[name]) for name, both in after.items()
    }
    t.assertEqual({name: n for name, n in changes.items() if n}, wanted)


@consequence("receiver", "ledger")
def date(t, way):
    """It counts from the moment it became theirs: on that day, in that month."""
    row = t.rows().filtered(lambda row: row.state == "assigned")
    t.assertEqual(row.date.date(), NOW.date())


# limits ------------------------------------------------------------------------


def limit(*conditions):
    """Declare what keeps a person from having a lead; the function does so."""

    def declare(block):
        def check(t, way):
            person = t.blocked[block.__name__]
            if t.refused:
                t.assertIn(way.chosen, ("person", "oneself"), t.refused)
            t.assertNotEqual(t.lead.user_id, person)
            if way.chosen in ("routes", "rule"):
                t.assertNotIn(person, t.lead.offer_user_ids)

        check.__doc__ = block.__doc__
        CONSEQUENCES.append(
            Consequence(block.__name__, check, BLOCKED, conditions, block)
        )
        return block

    return declare


@limit("given", "ledger")
def limit_open(t, user):
    """Nobody gets more open leads than their limit, offers claimed included."""
    user.lead_max_open = t.open_leads(user)


@limit("given", "ledger")
def limit_offers(t, user):
    """Open offers count towards the limit of open leads."""
    # leads alone do not reach it: at a limit that is reached, offers go on at once
    user.lead_max_open = t.open_leads(user) + t.other_offers(user)


@limit("given", "ledger")
def limit_day(t, user):
    """Nobody gets more leads a day than their limit."""
    user.lead_max_day = 1


@limit("given", "ledger")
def limit_month(t, user):
    """Nobody gets more leads a month than their limit."""
    user.lead_max_month = 1


@limit("given", "ledger")
def limit_week(t, user):
    """Nobody gets more leads a week than their limit."""
    user.lead_max_week = 1


@limit("given", "ledger")
def limit_value(t, user):
    """Nobody gets leads of more value than their limit."""
    t.env.cr.execute(
        "UPDATE lead_distribution_assignment SET expected_revenue = 1 "
        "WHERE user_id = %s",
        [user.id],
    )
    user.lead_max_month_value = 1


@limit("given", "ledger", "members", "on the route")
def limit_member(t, user):
    """Nobody gets more of a route than their limit on it."""
    route = t.person(t.way.route)
    # today's lead came through this route
    t.env.flush_all()
    t.env.cr.execute(
        "UPDATE lead_distribution_assignment SET route_id = %s "
        "WHERE user_id = %s AND state = 'assigned' AND route_id IS NULL",
        [route.id, user.id],
    )
    t.env.invalidate_all()
    line = route.member_ids.filtered(lambda line: line.user_id == user)
    line.lead_max_month = 1


@limit("given", "ledger")
def paused(t, user):
    """Who is paused gets nothing."""
    user.lead_distribution_paused = True


@limit("given", "ledger", "route", "on the route")
def paused_route(t, user):
    """Who is paused on a route gets nothing of it, and takes nothing."""
    t.routes.write({"paused_user_ids": [(4, user.id)]})


@limit("chosen")
def absent(t, user):
    """Who is absent gets nothing from routes and rules that skip the absent."""
    t.env["lead.distribution.absence"].create({"user_id": user.id})


# work ----------------------------------------------------------------------------


def holder(t, way):
    """:returns: who does what is to be done; of a lead that somebody left behind it
    waits for the next one"""
    return t.person(way.gives).filtered("active")


@consequence("route", "ledger")
def activity(t, way):
    """One open activity of the route, of the salesperson; nobody else keeps one."""
    calls = t.open_tasks().filtered(lambda x: x.activity_type_id == t.call)
    if way.gives:
        t.assertEqual(calls.mapped("user_id"), holder(t, way))
        t.assertEqual(len(calls), 1)
    else:
        t.assertFalse(calls.user_id & t.people(PEOPLE))


@consequence("tasks")
def task_salesperson(t, way):
    """Open tasks that were for "the salesperson", of processes and their own, are the
    new one's; nobody keeps one of a lead that is not theirs."""
    tasks = t.open_tasks("For the salesperson", "For myself")
    if way.gives:
        t.assertEqual(tasks.mapped("user_id"), holder(t, way))
        t.assertEqual(len(tasks), 2)
    else:
        t.assertNotIn("Anna", tasks.mapped("user_id.name"))


@consequence("tasks")
def task_colleague(t, way):
    """A task for a named colleague stays theirs."""
    t.assertEqual(t.open_tasks("For a colleague").user_id, t.carl)


@consequence("tasks")
def task_department(t, way):
    """A task for a department stays the department's."""
    task = t.open_tasks("For the department")
    t.assertEqual((task.lead_team_id, task.user_id.id), (t.department, False))


@consequence("receiver", "ledger", "tag")
def tags(t, way):
    """The route's tags and the rule's are on the lead, offers included."""
    wanted = t.route_tag.browse()
    if way.route:
        wanted |= t.route_tag
    if way.rule:
        wanted |= t.rule_tag
    t.assertLessEqual(set(wanted.mapped("name")), set(t.lead.tag_ids.mapped("name")))


# the contact -----------------------------------------------------------------------


@consequence("holder", "route", "ledger", "open")
def contact(t, way):
    """The contact's salesperson by the route's policy: who has the lead, if the contact
    had none."""
    wanted = t.contact_before.name or way.gives.capitalize()
    if way.contact is not None:
        wanted = way.contact.capitalize()
    t.assertEqual(t.contact_owner().name or "", wanted)


@consequence("receiver", "route", "ledger", situation=OF_INTAKE)
def contact_intake(t, way):
    """A contact that the intake user owns counts as having no salesperson."""
    t.assertEqual(t.contact_owner().name, way.receiver.capitalize())


@consequence("routes", situation=OF_COLLEAGUE)
def known(t, way):
    """The known customer's salesperson comes first; an offer is theirs alone first."""
    got = t.lead.user_id | t.lead.offer_user_ids
    t.assertEqual(got, t.clara)


# who hears of it -------------------------------------------------------------------


@consequence("open")
def followers(t, way):
    """The salesperson follows, the former one no more, who follows the team as ever."""
    following = t.lead.message_partner_ids
    t.assertIn(t.watcher, following)
    if way.gives:
        t.assertIn(t.partners[way.gives], following)
    if way.former:
        t.assertNotIn(t.partners[way.former], following)


@consequence("by others")
def told_at_once(t, way):
    """Whoever is given the lead by others hears of it in Odoo at once."""
    for name in way.given:
        partner = t.partners[name]
        t.assertTrue(t.rung(partner) or t.notified(partner), name)


@consequence("by others")
def told_by_mail(t, way):
    """Whoever is given the lead by others gets an email: the rule's letter or the
    route's where one chose, Odoo's own where a person did."""
    for name in way.given:
        mails = t.mails_to(t.partners[name])
        if way.chosen == "person":
            t.assertTrue(mails or t.notified(t.partners[name]), name)
            continue
        letter = t.rule_mail.name if way.rule else t.route_mail.name
        t.assertIn(letter, " ".join(mails.mapped("subject")), name)


@consequence("ledger", "changes hands")
def told_in_chatter(t, way):
    """The chatter says whose the lead is now, or to whom it is offered, or that it is
    nobody's."""
    texts = []
    for message in t.news("mail.message", ("res_id", "=", t.lead.id)):
        if message.model == "crm.lead":
            values = message.tracking_value_ids
            texts += [message.body or "", *values.mapped("new_value_char")]
            if way.former and not way.given:
                texts += values.mapped("old_value_char")
    text = " ".join(filter(None, texts))
    for name in way.given:
        t.assertIn(name.capitalize(), text)
    t.assertTrue(text)


@consequence("receiver", "ledger")
def told_each(t, way):
    """The address that follows every assignment gets an email: the route's own, else
    the company's."""
    _followed(t, way)


@consequence("receiver", "ledger", situation=OF_INTAKE)
def told_digest(t, way):
    """The same address is told by the daily email of the day it became theirs."""
    _followed(t, way)


def _followed(t, way):
    mails = t.mails_to(address=ROUTE_ADDRESS)
    if not way.route or way.chosen in ("person", "rule"):
        mails |= t.mails_to(address=COMPANY_ADDRESS)
    text = " ".join(f"{mail.subject} {mail.body_html}" for mail in mails)
    t.assertIn(t.lead.name, text)
    t.assertIn(way.receiver.capitalize(), text)


@consequence("lost to others")
def told_former(t, way):
    """Who loses the lead to others is told."""
    partner = t.partners[way.former]
    t.assertTrue(t.rung(partner) or t.notified(partner) or t.mails_to(partner))


@consequence("in vain")
def told_fallback(t, way):
    """The fallback address hears of a lead that found nobody: the route's, else the
    company's."""
    mails = t.mails_to(address=ROUTE_ADDRESS) | t.mails_to(address=COMPANY_ADDRESS)
    t.assertIn(t.lead.name, " ".join(mails.mapped("body_html")))


@consequence("in vain")
def help_called(t, way):
    """The responsible has an activity of a lead that found nobody."""
    t.assertIn(t.rita, t.open_tasks().user_id)


# why ---------------------------------------------------------------------------------


@consequence("ledger", "changes hands")
def explained(t, way):
    """The explanation says what happened and why, with names."""
    text = t.explanation()
    row = t.rows()[-1:]
    t.assertTrue(row)
    for name in way.given[:1]:
        t.assertIn(name.capitalize(), text)
    t.assertGreater(len(text.strip().splitlines()), 1, "only what, not why")


@consequence("routes")
def explained_left_out(t, way):
    """The explanation names who was left out, also at a limit or without a target."""
    text = t.explanation()
    t.assertIn("Leo", text)
    t.assertIn("Nora", text)


@consequence("routes")
def explained_closed(t, way):
    """The explanation lists direct routes below the taker that were closed."""
    t.assertIn(t.closed.name, t.explanation())


# who can open it ---------------------------------------------------------------------


@consequence("given or held", "open")
def reads_given(t, way):
    """Whoever has the lead, or an offer of it, opens it and reads how to reach the
    person."""
    for name in (way.gives,) if way.gives else way.offered:
        t.assertTrue(t.reads(t.person(name)), name)


@consequence("former")
def reads_former(t, way):
    """Who has it no more opens it no more, unless it waits on a route of theirs, or is
    of a customer of theirs."""
    user = t.person(way.former)
    still = way.state in ("pool", "offered") or t.lead.partner_id.user_id == user
    t.assertEqual(t.reads(user), still)


@consequence("tasks", "open")
def reads_task(t, way):
    """Who has a task on a colleague's lead opens the lead as long as it is open."""
    task = t.open_tasks("For a colleague")
    t.assertTrue(t.reads(t.carl))
    with t.undone():
        t.rpc(t.carl, "mail.activity", "action_feedback_outcome", task.ids, t.done.id)
        # what is in the pool of no route is everybody's
        everybodys = way.state == "pool" and not t.lead.distribution_route_id
        t.assertEqual(t.reads(t.carl), everybodys, "the task is done")


@consequence("in vain")
def reads_responsible(t, way):
    """The responsible who is called for help opens the lead."""
    t.assertTrue(t.reads(t.rita))


@consequence("told")
def reads_told(t, way):
    """Whoever else is told, the customer's salesperson or the manager of distribution,
    opens the lead that it is about."""
    user = t.person(way.told)
    asked = t.news("mail.activity", ("user_id", "=", user.id))
    t.assertTrue(asked or t.notified(user.partner_id))
    t.assertTrue(t.reads(user))


@consequence()
def reads_stranger(t, way):
    """Another company's salesperson never opens it, nor does a colleague who has
    nothing to do with it."""
    t.assertFalse(t.reads(t.otto))
    if way.gives or way.offered:
        t.assertFalse(t.reads(t.sven))

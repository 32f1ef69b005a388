"""The ways a lead changes hands: the rows of the table.

A way is what happened the day before (its start), then an act of the least privileged
user who can do it, and what is to be true of the lead afterwards: whose it is, in which
state, who decided. From these facts follows which consequences the way has; what else
does not apply is named with its reason.
"""

import re
from dataclasses import dataclass, field
from datetime import timedelta

from odoo import Command

from .paths_world import BEFORE, NOW, PEOPLE

#: all ways in the order of this file
WAYS = []


@dataclass(frozen=True)
class Start:
    """How the lead stands before the way.

    :param held: name of who has it
    :param tasks: whether it has tasks of processes, and of who has it
    :param happens: what happened the day before
    """

    happens: object
    held: str | None = None
    tasks: bool = False


@dataclass(frozen=True)
class Way:
    """One way a lead changes hands, or keeps its salesperson though something happens.

    :param chosen: who decided: ``routes``, a ``rule``, a ``person`` for somebody else,
        the salesperson for ``oneself``, a person who ``captured`` the lead; it is
        ``kept`` when nobody did
    :param by: name of the actor
    :param gives: name of who has the lead afterwards
    :param state: ``distribution_state`` afterwards
    :param offered: names of those to whom it is offered afterwards
    :param route: name of the route whose promises hold
    :param rule: whether a rule moved it
    :param unplaced: whether the routes or a rule looked for somebody in vain
    :param units: ``{name: change}`` of what the lead counts for people; one for the
        new salesperson when not given
    :param contact: name of the contact's salesperson afterwards, "" for nobody; by the
        route's policy when not given
    :param told: name of who else is told of it
    :param na: ``{names of consequences: why they do not apply}``
    """

    name: str
    start: Start
    act: object
    chosen: str
    by: str | None = None
    gives: str | None = None
    state: str = "assigned"
    offered: tuple = ()
    route: str | None = "assigning"
    rule: bool = False
    unplaced: bool = False
    units: dict | None = None
    contact: str | None = None
    told: str | None = None
    na: dict = field(default_factory=dict)
    group: str = ""

    @property
    def held(self):
        return self.start.held

    @property
    def receiver(self):
        """:returns: name of who has the lead newly"""
        return self.gives if self.gives != self.held else None

    @property
    def former(self):
        """:returns: name of who has it no more"""
        return self.held if self.gives != self.held else None

    @property
    def given(self):
        """:returns: names of those who get the lead, or an offer of it"""
        return (self.receiver,) if self.receiver else self.offered

    @property
    def candidates(self):
        """:returns: names of those who would have it, in turn, if one could not"""
        if self.chosen == "routes":
            return PEOPLE[PEOPLE.index(self.given[0]) :]
        return self.given[:1]

    def not_applicable(self, consequence):
        """:returns: why a consequence does not apply to this way, "" if it does"""
        for names, why in self.na.items():
            if consequence.name in names.split():
                return why
        return consequence.not_applicable(self)


def way(group, start, **facts):
    """Declare a way: the function is its act and is given the test case."""

    def declare(act):
        name = facts.pop("name", act.__name__.strip("_"))
        WAYS.append(Way(name, start, act, group=group, **facts))
        return act

    return declare


# starts --------------------------------------------------------------------


def _nothing(t):
    pass


def _had(t):
    t.arrives()
    t.assertEqual(t.lead.user_id, t.anna)
    t.start_tasks()
    t.later()


def _pooled(t, numbers=(0,)):
    """Nobody could take it when it came in; today they are back."""
    t.pause()
    for number in numbers:
        t.arrives(**(_stranger(number) if number else {}))
        t.leads |= t.lead
    t.pause(paused=False)
    t.assertEqual(t.lead.distribution_state, "pool")


def _stranger(number):
    return {
        "name": f"Flat {number}",
        "contact_name": f"Stranger {number}",
        "email_from": f"stranger{number}@customers.test",
        "phone": f"+48 22 555 02 0{number}",
    }


def _three_pooled(t):
    _pooled(t, (0, 1, 2))
    t.lead = t.leads[0]


def _offered(t, route="offering"):
    t.arrives(route)
    t.assertEqual(t.lead.distribution_state, "offered")


def _raced(t):
    _offered(t, "racing")


def _released(t):
    _had_by_who_is_paused(t)
    t.rpc(t.anna, "crm.lead", "action_release_to_pool", t.lead.ids)
    t.later()


def _had_by_who_is_paused(t):
    """The contact is the salesperson's: distributed again, it would go there."""
    _had(t)
    t.pause("anna")


def _neglected(t, *users, **values):
    t.rule(users, **values)
    t.schedule("apply_rules")
    _had(t)
    t.lead.distribution_idle_since = BEFORE - timedelta(days=30)


NOTHING = Start(_nothing)
HAD = Start(_had, held="anna", tasks=True)
POOLED = Start(_pooled)
THREE_POOLED = Start(_three_pooled)
OFFERED = Start(_offered)
RACED = Start(_raced)
RELEASED = Start(_released, tasks=True)
AWAY = Start(_had_by_who_is_paused, held="anna", tasks=True)

# created -------------------------------------------------------------------

WITHOUT_CONTACT = "the act ties the lead to the contact, if at all"
BY_ROUTES = {"chosen": "routes", "gives": "anna"}
SELF_ASSIGNED = {"chosen": "self_assigned", "state": "none", "route": None, "units": {}}


@way("created", NOTHING, by="robo", **BY_ROUTES)
def created_by_rpc(t):
    t.arrives()


@way("created", NOTHING, by="robo", **BY_ROUTES)
def created_by_rpc_for_the_intake_user(t):
    t.arrives(user_id=t.robo.id)


@way("created", NOTHING, by="alma", gives="boris", **SELF_ASSIGNED)
def created_by_rpc_for_a_salesperson(t):
    t.arrives(user=t.alma, user_id=t.boris.id)


@way("created", NOTHING, by="anna", gives="anna", **SELF_ASSIGNED)
def created_by_quick_create(t):
    found = t.rpc(
        t.anna, "crm.lead", "name_create", "Flat at the lake", default_type="lead"
    )
    t.lead = t.lead_of(found[0])


@way("created", NOTHING, by="anna", gives="anna", **SELF_ASSIGNED)
def created_on_screen(t):
    values = t.inquiry()
    t.lead = t.lead_of(t.web_save(t.anna, t.lead_of(()), values)[0]["id"])


@way("created", NOTHING, by="anna", **BY_ROUTES)
def created_on_screen_for_nobody(t):
    values = t.inquiry(user_id=False)
    t.lead = t.lead_of(t.web_save(t.anna, t.lead_of(()), values)[0]["id"])
    t.schedule()


@way("created", NOTHING, by="robo", **BY_ROUTES)
def created_by_mail(t):
    t.lead = t.mail_comes_in()


def _import(t, *columns):
    names, values = zip(
        ("name", "Flat at the lake"),
        ("contact_name", "Cora Customer"),
        ("email_from", "cora@customers.test"),
        ("phone", "+48 22 555 01 00"),
        ("source_id", "Source Assigning"),
        ("team_id", "Field"),
        ("type", "Lead"),
        *columns,
        strict=True,
    )
    found = t.rpc(
        t.alma, "crm.lead", "load", list(names), [list(values)], import_file=True
    )
    t.assertTrue(found["ids"], found["messages"])
    t.lead = t.lead_of(found["ids"][0])
    t.schedule()


@way("created", NOTHING, by="alma", **BY_ROUTES)
def imported(t):
    _import(t)


@way("created", NOTHING, by="alma", gives="boris", **SELF_ASSIGNED)
def imported_with_salesperson(t):
    _import(t, ("user_id", "Boris"))


def _queue(t):
    t.company.lead_distribution_mode = "queued"


@way("created", Start(_queue), by="robo", **BY_ROUTES)
def distributed_by_the_schedule(t):
    t.arrives()
    t.assertEqual(t.lead.distribution_state, "pending")
    t.schedule()


@way(
    "created",
    NOTHING,
    by="robo",
    chosen="routes",
    gives="boris",
    route="listed",
    na={"limit_member": "people of a listing are no members of its route"},
)
def created_for_a_listing(t):
    t.arrives("listed", listing_id=t.listing.id)


@way(
    "created",
    NOTHING,
    chosen="person",
    gives="boris",
    na={
        "limit_open limit_offers limit_day limit_month limit_week limit_value paused": (
            "code with all rights is not refused"
        )
    },
)
def created_then_owned_by_other_code(t):
    t.arrives().user_id = t.boris


@way(
    "created",
    NOTHING,
    by="robo",
    chosen="routes",
    state="offered",
    offered=("anna",),
    route="offering",
)
def offered(t):
    t.arrives("offering")


@way(
    "created",
    NOTHING,
    by="robo",
    chosen="routes",
    state="offered",
    offered=PEOPLE,
    route="racing",
)
def offered_to_all(t):
    t.arrives("racing")


@way(
    "created",
    Start(lambda t: t.pause()),
    by="robo",
    chosen="routes",
    state="pool",
    unplaced=True,
)
def created_when_nobody_is_free(t):
    t.arrives()


def _close_all(t):
    t.env["lead.distribution.route"].search([]).active = False


@way(
    "created",
    Start(_close_all),
    by="robo",
    chosen="routes",
    state="pool",
    route=None,
)
def created_by_mail_when_all_routes_are_paused(t):
    t.lead = t.mail_comes_in()


# distributed by a person -----------------------------------------------------

AGAIN = {"chosen": "routes", "gives": "anna", "by": "lena"}
ONE_ROUTE = {"explained_closed": "one route is asked, no other"}


@way("distributed", POOLED, **AGAIN)
def distributed_by_button(t):
    t.rpc(t.lena, "crm.lead", "action_distribute", t.lead.ids)


@way("distributed", THREE_POOLED, units=dict.fromkeys(PEOPLE[:3], 1), **AGAIN)
def distributed_by_button_with_others(t):
    t.rpc(t.lena, "crm.lead", "action_distribute", t.leads.ids)


@way("distributed", THREE_POOLED, units=dict.fromkeys(PEOPLE[:3], 1), **AGAIN)
def distributed_by_button_in_the_background(t):
    t.in_background_above(2)
    t.rpc(t.lena, "crm.lead", "action_distribute", t.leads.ids)
    t.assertFalse(t.lead.user_id)
    t.schedule()


@way("distributed", POOLED, **AGAIN)
def distributed_by_server_action(t):
    t.run_action(t.lena)


@way("distributed", POOLED, na=ONE_ROUTE, **AGAIN)
def distributed_by_server_action_through_one_route(t):
    t.run_action(
        t.lena,
        lead_distribute_through="route",
        lead_distribution_route_id=t.assigning.id,
    )


@way(
    "distributed",
    POOLED,
    by="lena",
    chosen="rule",
    gives="boris",
    rule=True,
    route=None,
)
def distributed_by_server_action_to_the_members_of_a_rule(t):
    rule = t.rule(t.boris)
    t.run_action(
        t.lena, lead_distribute_through="rule", lead_distribution_rule_id=rule.id
    )


# offers ----------------------------------------------------------------------

CLAIM = {"chosen": "oneself"}
FIRST = {"by": "anna", "gives": "anna", "route": "offering", **CLAIM}
RACE = {"by": "boris", "gives": "boris", "route": "racing", **CLAIM}
ON_OFFER = {"limit_offers": "the offer becomes the lead: nothing is added to it"}


def _claim_by_button(t, user):
    t.rpc(user, "crm.lead", "action_claim", t.lead.ids)


def _claim_in_the_bell(t, user):
    offers = t.rpc(user, "crm.lead", "my_offers")
    if t.lead.id not in [offer["id"] for offer in offers]:
        return  # it went on, for this one could not take it any more
    t.rpc(user, "crm.lead", "action_claim", t.lead.ids)


def _claim_by_link(t, user):
    mail = t.env["mail.mail"].search(
        [
            ("recipient_ids", "=", user.partner_id.id),
            ("subject", "like", t.lead.name),
        ],
        order="id desc",
        limit=1,
    )
    link = re.search(r"/lead_distribution/offer/[^\"/]+", mail.body_html).group(0)
    page = t.url_open(link).text
    token = re.search(r'csrf_token: "([^"]+)"', page).group(1)
    t.url_open(f"{link}/claim", data={"csrf_token": token})
    t.env.invalidate_all()


def _claim_by_field(t, user):
    t.web_save(user, t.lead, {"user_id": user.id})


for how in (_claim_by_button, _claim_in_the_bell, _claim_by_link, _claim_by_field):
    suffix = how.__name__.removeprefix("_claim")
    way("offers", OFFERED, name=f"offer_claimed{suffix}", na=ON_OFFER, **FIRST)(
        lambda t, how=how: how(t, t.anna)
    )
    way("offers", RACED, name=f"race_won{suffix}", na=ON_OFFER, **RACE)(
        lambda t, how=how: how(t, t.boris)
    )

ON = {
    "chosen": "routes",
    "state": "offered",
    "offered": ("boris",),
    "route": "offering",
    "na": ONE_ROUTE,
}


@way("offers", OFFERED, by="anna", **ON)
def offer_declined(t):
    t.rpc(t.anna, "crm.lead", "action_decline", t.lead.ids, "No time")


@way("offers", OFFERED, **ON)
def offer_expired(t):
    t.go_to(BEFORE + timedelta(days=4))
    t.schedule("expire_offers")


def _last_offer(t):
    t.offering.offer_max = 1
    _offered(t)


@way(
    "offers",
    Start(_last_offer),
    by="anna",
    chosen="routes",
    state="pool",
    unplaced=True,
    route="offering",
)
def offer_unclaimed(t):
    t.rpc(t.anna, "crm.lead", "action_decline", t.lead.ids, "No time")


@way("offers", OFFERED, by="mona", chosen="person", gives="boris", route="offering")
def offer_given_to_another(t):
    t.rpc(t.mona, "crm.lead", "write", t.lead.ids, {"user_id": t.boris.id})


# the pool --------------------------------------------------------------------


@way("pool", POOLED, by="boris", gives="boris", **CLAIM)
def pool_claimed_by_button(t):
    _claim_by_button(t, t.boris)


@way("pool", POOLED, by="boris", gives="boris", **CLAIM)
def pool_claimed_by_field(t):
    _claim_by_field(t, t.boris)


GIVEN = {"chosen": "person", "gives": "boris"}


def _assign_to(t, user):
    wizard_id = t.rpc(
        user,
        "lead.distribution.hand",
        "create",
        {"lead_ids": [(6, 0, t.lead.ids)], "user_id": t.boris.id},
    )
    t.rpc(user, "lead.distribution.hand", "action_confirm", [wizard_id])


@way("pool", POOLED, by="mona", **GIVEN)
def pool_given_by_manager_by_field(t):
    t.rpc(t.mona, "crm.lead", "write", t.lead.ids, {"user_id": t.boris.id})


@way("pool", POOLED, by="mona", **GIVEN)
def pool_given_by_manager_by_wizard(t):
    _assign_to(t, t.mona)


@way("pool", POOLED, by="lena", **GIVEN)
def pool_given_by_leader_by_field(t):
    t.rpc(t.lena, "crm.lead", "write", t.lead.ids, {"user_id": t.boris.id})


@way("pool", POOLED, by="lena", **GIVEN)
def pool_given_by_leader_by_wizard(t):
    _assign_to(t, t.lena)


# by hand -----------------------------------------------------------------------


@way("hand", HAD, by="alma", **GIVEN)
def passed_on_by_form(t):
    t.web_save(t.alma, t.lead, {"user_id": t.boris.id})


@way("hand", HAD, by="alma", units={"boris": 2}, **GIVEN)
def passed_on_by_list(t):
    lead = t.lead
    other = t.arrives(user_id=t.clara.id, user=t.alma, **_stranger(1))
    t.lead = lead
    t.web_save(t.alma, lead | other, {"user_id": t.boris.id})


@way("hand", HAD, by="alma", **GIVEN)
def passed_on_by_kanban(t):
    t.web_save(t.alma, t.lead, {"user_id": t.boris.id, "stage_id": t.lead.stage_id.id})


@way("hand", HAD, by="anna", **GIVEN)
def passed_on_by_rpc(t):
    t.rpc(t.anna, "crm.lead", "write", t.lead.ids, {"user_id": t.boris.id})


@way("hand", HAD, by="mila", **GIVEN)
def passed_on_by_wizard(t):
    _assign_to(t, t.mila)


@way("hand", HAD, by="anna", chosen="person", state="pool")
def released(t):
    t.rpc(t.anna, "crm.lead", "action_release_to_pool", t.lead.ids)


@way("hand", HAD, by="anna", chosen="person", state="pool")
def released_by_field(t):
    t.rpc(t.anna, "crm.lead", "write", t.lead.ids, {"user_id": False})


@way("hand", RELEASED, by="boris", gives="boris", **CLAIM)
def released_then_claimed(t):
    _claim_by_button(t, t.boris)


@way("hand", RELEASED, by="lena", chosen="routes", gives="boris")
def released_then_distributed(t):
    t.rpc(t.lena, "crm.lead", "action_distribute", t.lead.ids)


@way("hand", AWAY, by="mila", chosen="routes", gives="boris")
def distributed_again_by_button(t):
    t.rpc(t.mila, "crm.lead", "action_distribute", t.lead.ids)


# deputies, loans and handovers ---------------------------------------------------


def _away(t, **values):
    """Anna is away for some days, and Boris stands in."""
    return t.env["lead.distribution.absence"].create(
        {
            "user_id": t.anna.id,
            "deputy_id": t.boris.id,
            "date_from": BEFORE - timedelta(hours=1),
            "date_to": BEFORE + timedelta(days=5),
            **values,
        }
    )


def _customer_of_who_is_away(t):
    _away(t)
    t.contact.user_id = t.anna


@way(
    "people",
    Start(_customer_of_who_is_away),
    by="robo",
    chosen="routes",
    gives="boris",
    contact="anna",
    na={"contact_intake": "whose customer it is decides that the deputy gets it"},
)
def created_for_a_deputy(t):
    t.arrives()


LOAN = {
    "limit_open limit_offers limit_day limit_week limit_month limit_value": (
        "a loan counts for nobody"
    ),
    "told_digest": "a loan is received by nobody",
    "contact contact_intake": "the customer stays whose it is",
    "tags": "no policy of a route holds for a loan",
}


def _to_be_lent(t):
    _had(t)
    _away(t, lend=True, date_from=NOW - timedelta(minutes=5))


def _lent(t):
    _had(t)
    t.absence = _away(t, lend=True)
    t.schedule("lend_leads")
    t.assertEqual(t.lead.user_id, t.boris)
    t.later()


@way(
    "people",
    Start(_to_be_lent, "anna", True),
    chosen="person",
    gives="boris",
    units={},
    na=LOAN,
)
def lent_to_a_deputy(t):
    t.schedule("lend_leads")


@way(
    "people",
    Start(_lent, "boris", True),
    by="anna",
    chosen="person",
    gives="anna",
    units={},
    na={**LOAN, "paused": "what was theirs comes back, paused or not"},
)
def returned_by_a_deputy(t):
    t.rpc(t.anna, "lead.distribution.absence", "action_end", t.absence.ids)
    t.schedule("lend_leads")


def _hand_over(t, *people, **values):
    """Mila hands over what Anna has: the open leads, unless something else is said."""
    values = {
        "user_id": t.anna.id,
        "to": "people" if people else "routes",
        "user_ids": [Command.set([user.id for user in people])],
        "why": "Leaves",
        "with_customers": False,
        "with_offers": False,
        "with_tasks": False,
        **values,
    }
    model = "lead.distribution.handover"
    wizard_id = t.rpc(t.mila, model, "create", values)
    t.rpc(t.mila, model, "action_confirm", [wizard_id])


@way("people", HAD, by="mila", chosen="routes", gives="boris")
def handed_over_by_routes(t):
    _hand_over(t)


@way(
    "people",
    HAD,
    by="mila",
    chosen="person",
    gives="boris",
    units={"boris": 2},  # and one of today's
)
def handed_over_to_somebody(t):
    _hand_over(t, t.boris)


@way("people", OFFERED, by="mila", **ON)
def offer_handed_over(t):
    _hand_over(t, with_leads=False, with_offers=True)


# the backlog and the clock -------------------------------------------------------


def _waits(t, route="assigning"):
    """Nobody could take it; now they are back, and the route takes from the backlog."""
    t.person(route).drain = True
    t.pause()
    t.arrives(route)
    t.later()
    t.pause(paused=False)
    t.assertEqual(t.lead.distribution_state, "pool")


@way("clock", Start(_waits), **BY_ROUTES)
def drained_from_the_backlog(t):
    t.schedule("distribute_pending")


@way(
    "clock",
    Start(lambda t: _waits(t, "offering")),
    chosen="routes",
    state="offered",
    offered=("anna",),
    route="offering",
)
def offered_from_the_backlog(t):
    t.schedule("distribute_pending")


def _not_followed_up(action, route="assigning"):
    """:returns: the start of what a clock finds today"""

    def happens(t):
        t.person(route).write(
            {
                "clock_minutes": 5,
                "clock_working_time": False,
                "clock_step_ids": [Command.create({"number": 0, "action": action})],
            }
        )
        _had(t)

    return Start(happens, held="anna", tasks=True)


@way(
    "clock",
    _not_followed_up("reassign"),
    chosen="routes",
    gives="boris",
    na=ONE_ROUTE,
)
def reassigned_by_a_clock(t):
    t.schedule("run_clocks")


@way(
    "clock",
    _not_followed_up("next"),
    chosen="routes",
    state="offered",
    offered=("boris",),
    na=ONE_ROUTE,
)
def offered_by_a_clock(t):
    t.schedule("run_clocks")


@way("clock", _not_followed_up("pool"), chosen="routes", state="pool", unplaced=True)
def pooled_by_a_clock(t):
    t.schedule("run_clocks")


# rules and outcomes ------------------------------------------------------------


def _neglected_with(*names, **values):
    """:returns: the start of what a rule, here since yesterday, finds today"""
    return Start(
        lambda t: _neglected(
            t,
            *t.people(names),
            **{
                key: t.person(value).id if key.endswith("_id") else value
                for key, value in values.items()
            },
        ),
        held="anna",
        tasks=True,
    )


BY_RULE = {"rule": True}


@way("rules", _neglected_with("boris"), chosen="rule", gives="boris", **BY_RULE)
def moved_by_a_rule_to_members(t):
    t.schedule("apply_rules")


@way(
    "rules",
    _neglected_with(target_mode="routes"),
    chosen="routes",
    gives="boris",
    **BY_RULE,
)
def moved_by_a_rule_through_routes(t):
    t.schedule("apply_rules")


OFFERED_BY_RULE = _neglected_with(target_mode="routes", route_id="offering")


@way("rules", OFFERED_BY_RULE, **ON, **BY_RULE)
def offered_by_a_rule(t):
    t.schedule("apply_rules")


def _offered_by_rule(t):
    OFFERED_BY_RULE.happens(t)
    t.schedule("apply_rules")
    t.assertEqual(t.lead.offer_user_ids, t.boris)


@way(
    "rules",
    Start(_offered_by_rule, tasks=True),
    by="boris",
    gives="boris",
    route="offering",
    chosen="oneself",
    na=ON_OFFER,
    **BY_RULE,
)
def offered_by_a_rule_then_claimed(t):
    _claim_by_button(t, t.boris)


RACED_BY_RULE = _neglected_with(target_mode="routes", route_id="racing")
ALL_BUT_ANNA = PEOPLE[1:]


@way(
    "rules",
    RACED_BY_RULE,
    **{**ON, "offered": ALL_BUT_ANNA, "route": "racing"},
    **BY_RULE,
)
def offered_to_all_by_a_rule(t):
    t.schedule("apply_rules")


def _raced_by_rule(t):
    RACED_BY_RULE.happens(t)
    t.schedule("apply_rules")
    t.assertEqual(t.lead.offer_user_ids, t.people(ALL_BUT_ANNA))


@way(
    "rules",
    Start(_raced_by_rule, tasks=True),
    by="clara",
    gives="clara",
    route="racing",
    chosen="oneself",
    na=ON_OFFER,
    **BY_RULE,
)
def offered_to_all_by_a_rule_then_claimed(t):
    _claim_by_button(t, t.clara)


@way(
    "rules",
    _neglected_with("anna", responsible_id="rita"),
    chosen="rule",
    state="pool",
    unplaced=True,
    **BY_RULE,
)
def exhausted_by_a_rule(t):
    t.schedule("apply_rules")


def _had_with_a_visit(t):
    _had_by_who_is_paused(t)
    t.lead.activity_schedule(
        activity_type_id=t.visit.id, user_id=t.anna.id, summary="Ends today"
    )


@way(
    "rules",
    Start(_had_with_a_visit, "anna", True),
    by="anna",
    chosen="routes",
    gives="boris",
)
def redistributed_by_an_outcome(t):
    task = t.open_tasks("Ends today")
    t.rpc(
        t.anna, "mail.activity", "action_feedback_outcome", task.ids, t.again.id, "No"
    )


# merged and converted ----------------------------------------------------------


def _repeated(t):
    t.company.lead_duplicate_policy = "merge"
    _had(t)
    head = t.lead
    t.assertEqual(t.arrives(name="The same flat").user_id, t.anna)
    t.lead = head


def _repeated_in_pool(t):
    t.company.lead_duplicate_policy = "merge"
    _had(t)
    head = t.lead
    t.pause()
    t.assertFalse(t.arrives(name="The same flat").user_id)
    t.pause(paused=False)
    t.lead = head


KEPT = {"chosen": "kept", "gives": "anna"}


@way("merged", Start(_repeated, "anna", True), units={"anna": -1}, **KEPT)
def merged_by_us(t):
    t.schedule("merge_duplicates")
    t.assertFalse(t.lead.search([("name", "=", "The same flat")]))


@way("merged", Start(_repeated_in_pool, "anna", True), units={}, **KEPT)
def merged_by_us_from_the_pool(t):
    t.schedule("merge_duplicates")
    t.assertFalse(t.lead.search([("name", "=", "The same flat")]))


def _twins(t):
    _had(t)
    mine = t.lead
    theirs = t.arrives(name="The same flat", user=t.alma, user_id=t.clara.id)
    t.later()
    t.rpc(t.alma, "crm.lead", "write", theirs.ids, {"user_id": t.boris.id})
    t.lead, t.leads = mine, mine | theirs


def _twin_in_pool(t):
    _pooled(t, (1,))
    _had(t)
    t.leads |= t.lead


def _merge(t, user, salesperson):
    wizard_id = t.rpc(
        user,
        "crm.merge.opportunity",
        "create",
        {"opportunity_ids": [(6, 0, t.leads.ids)], "user_id": salesperson.id},
    )
    t.rpc(user, "crm.merge.opportunity", "action_merge", [wizard_id])
    t.lead = t.leads.exists()
    t.assertEqual(len(t.lead), 1)


@way(
    "merged",
    Start(_twins, "anna", True),
    by="alma",
    chosen="person",
    gives="boris",
    units={},
    na={
        "date told_each told_digest contact_intake": "one of the two was theirs before"
    },
)
def merged_by_core_for_another(t):
    _merge(t, t.alma, t.boris)


@way("merged", Start(_twins, "anna", True), by="alma", units={}, **KEPT)
def merged_by_core_for_the_same(t):
    _merge(t, t.alma, t.anna)


@way("merged", Start(_twin_in_pool, "anna", True), by="mila", units={}, **KEPT)
def merged_by_core_from_the_pool(t):
    _merge(t, t.mila, t.anna)


def _convert(t, user, **values):
    model = "crm.lead2opportunity.partner"
    context = {"active_model": "crm.lead", "active_ids": t.lead.ids}
    context["active_id"] = t.lead.id
    values = {"lead_id": t.lead.id, "name": "convert", "action": "exist", **values}
    wizard_id = t.rpc(user, model, "create", values, **context)
    t.rpc(user, model, "action_apply", [wizard_id], **context)


@way("merged", HAD, by="anna", **GIVEN)
def converted_by_core_for_another(t):
    _convert(t, t.anna, user_id=t.boris.id)


@way("merged", POOLED, by="boris", gives="boris", **CLAIM)
def converted_by_core_from_the_pool(t):
    _convert(t, t.boris, user_id=t.boris.id)


@way("merged", HAD, by="alma", **GIVEN)
def converted_by_core_in_mass(t):
    model = "crm.lead2opportunity.partner.mass"
    context = {"active_model": "crm.lead", "active_ids": t.lead.ids}
    values = {
        "lead_tomerge_ids": [(6, 0, t.lead.ids)],
        "user_ids": [(6, 0, t.boris.ids)],
        "force_assignment": True,
        "deduplicate": False,
    }
    wizard_id = t.rpc(t.alma, model, "create", values, **context)
    t.rpc(t.alma, model, "action_mass_convert", [wizard_id], **context)


def _in_a_team_of_cores(t):
    t.env["ir.config_parameter"].set_param("crm.lead.auto.assignment", "True")
    t.env["crm.team"].search([("id", "!=", t.team.id)]).active = False
    branch = t.env["crm.team"].create(
        {
            "name": "Branch",
            "company_id": t.company.id,
            "assignment_domain": "[('name', '=', 'Flat at the lake')]",
            "crm_team_member_ids": [
                (0, 0, {"user_id": t.boris.id, "assignment_max": 3000})
            ],
        }
    )
    t.watch(branch)
    t.arrives(source_id=False, team_id=branch.id)
    t.assertEqual(t.lead.distribution_state, "pool")


@way(
    "merged",
    Start(_in_a_team_of_cores),
    by="manager",
    chosen="person",
    gives="boris",
    route=None,
    na={"told_at_once told_by_mail": "Odoo's own assignment tells nobody, as ever"},
)
def assigned_by_core_in_an_unmanaged_team(t):
    t.rpc(t.manager, "crm.team", "action_assign_leads", t.lead.team_id.ids)


# people who leave ----------------------------------------------------------------


@way("people", HAD, by="ada", units={}, told="mona", **KEPT)
def salesperson_archived(t):
    t.rpc(t.ada, "res.users", "action_archive", t.anna.ids)


@way(
    "people",
    HAD,
    by="ada",
    chosen="person",
    state="pool",
    na={"told_former reads_former": "there is nobody any more"},
)
def salesperson_deleted(t):
    t.rpc(t.ada, "res.users", "unlink", t.anna.ids)


@way("people", HAD, by="anna", units={}, **KEPT)
def salesperson_absent(t):
    t.rpc(t.anna, "lead.distribution.absence", "create", {})


@way("people", OFFERED, by="ada", **ON)
def offer_of_somebody_archived(t):
    t.rpc(t.ada, "res.users", "action_archive", t.anna.ids)
    t.schedule("expire_offers")


@way("people", OFFERED, by="ada", **ON)
def offer_of_somebody_deleted(t):
    t.rpc(t.ada, "res.users", "unlink", t.anna.ids)
    t.schedule("expire_offers")


@way("people", OFFERED, by="anna", **ON)
def offer_of_somebody_absent(t):
    t.rpc(t.anna, "lead.distribution.absence", "create", {})
    t.schedule("expire_offers")


@way("people", OFFERED, by="mona", **ON)
def offer_of_somebody_paused(t):
    values = {"lead_distribution_paused": True}
    t.rpc(t.mona, "res.users", "write", t.anna.ids, values)
    t.schedule("expire_offers")


# customers, batches, ends ------------------------------------------------------


def _had_of_a_stranger(t):
    t.contact = t.other_customer
    t.arrives(**_stranger(1))
    t.start_tasks()


@way(
    "others",
    Start(_had_of_a_stranger, "anna", True),
    by="anna",
    units={},
    told="clara",
    **KEPT,
)
def linked_to_a_colleagues_customer(t):
    t.rpc(
        t.anna,
        "crm.lead",
        "action_link_customer",
        t.lead.ids,
        t.other_customer.id,
        True,
    )


def _may_unlink(t):
    _had(t)
    t.anna.group_ids |= t.env.ref("lead_distribution.group_unlink_customer")
    t.assertEqual(t.lead.partner_id, t.customer)


MAY_UNLINK = Start(_may_unlink, "anna", True)


@way("others", MAY_UNLINK, by="anna", units={}, contact="", **KEPT)
def unlinked_from_the_customer(t):
    t.rpc(t.anna, "crm.lead", "action_unlink_customer", t.lead.ids)


@way(
    "others",
    MAY_UNLINK,
    by="anna",
    chosen="routes",
    gives="boris",
    units={"anna": -1, "boris": 1},
    contact="",
    na={"known contact_intake": "it has no customer any more"},
)
def unlinked_and_distributed_again(t):
    t.rpc(t.anna, "crm.lead", "action_unlink_customer", t.lead.ids, True)


@way("others", MAY_UNLINK, by="anna", units={}, contact="", **KEPT)
def relinked_to_another_customer(t):
    t.web_save(t.anna, t.lead, {"partner_id": t.other_customer.id})


def _moved_by_a_batch(t):
    _had_by_who_is_paused(t)
    t.rpc(t.mila, "crm.lead", "action_distribute", t.lead.ids)
    t.assertEqual(t.lead.user_id, t.boris)


def _undo(t, user):
    run = t.rows()[-1].run_id
    t.assertTrue(t.rpc(user, "lead.distribution.run", "action_undo", run.ids))


BACK = {
    "date": "it is as it was before",
    "told_each told_digest": "an undo is no assignment",
    "contact_intake": "an undo gives nobody a contact",
}


@way(
    "others",
    Start(_moved_by_a_batch, "boris", True),
    by="mila",
    chosen="person",
    gives="anna",
    units={"boris": -1},
    na={
        **BACK,
        "limit_day limit_month limit_week limit_value limit_open limit_offers paused "
        "paused_route absent": "who had it before has it again",
    },
)
def batch_undone(t):
    _undo(t, t.mila)


def _taken_from_the_pool(t):
    _pooled(t)
    t.rpc(t.lena, "crm.lead", "action_distribute", t.lead.ids)


@way(
    "others",
    Start(_taken_from_the_pool, "anna"),
    by="lena",
    chosen="person",
    state="pool",
    units={"anna": -1},
)
def batch_undone_into_the_pool(t):
    _undo(t, t.lena)


def _remove(t):
    reason = t.env["lead.distribution.removal.reason"].search([], limit=1)
    t.rpc(t.anna, "crm.lead", "action_remove", t.lead.ids, reason.id)


CLOSED = {
    "activity task_salesperson task_colleague task_department reads_task": (
        "a closed lead is nobody's work"
    )
}


@way(
    "others",
    HAD,
    by="anna",
    chosen="kept",
    gives="anna",
    state="none",
    units={"anna": -1},
    na=CLOSED,
)
def removed(t):
    _remove(t)


def _had_then_removed(t):
    _had_by_who_is_paused(t)
    _remove(t)


@way("others", Start(_had_then_removed), by="anna", chosen="routes", gives="boris")
def restored(t):
    t.rpc(t.anna, "crm.lead", "action_restore", t.lead.ids)
    t.schedule()


@way("others", HAD, by="anna", units={}, na=CLOSED, **KEPT)
def archived(t):
    t.rpc(t.anna, "crm.lead", "action_archive", t.lead.ids)


@way("others", HAD, by="anna", units={}, na=CLOSED, **KEPT)
def won(t):
    t.rpc(t.anna, "crm.lead", "action_set_won", t.lead.ids)


@way("others", HAD, by="anna", units={}, na=CLOSED, **KEPT)
def lost(t):
    t.rpc(t.anna, "crm.lead", "action_set_lost", t.lead.ids)

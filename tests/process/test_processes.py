"""Real processes on one real PostgreSQL: at the same time, and killed in the middle."""

import random
import time

import pytest

#: each query finds what must never be
NEVER = {
    "a lead still pending": """
        SELECT id FROM crm_lead WHERE distribution_state = 'pending'""",
    "a lead without salesperson": "SELECT id FROM crm_lead WHERE user_id IS NULL",
    "not exactly one assignment, or another salesperson's": """
        SELECT l.id, array_agg(a.user_id) FROM crm_lead l
          LEFT JOIN lead_distribution_assignment a
                 ON a.lead_id = l.id AND a.state = 'assigned'
         GROUP BY l.id
        HAVING count(a.id) != 1 OR min(a.user_id) IS DISTINCT FROM l.user_id""",
    "a chatter line doubled": """
        SELECT res_id FROM mail_message WHERE model = 'crm.lead'
         GROUP BY res_id, body HAVING count(*) > 1""",
    "an activity doubled": """
        SELECT res_id FROM mail_activity WHERE res_model = 'crm.lead'
         GROUP BY res_id HAVING count(*) > 1""",
    "a salesperson who does not follow": """
        SELECT l.id FROM crm_lead l JOIN res_users u ON u.id = l.user_id
          LEFT JOIN mail_followers f ON f.res_model = 'crm.lead' AND f.res_id = l.id
                AND f.partner_id = u.partner_id
         WHERE f.id IS NULL""",
}
#: and this only while nobody changes anything by hand
NEVER_ALONE = {
    "another row than the assignment in the ledger": """
        SELECT lead_id FROM lead_distribution_assignment
         GROUP BY lead_id HAVING count(*) != 1""",
    "no chatter line": """
        SELECT l.id FROM crm_lead l
          LEFT JOIN mail_message m ON m.model = 'crm.lead' AND m.res_id = l.id
                AND m.body LIKE '%Assigned to%'
         GROUP BY l.id HAVING count(m.id) != 1""",
    "no activity, or another one's": """
        SELECT l.id FROM crm_lead l
          LEFT JOIN mail_activity a ON a.res_model = 'crm.lead' AND a.res_id = l.id
               AND a.user_id = l.user_id
         GROUP BY l.id HAVING count(a.id) != 1""",
    "runs that counted otherwise": """
        SELECT sum(lead_count), sum(assigned_count) FROM lead_distribution_run
        HAVING sum(lead_count) != (SELECT count(*) FROM crm_lead)
            OR sum(assigned_count) != (SELECT count(*) FROM crm_lead)""",
}


def check(database, leads, alone=True):
    """The promises that hold whatever happened."""
    assert database.number("SELECT count(*) FROM crm_lead") == leads, (
        "leads lost or made"
    )
    for what, query in {**NEVER, **(NEVER_ALONE if alone else {})}.items():
        assert not database.query(query), what


def totals(database):
    """:returns: what each salesperson has, by the ledger"""
    return dict(
        database.query(
            """SELECT user_id, sum(units) FROM lead_distribution_assignment
                WHERE state IN ('assigned', 'released') GROUP BY user_id"""
        )
    )


def distribute(database, processes, block):
    """Let several processes distribute what is pending, all started first.

    :returns: how many leads each placed
    """
    workers = [database.process() for _ in range(processes)]
    for worker in workers:
        worker.do("blocks", size=block)
    for worker in workers:
        worker.send("distribute")
    return [worker.result() for worker in workers]


@pytest.fixture(scope="session")
def totals_of_one(few, copy_for_all):
    """What the salespeople have after one process did it all."""
    database = copy_for_all(few, "one")
    assert distribute(database, 1, 40) == [400]
    check(database, 400)
    return totals(database)


@pytest.mark.parametrize("processes", [2, 4])
def test_several_processes_place_each_lead_once(few, copy_of, totals_of_one, processes):
    database = copy_of(few, "several")
    placed = distribute(database, processes, 20)
    assert sum(placed) == 400
    assert sum(map(bool, placed)) > 1, "one process did it all, nothing was tested"
    check(database, 400)
    assert totals(database) == totals_of_one


HELD_AT = [
    "_write_leads",
    "_subscribe",
    "_after_assign",
    "_log",
    "_drop_escalations",
    "_close_run",
]


def test_killed_after_any_step_nothing_of_the_block_is_left(many, copy_of):
    """SIGKILL in the second block of each process: the first one is there as a
    whole, of the second one nothing, and the next run completes."""
    database = copy_of(many, "held")
    for number, step in enumerate(HELD_AT, 1):
        worker = database.process()
        worker.do("blocks", size=50)
        worker.do("hold", at=step, after=True, passes=1)
        worker.send("distribute")
        assert worker.receive() == {"held": step}
        worker.kill()
        rows = database.number("SELECT count(*) FROM lead_distribution_assignment")
        assert rows == 50 * number, f"killed after {step}"
    assert distribute(database, 1, 1000) == [2400 - 50 * len(HELD_AT)]
    check(database, 2400)


def test_killed_at_random_the_next_run_completes(many, copy_of):
    """SIGKILL at instants that hit blocks, commits and what lies between."""
    database = copy_of(many, "random")
    draw = random.Random(1)
    left = 2400
    for _ in range(6):
        worker = database.process()
        worker.do("blocks", size=50)
        # from the second block on, wherever it is by then
        worker.do("hold", at="_distribute_block", passes=1)
        worker.send("distribute")
        assert worker.receive() == {"held": "_distribute_block"}
        worker.send("go")
        time.sleep(draw.uniform(0.02, 0.6))
        worker.kill()
        left = database.number(
            "SELECT count(*) FROM crm_lead WHERE distribution_state = 'pending'"
        )
    assert 0 < left < 2400, "nothing was under way when it was killed"
    assert distribute(database, 1, 1000) == [left]
    check(database, 2400)


def test_changes_by_hand_while_another_process_distributes(few, copy_of):
    database = copy_of(few, "hand")
    _name, ids = few
    chosen = [
        lead_id for (lead_id,) in database.query("SELECT id FROM crm_lead ORDER BY id")
    ][::9]
    machine, person = database.process(), database.process()
    machine.do("blocks", size=20)
    person.send(
        "call", uid=ids["manager"], model="crm.lead", method="read", args=[chosen[:1]]
    )
    person.result()
    machine.send("distribute")
    person.send("hand", uid=ids["manager"], lead_ids=chosen, user_id=ids["users"][0])
    assert person.result() == []
    assert machine.result() <= 400
    check(database, 400, alone=False)
    given = database.query(
        "SELECT DISTINCT user_id FROM crm_lead WHERE id = ANY(%s)", chosen
    )
    assert given == [(ids["users"][0],)], "a change by hand was overwritten"


def test_hand_change_of_a_lead_that_is_being_placed(few, copy_of):
    """The lead's row is the guard: the later one sees what the earlier one did."""
    database = copy_of(few, "guard")
    _name, ids = few
    lead_id = database.number("SELECT min(id) FROM crm_lead")
    machine, person = database.process(), database.process()
    machine.do("hold", at="_write_leads", after=True)
    person.do(
        "call", uid=ids["manager"], model="crm.lead", method="read", args=[[lead_id]]
    )
    machine.send("distribute")
    machine.receive()
    person.send(
        "call",
        uid=ids["manager"],
        model="crm.lead",
        method="write",
        args=[[lead_id], {"user_id": ids["users"][1]}],
    )
    wait_for_lock(database)
    machine.send("go")
    assert machine.result() == 400
    assert person.result() is True
    check(database, 400, alone=False)
    assert (
        database.number("SELECT user_id FROM crm_lead WHERE id = %s", lead_id)
        == ids["users"][1]
    )
    states = database.number(
        """SELECT array_agg(state ORDER BY id)
             FROM lead_distribution_assignment WHERE lead_id = %s""",
        lead_id,
    )
    assert states == ["released", "assigned"]


def test_hand_change_to_whom_it_was_just_given(few, copy_of):
    """Read as nobody's, and given by the distribution to the very same person before
    it is written: both add the same follower, and no request fails."""
    database = copy_of(few, "same")
    _name, ids = few
    chosen = [
        lead_id for (lead_id,) in database.query("SELECT id FROM crm_lead ORDER BY id")
    ][:40]
    machine, person = database.process(), database.process()
    person.do("hold", at="_before_manual_change", after=True)
    person.send(
        "call",
        uid=ids["manager"],
        model="crm.lead",
        method="write",
        args=[chosen, {"user_id": ids["users"][1]}],
    )
    assert person.receive() == {"held": "_before_manual_change"}
    machine.send("distribute")
    assert machine.result() == 400
    assert database.number(
        "SELECT count(*) FROM crm_lead WHERE id = ANY(%s) AND user_id = %s",
        chosen,
        ids["users"][1],
    ), "none was given to the same person, nothing was tested"
    person.send("go")
    assert person.result() is True
    check(database, 400, alone=False)
    assert database.query(
        "SELECT DISTINCT user_id FROM crm_lead WHERE id = ANY(%s)", chosen
    ) == [(ids["users"][1],)]


def wait_for_lock(database):
    """Until a connection waits for what another one holds."""
    end = time.monotonic() + 30
    while not database.number(
        """SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock'"""
    ):
        assert time.monotonic() < end, "nobody waits"
        time.sleep(0.01)


@pytest.mark.parametrize(
    "group", ["group_sale_salesman", "group_sale_salesman_all_leads"]
)
def test_two_claims_have_one_winner_and_the_loser_is_told(few, copy_of, group):
    """Also the loser who may not see colleagues' leads reads who was quicker."""
    database = copy_of(few, "claim")
    _name, ids = few
    lead_ids = [
        lead_id for (lead_id,) in database.query("SELECT id FROM crm_lead ORDER BY id")
    ]
    workers = {user_id: database.process() for user_id in ids["users"][:2]}
    names = dict(
        database.query(
            """SELECT u.id, p.name FROM res_users u
                 JOIN res_partner p ON p.id = u.partner_id"""
        )
    )
    first = workers[ids["users"][0]]
    first.do("distribute")
    first.do("group", user_ids=list(workers), group=f"sales_team.{group}")
    first.do("pool", lead_ids=lead_ids)
    # whoever claims must be on the route
    chosen = [
        lead_id
        for (lead_id,) in database.query(
            """SELECT l.id FROM crm_lead l
                 JOIN lead_distribution_route_member m
                   ON m.route_id = l.distribution_route_id
                WHERE m.user_id = ANY(%s)
                GROUP BY l.id HAVING count(*) = 2 ORDER BY l.id LIMIT 6""",
            list(workers),
        )
    ]
    assert len(chosen) == 6
    for lead_id in chosen:
        for user_id, worker in workers.items():
            worker.send(
                "call",
                uid=user_id,
                model="crm.lead",
                method="action_claim",
                args=[[lead_id]],
            )
        answers = {user_id: worker.receive() for user_id, worker in workers.items()}
        winners = [
            user_id for user_id, answer in answers.items() if answer == {"result": True}
        ]
        assert len(winners) == 1, answers
        (winner,) = winners
        (loser,) = set(workers) - {winner}
        assert answers[loser]["error"] == "UserError", answers
        assert names[winner] in answers[loser]["message"], answers
        rows = database.query(
            """SELECT l.user_id, a.user_id, a.reason FROM crm_lead l
                 JOIN lead_distribution_assignment a
                   ON a.lead_id = l.id AND a.state = 'assigned'
                WHERE l.id = %s""",
            lead_id,
        )
        assert rows == [(winner, winner, "claim")]


@pytest.mark.parametrize("ways", [("action_claim", "action_claim"), ("write", "write")])
def test_two_claims_of_one_person_keep_the_limit(few, copy_of, ways):
    """Part 9, 12: of the same instant, by the button and by the field: there was room
    for one lead, and one it is."""
    database = copy_of(few, "limit")
    _name, ids = few
    user_id = ids["users"][0]
    workers = [database.process() for _ in ways]
    workers[0].do("distribute")
    lead_ids = [
        lead_id for (lead_id,) in database.query("SELECT id FROM crm_lead ORDER BY id")
    ]
    workers[0].do("pool", lead_ids=lead_ids)
    chosen = [
        lead_id
        for (lead_id,) in database.query(
            """SELECT l.id FROM crm_lead l
                 JOIN lead_distribution_route_member m
                   ON m.route_id = l.distribution_route_id
                WHERE m.user_id = %s ORDER BY l.id LIMIT 10""",
            user_id,
        )
    ]
    assert len(chosen) == 10
    workers[0].do(
        "call",
        uid=ids["manager"],
        model="res.users",
        method="write",
        args=[[user_id], {"lead_max_open": 5}],
    )
    for pair in zip(chosen[::2], chosen[1::2], strict=True):
        for worker, lead_id, method in zip(workers, pair, ways, strict=True):
            values = [{"user_id": user_id}] if method == "write" else []
            worker.send(
                "call",
                uid=user_id,
                model="crm.lead",
                method=method,
                args=[[lead_id], *values],
            )
        answers = [worker.receive() for worker in workers]
        held = database.number(
            "SELECT count(*) FROM crm_lead WHERE user_id = %s", user_id
        )
        assert held <= 5, answers
    assert held == 5
    assert all("at the limit of open leads" in a["message"] for a in answers), answers


def test_twenty_claims_of_a_hundred_offers(many, copy_of):
    """K15 K11: twenty processes claim the same hundred leads, one after the other, all
    at once: one winner each time, the others are told who; no other error."""
    database = copy_of(many, "claims")
    _name, ids = many
    users = ids["users"][:20]
    assert len(users) == 20
    lead_ids = [
        lead_id
        for (lead_id,) in database.query(
            # a known customer's lead is offered to their salesperson alone
            """SELECT id FROM crm_lead WHERE email_normalized NOT LIKE 'customer%'
                ORDER BY id LIMIT 100"""
        )
    ]
    workers = {user_id: database.process() for user_id in users}
    next(iter(workers.values())).do("offer_all", lead_ids=lead_ids, user_ids=users)
    offers = database.number(
        "SELECT count(*) FROM lead_distribution_assignment WHERE state = 'offered'"
    )
    assert offers == len(users) * len(lead_ids)
    names = dict(
        database.query(
            """SELECT u.id, p.name FROM res_users u
                 JOIN res_partner p ON p.id = u.partner_id"""
        )
    )
    for user_id, worker in workers.items():
        worker.send("claim_all", uid=user_id, lead_ids=lead_ids)
    answers = {user_id: worker.result() for user_id, worker in workers.items()}
    owners = dict(
        database.query("SELECT id, user_id FROM crm_lead WHERE id = ANY(%s)", lead_ids)
    )
    for place, lead_id in enumerate(lead_ids):
        winners = [user_id for user_id in users if answers[user_id][place] is True]
        assert winners == [owners[lead_id]], lead_id
        for user_id in set(users) - set(winners):
            kind, text = answers[user_id][place]
            assert kind == "UserError", text
            assert names[winners[0]] in text
    assert database.number(
        """SELECT count(*) FROM lead_distribution_assignment
            WHERE state = 'assigned' AND lead_id = ANY(%s)""",
        lead_ids,
    ) == len(lead_ids)


def test_one_inquiry_delivered_twice_at_the_same_instant(few, copy_of):
    """Both look and find nothing; the index decides, and nothing is broken."""
    database = copy_of(few, "twice")
    _name, ids = few
    first, second = database.process(), database.process()
    delivery = {
        "uid": ids["manager"],
        "model": "crm.lead",
        "method": "create",
        "args": [
            {"name": "Inquiry", "external_ref": "A-1", "email_from": "a@b.example.com"}
        ],
    }
    first.do("hold", at="_after_create")
    first.send("call", **delivery)
    assert first.receive() == {"held": "_after_create"}
    second.send("call", **delivery)
    wait_for_lock(database)
    first.send("go")
    lead_id = first.result()
    answer = second.receive()
    if "error" in answer:
        assert answer["error"] == "ValidationError", answer
        assert "delivered an inquiry with this reference already" in answer["message"]
    else:
        assert answer == {"result": lead_id}
    # the process goes on, and from now on it is told which lead it is
    assert second.do("call", **delivery) == lead_id
    assert database.query("SELECT id FROM crm_lead WHERE external_ref = 'A-1'") == [
        (lead_id,)
    ]
    assert distribute(database, 1, 400) == [400]
    check(database, 401, alone=False)


def test_uninstalling_leaves_plain_leads(few, copy_of):
    database = copy_of(few, "uninstall")
    lead_ids = [
        lead_id for (lead_id,) in database.query("SELECT id FROM crm_lead ORDER BY id")
    ]
    worker = database.process()
    worker.do("distribute")
    worker.do("pool", lead_ids=lead_ids[:30])
    database.query(
        "UPDATE crm_lead SET distribution_state = 'pending', user_id = NULL"
        " WHERE id = ANY(%s) RETURNING id",
        lead_ids[-30:],
    )
    before = database.query("SELECT id, user_id, team_id FROM crm_lead ORDER BY id")
    states = {
        s for (s,) in database.query("SELECT DISTINCT distribution_state FROM crm_lead")
    }
    assert states == {"assigned", "pool", "pending"}
    worker.do("uninstall")
    worker.close()
    assert (
        database.query("SELECT id, user_id, team_id FROM crm_lead ORDER BY id")
        == before
    )
    assert not database.query(
        """SELECT table_name, column_name FROM information_schema.columns
            WHERE table_schema = 'public'
              AND (table_name LIKE 'lead\\_distribution%'
                   OR column_name LIKE '%distribution%'
                   OR (table_name, column_name) IN (('crm_lead', 'external_ref'),
                                                    ('crm_lead', 'listing_id'),
                                                    ('res_users', 'lead_target')))"""
    )
    assert not database.query(
        "SELECT model, name FROM ir_model_data WHERE module = 'lead_distribution'"
    )
    assert not database.query(
        "SELECT id FROM ir_cron WHERE cron_name LIKE 'Lead Distribution%'"
    )
    assert database.process().do("core") == [True, True]


def test_follow_ups_while_rules_and_distribution_run(many, copy_of):
    """U4 U10: a thousand follow-ups by ten processes while the rules move leads and
    others are distributed: no request fails, and each follow-up is on its lead."""
    database = copy_of(many, "followups")
    _name, _ids = many
    first = database.process()
    database.query(
        """UPDATE crm_lead SET distribution_state = 'none'
            WHERE id % 12 <> 0 RETURNING id"""
    )
    assert first.do("distribute") == 200
    database.query(
        """UPDATE crm_lead SET distribution_state = 'pending'
            WHERE distribution_state = 'none' RETURNING id"""
    )
    assert first.do("apply_rules", turns=1) == []  # what was there before is read
    lead_ids = first.do("rules")
    assert len(lead_ids) == 200
    # and read once more, meanwhile
    database.query("UPDATE res_company SET lead_follow_up_next = 1 RETURNING id")
    touched = lead_ids[:160]  # the others stay neglected, so that rules have work
    writers = [database.process() for _ in range(10)]
    distributor = database.process()
    distributor.do("blocks", size=50)
    for place, writer in enumerate(writers):
        order = touched[place * 16 :] + touched[: place * 16]
        writer.send("notes", lead_ids=order[:100])
    distributor.send("distribute")
    first.send("apply_rules", turns=15)
    for writer in writers:
        errors = writer.result()
        refused = [error for error in errors if error[0] != "AccessError"]
        assert not refused, refused
    errors = first.result()
    assert not errors, "\n".join(errors)
    assert not database.number("SELECT max(lead_follow_up_next) FROM res_company")
    distributor.result()
    assert database.number(
        "SELECT count(*) FROM lead_distribution_assignment WHERE rule_id IS NOT NULL"
    ), "no rule moved anything, nothing was tested"
    posted = database.number(
        "SELECT count(*) FROM mail_message WHERE model = 'crm.lead' AND body LIKE %s",
        "%On it%",
    )
    assert posted > 900
    assert not database.query(
        """SELECT l.id FROM crm_lead l
            WHERE l.last_follow_up_date IS NULL AND EXISTS (
                  SELECT FROM mail_message m
                    JOIN res_users u ON u.partner_id = m.author_id
                   WHERE m.model = 'crm.lead' AND m.res_id = l.id
                     AND u.id = l.user_id AND m.body LIKE '%On it%')"""
    )
    check(database, 2400, alone=False)


def test_who_meets_somebody_at_work_takes_a_turn_of_its_own(few, copy_of):
    """Part 13: a lead that came while another one was decided on is distributed right
    after the commit, though no schedule runs; the backlog waits for the schedule."""
    database = copy_of(few, "turn")
    database.query(
        "UPDATE res_company SET lead_distribution_mode = 'immediate' RETURNING id"
    )
    first, second = database.process(), database.process()
    second.do("hold", at="_set_requested")
    second.send("arrive", name="Second")
    assert second.receive() == {"held": "_set_requested"}
    assert first.do("arrive", name="First")
    second.send("go")
    assert second.result() is False  # nobody's when it was made
    [(state, user, trigger)] = database.query(
        """SELECT l.distribution_state, l.user_id IS NOT NULL, a.trigger
             FROM crm_lead l
             JOIN lead_distribution_assignment a ON a.lead_id = l.id
            WHERE l.name = 'Second'"""
    )
    assert (state, user, trigger) == ("assigned", True, "create")
    waiting = "SELECT count(*) FROM crm_lead WHERE distribution_state = 'pending'"
    assert database.number(waiting) == 400

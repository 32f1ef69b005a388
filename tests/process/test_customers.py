"""Two people tie, or untie, one lead at the same instant: one wins, the other is told
who did it."""


def at_once(workers, method, lead_id, arguments):
    """:returns: ``{user_id: answer}`` of the same call by all of them"""
    for user_id, worker in workers.items():
        worker.send(
            "call",
            uid=user_id,
            model="crm.lead",
            method=method,
            args=[[lead_id], *arguments.get(user_id, [])],
        )
    return {user_id: worker.receive() for user_id, worker in workers.items()}


def one_winner(answers, names):
    """:returns: who won; the other one reads who"""
    winners = [user_id for user_id, answer in answers.items() if "result" in answer]
    assert len(winners) == 1, answers
    for user_id in set(answers) - set(winners):
        assert answers[user_id]["error"] == "UserError", answers
        assert names[winners[0]] in answers[user_id]["message"], answers
    return winners[0]


def test_customers_at_the_same_instant(few, copy_of):
    """V7 V8 V13: linked, made into a customer, unlinked; one customer in the end."""
    database = copy_of(few, "customers")
    _name, ids = few
    users = ids["users"][:2]
    names = dict(
        database.query(
            """SELECT u.id, p.name FROM res_users u
                 JOIN res_partner p ON p.id = u.partner_id"""
        )
    )
    workers = {user_id: database.process() for user_id in users}
    first = workers[users[0]]
    first.do("distribute")
    for group in (
        "sales_team.group_sale_salesman_all_leads",
        "lead_distribution.group_unlink_customer",
    ):
        first.do("group", user_ids=users, group=group)
    lead_ids = [
        lead_id
        for (lead_id,) in database.query(
            """SELECT id FROM crm_lead WHERE partner_id IS NULL
                  AND (email_from IS NOT NULL OR phone IS NOT NULL)
             ORDER BY id LIMIT 6"""
        )
    ]
    assert len(lead_ids) == 6
    for lead_id in lead_ids[:3]:
        before = database.number("SELECT count(*) FROM res_partner")
        one_winner(at_once(workers, "action_convert_customer", lead_id, {}), names)
        made = database.number("SELECT count(*) FROM res_partner") - before
        assert made <= 2, "one customer, and its company"
    customers = [
        customer
        for (customer,) in database.query(
            "SELECT DISTINCT partner_id FROM crm_lead WHERE id = ANY(%s)", lead_ids[:3]
        )
    ]
    for lead_id in lead_ids[3:]:
        choice = {users[0]: [customers[0]], users[1]: [customers[1]]}
        winner = one_winner(
            at_once(workers, "action_link_customer", lead_id, choice), names
        )
        assert (
            database.number("SELECT partner_id FROM crm_lead WHERE id = %s", lead_id)
            == choice[winner][0]
        )
    for lead_id in lead_ids:
        one_winner(at_once(workers, "action_unlink_customer", lead_id, {}), names)
        assert (
            database.number("SELECT partner_id FROM crm_lead WHERE id = %s", lead_id)
            is None
        )

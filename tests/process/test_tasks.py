"""Several take a department's task at once, in real processes."""


def test_one_takes_and_the_others_are_told(few, copy_of):
    """S1: one wins; whoever comes too late reads who was quicker"""
    database = copy_of(few, "take")
    _name, ids = few
    lead_ids = [
        lead_id
        for (lead_id,) in database.query("SELECT id FROM crm_lead ORDER BY id LIMIT 6")
    ]
    workers = {user_id: database.process() for user_id in ids["users"][:2]}
    names = dict(
        database.query(
            """SELECT u.id, p.name FROM res_users u
                 JOIN res_partner p ON p.id = u.partner_id"""
        )
    )
    first = workers[ids["users"][0]]
    tasks = first.do("department_tasks", lead_ids=lead_ids, user_ids=list(workers))
    assert len(tasks) == 6
    for task_id in tasks:
        for user_id, worker in workers.items():
            worker.send(
                "call",
                uid=user_id,
                model="mail.activity",
                method="action_take",
                args=[[task_id]],
            )
        answers = {user_id: worker.receive() for user_id, worker in workers.items()}
        winners = [
            user_id for user_id, answer in answers.items() if answer == {"result": True}
        ]
        assert len(winners) == 1, answers
        (loser,) = set(workers) - set(winners)
        assert answers[loser]["error"] == "UserError", answers
        assert names[winners[0]] in answers[loser]["message"], answers
        rows = database.query(
            "SELECT user_id FROM mail_activity WHERE id = %s", task_id
        )
        assert rows == [(winners[0],)]

"""A program of click-odoo: two salespeople, two routes, nine leads."""

users = env["res.users"].with_context(no_reset_password=True)  # noqa: F821
anna, boris = users.create(
    [
        {
            "name": name,
            "login": name.lower(),
            "email": f"{name.lower()}@house.test",
            "group_ids": [(4, env.ref("sales_team.group_sale_salesman").id)],  # noqa: F821
        }
        for name in ("Anna", "Boris")
    ]
)
env["lead.distribution.route"].create(  # noqa: F821
    [
        {
            "name": "Everybody",
            "pool_source": "members",
            "strategy": "workload",
            "member_ids": [(0, 0, {"user_id": user.id}) for user in (anna, boris)],
        },
        {
            "name": "Madrid",
            "pool_source": "user",
            "user_id": anna.id,
            "domain": "[('city', '=', 'Madrid')]",
        },
    ]
)
env["crm.lead"].create(  # noqa: F821
    [
        {
            "name": f"Inquiry {number}",
            "email_from": f"person{number}@customers.test",
            "city": "Madrid" if number == 1 else "Rome",
        }
        for number in range(1, 10)
    ]
)
# who had it for a while keeps the unit
env.cr.commit()  # noqa: F821
env["crm.lead"].search([("name", "=", "Inquiry 9")]).action_release_to_pool()  # noqa: F821
env.cr.commit()  # noqa: F821

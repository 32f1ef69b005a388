from odoo.tests import TransactionCase, new_test_user
from odoo.tests.common import tagged

SALESMAN = "sales_team.group_sale_salesman"
MANAGER = "sales_team.group_sale_manager"


def tour_user(env, login, group="group_sale_salesman"):
    """:returns: somebody who works in the browser, without Odoo's own tours"""
    return new_test_user(
        env,
        login=f"tour_{login}",
        groups=f"sales_team.{group}",
        name=f"{login.capitalize()} Tour",
        email=f"{login}@tour.test",
        tour_enabled=False,
    )


@tagged("post_install", "-at_install")
class DistributionCase(TransactionCase):
    """A company with three salespeople and no route; another one beside it."""

    #: whether what a test does is one transaction; else each call counts as its own
    one_transaction = False

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(
            context=dict(
                cls.env.context, mail_create_nolog=True, no_reset_password=True
            )
        )
        if not cls.one_transaction:
            cls.classPatch(
                type(cls.env["lead.distribution.apply"]),
                "_of_this_transaction",
                lambda self, rows: rows.browse(),
            )
        # other modules' demo data must not take part
        cls.env["lead.distribution.route"].search([]).active = False
        cls.company = cls.env.company
        cls.company.write(
            {
                "country_id": cls.env.ref("base.pl").id,
                "lead_distribution_mode": "immediate",
                "lead_distribution_immediate_limit": 20,
                "lead_distribution_tz": "Europe/Warsaw",
                "lead_standard_target": 30,
                "lead_distribution_fallback_email": False,
            }
        )
        cls.company_2 = cls.env["res.company"].create({"name": "Second House"})
        cls.manager = cls._user("manager", MANAGER)
        cls.anna = cls._user("anna")
        cls.boris = cls._user("boris")
        cls.clara = cls._user("clara")
        cls.team = cls.env["crm.team"].create(
            {
                "name": "Field",
                "company_id": cls.company.id,
                "member_ids": [(6, 0, (cls.anna | cls.boris | cls.clara).ids)],
            }
        )
        cls.source = cls.env["utm.source"].create({"name": "Portal of Test"})
        cls.call = cls.env.ref("mail.mail_activity_data_call")

    @classmethod
    def _user(cls, login, groups=SALESMAN, **values):
        values.setdefault("company_id", cls.company.id)
        values.setdefault("company_ids", [(6, 0, [values["company_id"]])])
        return new_test_user(
            cls.env,
            login=f"ld_{login}",
            groups=groups,
            name=login.capitalize(),
            email=f"{login}@sales.test",
            **values,
        )

    @classmethod
    def _route(cls, users=None, **values):
        if users is not None:
            values["member_ids"] = [(0, 0, {"user_id": user.id}) for user in users]
        values.setdefault("name", "Route")
        values.setdefault("company_id", cls.company.id)
        return cls.env["lead.distribution.route"].create(values)

    @classmethod
    def _lead(cls, count=None, **values):
        """Leads as a script makes them: without a salesperson of their own."""
        number = cls.env["crm.lead"].search_count([])
        vals = [
            dict(
                {
                    "name": f"Lead {number + n}",
                    "email_from": f"person{number + n}@customers.test",
                    "type": "lead",
                },
                **values,
            )
            for n in range(count or 1)
        ]
        return cls.env["crm.lead"].create(vals)

    def _rows(self, leads):
        return self.env["lead.distribution.assignment"].search(
            [("lead_id", "in", leads.ids)], order="id"
        )

    def flush_tracking(self):
        """What was changed so far is told in the chatter."""
        self.env.flush_all()
        self.cr.precommit.run()

    def _run_cron(self, name="ir_cron_distribute_pending"):
        with self.enter_registry_test_mode():
            self.env.ref(f"lead_distribution.{name}").method_direct_trigger()
        self.env.invalidate_all()

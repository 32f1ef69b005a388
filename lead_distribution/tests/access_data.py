"""Two companies, ten users, and records of company 1 that are worth something to those
who may not have them.

The words of the table: *own* and *a colleague's* are seen from the salesperson of the
column ``own``, who has their own documents only. All records are company 1's.
"""

from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.tests import new_test_user

from ..tools.service_context import as_service
from ..tools.task_spec import TaskSpec
from .access import READING
from .access_generic import GenericMixin, Subject
from .common import DistributionCase

GROUPS = {
    "portal": "base.group_portal",
    "internal": "base.group_user",
    "own": "sales_team.group_sale_salesman",
    "own_2": "sales_team.group_sale_salesman",
    "all": "sales_team.group_sale_salesman_all_leads",
    "manager": "lead_distribution.group_manager",
    "manager_own": "lead_distribution.group_manager,sales_team.group_sale_salesman",
    "manager_own_2": "lead_distribution.group_manager,sales_team.group_sale_salesman",
    "administrator": "sales_team.group_sale_manager",
}


LEDGER = "lead.distribution.assignment"
#: the row that says who sees the names of leads without reading them
NAMING = "(naming the lead)"
#: the lead that own has a task on
TASKED = "a colleague's, with tasks of others"


class AccessData(GenericMixin, DistributionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_users()
        cls._make_routes()
        cls._make_leads()
        cls.batch = cls._make_run()
        cls._make_tasks()
        # what is offered stays offered, absent and paused as they are
        with patch.object(type(cls.env["lead.distribution.offer"]), "_pass_on"):
            cls._make_setup()
            cls._make_dialogs()
            cls._describe_subjects()
        cls._make_others()
        cls.messages = cls.leads["a colleague's"].message_ids
        (cls.own | cls.boris).write(
            {"lead_target_mode": "individual", "lead_target": 47}
        )
        with patch.object(type(cls.env["lead.distribution.offer"]), "_pass_on"):
            cls.boris.lead_distribution_paused = True
        cls.env.flush_all()
        cls.cr.precommit.run()
        cls.env.invalidate_all()
        cls.env.registry.clear_cache()

    @classmethod
    def _make_others(cls):
        """What other addons are tried on."""

    # people ----------------------------------------------------------------

    @classmethod
    def _make_users(cls):
        cls.users["anonymous"] = cls.env.ref("base.public_user")
        for name, groups in GROUPS.items():
            company = cls.company_2 if name.endswith("_2") else cls.company
            if name != "portal":
                groups += ",base.group_allow_export"
            cls.users[name] = new_test_user(
                cls.env,
                login=f"access_{name}",
                name=f"{name.replace('_', ' ').capitalize()} Access",
                email=f"{name}@access.test",
                groups=groups,
                company_id=company.id,
                company_ids=[Command.set(company.ids)],
            )
        cls.own = cls.users["own"]
        cls.north = cls.env["crm.team"].create(
            {"name": "North", "company_id": cls.company.id}
        )
        cls.south = cls.env["crm.team"].create(
            {
                "name": "South",
                "company_id": cls.company.id,
                "member_ids": [Command.set((cls.boris | cls.clara).ids)],
            }
        )
        cls.north.member_ids = cls.own

    # routes and leads ------------------------------------------------------

    @classmethod
    def _sourced_route(cls, users, **values):
        """A route that takes the leads of a source of its own."""
        source = cls.env["utm.source"].create(
            {"name": f"Source {next(cls._numbers)} of access"}
        )
        name = cls.secret("lead.distribution.route", "company 1")
        domain = f"[('source_id', '=', {source.id})]"
        return cls._route(users, name=name, domain=domain, **values), source

    @classmethod
    def _make_routes(cls):
        cls.boris.lead_distribution_paused = False
        nobody = {"paused_user_ids": [Command.set((cls.boris | cls.own).ids)]}
        offer = {"delivery": "offer", "offer_minutes": 600}
        later = {"delay_number": 2, "delay_unit": "days"}
        cls.routes, cls.sources = {}, {}
        for words, users, values in (
            ("own", cls.own, {}),
            ("a colleague's", cls.boris, {}),
            ("pool of another's route", cls.boris, nobody),
            ("pool of an own route", cls.own, nobody),
            ("offered to a colleague", cls.boris, offer),
            ("offered to own", cls.own, offer),
            ("pending for another's route", cls.boris, later),
            ("pending for an own route", cls.own, later),
        ):
            cls.routes[words], cls.sources[words] = cls._sourced_route(users, **values)

    @classmethod
    def _secret_lead(cls, words, **values):
        """A lead whose every word is a secret. Its name is seen in the ledger, too."""
        word = cls.secret("crm.lead", words)
        named = [(LEDGER, NAMING, words)]
        if words == TASKED:
            named.append(("mail.activity", READING, "own, on a colleague's lead"))
        name = cls.secret("crm.lead", words, *named)
        return cls.env["crm.lead"].create(
            {
                "name": f"{name} asks",
                "contact_name": f"{word} person",
                "partner_name": f"{word} firm",
                "email_from": f"{word}@secret.test",
                "phone": f"+48601{next(cls._numbers):06}",
                "description": f"<p>{word} wants a flat</p>",
                "company_id": cls.company.id,
                "type": "lead",
                **values,
            }
        )

    @classmethod
    def _make_leads(cls):
        cls.leads = {}
        for words, source in cls.sources.items():
            team = cls.north if words in ("own",) or "own route" in words else cls.south
            cls.leads[words] = cls._secret_lead(
                words, source_id=source.id, team_id=team.id, external_ref=f"X {words}"
            )
        cls.leads["pool of no route"] = cls._secret_lead("pool of no route")
        wanted = {
            "own": ("assigned", cls.own),
            "a colleague's": ("assigned", cls.boris),
            "pool of another's route": ("pool", cls.env["res.users"]),
            "offered to a colleague": ("offered", cls.env["res.users"]),
            "pending for another's route": ("pending", cls.env["res.users"]),
            "pool of no route": ("pool", cls.env["res.users"]),
        }
        for words, (state, user) in wanted.items():
            lead = cls.leads[words]
            found = (lead.distribution_state, lead.user_id)
            assert found == (state, user), (words, found)
        # they may claim again
        cls.env["lead.distribution.route"].union(*cls.routes.values()).write(
            {"paused_user_ids": [Command.clear()]}
        )
        service = as_service(cls.env["lead.distribution"])
        cls.removed = cls._secret_lead(
            "a colleague's, removed", user_id=cls.boris.id, team_id=cls.south.id
        )
        cls.reason = cls.env["lead.distribution.removal.reason"].search([], limit=1)
        cls.removed.action_remove(cls.reason.id)
        cls.leads["a colleague's, removed"] = cls.removed
        word = cls.secret("res.partner", "a customer")
        cls.customer = cls.env["res.partner"].create(
            {
                "name": f"{word} customer",
                "email": f"{word}@customers.test",
                "company_id": cls.company.id,
                "user_id": cls.boris.id,
            }
        )
        cls.linked = cls._secret_lead(
            "a colleague's, linked",
            user_id=cls.boris.id,
            team_id=cls.south.id,
            partner_id=cls.customer.id,
        )
        cls.leads["a colleague's, linked"] = cls.linked
        cls.leads[TASKED] = cls._secret_lead(
            TASKED, user_id=cls.boris.id, team_id=cls.south.id
        )
        # own, which repeats one of a colleague
        service.env["crm.lead"].browse(cls.leads["own"].id).write(
            {
                "duplicate_lead_id": cls.leads["a colleague's"].id,
                "identity_flag": "name",
            }
        )
        service.env["crm.lead"].browse(cls.leads["a colleague's"].id).write(
            {
                "identity_flag": "name",
                # neglected, so that rules count it
                "distribution_idle_since": fields.Datetime.now() - timedelta(days=9),
            }
        )

    # what hangs on leads ---------------------------------------------------

    @classmethod
    def _make_tasks(cls):
        cls.kind = (
            cls.env["mail.activity.type"]
            .with_user(cls.manager)
            .create({"name": "Visit"})
            .with_env(cls.env)
        )
        cls.done, cls.failed = cls.kind.lead_outcome_ids
        cls.tasks = {}
        for words, lead, spec in (
            ("own", "own", {"user_id": cls.own.id}),
            ("a colleague's", "a colleague's", {"user_id": cls.boris.id}),
            ("a department's", TASKED, {"team_id": cls.south.id}),
            ("own, on a colleague's lead", TASKED, {"user_id": cls.own.id}),
        ):
            # managers see which task a process has started
            started = [("lead.distribution.process.event", READING, "company 1")]
            others = started if words == "a colleague's" else ()
            word = cls.secret("mail.activity", words, *others)
            cls.tasks[words] = (
                cls.env["lead.distribution.tasks"]
                ._start_tasks(
                    cls.leads[lead], TaskSpec(cls.kind.id, f"{word} task", **spec)
                )
                .with_env(cls.env)
            )
        word = cls.secret("mail.activity", "made by own")
        cls.tasks["made by own"] = (
            cls.env["mail.activity"]
            .with_user(cls.own)
            .create(
                {
                    "res_model_id": cls.env["ir.model"]._get_id("crm.lead"),
                    "res_id": cls.leads["own"].id,
                    "activity_type_id": cls.kind.id,
                    "user_id": cls.own.id,
                    "summary": f"{word} planned",
                }
            )
            .with_env(cls.env)
        )
        word = cls.secret("lead.activity.waiting", "company 1")
        colleagues = cls.leads["a colleague's"]
        cls.env["lead.distribution.tasks"]._start_tasks(
            colleagues,
            TaskSpec(cls.kind.id, f"{word} later", delay_number=9, delay_unit="hours"),
        )
        cls.waiting = cls.env["lead.activity.waiting"].search(
            [("res_id", "=", colleagues.id)], limit=1
        )
        cls.meeting = cls.env["calendar.event"].create(
            {
                "name": "Meeting",
                "start": fields.Datetime.now() + timedelta(days=1),
                "stop": fields.Datetime.now() + timedelta(days=1, hours=1),
                "opportunity_id": colleagues.id,
                "user_id": cls.boris.id,
                "partner_ids": [Command.set(cls.boris.partner_id.ids)],
            }
        )

    # the set-up of company 1 ------------------------------------------------

    @classmethod
    def _make_setup(cls):
        env = cls.env
        cls.rule = env["lead.distribution.rule"].create(
            {
                "name": cls.secret("lead.distribution.rule", "company 1"),
                "company_id": cls.company.id,
                "member_ids": [Command.create({"user_id": cls.boris.id})],
                "active": False,
            }
        )
        cls.process = env["lead.distribution.process"].create(
            {
                "name": cls.secret("lead.distribution.process", "company 1"),
                "company_id": cls.company.id,
                "active": False,
                "step_ids": [
                    Command.create(
                        {
                            "activity_type_id": cls.kind.id,
                            "task_summary": cls.secret(
                                "lead.distribution.process.step", "company 1"
                            ),
                        }
                    )
                ],
            }
        )
        cls.event = env["lead.distribution.process.event"].create(
            {
                "process_id": cls.process.id,
                "date": fields.Datetime.now(),
                "lead_id": cls.leads["a colleague's"].id,
                "activity_id": cls.tasks["a colleague's"].id,
            }
        )
        cls.territory = env["lead.distribution.territory"].create(
            {
                "name": cls.secret("lead.distribution.territory", "company 1"),
                "company_id": cls.company.id,
                "postcodes": "28001",
            }
        )
        cls.listing = env["lead.distribution.listing"].create(
            {
                "name": cls.secret("lead.distribution.listing", "company 1"),
                "reference": cls.secret("lead.distribution.listing", "company 1"),
                "company_id": cls.company.id,
                "contact_ids": [Command.set(cls.boris.partner_id.ids)],
            }
        )
        absences = env["lead.distribution.absence"]
        start = fields.Datetime.now() - timedelta(hours=1)
        cls.absences = {
            words: absences.create(
                {
                    "user_id": user.id,
                    "date_from": start,
                    "date_to": start + timedelta(days=9),
                    "reason": cls.secret("lead.distribution.absence", words),
                }
            )
            for words, user in (("own", cls.own), ("a colleague's", cls.boris))
        }
        cls.hours = env["resource.calendar"].create(
            {
                "name": "Hours of the colleagues",
                "company_id": cls.company.id,
                "lead_distribution": True,
                "leave_ids": [
                    Command.create(
                        {
                            "name": "Feast",
                            "date_from": "2030-12-25 00:00:00",
                            "date_to": "2030-12-26 00:00:00",
                        }
                    )
                ],
            }
        )
        cls.purpose = env["lead.distribution.consent.purpose"].create(
            {"name": "Calls", "reference": "calls-access"}
        )
        cls.inquiries, cls.consents = {}, {}
        for words in ("own", "pool of no route", "a colleague's"):
            cls._make_consent(words)
        for words in ("pool of another's route", "pending for another's route"):
            cls._make_consent(words)
        cls.correction = env["lead.distribution.assignment"].browse(
            cls.clara.action_correct_units(1.0, "Because")
        )
        cls.simulation = env["lead.distribution.simulation"].create(
            {
                "name": cls.secret("lead.distribution.simulation", "company 1"),
                "company_id": cls.company.id,
                "route_ids": [Command.set(cls.routes["a colleague's"].ids)],
                "date_from": fields.Date.today() - timedelta(days=2),
                "date_to": fields.Date.today() + timedelta(days=2),
            }
        )
        cls.simulation.action_run()
        cls.reason_of_ours = env["lead.distribution.removal.reason"].create(
            {"name": "No lead at all"}
        )
        env["lead.distribution.route.state"]._remember(
            {(cls.routes["a colleague's"].id, None): {cls.boris.id: (1.5, 2)}}
        )
        cls.own_source = env["utm.source"].create(
            {"name": "Landing page of a colleague", "lead_user_id": cls.boris.id}
        )
        cls._make_actions()
        cls._make_not_lead()
        cls._make_reported()
        cls._make_intake()
        cls._make_sender()

    @classmethod
    def _make_consent(cls, words):
        lead = cls.leads[words]
        word = cls.secret("lead.distribution.inquiry", words)
        cls.inquiries[words] = cls.env["lead.distribution.inquiry"].create(
            {
                "lead_id": lead.id,
                "name": f"{word} merged",
                "email_from": f"{word}@secret.test",
                "contact_name": f"{word} person",
                "company_id": cls.company.id,
                "date": fields.Datetime.now(),
            }
        )
        cls.consents[words] = cls.env["lead.distribution.consent"].create(
            {"lead_id": lead.id, "purpose_id": cls.purpose.id}
        )

    @classmethod
    def _make_reported(cls):
        """A report of a colleague, of a lead of theirs."""
        model = "lead.distribution.reported"
        lead = cls.leads["a colleague's"]
        word = cls.secret(model, "a colleague's")
        lead.with_user(lead.user_id).action_report("not_real", word)
        cls.reported = cls.env[model].search([("lead_id", "=", lead.id)])

    @classmethod
    def _make_not_lead(cls):
        word = cls.secret("lead.distribution.not.lead", "company 1")
        cls.not_lead = cls.env["lead.distribution.not.lead"]._keep(
            cls.company,
            {
                "channel": "mail",
                "reason": "automatic",
                "name": f"{word} away",
                "email_from": f"{word}@secret.test",
                "body": f"<p>{word}</p>",
            },
        )

    @classmethod
    def _make_intake(cls):
        """A webhook that was called once, and a file that the manager imported."""
        model = "lead.distribution.intake.source"
        word = cls.secret(model, "company 1")
        cls.intake = cls.env[model].create(
            {
                "name": f"Webhook {word}",
                "company_id": cls.company.id,
                "field_ids": [(0, 0, {"path": f"{word}.mail"})],
            }
        )
        cls.intake_call = cls.env["lead.distribution.intake.call"].create(
            {
                "intake_id": cls.intake.id,
                "outcome": "new",
                "note": word,
                "paths": "visitor.mail",
            }
        )
        model = "lead.distribution.outgoing"
        word = cls.secret(model, "company 1")
        cls.outgoing = cls.env[model].create(
            {
                "name": f"Outgoing {word}",
                "url": f"https://{word}.example",
                "company_id": cls.company.id,
                "active": False,  # nothing is told meanwhile
            }
        )
        cls.outgoing_delivery = cls.env["lead.distribution.outgoing.delivery"].create(
            {"outgoing_id": cls.outgoing.id, "event": word, "state": "failed"}
        )
        cls.upload = (
            cls.env["base_import.import"]
            .with_user(cls.boris)
            .create(
                {
                    "res_model": "crm.lead",
                    "file": b"name\nNew",
                    "file_type": "text/csv",
                }
            )
        )
        word = cls.secret("lead.distribution.import", "company 1")
        cls.file = cls.env["lead.distribution.import"].create(
            {
                "name": f"{word}.csv",
                "user_id": cls.users["manager"].id,
                "company_id": cls.company.id,
                "number": 2_000_000_001,
                "line_ids": [(0, 0, {"kind": "refused", "row": 2, "reason": word})],
            }
        )

    @classmethod
    def _make_sender(cls):
        word = cls.secret("lead.distribution.sender", "company 1")
        senders = cls.env["lead.distribution.sender"]
        for number in range(2):
            senders._learn(
                cls.company, f"{word}@secret.test", f"someone{number}@else.test", ""
            )
        cls.sender = senders.search([("address", "=", f"{word}@secret.test")])

    @classmethod
    def _make_run(cls):
        """A batch of the manager's, which gave a colleague two leads."""
        runs = cls.env["lead.distribution.run"]
        known = runs.search([])
        source = cls.sources["a colleague's"]
        with cls._distribution_off():
            leads = cls.env["crm.lead"].create(
                [
                    {
                        "name": f"Batch {number}",
                        "source_id": source.id,
                        "team_id": cls.south.id,
                        "company_id": cls.company.id,
                        "type": "lead",
                        "user_id": False,
                    }
                    for number in range(2)
                ]
            )
        leads.with_user(cls.manager).action_distribute()
        run = runs.search([]) - known
        assert len(run) == 1 and run.assigned_count == 2, run
        return run

    @classmethod
    def _distribution_off(cls):
        class Off:
            def __enter__(self):
                cls.company.lead_distribution_mode = "queued"

            def __exit__(self, *_error):
                cls.company.lead_distribution_mode = "immediate"

        return Off()

    @classmethod
    def _make_actions(cls):
        model = cls.env["ir.model"]._get("crm.lead").id
        hook = ("ir.actions.server", "read", "where a webhook goes")
        word = cls.secret(hook[0], hook[2], hook)
        cls.actions = {
            "distributes": {"state": "lead_distribute"},
            "starts a task": {
                "state": "lead_task",
                "lead_task_type_id": cls.kind.id,
            },
            "calls a webhook": {
                "state": "webhook",
                "webhook_url": f"https://{word}.test/",
            },
            "changes leads": {
                "state": "code",
                "code": "(records or model).write({'function': 'Changed'})",
            },
        }
        for words, values in cls.actions.items():
            cls.actions[words] = cls.env["ir.actions.server"].create(
                {"name": f"Action that {words}", "model_id": model, **values}
            )

    # dialogs that a colleague has open --------------------------------------

    @classmethod
    def _make_dialogs(cls):
        lead = cls.leads["a colleague's"]
        word = cls.secret
        customer = (
            cls.env["lead.distribution.customer"]
            .with_user(cls.boris)
            .with_context(default_lead_id=lead.id)
            .create({"reason": word("lead.distribution.customer", "a colleague's")})
        )
        line = cls.env["lead.distribution.customer.line"].create(
            {"wizard_id": customer.id, "partner_id": cls.customer.id, "score": 90}
        )
        line.sudo(False)
        cls.dialogs = {
            "lead.distribution.customer": customer,
            "lead.distribution.customer.line": cls._made_by_boris(line),
        }
        for model, values in cls._dialog_values(lead).items():
            wizard = cls.env[model].create(values)
            cls.dialogs[model] = cls._made_by_boris(wizard)
        days = cls.dialogs["lead.distribution.holidays"].line_ids[:1]
        cls.dialogs["lead.distribution.holidays.line"] = cls._made_by_boris(days)

    @classmethod
    def _made_by_boris(cls, wizard):
        """Some dialogs are for others than salespeople; whoever made them."""
        cls.env.flush_all()
        cls.env.cr.execute(
            f'UPDATE "{wizard._table}" SET create_uid = %s WHERE id = ANY(%s)',
            [cls.boris.id, wizard.ids],
        )
        wizard.invalidate_recordset()
        return wizard

    @classmethod
    def _dialog_values(cls, lead):
        """:returns: ``{model: values of a dialog about a lead}``"""
        leads = [Command.set(lead.ids)]
        return {
            "lead.distribution.anonymize": {
                "partner_ids": [Command.set(cls.customer.ids)],
                "understood": True,
            },
            "lead.distribution.decline": {"lead_ids": leads},
            "lead.distribution.explain": {"lead_id": lead.id},
            "lead.distribution.hand": {"lead_ids": leads, "user_id": cls.clara.id},
            "lead.distribution.holidays": {
                "calendar_ids": [Command.set(cls.hours.ids)],
                "country_id": cls.env.ref("base.pl").id,
            },
            "lead.distribution.hours": {
                "route_id": cls.routes["a colleague's"].id,
                "name": "Hours",
            },
            "lead.distribution.removal": {
                "lead_ids": leads,
                "reason_id": cls.reason.id,
            },
            "lead.distribution.settings": {"company_id": cls.company.id},
            "lead.distribution.task": {
                "lead_id": lead.id,
                "activity_type_id": cls.kind.id,
                "user_id": cls.boris.id,
            },
            "lead.distribution.teams": {"team_ids": [Command.set(cls.south.ids)]},
            "lead.distribution.template": {
                "template": "one_person",
                "name": "Template",
                "user_id": cls.boris.id,
            },
            "lead.distribution.task.finish": {
                "activity_ids": [Command.set(cls.tasks["a colleague's"].ids)],
                "outcome_id": cls.done.id,
            },
            "lead.distribution.correct": {
                "user_ids": [Command.set(cls.clara.ids)],
                "units": 1.0,
                "reason": "Because",
            },
            "lead.distribution.handover": {
                "user_id": cls.boris.id,
                "to": "people",
                "user_ids": [Command.set(cls.own.ids)],
                "why": "Because",
            },
            "lead.distribution.try": {"lead_id": lead.id},
            "lead.distribution.undo": {"run_id": cls.batch.id},
            "lead.distribution.week": {"company_id": cls.company.id},
        }

    # what generic methods are tried on ----------------------------------------

    @classmethod
    def _describe_subjects(cls):
        env, subjects = cls.env, cls.subjects
        lead, route = cls.leads["a colleague's"], cls.routes["a colleague's"]

        def one(model, records, new=None, change=None, words="company 1"):
            subjects[model] = Subject({words: records}, new, change)

        one(
            "lead.distribution.route",
            route,
            {
                "name": "New route",
                "company_id": cls.company.id,
                "pool_source": "user",
                "user_id": cls.boris.id,
                "active": False,
            },
            {"offer_max": 4},
        )
        one(
            "lead.distribution.route.member",
            route.member_ids,
            {"route_id": route.id, "user_id": cls.clara.id},
            {"target": 7},
        )
        one(
            "lead.distribution.clock.step",
            env["lead.distribution.clock.step"].create({"route_id": route.id}),
            {"route_id": route.id, "number": 5},
            {"number": 7},
        )
        one(
            "lead.distribution.route.state",
            env["lead.distribution.route.state"].search([("route_id", "=", route.id)]),
            {"route_id": route.id, "user_id": cls.clara.id},
            {"turn": 9},
        )
        one(
            "lead.distribution.rule",
            cls.rule,
            {
                "name": "New rule",
                "company_id": cls.company.id,
                "domain": f"[('id', '=', {lead.id})]",
                "delay_number": 1,
            },
            {"max_moves": 5},
        )
        one(
            "lead.distribution.rule.member",
            cls.rule.member_ids,
            {"rule_id": cls.rule.id, "user_id": cls.clara.id},
            {"sequence": 3},
        )
        rows = env["lead.distribution.assignment"]
        subjects["lead.distribution.assignment"] = Subject(
            {
                words: rows.search([("lead_id", "=", cls.leads[words].id)], limit=1)
                for words in ("own", "a colleague's")
            },
            {"lead_id": lead.id, "state": "assigned", "reason": "manual"},
            {"state": "released"},
        )
        one(
            "lead.distribution.run", cls.batch, {"trigger": "button"}, {"lead_count": 9}
        )
        subjects["lead.distribution.absence"] = Subject(
            cls.absences,
            {"user_id": cls.clara.id, "date_from": fields.Datetime.now()},
            {"date_to": False},
        )
        one(
            "lead.distribution.listing",
            cls.listing,
            {"name": "New listing", "company_id": cls.company.id},
            {"date_from": "2026-01-01"},
        )
        one(
            "lead.distribution.territory",
            cls.territory,
            {
                "name": "New territory",
                "company_id": cls.company.id,
                "postcodes": "28*",
            },
            {"postcodes": "29*"},
        )
        subjects["lead.distribution.consent"] = Subject(
            cls.consents,
            {"lead_id": lead.id, "purpose_id": cls.purpose.id},
            {"source_id": cls.own_source.id},
        )
        subjects["lead.distribution.inquiry"] = Subject(
            cls.inquiries,
            {"lead_id": lead.id, "name": "Made up"},
            {"name": "Changed"},
        )
        one(
            "lead.distribution.consent.purpose",
            cls.purpose,
            {"name": "Offers"},
            {"sequence": 3},
            "shared",
        )
        one(
            "lead.distribution.removal.reason",
            cls.reason_of_ours,
            {"name": "Spam again"},
            {"sequence": 3},
            "shared",
        )
        one(
            "lead.activity.outcome",
            cls.done,
            {"name": "Won over", "activity_type_id": cls.kind.id},
            {"sequence": 30},
            "shared",
        )
        one(
            "lead.activity.pending",
            env["lead.activity.pending"].create(
                {
                    "activity_id": cls.tasks["made by own"].id,
                    "outcome_id": cls.done.id,
                    "user_id": cls.boris.id,
                    "due": fields.Datetime.now(),
                }
            ),
            {
                "activity_id": cls.tasks["made by own"].id,
                "outcome_id": cls.done.id,
                "user_id": cls.clara.id,
                "due": fields.Datetime.now(),
            },
            {"feedback": "Changed"},
        )
        one(
            "lead.activity.waiting",
            cls.waiting,
            {
                "due": fields.Datetime.now(),
                "res_model": "crm.lead",
                "res_id": lead.id,
                "activity_type_id": cls.kind.id,
                "origin": "action",
            },
            {"delay_number": 3},
        )
        cls._describe_more(one, lead)
        for model, wizard in cls.dialogs.items():
            new = cls._dialog_values(lead).get(model)
            subjects[model] = Subject(
                {"a colleague's": wizard}, new or {}, cls._dialog_change(model)
            )
        subjects["lead.distribution.customer"].new = {"lead_id": lead.id}
        subjects["lead.distribution.customer.line"].new = {
            "wizard_id": cls.dialogs["lead.distribution.customer"].id,
            "partner_id": cls.customer.id,
        }
        subjects["lead.distribution.holidays.line"].new = {
            "wizard_id": cls.dialogs["lead.distribution.holidays"].id,
            "date": "2030-05-05",
            "name": "Feast",
        }

    @classmethod
    def _describe_more(cls, one, lead):
        env = cls.env
        one(
            "lead.distribution.sender",
            cls.sender,
            {"company_id": cls.company.id, "address": "made-up@secret.test"},
            {"one_person": True},
        )
        one(
            "lead.distribution.reported",
            cls.reported,
            {"lead_id": lead.id, "kind": "not_real", "date": "2026-01-01"},
            {"state": "accepted"},
            "a colleague's",
        )
        one(
            "lead.distribution.not.lead",
            cls.not_lead,
            {"company_id": cls.company.id, "channel": "mail", "reason": "list"},
            {"name": "Changed"},
        )
        one(
            "lead.distribution.intake.source",
            cls.intake,
            {"name": "New webhook", "company_id": cls.company.id},
            {"name": "Changed"},
        )
        one(
            "lead.distribution.intake.field",
            cls.intake.field_ids,
            {"intake_id": cls.intake.id, "path": "new.key"},
            {"target": "phone"},
        )
        one(
            "lead.distribution.intake.call",
            cls.intake_call,
            {"intake_id": cls.intake.id},
            {"note": "Changed"},
        )
        one(
            "lead.distribution.outgoing",
            cls.outgoing,
            {
                "name": "New",
                "url": "https://new.example",
                "company_id": cls.company.id,
                "active": False,
            },
            {"name": "Changed"},
        )
        one(
            "lead.distribution.outgoing.delivery",
            cls.outgoing_delivery,
            {"outgoing_id": cls.outgoing.id, "event": "offered"},
            {"event": "Changed"},
        )
        one(
            "lead.distribution.import",
            cls.file,
            {"company_id": cls.company.id},
            {"name": "Changed"},
        )
        one(
            "lead.distribution.import.line",
            cls.file.line_ids,
            {"import_id": cls.file.id, "kind": "refused"},
            {"reason": "Changed"},
        )
        one(
            "lead.distribution.process",
            cls.process,
            {"name": "New process", "company_id": cls.company.id, "active": False},
            {"sequence": 3},
        )
        one(
            "lead.distribution.process.step",
            cls.process.step_ids,
            {"process_id": cls.process.id, "activity_type_id": cls.kind.id},
            {"delay_number": 4},
        )
        one(
            "lead.distribution.process.event",
            cls.event,
            {
                "process_id": cls.process.id,
                "lead_id": lead.id,
                "date": fields.Datetime.now(),
            },
            {"due": fields.Datetime.now()},
        )
        one(
            "lead.distribution.simulation",
            cls.simulation,
            {
                "name": "New simulation",
                "company_id": cls.company.id,
                "date_from": "2026-01-01",
                "date_to": "2026-01-31",
            },
            {"date_from": "2026-01-01"},
        )
        one(
            "lead.distribution.simulation.line",
            cls.simulation.line_ids[:1],
            {"simulation_id": cls.simulation.id, "user_id": cls.clara.id},
            {"actual": 9},
        )
        found = env["lead.distribution.simulation.lead"].create(
            {"simulation_id": cls.simulation.id, "lead_id": lead.id}
        )
        one(
            "lead.distribution.simulation.lead",
            found,
            {"simulation_id": cls.simulation.id, "lead_id": lead.id},
            {"reason": "manual"},
        )
        one(
            "lead.distribution.lock",
            env["lead.distribution.lock"].search([("company_id", "=", cls.company.id)]),
            {"company_id": cls.env["res.company"].create({"name": "Third"}).id},
            {"counter": 5},
        )
        one(
            "lead.distribution.channel.news",
            env["lead.distribution.channel.news"].create(
                {"route_id": cls.routes["a colleague's"].id, "event": "assigned"}
            ),
            {"route_id": cls.routes["a colleague's"].id, "event": "pooled"},
            {"event": "pooled"},
        )
        one(
            "lead.distribution.unavailable",
            env["lead.distribution.unavailable"].create(
                {"user_id": cls.boris.id, "kind": "paused"}
            ),
            {"user_id": cls.clara.id, "kind": "limit"},
            {"target": 5},
        )
        snapshots = env["lead.distribution.snapshot"]
        one(
            "lead.distribution.snapshot",
            snapshots.search([("company_id", "=", cls.company.id)], limit=1),
            {"company_id": cls.company.id, "date": fields.Datetime.now()},
            {"date": fields.Datetime.now()},
        )
        env.flush_all()
        # leads that came all at once are an import, which has no speed
        env.cr.execute(
            """UPDATE crm_lead SET create_date = create_date - interval '1 second'
                WHERE id = (SELECT min(lead_id) FROM lead_distribution_assignment
                             WHERE date_told IS NOT NULL AND company_id = %s)""",
            [cls.company.id],
        )
        for name in ("report", "fairness", "effectiveness", "gap", "speed"):
            model = env[f"lead.distribution.{name}"]
            here = [("company_id", "=", cls.company.id)]
            if "user_id" in model._fields:
                here.append(("user_id", "=", cls.boris.id))
            one(model._name, model.search(here, limit=1))
        chart = env["lead.distribution.simulation.chart"]
        one(
            chart._name,
            chart.search([("simulation_id", "=", cls.simulation.id)], limit=1),
        )
        health = env["lead.distribution.health"]
        found = health.with_company(cls.company).search(
            [("company_id", "=", cls.company.id)]
        )
        assert found, "company 1 has nothing that the health check finds"
        one("lead.distribution.health", found[:1])
        # what is core's, and guarded by us, too
        cls.subjects["crm.lead"] = Subject(
            cls.leads,
            {"name": "Made", "company_id": cls.company.id, "type": "lead"},
            {"function": "Director"},
        )
        cls.subjects["mail.activity"] = Subject(
            cls.tasks,
            {
                "res_model_id": env["ir.model"]._get_id("crm.lead"),
                "res_id": lead.id,
                "activity_type_id": cls.kind.id,
                "user_id": cls.boris.id,
            },
            {"date_deadline": "2026-01-01"},
        )
        cls.subjects["res.partner"] = Subject({"a customer": cls.customer})

    @classmethod
    def _dialog_change(cls, model):
        return {
            "lead.distribution.anonymize": {"understood": False},
            "lead.distribution.customer": {"email_from": "mine@elsewhere.test"},
            "lead.distribution.customer.line": {"score": 1},
            "lead.distribution.decline": {"reason": "Mine"},
            "lead.distribution.explain": {"lead_id": cls.leads["own"].id},
            "lead.distribution.hand": {"user_id": cls.own.id},
            "lead.distribution.handover": {"why": "Mine"},
            "lead.distribution.holidays": {"region": "Mine"},
            "lead.distribution.holidays.line": {"name": "Mine"},
            "lead.distribution.hours": {"hour_from": 8.0},
            "lead.distribution.removal": {"reason_id": cls.reason_of_ours.id},
            "lead.distribution.settings": {"lead_standard_target": 7},
            "lead.distribution.task": {"summary": "Mine"},
            "lead.distribution.task.finish": {"feedback": "Mine"},
            "lead.distribution.teams": {"direction": "to_teams"},
            "lead.distribution.template": {"name": "Mine"},
            "lead.distribution.correct": {"units": 2.0},
            "lead.distribution.try": {"zip": "00-100"},
            "lead.distribution.undo": {"redistribute": True},
            "lead.distribution.week": {"date": "2026-01-01"},
        }[model]

"""The calls that are tried, see ``access.py``; on the records of ``access_data.py``."""

from copy import deepcopy
from datetime import timedelta

from odoo import Command, fields
from odoo.service.model import call_kw

from .access import CHANGING, DELETING, READING, SEARCHING, Case
from .access_data import LEDGER, NAMING, AccessData
from .access_generic import ALWAYS


class AccessCase(AccessData):
    #: models of core's that are tried with some of what every model has
    core_kinds = {
        "crm.lead": (READING, SEARCHING, CHANGING, DELETING),
        "mail.activity": (READING, SEARCHING, CHANGING, DELETING),
        "res.partner": (READING,),
    }

    def cases(self):
        """:returns: iterator of all :class:`Case`"""
        for model, subject in self.subjects.items():
            wanted = self.core_kinds.get(model)
            for case in self.generic_cases(model, subject):
                if not wanted or (case.row in wanted and case.method in ALWAYS):
                    yield case
        yield from self.lead_cases()
        yield from self.task_cases()
        yield from self.setup_cases()
        yield from self.people_cases()
        yield from self.dialog_cases()
        yield from self.core_cases()

    #: what is tried over HTTP, too: model, method, beginning of the target
    over_http = (
        ("res.users", "read", "oneself"),
        ("res.users", "write", "oneself"),
        ("res.users", "write", "a colleague: lead_route_ids"),
        ("res.users", "read", "a colleague: lead_absent"),
        ("res.company", "read", "company 1"),
        ("crm.lead", "action_claim", "pool of"),
        ("crm.lead", "action_claim", "offered to"),
        ("crm.lead", "create", "new in company 1"),
        ("crm.lead", "my_offers", ""),
        ("crm.lead", "write", "pending for another's route: given to oneself"),
        ("ir.actions.server", "run", "starts a task"),
        ("lead.distribution.customer", "action_create", "a colleague's"),
        ("lead.distribution.rule", "onchange", "counts"),
        ("lead.distribution.absence", "action_end", ""),
        ("mail.activity", "action_comment", ""),
        ("mail.activity", "lead_task_counts", ""),
        ("utm.source", "write", ""),
    )

    def cases_over_http(self):
        """:returns: list of :class:`Case`"""
        return [
            case
            for case in self.cases()
            if not case.generic
            and any(
                (model, method) == (case.model, case.method)
                and case.target.startswith(target)
                for model, method, target in self.over_http
            )
        ]

    def conditions(self):
        """Ways from records of ours to the secrets of others.

        :returns: iterator of ``(model, path of fields, secret)``
        """
        secrets = (
            ("crm.lead", "email_from", "a colleague's"),
            ("crm.lead", "email_from", "pending for another's route"),
            ("res.partner", "email", "a customer"),
            ("lead.distribution.absence", "reason", "a colleague's"),
            ("lead.distribution.inquiry", "email_from", "pool of another's route"),
            ("lead.distribution.not.lead", "email_from", "company 1"),
            ("lead.distribution.route", "name", "company 1"),
            ("lead.distribution.rule", "name", "company 1"),
            ("lead.distribution.process", "name", "company 1"),
            ("lead.distribution.listing", "name", "company 1"),
            ("lead.distribution.simulation", "name", "company 1"),
            ("mail.activity", "summary", "a colleague's"),
        )
        for name in sorted(self.env.registry):
            model = self.env[name]
            if model._abstract:
                continue
            ours = self.env.registry[name]._original_module in self.access_addons
            for field in model._fields.values():
                theirs = ours or any(
                    module in self.access_addons for module in field._modules
                )
                if (
                    not theirs
                    or not field.relational
                    or not field._description_searchable
                ):
                    continue
                for comodel, leaf, target in secrets:
                    if field.comodel_name == comodel:
                        word = self.secret_of(comodel, target)
                        yield name, f"{field.name}.{leaf}", word
        for comodel, leaf, target in secrets:
            yield comodel, leaf, self.secret_of(comodel, target)

    def on_leads(self, method, *targets, args=(), **values):
        for words in targets:
            yield Case("crm.lead", method, words, self.leads[words], args, **values)

    def lead_cases(self):
        leads, users = self.leads, self.users
        for method in ("action_ask_customer", "action_explain_distribution"):
            yield from self.on_leads(
                method,
                "own",
                "a colleague's",
                "pool of another's route",
                "pending for another's route",
            )
        for method in ("action_ask_decline", "action_ask_removal", "action_hand_over"):
            yield from self.on_leads(method, "own", "a colleague's")
        for method in (
            "action_ask_not_mine",
            "action_ask_not_real",
            "action_open_reported",
        ):
            yield from self.on_leads(method, "own", "a colleague's")
        yield from self.on_leads(
            "action_report", "own", "a colleague's", args=["not_real", "Because"]
        )
        for method, args in (
            ("action_ask_accept", []),
            ("action_ask_refuse", []),
            ("action_accept", ["Yes"]),
            ("action_refuse", ["No"]),
        ):
            yield Case(
                "lead.distribution.reported",
                method,
                "a colleague's",
                self.reported,
                args,
            )
        yield from self.on_leads("action_undo_claim", "own", "a colleague's")
        yield from self.on_leads(
            "action_claim_here",
            "a colleague's",
            "pool of another's route",
            "pool of an own route",
            "offered to a colleague",
            "offered to own",
        )
        yield from self.on_leads(
            "action_claim",
            "a colleague's",
            "pool of another's route",
            "pool of an own route",
            "pool of no route",
            "offered to a colleague",
            "offered to own",
            "pending for another's route",
            "pending for an own route",
        )
        yield from self.on_leads("action_convert_customer", "own", "a colleague's")
        yield from self.on_leads(
            "action_decline", "offered to own", "offered to a colleague"
        )
        yield from self.on_leads("action_dismiss_identity", "own", "a colleague's")
        yield from self.on_leads(
            "action_distribute",
            "own",
            "a colleague's",
            "pool of another's route",
            "pending for another's route",
        )
        yield from self.on_leads(
            "action_link_customer", "own", "a colleague's", args=[self.customer.id]
        )
        yield from self.on_leads("action_open_duplicate", "own")
        yield from self.on_leads(
            "action_release_to_pool", "own", "a colleague's", "offered to a colleague"
        )
        yield from self.on_leads(
            "action_remove",
            "own",
            "a colleague's",
            "pool of no route",
            "pool of another's route",
            "pending for another's route",
            args=[self.reason.id],
        )
        yield from self.on_leads("action_restore", "a colleague's, removed")
        for method in ("action_set_won", "action_set_lost"):
            yield from self.on_leads(
                method,
                "own",
                "a colleague's",
                "pool of no route",
                "pool of an own route",
                "pool of another's route",
                "pending for another's route",
                "offered to a colleague",
            )
        for method in ("action_take_from_customer", "action_take_to_customer"):
            yield from self.on_leads(
                method, "a colleague's, linked", args=[["email_from", "phone"]]
            )
        yield from self.on_leads("action_unlink_customer", "a colleague's, linked")
        yield from self.on_leads("copy", "own", "a colleague's")
        yield from self.on_leads(
            "message_subscribe",
            "own",
            "a colleague's",
            "pool of another's route",
            "pending for another's route",
            args=lambda env: [env.user.partner_id.ids],
        )
        yield Case(
            "crm.lead", "my_offers", "own offers", tells=lambda env, result: result
        )
        rows = self.env[LEDGER]
        for words, lead in leads.items():
            row = rows.search([("lead_id", "=", lead.id)], limit=1)
            if row:
                yield Case(
                    LEDGER,
                    "web_read",
                    words,
                    row,
                    [{"lead_id": {"fields": {"display_name": {}}}}],
                    row=NAMING,
                )
        yield from self.on_leads(
            "action_archive",
            "pool of no route",
            "pool of an own route",
            "pool of another's route",
            "pending for another's route",
            "offered to a colleague",
            row="action_archive",
        )
        yield from self.lead_changes(leads, users)
        yield from self.lead_creations()

    def lead_changes(self, leads, users):
        def mine(env):
            return [{"user_id": env.uid}]

        for method in ("write",):
            for words in (
                "own",
                "a colleague's",
                "pool of no route",
                "pool of an own route",
                "pool of another's route",
                "pending for another's route",
                "offered to a colleague",
            ):
                yield Case(
                    "crm.lead",
                    method,
                    f"{words}: given to oneself",
                    leads[words],
                    mine,
                    dialogs=True,
                )
        for words, vals in (
            ("given to a colleague", {"user_id": self.clara.id}),
            ("moved to another team", {"team_id": self.north.id}),
        ):
            for target in ("own", "a colleague's", "pool of no route"):
                yield Case(
                    "crm.lead", "write", f"{target}: {words}", leads[target], [vals]
                )
        for words, vals in (
            ("where it stands", {"distribution_state": "none"}),
            ("intake status", {"intake_status": "removed"}),
            ("follow-up", {"last_follow_up_date": "2020-01-01 00:00:00"}),
        ):
            yield Case("crm.lead", "write", f"own: {words}", leads["own"], [vals])
        yield Case(
            "crm.lead",
            "web_save",
            "pool of no route: given to oneself",
            leads["pool of no route"],
            lambda env: [{"user_id": env.uid}, {"id": {}, "name": {}}],
        )

    def lead_creations(self):
        new = {"name": "Made", "company_id": self.company.id, "type": "lead"}
        made = self.made_in_company_1
        yield Case("crm.lead", "create", "new in company 1", args=[new], tells=made)
        yield Case("crm.lead", "web_save", "new in company 1", args=[new, {"id": {}}])
        yield Case("crm.lead", "name_create", "new", args=["Made by name"])
        yield Case(
            "crm.lead",
            "message_new",
            "new in company 1",
            args=[
                {"subject": "By mail", "email_from": "a@mail.test", "body": "Hello"},
                {"company_id": self.company.id},
            ],
        )
        lead = self.leads["a colleague's"]
        yield Case(
            "crm.lead",
            "create",
            "delivered again, a colleague's",
            args=[
                {
                    **new,
                    "external_ref": lead.external_ref,
                    "source_id": lead.source_id.id,
                    "consent_purpose_ids": [Command.set(self.purpose.ids)],
                }
            ],
            tells=lambda env, result: self.added_to(lead, result),
            told_only=True,
        )
        for name, value in (
            ("intake_status", "removed"),
            ("offer_round", 7),
            ("distribution_asked_route_id", self.routes["own"].id),
            ("date_first_call", "2020-01-01 00:00:00"),
        ):
            yield Case(
                "crm.lead",
                "create",
                f"new, {name} by the context",
                args=[new],
                kwargs={"context": {f"default_{name}": value}},
                tells=self.took(name, value),
                told_only=True,
            )

    @staticmethod
    def _ids(result):
        return result if isinstance(result, list) else [result]

    def added_to(self, lead, result):
        """Whether a lead was told to somebody, or anything was added to it."""
        lead = lead.with_env(self.env)
        return (
            lead.id in self._ids(result)
            or lead.consent_ids != self.consents["a colleague's"]
            or lead.message_ids - self.messages
        )

    def made_in_company_1(self, env, result):
        found = self.env["crm.lead"].browse(self._ids(result))
        return self.company in found.company_id

    def took(self, name, value):
        """:returns: whether a new lead has a value that nobody may give it"""

        def tells(env, result):
            lead = self.env["crm.lead"].browse(self._ids(result))
            field = lead._fields[name]
            has = field.convert_to_write(lead[name], lead)
            return str(has) == str(value)

        return tells

    # tasks ----------------------------------------------------------------------

    def task_cases(self):
        tasks = self.tasks
        everywhere = (
            "own",
            "a colleague's",
            "a department's",
            "own, on a colleague's lead",
        )
        Task = "mail.activity"
        for words in ("a department's", "a colleague's"):
            yield Case(Task, "action_take", words, tasks[words])
        for words in everywhere:
            task = tasks[words]
            yield Case(Task, "action_feedback_outcome", words, task, [self.done.id])
            yield Case(Task, "action_pick_outcome", words, task, [self.done.id])
            yield Case(Task, "action_undo_outcome", words, task)
            yield Case(Task, "action_confirm_outcome", words, task)
            yield Case(Task, "action_comment", words, task, ["Said"])
            yield Case(Task, "action_ask_outcome", words, task)
            yield Case(Task, "action_hand_over", words, task)
        lead, customer = self.leads["a colleague's"], self.customer
        yield Case(
            "mail.activity",
            "write",
            "made by own: moved to a colleague's lead",
            tasks["made by own"],
            [{"res_id": lead.id}],
        )
        yield Case(
            "mail.activity",
            "write",
            "made by own: moved to a customer",
            tasks["made by own"],
            [{"res_model_id": self._model_id("res.partner"), "res_id": customer.id}],
        )
        yield Case(
            "mail.activity",
            "write",
            "own: its outcome written",
            tasks["own"],
            [{"outcome_id": self.done.id}],
        )
        yield Case(
            "mail.activity",
            "write",
            "own: given to a colleague",
            tasks["own"],
            [{"user_id": self.clara.id}],
        )
        for words in ("own", "a colleague's", "pending for another's route"):
            yield Case(
                "mail.activity",
                "create",
                f"on a lead: {words}",
                args=lambda env, words=words: [
                    {
                        "res_model_id": self._model_id("crm.lead"),
                        "res_id": self.leads[words].id,
                        "activity_type_id": self.kind.id,
                        "user_id": env.uid,
                    }
                ],
            )
        yield Case(
            "mail.activity",
            "lead_task_counts",
            "all that one sees",
            tells=lambda env, result: any(result.values()),
        )
        yield Case(
            "mail.activity",
            "lead_task_counts",
            "a secret of a colleague's lead",
            args=[
                [
                    (
                        "summary",
                        "ilike",
                        self.secret_of("mail.activity", "a colleague's"),
                    )
                ]
            ],
            tells=lambda env, result: any(result.values()),
        )

    def _model_id(self, model):
        return self.env["ir.model"]._get_id(model)

    def secret_of(self, model, target):
        return next(
            word for word, found in self.secrets.items() if found == (model, target)
        )

    # set-up ---------------------------------------------------------------------

    def setup_cases(self):
        route, rule = self.routes["a colleague's"], self.rule
        company = "company 1"
        for model, records, methods in (
            (
                "lead.distribution.route",
                route,
                (
                    "action_new_hours",
                    "action_open_assignments",
                    "action_open_backlog",
                    "action_open_fairness",
                ),
            ),
            (
                "lead.distribution.rule",
                rule,
                ("action_confirm", "action_open_assignments", "action_preview"),
            ),
            ("lead.distribution.process", self.process, ("action_open_events",)),
            (
                "lead.distribution.not.lead",
                self.not_lead,
                ("action_dismiss", "action_make_lead"),
            ),
            (
                "lead.distribution.intake.source",
                self.intake,
                (
                    "action_add_fields",
                    "action_open_calls",
                    "action_open_waiting",
                    "action_rotate",
                    "action_rotate_at_once",
                ),
            ),
            (
                "lead.distribution.intake.call",
                self.intake_call,
                ("action_open_lead",),
            ),
            ("lead.distribution.import", self.file, ("action_open_leads",)),
            (
                "lead.distribution.outgoing.delivery",
                self.outgoing_delivery,
                ("action_retry",),
            ),
            (
                "lead.distribution.import.line",
                self.file.line_ids,
                ("action_open_lead",),
            ),
            (
                "lead.distribution.run",
                self.batch,
                (
                    "action_ask_undo",
                    "action_open_assignments",
                    "action_stop_undo",
                    "action_stop_work",
                    "action_undo",
                ),
            ),
            (
                "lead.distribution.simulation",
                self.simulation,
                (
                    "action_open_chart",
                    "action_open_elsewhere",
                    "action_run",
                    "action_stop_work",
                ),
            ),
            (
                "lead.distribution.simulation.lead",
                self.subjects["lead.distribution.simulation.lead"].targets[company],
                ("action_open_lead",),
            ),
            ("lead.distribution.listing", self.listing, ("action_open_leads",)),
            (
                "lead.distribution.report",
                self.subjects["lead.distribution.report"].targets[company][:1],
                ("action_open_route", "action_open_salesperson"),
            ),
            (
                "lead.distribution.health",
                self.subjects["lead.distribution.health"].targets[company][:1],
                ("action_open", "action_check_again", "action_audit"),
            ),
        ):
            for method in methods:
                yield Case(model, method, company, records)
        options = {"has_headers": True, "quoting": '"', "separator": ","}
        for method, args in (
            ("parse_preview", [options]),
            ("execute_import", [["name", "type"], ["name", "type"], options]),
        ):
            for words in ("their own file", "a colleague's file"):
                own = words == "their own file"
                yield Case(
                    "base_import.import",
                    method,
                    words,
                    None if own else self.upload,
                    args=lambda env, args=args: deepcopy(args),
                    prepare=self.new_upload if own else None,
                    tells=lambda env, result: (
                        result.get("ids") or result.get("preview")
                    ),
                    told_only=True,
                )
        yield Case(
            "lead.distribution.import",
            "action_of_file",
            "the manager's file",
            args=[self.file.number],
            tells=lambda env, result: result,
        )
        for words, absence in self.absences.items():
            yield Case("lead.distribution.absence", "action_end", words, absence)
        yield Case("lead.distribution.settings", "action_open", "")
        for method in (
            "first_steps",
            "action_distribute_waiting",
            "action_dismiss_steps",
        ):
            yield Case("lead.distribution.route", method, "")
        yield Case(
            "res.users",
            "action_correct_units",
            "a colleague",
            self.clara,
            [1.0, "Because"],
        )
        yield Case("res.users", "action_ask_correction", "a colleague", self.clara)
        yield Case("res.users", "action_ask_handover", "a colleague", self.clara)
        yield Case(
            "lead.distribution.assignment",
            "action_take_back",
            "company 1",
            self.correction,
        )
        yield Case("lead.distribution.route", "action_who_would_get", "")
        yield Case(
            "lead.distribution.route",
            "who_would_get",
            "a colleague's lead",
            args=[self.leads["a colleague's"].id],
            tells=lambda env, result: result["explanation"],
        )
        yield Case(
            "lead.distribution.route",
            "what_would_change",
            "company 1",
            args=[self.routes["own"].id, {"active": False}, False, {"name": "A lead"}],
            tells=lambda env, result: result["edited"],
        )
        yield Case(
            "lead.distribution.template", "action_start", "", args=["round_robin"]
        )
        yield Case("resource.calendar", "action_lead_holidays", company, self.hours)
        yield Case(
            "resource.calendar", "write", company, self.hours, [{"name": "Mine"}]
        )
        yield Case(
            "resource.calendar",
            "create",
            company,
            args=[{"name": "Made", "company_id": self.company.id}],
        )
        yield Case(
            "resource.calendar.attendance",
            "write",
            company,
            self.hours.attendance_ids[:1],
            [{"hour_to": 23.0}],
        )
        yield Case(
            "resource.calendar.leaves",
            "write",
            company,
            self.hours.leave_ids,
            [{"name": "Mine"}],
        )
        yield from self.oracle_cases()
        yield Case(
            "lead.activity.outcome",
            "create",
            "with an administrator's action",
            args=[
                {
                    "name": "Runs it",
                    "activity_type_id": self.kind.id,
                    "server_action_id": self.actions["changes leads"].id,
                }
            ],
        )
        yield Case(
            "lead.activity.outcome",
            "write",
            "with an administrator's action",
            self.done,
            [{"server_action_id": self.actions["changes leads"].id}],
        )

    def new_upload(self, env):
        """Make a file of leads for Odoo's import."""
        return (
            env["base_import.import"]
            .create(
                {
                    "res_model": "crm.lead",
                    "file": b"name,type\nNew,lead\n",
                    "file_type": "text/csv",
                }
            )
            .ids
        )

    def oracle_cases(self):
        """Conditions of the caller's that count what they cannot see."""
        lead = self.secret_of("crm.lead", "a colleague's")
        reason = self.secret_of("lead.distribution.absence", "a colleague's")
        found = [("email_from", "=like", f"{lead}%")]
        through = [("user_id.lead_absence_ids.reason", "=like", f"{reason}%")]
        values = {
            "company_id": self.company.id,
            "entity": "lead",
            "kind": "no_follow_up",
            "delay_number": 1,
            "delay_unit": "hours",
        }
        for words, domain in (
            ("counts a colleague's leads by their email", found),
            ("counts leads by the reason of an absence", through),
        ):
            for company in (self.company, self.company_2):
                yield Case(
                    "lead.distribution.rule",
                    "onchange",
                    f"{words}, for company {1 + (company == self.company_2)}",
                    self.rule.browse(),
                    [
                        {**values, "domain": str(domain), "company_id": company.id},
                        [],  # the first call: it returns all of it
                        {"would_move_count": {}, "problem": {}, "summary": {}},
                    ],
                    tells=lambda env, result: result["value"].get("would_move_count"),
                )

    # people -----------------------------------------------------------------------

    def people_cases(self):
        Users = "res.users"
        member = self.routes["own"].member_ids[:1]
        yield Case(
            "lead.distribution.route.member", "action_edit_limits", "company 1", member
        )
        own, colleague = self.own, self.boris
        yield Case(
            Users,
            "lead_people_days",
            "a colleague's days",
            tells=lambda env, result: any(
                row["id"] == colleague.id and env.uid != colleague.id
                for row in result["people"]
            ),
        )
        yield Case(
            Users,
            "lead_my_day",
            "oneself",
            tells=lambda env, result: result.get("id") == env.uid,
        )
        yield Case(
            "lead.distribution.dashboard",
            "figures",
            "a colleague's figures",
            tells=lambda env, result: any(
                row["id"] == colleague.id and env.uid != colleague.id
                for row in result["people"]
            ),
        )
        for words, user in (("own", own), ("a colleague", colleague)):
            for method in (
                "action_edit_lead_distribution",
                "action_open_lead_absences",
                "action_open_lead_offers_today",
                "action_open_lead_statistics",
            ):
                yield Case(Users, method, words, user)
            for name, value in (
                ("lead_target", 5),
                ("lead_distribution_paused", True),
                ("lead_absent", True),
                ("lead_max_open", 5),
                ("lead_route_ids", [Command.set(self.routes["own"].ids)]),
                ("lead_paused_route_ids", [Command.link(self.routes["own"].id)]),
            ):
                if words == "a colleague" or name in ("lead_target", "lead_absent"):
                    yield Case(
                        Users, "write", f"{words}: {name}", user, [{name: value}]
                    )
            for name in ("lead_target", "lead_distribution_paused", "lead_absent"):
                if words == "own" and name == "lead_distribution_paused":
                    continue  # paused, own could claim nothing
                yield Case(
                    Users,
                    "read",
                    f"{words}: {name}",
                    user,
                    [[name]],
                    tells=lambda env, result, name=name: result and result[0][name],
                )
        for name in ("lead_route_ids", "lead_paused_route_ids"):
            for words, command in (
                (
                    "writes a route",
                    Command.update(self.routes["own"].id, {"name": "X"}),
                ),
                ("makes a route", Command.create({"name": "X", "company_id": 1})),
                ("deletes a route", Command.delete(self.routes["own"].id)),
            ):
                yield Case(
                    Users,
                    "write",
                    f"a colleague: {name} that {words}",
                    colleague,
                    [{name: [command]}],
                )
        yield Case(
            Users,
            "write",
            "oneself: lead_absent",
            None,
            [{"lead_absent": True}],
            prepare=lambda env: env.user.ids,
        )
        yield Case(
            Users,
            "read",
            "oneself: lead_absent",
            None,
            [["lead_absent"]],
            prepare=lambda env: env.user.ids,
            tells=lambda env, result: bool(result),
        )
        yield Case(
            Users,
            "write",
            "oneself: lead_target",
            None,
            [{"lead_target": 1}],
            prepare=lambda env: env.user.ids,
        )
        yield Case(Users, "unlink", "a colleague", colleague)
        Partner = "res.partner"
        yield Case(Partner, "action_open_related_leads", "a customer", self.customer)
        yield Case(
            Partner,
            "write",
            "a customer: given to oneself",
            self.customer,
            lambda env: [{"user_id": env.uid}],
        )
        yield Case(
            Partner,
            "write",
            "a customer: salesperson since",
            self.customer,
            [{"lead_salesperson_since": "2020-01-01 00:00:00"}],
        )
        yield Case(
            Partner,
            "read",
            "a customer: its leads",
            self.customer,
            [["related_lead_ids", "lead_activity_ids", "former_advisor_ids"]],
            tells=lambda env, result: any(
                result[0][name] for name in ("related_lead_ids", "lead_activity_ids")
            ),
        )

    # dialogs ------------------------------------------------------------------------

    def dialog_cases(self):
        done = {
            "lead.distribution.anonymize": ("action_confirm",),
            "lead.distribution.customer": (
                "action_create",
                "action_select_best",
                "action_select_other",
                "action_unlink",
            ),
            "lead.distribution.customer.line": ("action_select",),
            "lead.distribution.correct": ("action_confirm",),
            "lead.distribution.hand": ("action_confirm",),
            "lead.distribution.handover": ("action_confirm",),
            "lead.distribution.holidays": ("action_confirm",),
            "lead.distribution.hours": ("action_confirm",),
            "lead.distribution.removal": ("action_confirm",),
            "lead.distribution.task": ("action_confirm",),
            "lead.distribution.task.finish": ("action_confirm",),
            "lead.distribution.teams": ("action_confirm",),
            "lead.distribution.template": ("action_confirm", "action_preview"),
            "lead.distribution.undo": ("action_confirm",),
            "lead.distribution.explain": ("action_distribute",),
        }
        lead = self.leads["a colleague's"]
        for model, methods in done.items():
            for method in methods:
                yield Case(model, method, "a colleague's", self.dialogs[model])
                values = self._dialog_values(lead).get(
                    model,
                    {
                        "lead_id": lead.id,
                        "other_id": self.customer.id,
                        "contact_name": "New customer",
                        "email_from": "new@customers.test",
                    },
                )
                if model == "lead.distribution.customer.line":
                    continue  # made with the dialog it is in
                yield Case(
                    model,
                    method,
                    "one's own, about what is a colleague's",
                    prepare=self.own_dialog(model, values),
                )
        decline = "lead.distribution.decline"
        yield Case(decline, "action_confirm", "a colleague's", self.dialogs[decline])
        for words in ("offered to own", "offered to a colleague"):
            yield Case(
                decline,
                "action_confirm",
                f"one's own, about what is {words}",
                prepare=self.own_dialog(
                    decline, self._dialog_values(self.leads[words])[decline]
                ),
            )
        for model in self.dialogs:
            if model.endswith(".line"):
                continue  # made with the dialog it is in
            values = self._dialog_values(lead).get(model, {"lead_id": lead.id})
            yield Case(
                model,
                "web_read",
                "one's own, about what is a colleague's",
                args=lambda env, model=model: [self.specification(env, model, False)],
                prepare=self.own_dialog(model, values),
            )
        task = self._dialog_values(lead)["lead.distribution.task"]
        for words, model, ids in (
            ("a colleague's lead, by name of the model", "crm.lead", lead.ids),
            ("a customer, by name of the model", "res.partner", self.customer.ids),
            (
                "an absence, by name of the model",
                "lead.distribution.absence",
                self.absences["a colleague's"].ids,
            ),
        ):
            values = {**task, "lead_id": False, "res_model": model, "res_ids": ids}
            for method, args in (
                ("action_confirm", []),
                ("web_read", [{"record_names": {}}]),
            ):
                yield Case(
                    "lead.distribution.task",
                    method,
                    f"one's own, about {words}",
                    args=args,
                    prepare=self.own_dialog("lead.distribution.task", values),
                )
        yield Case(
            "lead.distribution.customer",
            "default_get",
            "about a colleague's lead",
            args=[["email_from", "contact_name", "line_ids"]],
            kwargs={"context": {"default_lead_id": lead.id}},
        )
        yield Case(
            "lead.distribution.anonymize",
            "default_get",
            "about a customer",
            args=[["partner_ids", "about"]],
            kwargs={
                "context": {
                    "active_model": "res.partner",
                    "active_ids": self.customer.ids,
                }
            },
        )

    def own_dialog(self, model, values):
        def prepare(env):
            made = call_kw(env[model], "create", [dict(values)], {})
            return [made] if isinstance(made, int) else made

        return prepare

    # core's, with something of ours in it ---------------------------------------------

    def core_cases(self):
        lead = self.leads["a colleague's"]
        yield Case(
            "calendar.event",
            "write",
            "of a colleague's lead",
            self.meeting,
            [{"stop": fields.Datetime.now() + timedelta(days=3)}],
        )
        yield Case("calendar.event", "unlink", "of a colleague's lead", self.meeting)
        leads_it = {"user_id": self.users["own"].id}
        yield Case("crm.team", "write", "one's own leader", self.south, [leads_it])
        yield Case(
            "crm.team",
            "create",
            "led by oneself",
            self.south.browse(),
            [{"name": "Mine", **leads_it}],
        )
        yield Case("crm.team", "unlink", "a team", self.south)
        yield Case("res.users", "action_archive", "a colleague", self.clara)
        member = self.south.crm_team_member_ids[:1]
        yield Case(
            "crm.team.member",
            "create",
            "new",
            args=[{"crm_team_id": self.north.id, "user_id": self.boris.id}],
        )
        yield Case(
            "crm.team.member", "write", "a colleague's", member, [{"assignment_max": 9}]
        )
        yield Case("crm.team.member", "unlink", "a colleague's", member)
        domain = self.env["mail.alias.domain"].create({"name": "access.example"})
        yield Case(
            "mail.alias.domain", "create", "new", args=[{"name": "made.example"}]
        )
        yield Case(
            "mail.alias.domain", "write", "any", domain, [{"name": "mine.example"}]
        )
        yield Case("mail.alias.domain", "unlink", "any", domain)
        channel = self.env["discuss.channel"].create({"name": "A channel"})
        yield Case("discuss.channel", "unlink", "not theirs", channel)
        yield Case(
            "resource.calendar.leaves", "unlink", "company 1", self.hours.leave_ids
        )
        yield Case(
            "resource.calendar.leaves",
            "create",
            "new",
            args=[{"name": "Off", "date_from": "2026-01-01", "date_to": "2026-01-02"}],
        )
        here = {"active_model": "crm.lead", "active_ids": lead.ids}
        for words, action in self.actions.items():
            if words == "calls a webhook":
                continue
            yield Case(
                "ir.actions.server",
                "run",
                f"{words}, on a colleague's lead",
                action,
                kwargs={"context": {**here, "active_id": lead.id}},
            )
            yield Case(
                "ir.actions.server",
                "run",
                f"{words}, on a colleague's lead, without saying of which model",
                action,
                kwargs={"context": {"active_ids": lead.ids, "active_id": lead.id}},
            )
        webhook = self.actions["calls a webhook"]
        yield Case(
            "ir.actions.server",
            "create",
            "new",
            args=[{"name": "New", "model_id": self._model_id("crm.lead")}],
        )
        yield Case("ir.actions.server", "write", "its name", webhook, [{"name": "New"}])
        yield Case(
            "ir.actions.server",
            "name_search",
            "its name",
            args=[webhook.name],
            tells=lambda env, result: result,
        )
        yield Case(
            "mail.activity.type",
            "search_count",
            "all of them",
            args=[[]],
            tells=lambda env, result: result,
        )
        yield Case("res.partner", "create", "new", args=[{"name": "New customer"}])
        yield Case(
            "res.users",
            "web_read",
            "a colleague",
            self.boris,
            [{"name": {}}],
            tells=lambda env, result: result,
        )
        yield Case(
            "ir.actions.server",
            "read",
            "its name",
            self.actions["calls a webhook"],
            [["name"]],
            tells=lambda env, result: bool(result),
        )
        yield Case(
            "ir.actions.server",
            "read",
            "where a webhook goes",
            self.actions["calls a webhook"],
            [["webhook_url"]],
            tells=lambda env, result: result and result[0]["webhook_url"],
        )
        yield Case(
            "mail.activity.type", "create", "new", args=[{"name": "Knock at the door"}]
        )
        yield Case(
            "mail.activity.type",
            "write",
            "one with outcomes",
            self.kind,
            [{"lead_with_outcomes": False}],
        )
        yield Case(
            "mail.mail",
            "create",
            "about a colleague's lead",
            args=[{"model": "crm.lead", "res_id": lead.id, "body_html": "<p>Hi</p>"}],
        )
        yield Case(
            "mail.message",
            "create",
            "on a colleague's lead",
            args=[
                {
                    "model": "crm.lead",
                    "res_id": lead.id,
                    "body": "<p>Hi</p>",
                    "message_type": "comment",
                }
            ],
        )
        yield Case("res.company", "create", "new", args=[{"name": "Fourth"}])
        yield Case(
            "res.company",
            "write",
            "company 1: a setting of ours",
            self.company,
            [{"lead_standard_target": 5}],
        )
        for name in (
            "lead_distribution_fallback_email",
            "lead_distribution_shared_senders",
            "lead_standard_target",
        ):
            yield Case(
                "res.company",
                "read",
                f"company 1: {name}",
                self.company,
                [[name]],
                tells=lambda env, result: bool(result),
            )
        yield Case(
            "utm.source",
            "create",
            "one's own",
            args=lambda env: [{"name": "Captured", "lead_user_id": env.uid}],
        )
        source = self.sources["a colleague's"]
        yield Case(
            "utm.source",
            "write",
            "becomes one's own",
            source,
            lambda env: [{"lead_user_id": env.uid}],
        )
        yield Case("utm.source", "unlink", "a colleague's own", self.own_source)

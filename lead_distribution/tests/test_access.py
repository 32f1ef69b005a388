"""What each of ten users may do over RPC and HTTP; see ``access.py``."""

import logging

from odoo.tests import Form
from odoo.tests.common import tagged

from .access import NO, ROUTE, Case, read_table
from .access_cases import AccessCase
from .access_http import AccessHttpMixin

_logger = logging.getLogger(__name__)


@tagged("post_install", "-at_install")
class TestAccess(AccessCase):
    def test_every_method_is_tried(self):
        """What can be called from outside is in the list of calls."""
        self.assert_none(self.missing_cases())

    def test_table(self):
        """Ten users, every method, targets of company 1: as the table says, and nobody
        sees a word of what they may not read."""
        self.assert_table(15_000)

    def test_manager_without_sales_rights(self):
        """Whoever manages the distribution alone opens and changes its set-up."""
        for record in (self.routes["own"], self.rule, self.listing, self.process):
            with Form(record.with_user(self.users["manager"])) as form:
                form.name = f"{record._description} of a manager"
            self.assertIn("of a manager", record.name)

    def test_names_are_no_markup(self):
        """What is put together as HTML has the names of others as text, not as tags."""
        tag = "<zqtag>"
        named = [*self.leads.values(), *self.routes.values(), self.customer]
        named += [self.boris, self.own, self.listing, self.kind, self.south, self.north]
        named += [*self.sources.values(), self.reason, self.purpose, self.rule]
        for record in named:
            record.name = f"{record.name} {tag}"
        for lead in self.leads.values():
            lead.write({"contact_name": f"{lead.contact_name} {tag}"})
        self.env.flush_all()
        seen = set()
        for name, subject in self.subjects.items():
            for field in self.env[name]._fields.values():
                ours = {*self.access_addons} & {*field._modules}
                if field.type != "html" or field.sanitize or not ours:
                    continue
                for records in subject.targets.values():
                    for html in records.sudo().mapped(field.name):
                        self.assertNotIn(tag, html or "", (name, field.name))
                        if "zqtag" in (html or ""):
                            seen.add((name, field.name))
        self.assertGreater(len(seen), 4, seen)

    def test_searching_tells_nothing(self):
        """A condition on what one may not read finds nothing, whichever way it goes
        there."""
        self._forbid(read_table(*self._existing_tables())[0])
        problems, count = [], 0
        for model, path, word in self.conditions():
            for name, user in self.users.items():
                if word not in self.forbidden[user.id]:
                    continue
                count += 1
                cell = self.measure(
                    Case(
                        model,
                        "search_count",
                        path,
                        args=[[(path, "ilike", word)]],
                        kwargs={"context": {"active_test": False}},
                        tells=lambda env, result: result,
                    ),
                    user,
                )
                if cell.answer not in (NO, "."):
                    found = " ".join(self.secrets[word])
                    problems.append(f"{model}: {path} finds {found} for {name}")
        _logger.info("%s searches for what one may not read", count)
        self.assertGreater(count, 500)
        self.assert_none(problems)


@tagged("post_install", "-at_install")
class TestAccessHttp(AccessHttpMixin, AccessCase):
    def test_routes(self):
        """Every route of ours, as ten users: as the table says."""
        measured = self.measure_routes()
        rows, _remarks = read_table(*self._existing_tables())
        tried = {route for _model, route, _target in measured}
        problems = [f"{url}, a route" for url in self.our_routes() - tried]
        for key, cells in measured.items():
            answers = {name: cell.answer for name, cell in cells.items()}
            if key not in rows:
                problems.append(f"no row for {', '.join(key)}; measured: {answers}")
                continue
            for name, cell in cells.items():
                if cell.leaks or cell.answer != rows[key][name]:
                    problems.append(f"{key} as {name}: {cell}")
        problems += [
            f"a row of nothing: {', '.join(key)}"
            for key in rows
            if key[0] == ROUTE and key not in measured
        ]
        self.assert_none(problems)

    def test_calls(self):
        """What may differ from Odoo's shell: fields that people read and write on
        themselves, portal users and visitors, methods that are private; the answer is
        the table's."""
        rows, _remarks = read_table(*self._existing_tables())
        self._forbid(rows)
        cases = self.cases_over_http()
        self.assertGreater(len(cases), 10)
        problems = []
        for name, user in self.users.items():
            self.log_in(name)
            for case in cases:
                cell = self.ask_rpc(case, user)
                # whoever is not logged in calls nothing at all
                should = NO if name == "anonymous" else rows[case.key][name]
                # "." tells nothing and changes nothing: a refusal is as good
                as_good = should == "." and cell.answer == NO
                if cell.leaks or not (as_good or cell.answer == should):
                    problems.append(f"{case} as {name}, over HTTP: {cell}; {should}")
        self.assert_none(problems)

    def test_private_methods(self):
        """The service, and what begins with an underscore, is called by nobody."""
        private = [
            ("lead.distribution", "_distribute"),
            ("lead.distribution.privacy", "_anonymize"),
            ("crm.lead", "_with_ids"),
            ("res.users", "_lead_absences"),
            ("lead.distribution.lock", "_acquire"),
            ("lead.distribution.assignment", "_reopen"),
        ]
        self._forbid(read_table(*self._existing_tables())[0])
        for name in ("administrator", "portal"):
            self.log_in(name)
            for model, method in private:
                case = Case(model, method, "", self.env[model])
                cell = self.ask_rpc(case, self.users[name])
                self.assertEqual(cell.answer, NO, (case, cell))
                cell = self.ask_json2(model, method, self.users[name])
                self.assertEqual(cell.answer, NO, (case, cell))

    def test_json2(self):
        """The newer way to call: the same answers."""
        rows, _remarks = read_table(*self._existing_tables())
        self._forbid(rows)
        leads, problems = self.leads, []
        calls = [
            ("crm.lead", "action_claim", "pool of no route", {}),
            ("crm.lead", "action_claim", "offered to a colleague", {}),
            ("crm.lead", "read", "a colleague's", {"fields": ["name", "email_from"]}),
            ("crm.lead", "action_remove", "own", {"reason_id": self.reason.id}),
        ]
        for name, user in self.users.items():
            self.log_in(name)
            for model, method, words, values in calls:
                cell = self.ask_json2(
                    model, method, user, ids=leads[words].ids, **values
                )
                row = (
                    rows.get((model, method, words)) or rows[model, "(reading)", words]
                )
                should = NO if name == "anonymous" else row[name]
                if cell.leaks or cell.answer != should:
                    problems.append(f"{model}.{method} ({words}) as {name}: {cell}")
        self.assert_none(problems)

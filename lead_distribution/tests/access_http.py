"""The same, over HTTP: routes of ours, and calls whose answer may be another one there
than in Odoo's shell."""

import json
import re
from contextlib import suppress

from odoo.tests import HttpCase
from odoo.tools import mute_logger

from .access import (
    BROKEN,
    NO,
    NOTHING,
    ROUTE,
    YES,
    Cell,
    RolledBack,
    read_table,
)

#: kinds of errors that are refusals, by their name in an answer
REFUSALS = {
    "odoo.exceptions.AccessDenied",
    "odoo.exceptions.AccessError",
    "odoo.exceptions.MissingError",
    "odoo.exceptions.UserError",
    "odoo.exceptions.ValidationError",
    "odoo.http.SessionExpiredException",
    "werkzeug.exceptions.Forbidden",
    "werkzeug.exceptions.NotFound",
    "werkzeug.exceptions.Unauthorized",
}
#: as a browser sends them: without a key, it has to come from Odoo's own page
FROM_A_PAGE = {
    "Sec-Fetch-Dest": "document",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Site": "same-origin",
    "Sec-Fetch-User": "?1",
}
SHOW, ANSWER = (
    "/lead_distribution/offer/<string:token>",
    "/lead_distribution/offer/<string:token>/<any(claim,decline):answer>",
)
INTAKE = "/lead_distribution/intake/<string:token>"


class AccessHttpMixin(HttpCase):
    """To be mixed in before a case of :mod:`.access_cases`."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # without a replica, as most run it
        cls.set_registry_readonly_mode(False)

    def log_in(self, name):
        """:param name: of a column of the table"""
        user = self.users[name]
        login = None if name == "anonymous" else user.login
        self.authenticate(login, login and login)

    def tried(self, user, call, judge):
        """:param call: a function that asks and returns the answer
        :param judge: a function of the answer and the names of the tables written,
            that returns a :class:`Cell`
        :returns: :class:`Cell`; nothing of it remains
        """
        self.env.cr.flush()
        before = self._written()
        with (
            suppress(RolledBack),
            # refusals are answers here
            mute_logger("odoo.http", "odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            answer = call()
            after = self._written()
            changed = {name for name in after if after[name] != before[name]}
            cell = judge(answer, changed - self.dialog_tables)
            raise RolledBack
        self.env.registry.clear_cache()
        self.env.invalidate_all()
        return cell

    # calls ----------------------------------------------------------------------

    def ask_rpc(self, case, user):
        """A :class:`.Case` as the web client calls it. Answers like :meth:`measure`."""
        args = case.args(self.environment(user)) if callable(case.args) else case.args
        ids = case.records.ids if case.records is not None else user.ids
        if not getattr(
            getattr(type(self.env[case.model]), case.method), "_api_model", False
        ):
            args = [ids, *args]
        values = {
            "model": case.model,
            "method": case.method,
            "args": args,
            "kwargs": case.kwargs,
        }

        def ask():
            return self.url_open(
                f"/web/dataset/call_kw/{case.model}/{case.method}",
                data=json.dumps(
                    {"jsonrpc": "2.0", "method": "call", "params": values}, default=str
                ),
                headers={"Content-Type": "application/json"},
            )

        def judge(answer, changed):
            found = answer.json()
            leaks = self._leaks(user, answer.text.lower())
            if "error" in found:
                kind = found["error"]["data"]["name"]
                text = f"{kind}: {found['error']['data']['message']}"
                return Cell(NO if kind in REFUSALS else BROKEN, text[:200], leaks)
            result = found.get("result")
            if changed and not case.told_only:
                return Cell(YES, f"wrote {', '.join(sorted(changed))}", leaks)
            tells = (
                case.tells(self.environment(user), result)
                if case.tells
                else self._any_secret(answer.text.lower())
            )
            return Cell(YES if tells else NOTHING, answer.text[:200], leaks)

        return self.tried(user, ask, judge)

    def ask_json2(self, model, method, user, **values):
        """The same by the newer way, arguments by name; see :meth:`ask_rpc`."""

        def ask():
            return self.url_open(
                f"/json/2/{model}/{method}",
                data=json.dumps(values),
                headers={"Content-Type": "application/json", **FROM_A_PAGE},
            )

        def judge(answer, changed):
            leaks = self._leaks(user, answer.text.lower())
            if answer.status_code in (401, 403, 404, 422):
                return Cell(NO, answer.text[:200], leaks)
            if answer.status_code != 200:
                return Cell(BROKEN, answer.text[:300], leaks)
            tells = changed or self._any_secret(answer.text.lower())
            return Cell(YES if tells else NOTHING, answer.text[:200], leaks)

        return self.tried(user, ask, judge)

    # routes -----------------------------------------------------------------------

    def route_cases(self):
        """:returns: list of ``(route, target, function that asks)``"""
        row = self.leads["offered to own"].distribution_assignment_ids
        token = row._offer_token()
        forged = token[:-4] + ("aaaa" if token[-4:] != "aaaa" else "bbbb")
        page = "/lead_distribution/offer"

        def show(which):
            return lambda: self.url_open(f"{page}/{which}")

        def post(which, answer, from_page=True):
            def ask():
                values = {"reason": "No time"}
                if from_page:
                    found = self.url_open(f"{page}/{which}").text
                    csrf = re.search(r'csrf_token: "([^"]+)"', found)
                    values["csrf_token"] = csrf and csrf.group(1)
                return self.url_open(f"{page}/{which}/{answer}", data=values)

            return ask

        address = "/lead_distribution/intake/"
        # sudo: the address, which its manager gave to who delivers
        hook = self.intake.sudo()._token()
        wrong = hook[:-4] + ("aaaa" if hook[-4:] != "aaaa" else "bbbb")

        def deliver(which):
            return lambda: self.url_open(
                address + which, data={"email": "new@visitors.test", "name": "New"}
            )

        return [
            (INTAKE, "the address of a webhook", deliver(hook)),
            (INTAKE, "a forged address", deliver(wrong)),
            (INTAKE, "opened in a browser", lambda: self.url_open(address + hook)),
            (SHOW, "the link of an offer", show(token)),
            (SHOW, "a forged link", show(forged)),
            (ANSWER, "the link of an offer: claim", post(token, "claim")),
            (ANSWER, "the link of an offer: decline", post(token, "decline")),
            (
                ANSWER,
                "the link of an offer, from elsewhere",
                post(token, "claim", 0),
            ),
            (ANSWER, "the link of an offer: anything else", post(token, "delete")),
            (ANSWER, "a forged link: claim", post(forged, "claim")),
        ]

    def judge_page(self, user, target):
        # whoever has the link of an offer reads what it offers: the link is the right
        shown = {"crm.lead (offered to own)"} if "the link of" in target else set()

        def judge(answer, changed):
            text = answer.text.lower()
            leaks = tuple(set(self._leaks(user, text)) - shown)
            if answer.status_code in (400, 401, 403, 404):
                return Cell(NO, f"{answer.status_code}", leaks)
            if answer.status_code != 200:
                return Cell(BROKEN, f"{answer.status_code}", leaks)
            tells = changed or self._any_secret(text)
            return Cell(YES if tells else NOTHING, f"{changed or ''} 200", leaks)

        return judge

    def measure_routes(self):
        """:returns: ``{(ROUTE, route, target): {column: Cell}}``"""
        self._forbid(read_table(*self._existing_tables())[0])
        found = {}
        cases = self.route_cases()
        for name, user in self.users.items():
            self.log_in(name)
            for route, target, ask in cases:
                cell = self.tried(user, ask, self.judge_page(user, target))
                found.setdefault((ROUTE, route, target), {})[name] = cell
        return found

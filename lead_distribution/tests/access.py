"""Who may do what: every call that can be made from outside, tried as ten users, and
compared with a table that people read and change.

A *cell* is a method, on a target, as a user. What came of it is measured, not
believed: what the call returned, whether it said no, which tables were written, and
whether any secret of a record that this user may not read was in the answer or in the
words of the refusal. Each call is rolled back.

The table (``access_table.csv``) says what each user should be able to do. Whoever adds
a method or a route runs the test, reads what it says, and adds the row that should be::

    LEAD_DISTRIBUTION_ACCESS=FILE   writes the rows as measured, to be read by a person
"""

import csv
import itertools
import logging
import os
import re
import time
from collections import Counter, defaultdict
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, field
from hashlib import md5
from pathlib import Path
from unittest.mock import patch

import psycopg2

from odoo import SUPERUSER_ID, api
from odoo.exceptions import AccessDenied, UserError
from odoo.http import _generate_routing_rules
from odoo.modules.registry import Registry
from odoo.service.model import call_kw, get_public_method
from odoo.tools import SQL, mute_logger

_logger = logging.getLogger(__name__)

#: the ten users, in the order of the table's columns
COLUMNS = (
    "anonymous",
    "portal",
    "internal",
    "own",
    "own_2",
    "all",
    "manager",
    "manager_own",
    "manager_own_2",
    "administrator",
)
#: did something, or told something; said no; neither
YES, NO, NOTHING = "yes", "no", "."
ANSWERS = (YES, NO, NOTHING)
#: neither of these, but a mistake: of the test's arguments, or of the code
BROKEN = "broken"
#: the model's column of a route's row
ROUTE = "(route)"
HEADER = ("model", "method", "target", *COLUMNS, "remark")
#: the environment variable that names a file for the rows as measured
VARIABLE = "LEAD_DISTRIBUTION_ACCESS"

# kinds of methods that every model has, see access_generic.py
READING = "(reading)"
SEARCHING = "(searching)"
CREATING = "(creating)"
CHANGING = "(changing)"
DELETING = "(deleting)"
FILLING = "(filling in)"
POSTING = "(posting)"
DESCRIBING = "(describing)"
#: those that write nothing
READ_ONLY = (READING, SEARCHING, DESCRIBING)


HOW_TO_ADD = """
Each method that can be called from outside, and each route, has a row in %(table)s that
says what each of ten users should be able to do with it: "yes" (it does or tells
something of company 1), "no" (refused), "." (neither). Add its call to %(cases)s, run
this test with %(variable)s=FILE, read the rows that it writes to FILE, and put into the
table what should be.
%(problems)s"""
#: problems that one failure tells
MOST_TOLD = 100


@dataclass
class Case:
    """A call that is tried as every user.

    :param target: what it is tried on, in the table's words
    :param records: what it is called on; for methods of the model nothing
    :param args: list, or a function of the user's environment that returns it
    :param row: the table's name for it: the method's, or that of a kind
    :param tells: a function of the environment and the result, whether the result says
        anything of company 1; without one: whether any of its secrets is in it
    :param prepare: a function of the user's environment that makes the records it is
        called on, as that user; a refusal there is a refusal
    :param dialogs: whether writing a dialog's own record counts as a change
    :param told_only: whether ``tells`` alone says what came of it, whatever was written
    :param generic: one that every model has: where not even the superuser gets anything
        from it, nobody may, and the table has no row for it
    """

    model: str
    method: str
    target: str
    records: object = None
    args: object = field(default_factory=list)
    kwargs: dict = field(default_factory=dict)
    row: str = ""
    tells: object = None
    prepare: object = None
    dialogs: bool = False
    generic: bool = False
    told_only: bool = False

    @property
    def reads(self):
        """Whether it is one that only reads."""
        return self.row in READ_ONLY

    @property
    def key(self):
        return (self.model, self.row or self.method, self.target)

    @property
    def own_key(self):
        """Of a row for this method alone, where a kind of methods has one for all."""
        return (self.model, self.method, self.target)

    def __str__(self):
        return f"{self.model}.{self.method} ({self.target})"


@dataclass
class Cell:
    """What came of a call as a user.

    :param evidence: the beginning of what it returned or said, or the tables it wrote
    :param leaks: the targets of secrets that were in it and that the user may not read
    """

    answer: str
    evidence: str = ""
    leaks: tuple = ()


class RolledBack(Exception):
    """The way out of a savepoint."""


def marker(number):
    """:returns: a word that is in no other text, and like no other such word: names
    that are alike would be taken for the same person"""
    digits = md5(str(number).encode(), usedforsecurity=False).hexdigest()
    return "zq" + "".join(chr(ord("a") + int(each, 16)) for each in digits[:8])


def read_table(*paths):
    """:returns: ``({(model, method, target): {column: answer}}, {key: remark})``"""
    rows, remarks = {}, {}
    for path in paths:
        with Path(path).open(encoding="utf-8", newline="") as file:
            for line in csv.DictReader(file):
                key = (line["model"], line["method"], line["target"])
                if key in rows:
                    raise ValueError(f"{path}: two rows for {key}")
                rows[key] = {name: line[name] for name in COLUMNS}
                remarks[key] = line["remark"] or ""
                wrong = set(rows[key].values()) - set(ANSWERS)
                if wrong:
                    raise ValueError(f"{path}: {key}: {sorted(wrong)} is no answer")
    return rows, remarks


def write_table(path, rows, remarks):
    with Path(path).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        for key in sorted(rows):
            answers = [rows[key].get(name, "?") for name in COLUMNS]
            writer.writerow([*key, *answers, remarks.get(key, "")])


def public_methods(model, modules=None):
    """Names of the methods that can be called from outside.

    :param modules: prefixes of Python modules: only what those define or override
    """
    names = set()
    for cls in type(model).mro():
        if modules and not cls.__module__.startswith(tuple(modules)):
            continue
        names.update(name for name in vars(cls) if not name.startswith("_"))
    return sorted(name for name in names if is_public(model, name))


def is_public(model, name):
    try:
        get_public_method(model, name)
    except Exception:
        return False  # private, or no method at all
    return True


def of_the_model(model, name):
    """Whether it is called without records."""
    return bool(getattr(get_public_method(model, name), "_api_model", False))


@dataclass
class Measured:
    """A case and what came of it.

    :param best: the answer that the superuser gets, where that was tried
    """

    case: Case
    best: str
    cells: dict

    @property
    def nobodys(self):
        return self.case.row == DESCRIBING or (self.best and self.best != YES)

    @property
    def answers(self):
        return {name: cell.answer for name, cell in self.cells.items()}


class AccessMixin:
    """Measures cells. Whoever mixes it in fills ``users`` (``{column: res.users}``),
    makes secrets (:meth:`secret`), and has ``cases()``."""

    #: Python modules whose methods have rows here
    access_modules = ("odoo.addons.lead_distribution.",)
    #: files of the table: the last one has the rows of these modules; those before it
    #: say who may read what
    access_tables = (Path(__file__).with_name("access_table.csv"),)
    #: where calls are added
    access_cases = "access_cases.py"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users, cls.secrets, cls.allowing = {}, {}, {}
        cls._numbers = itertools.count(1)
        dialogs = [model for model in cls.env.values() if model._transient]
        cls.dialog_tables = {model._table for model in dialogs} | {
            field_.relation
            for model in dialogs
            for field_ in model._fields.values()
            if field_.type == "many2many" and field_.store
        }
        cls.env.cr.execute(
            """SELECT c.oid, c.relname FROM pg_class c
                 JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname = current_schema AND c.relkind = 'r'"""
        )
        cls.tables = dict(cls.env.cr.fetchall())

    @classmethod
    def secret(cls, model, target, *others):
        """A word to be put into a record.

        :param others: keys of other rows of the table: who has "yes" there may see it,
            too
        :returns: str; whoever may not read this target must never see it
        """
        word = marker(next(cls._numbers))
        cls.secrets[word] = (model, target)
        cls.allowing[word] = ((model, READING, target), *others)
        return word

    # the calls -------------------------------------------------------------

    def environment(self, user):
        """As a call from outside has it: nothing of the test's context."""
        return api.Environment(self.env.cr, user.id, {})

    def _written(self):
        """:returns: ``{table: rows written in this transaction, those rolled back
        included}``"""
        self.env.cr.execute(
            SQL(
                """SELECT oid, pg_stat_get_xact_tuples_inserted(oid)
                             + pg_stat_get_xact_tuples_updated(oid)
                             + pg_stat_get_xact_tuples_deleted(oid)
                     FROM unnest(%s::oid[]) AS oid""",
                list(self.tables),
            )
        )
        return {self.tables[oid]: count for oid, count in self.env.cr.fetchall()}

    def _changes(self, before, after, case):
        """:returns: names of the tables that a call wrote"""
        changed = {name for name in after if after[name] != before[name]}
        return changed if case.dialogs else changed - self.dialog_tables

    def measure(self, case, user):
        """:returns: :class:`Cell`"""
        return self._measured([case], user)[0]

    def measure_together(self, cases, user):
        """Calls that only read, in one savepoint; as if each came alone, for nothing
        is remembered in between.

        :returns: list of :class:`Cell`
        """
        cells = self._measured(cases, user)
        return cells or [self.measure(case, user) for case in cases]

    def _measured(self, cases, user):
        """:returns: list of :class:`Cell`; None where several calls disturbed each
        other: one of them wrote, or failed in the database"""
        env, cleared = self.environment(user), []
        clear_cache = Registry.clear_cache
        found, alone = [], len(cases) == 1

        def remember(registry, *names):
            cleared.append(names)
            return clear_cache(registry, *names)

        try:
            with (
                patch.object(Registry, "clear_cache", remember),
                # what the database refuses is an answer here, see _failed
                mute_logger(
                    "odoo.sql_db", "odoo.models", "odoo.addons.base.models.ir_actions"
                ),
                suppress(RolledBack),
                env.cr.savepoint(),
            ):
                before = None if alone else self._written()
                for case in cases:
                    found.append(self._tried(case, env, user, alone))
                    env.transaction.clear()
                if not alone and (cleared or before != self._written()):
                    found = None
                raise RolledBack
        except psycopg2.Error as error:
            found = [self._failed(user, error)] if alone else None
        for names in cleared:
            # what was looked up meanwhile was rolled back
            self.env.registry.clear_cache(*names)
        return found

    def _tried(self, case, env, user, alone):
        """
        :param alone: whether what it writes is looked at here
        :returns: :class:`Cell`
        :raises psycopg2.Error: after which the savepoint has to be rolled back
        """
        try:
            return self._judged(case, user, *self._called(case, env, alone))
        except psycopg2.Error:
            raise
        except Exception as error:
            return self._failed(user, error)

    def _failed(self, user, error):
        text, leaks = self._refused(user, error)
        if isinstance(error, (UserError, AccessDenied, psycopg2.IntegrityError)):
            return Cell(NO, text, leaks)
        return Cell(BROKEN, f"{type(error).__name__}: {text}", leaks)

    def _called(self, case, env, alone):
        """:returns: ``(text of the result, whether it tells anything, names of the
        tables written)``"""
        ids = case.records.ids if case.records is not None else []
        if case.prepare:
            ids = case.prepare(env)
            env.flush_all()
        args = case.args(env) if callable(case.args) else deepcopy(case.args)
        model = env[case.model]
        if not of_the_model(model, case.method):
            args = [ids, *args]
        before = self._written() if alone else None
        result = call_kw(model, case.method, args, deepcopy(case.kwargs))
        env.flush_all()
        if case.method == "load" and not result["ids"]:
            # says what went wrong, instead of failing
            raise UserError(str(result["messages"]))
        changed = ()
        if alone and not case.told_only:
            changed = self._changes(before, self._written(), case)
        # read while it is there
        text = repr(result).lower()
        tells = case.tells(env, result) if case.tells else self._any_secret(text)
        return text, tells, changed

    def _judged(self, case, user, text, tells, changed):
        leaks = self._leaks(user, text)
        if changed:
            return Cell(YES, f"wrote {', '.join(sorted(changed))}", leaks)
        return Cell(YES if tells else NOTHING, text[:200], leaks)

    def _refused(self, user, error):
        """:returns: the words of a refusal, and what they tell; of what caused it, too,
        which the answer to a call carries along"""
        words, seen = [], set()
        while error and id(error) not in seen:
            seen.add(id(error))
            words.append(str(error))
            error = error.__cause__ or error.__context__
        return words[0][:200], self._leaks(user, "\n".join(words).lower())

    # secrets ---------------------------------------------------------------

    def _any_secret(self, text):
        return bool(self._pattern(self.secrets).search(text))

    def _pattern(self, words):
        key = frozenset(words)
        if key not in self._patterns:
            self._patterns[key] = re.compile("|".join(sorted(key)) or "(?!)")
        return self._patterns[key]

    def _leaks(self, user, text):
        """:returns: the targets of secrets that this user may not read and sees here"""
        found = self._pattern(self.forbidden[user.id]).findall(text)
        return tuple(
            f"{model} ({target})"
            for model, target in sorted({self.secrets[word] for word in found})
        )

    def _forbid(self, rows):
        """Whoever the table does not let read a target must not see its secrets."""
        self._patterns = {}
        self.forbidden = {SUPERUSER_ID: frozenset()}
        for name, user in self.users.items():
            self.forbidden[user.id] = frozenset(
                word
                for word, keys in self.allowing.items()
                if not any(rows.get(key, {}).get(name) == YES for key in keys)
            )

    # measuring all of it -----------------------------------------------------

    def assert_none(self, problems):
        """Fail with what is not as the table says, and with how to mend it."""
        shown = [*problems[:MOST_TOLD]]
        if len(problems) > MOST_TOLD:
            shown.append(f"... and {len(problems) - MOST_TOLD} more")
        if shown:
            self.fail(
                HOW_TO_ADD
                % {
                    "table": self.access_tables[-1].name,
                    "cases": self.access_cases,
                    "variable": VARIABLE,
                    "problems": "\n".join(shown),
                }
            )

    def assert_table(self, least):
        """Measure all cells, and compare them with the table.

        :param least: so many cells there are at least
        """
        begin = time.monotonic()
        measured = self.measure_all()
        cells = sum(len(each.cells) for each in measured)
        seconds = time.monotonic() - begin
        _logger.info("%s cells of access measured in %.0f s", cells, seconds)
        self.assertGreaterEqual(cells, least)
        if os.environ.get(VARIABLE):
            remarks = read_table(*self._existing_tables())[1]
            write_table(os.environ[VARIABLE], self.as_measured(measured), remarks)
        self.assert_none(self.problems(measured))

    def measure_all(self):
        """:returns: list of :class:`Measured`, in the order of the cases"""
        rows, _remarks = read_table(*self._existing_tables())
        self._forbid(rows)
        superuser = self.env["res.users"].browse(SUPERUSER_ID)
        found = []
        for cases in self._batches():
            measure = self.measure_together
            best = [None] * len(cases)
            if cases[0].generic:
                best = [cell.answer for cell in measure(cases, superuser)]
            cells = [measure(cases, user) for user in self.users.values()]
            found += [
                Measured(
                    case,
                    best[place],
                    dict(zip(self.users, (each[place] for each in cells), strict=True)),
                )
                for place, case in enumerate(cases)
            ]
        return found

    def _batches(self):
        """:returns: iterator of lists of cases: of those that only read, all of one
        model and target at once"""

        batch = []
        for case in self.cases():
            like = batch and batch[-1]
            if not like or not (
                (case.reads and like.reads)
                and (case.model, case.target) == (like.model, like.target)
            ):
                if batch:
                    yield batch
                batch = []
            batch.append(case)
        if batch:
            yield batch

    def _existing_tables(self):
        return [path for path in self.access_tables if Path(path).exists()]

    def our_routes(self):
        """:returns: set of the addresses of the routes that our addons define"""
        installed = set(self.env.registry._init_modules)
        found = set()
        for url, endpoint in _generate_routing_rules(installed, nodb_only=False):
            controller, name = endpoint.func.__self__, endpoint.func.__name__
            if any(
                name in vars(cls) and cls.__module__.startswith(self.access_modules)
                for cls in type(controller).mro()
            ):
                found.add(url)
        return found

    def problems(self, measured):
        """:returns: list of sentences: what is not as the table says"""
        rows, remarks = read_table(*self._existing_tables())
        own_rows, _remarks = read_table(*self._existing_tables()[-1:])
        found, used = [], set()
        for each in measured:
            case = each.case
            for name, cell in each.cells.items():
                if cell.leaks:
                    found.append(
                        f"{case} tells {name} of {', '.join(cell.leaks)}, which they "
                        f"may not read ({cell.answer}: {cell.evidence[:120]})"
                    )
                if cell.answer == BROKEN:
                    found.append(f"{case} breaks for {name}: {cell.evidence}")
            if each.nobodys:
                found += [
                    f"{case} as {name}: {cell.evidence}, though not even the superuser "
                    "gets anything from it"
                    for name, cell in each.cells.items()
                    if cell.answer == YES
                ]
                continue
            key = case.own_key if case.own_key in rows else case.key
            if key not in rows:
                found.append(f"no row for {', '.join(key)}; measured: {each.answers}")
                continue
            used.add(key)
            found += [
                f"{case} as {name}: {cell.answer}, and should be {rows[key][name]} "
                f"({cell.evidence[:160]})"
                for name, cell in each.cells.items()
                if cell.answer not in (rows[key][name], BROKEN)
            ]
        found += [
            f"a row of nothing: {', '.join(key)}"
            for key in sorted(own_rows.keys() - used)
            if key[0] != ROUTE
        ]
        found += [
            f"nobody may do {', '.join(key)}: say why in its remark"
            for key, answers in own_rows.items()
            if set(answers.values()) == {NO} and not remarks[key]
        ]
        return found

    def as_measured(self, measured):
        """:returns: rows of the table: for a kind of methods what most of them do, and
        one for each method that does something else"""
        by_key = defaultdict(list)
        for each in measured:
            if not each.nobodys:
                by_key[each.case.key].append(each)
        rows = {}
        for key, several in by_key.items():
            said = Counter(tuple(each.answers.values()) for each in several)
            usual = said.most_common(1)[0][0]
            rows[key] = dict(zip(COLUMNS, usual, strict=True))
            for each in several:
                if tuple(each.answers.values()) != usual:
                    rows[each.case.own_key] = each.answers
        return rows

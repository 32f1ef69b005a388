"""Every path, every consequence: a promise is kept on every way a lead changes hands,
or it is not kept.

Ways are rows (``paths_ways``), consequences columns (``paths_checks``). To add a way,
write what happens and whose the lead is afterwards; to add a consequence, write what is
right. Each is then tried with all of the others, as the least privileged user of the
way. All of it is right; what a change breaks and cannot mend at once is named in
:data:`EXPECTED_FAILURES`, and taken out of it when it is right again.
"""

import logging
from collections import Counter

from odoo.exceptions import AccessError, MissingError, UserError, ValidationError
from odoo.tests.common import BaseCase, HttpCase, tagged

from .paths_checks import CONSEQUENCES
from .paths_ways import WAYS
from .paths_world import BEFORE, NOW, PathsCase

_logger = logging.getLogger(__name__)

#: what a cell that is wrong says; anything else is a mistake of the table
WRONG = (AssertionError, AccessError, MissingError, UserError, ValidationError)


#: ``{(way, consequence): why it is wrong today}``
EXPECTED_FAILURES = {}


def table(group):
    """Give a test case a test for each way of a group."""

    def fill(cls):
        for way in WAYS:
            if way.group == group:

                def test(self, way=way):
                    self.try_way(way)

                test.__name__ = f"test_{way.name}"
                test.__doc__ = f"The way: {way.name.replace('_', ' ')}."
                setattr(cls, test.__name__, test)
        return cls

    return fill


class TableCase(PathsCase):
    """Tries ways: the start once, the act anew in each situation."""

    def try_way(self, way):
        self.judged = Counter()
        applicable = [c for c in CONSEQUENCES if not way.not_applicable(c)]
        situations = dict.fromkeys(c.situation for c in applicable)
        with self.undone():
            self.go_to(BEFORE)
            way.start.happens(self)
            self.settle()
            self.go_to(NOW)
            self.mark()
            lead, leads = self.lead, self.leads
            for situation in situations:
                cells = [c for c in applicable if c.situation == situation]
                for some in situation.rounds(way, cells):
                    self.lead, self.leads = lead, leads
                    with self.undone():
                        error = self.act(way, situation, some)
                        for cell in some:
                            with self.subTest(way=way.name, consequence=cell.name):
                                self.judge(way, cell, error)
        self.assertEqual(sum(self.judged.values()), len(applicable))

    def act(self, way, situation, cells):
        """:returns: what kept the act from happening, unless that may be"""
        situation.arrange(self, way, cells)
        self.refused = None
        try:
            way.act(self)
        except WRONG as error:
            if not situation.blocked or isinstance(error, AssertionError):
                return error
            self.refused = error
        situation.after(self, way)
        self.env.invalidate_all()
        return None

    def judge(self, way, cell, error):
        """Check a cell; one that is expected to fail must."""
        reason = EXPECTED_FAILURES.get((way.name, cell.name))
        try:
            if error:
                raise error
            cell.check(self, way)
        except WRONG as error:
            self.judged["wrong"] += 1
            if not reason:
                raise AssertionError(
                    f"{way.name}, {cell.name}: {cell.check.__doc__}\n{error}"
                ) from error
        else:
            self.judged["right"] += 1
            if reason:
                self.fail(
                    f"{way.name}, {cell.name}: no longer fails, remove it from "
                    f"EXPECTED_FAILURES"
                )


@table("created")
@table("distributed")
class TestCreated(TableCase):
    """Created, and what people let be distributed."""


@tagged("post_install", "-at_install")
@table("offers")
class TestOffered(HttpCase, TableCase):
    """Offers claimed, declined, expired, given away."""


@table("pool")
@table("hand")
class TestByHand(TableCase):
    """The pool, and what people pass on."""


@table("rules")
@table("merged")
class TestMoved(TableCase):
    """Rules, outcomes, merging, and what Odoo itself assigns."""


@table("clock")
class TestClocks(TableCase):
    """The backlog that drains, and what clocks do."""


@table("people")
@table("others")
class TestAround(TableCase):
    """What happens to people, customers, batches and leads."""


@tagged("post_install", "-at_install")
class TestTable(BaseCase):
    """The table itself."""

    def test_every_cell_is_accounted_for(self):
        """Each cell is checked, or does not apply for a reason; what is expected to
        fail is checked; every way has its test."""
        names = [way.name for way in WAYS]
        columns = [consequence.name for consequence in CONSEQUENCES]
        for found in (names, columns):
            self.assertEqual(len(found), len(set(found)))
        for consequence in CONSEQUENCES:
            self.assertTrue(consequence.check.__doc__, consequence.name)
        tested = {name for case in TableCase.__subclasses__() for name in dir(case)}
        self.assertLessEqual({f"test_{name}" for name in names}, tested)
        why_not = {
            (way.name, consequence.name): way.not_applicable(consequence)
            for way in WAYS
            for consequence in CONSEQUENCES
        }
        for way in WAYS:
            for column in " ".join(way.na).split():
                self.assertIn(column, columns, way.name)
        checked = {cell for cell, why in why_not.items() if not why}
        self.assertFalse(set(EXPECTED_FAILURES) - checked)
        _logger.info(
            "%s ways, %s consequences, %s cells: %s checked, %s of them wrong today; "
            "%s do not apply",
            len(names),
            len(columns),
            len(why_not),
            len(checked),
            len(EXPECTED_FAILURES),
            len(why_not) - len(checked),
        )

"""`make lint` wants a reason beside each call as superuser: which calls, and where."""

import importlib.util
from pathlib import Path

import pytest

PATH = Path(__file__).parents[2] / "scripts" / "check_sudo.py"
spec = importlib.util.spec_from_file_location("check_sudo", PATH)
check_sudo = importlib.util.module_from_spec(spec)
spec.loader.exec_module(check_sudo)


@pytest.mark.parametrize(
    "call",
    [
        "x.sudo()",
        "x.sudo(True)",
        "x.sudo(flag)",
        "x.with_user(SUPERUSER_ID)",
        "x.with_user(api.SUPERUSER_ID)",
        "x.with_user(1)",
        "self.env(su=True)",
        "self.env(user=SUPERUSER_ID)",
        "api.Environment(cr, SUPERUSER_ID, {})",
        "sorted(x, key=lambda y: y.sudo().name)",
    ],
)
def test_calls(call):
    assert check_sudo.missing(f"{call}\n") == [1]
    assert check_sudo.missing(f"{call}  # sudo: a number, no content\n") == []
    assert check_sudo.missing(f"# sudo: a number, no content\n{call}\n") == []


@pytest.mark.parametrize(
    "call",
    ["x.sudo(False)", "x.sudo(flag=False)", "x.with_user(user)", "self.env(su=False)"],
)
def test_rights_given_back(call):
    assert check_sudo.missing(f"{call}\n") == []


def test_where_the_reason_is():
    """On any line of the statement, or in the comment right above it."""
    statement = "rows = (\n    self.env['x']\n    .sudo(){}\n    .search([])\n)\n"
    assert check_sudo.missing(statement.format("")) == [3]
    assert check_sudo.missing(statement.format("  # sudo: one's own")) == []
    above = "# sudo: one's own,\n# and nobody else's\n"
    assert check_sudo.missing(above + statement.format("")) == []
    assert check_sudo.missing(above + "\n" + statement.format("")) == [6]


def test_no_reason():
    """The word alone says nothing, and another comment is no reason."""
    assert check_sudo.missing("x.sudo()  # sudo:\n") == [1]
    assert check_sudo.missing("x.sudo()  # the company's\n") == [1]


def test_what_holds_statements():
    """A reason above a loop, or inside of it, is not one for the other."""
    text = "{}for lead in leads.sudo():\n    {}lead.sudo().name\n"
    assert check_sudo.missing(text.format("", "")) == [1, 2]
    assert check_sudo.missing(text.format("# sudo: read\n", "")) == [3]
    assert check_sudo.missing(text.format("", "# sudo: read\n    ")) == [1]
    text = "try:\n    pass\nexcept x:\n    {}y.sudo()\nelse:\n    z.sudo()\n"
    assert check_sudo.missing(text.format("# sudo: read\n    ")) == [7]

"""OCA's points of stable and of mature addons: what docs/maturity.md says holds.

Source: https://odoo-community.org/page/development-status
"""

import ast
import re
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "maturity.md").read_text()
ROW = re.compile(
    r"^\| (Stable|Mature)\s*\| (.+?)\s*\| (met|open)\s*\| (.+?)\s*\|$", re.MULTILINE
)
ROWS = ROW.findall(PAGE)
MANIFESTS = {
    path.parent: ast.literal_eval(path.read_text())
    for path in sorted(ROOT.glob("*/__manifest__.py"))
}


def checks_of_the_template():
    """Each addon passes pylint-odoo and OCA's hooks without a list of exceptions."""
    hooks = (ROOT / ".pre-commit-config.yaml").read_text()
    for hook in ("ruff", "oca-checks-odoo-module", "oca-checks-po", "pylint-odoo"):
        assert f"- id: {hook}\n" in hooks, hook
    assert "lint" in (ROOT / ".ci" / "run").read_text()


def installed_beside_others():
    """A test installs all of them beside addons of Odoo and of OCA."""
    source = (ROOT / "tests" / "process" / "test_other_addons.py").read_text()
    nodes = ast.walk(ast.parse(source))
    names = {node.id for node in nodes if isinstance(node, ast.Name)}
    assert {"OTHERS", "OCA", "OURS"} <= names


def has_tests():
    """Each addon has tests of its own, and imports them."""
    for folder in MANIFESTS:
        tests = {path.stem for path in (folder / "tests").glob("test_*.py")}
        imports = (folder / "tests" / "__init__.py").read_text()
        assert tests, folder.name
        assert not {name for name in tests if f"import {name}" not in imports}


def statuses():
    """:returns: ``{addon: development status}`` of the addons of OCA that ours need"""
    (manifest,) = (
        path
        for path in metadata.files("odoo-addon-queue-job")
        if path.name == "__manifest__.py"
    )
    values = ast.literal_eval(manifest.read_text())
    return {"queue_job": values.get("development_status", "Beta")}


def depends_on_stable(levels=("Production/Stable", "Stable", "Mature")):
    """What is needed is Odoo's own, ours, or an addon of OCA at that level."""
    found = statuses()
    own = {folder.name for folder in MANIFESTS}
    odoo_own = {"base_import", "crm", "privacy_lookup", "sale_crm", "website_crm"}
    for manifest in MANIFESTS.values():
        for name in set(manifest["depends"]) - own - odoo_own:
            assert found[name] in levels, name


def depends_on_mature():
    """As for a stable addon; Odoo's own addons count as mature."""
    depends_on_stable(levels=("Mature",))


def code_is_formatted():
    """ruff and prettier format what is committed."""
    hooks = (ROOT / ".pre-commit-config.yaml").read_text()
    assert "- id: ruff-format\n" in hooks and "- id: prettier\n" in hooks


def documented():
    """Each addon says how it is used and set up."""
    for folder in MANIFESTS:
        assert (folder / "readme" / "DESCRIPTION.md").exists(), folder.name
        assert (folder / "README.rst").exists(), folder.name
    main = ROOT / "lead_distribution" / "readme"
    assert len((main / "USAGE.md").read_text().split()) > 1000


def has_history():
    """The versions of the manifest are in the list of changes."""
    history = (ROOT / "lead_distribution" / "readme" / "HISTORY.md").read_text()
    assert MANIFESTS[ROOT / "lead_distribution"]["version"] in history


def has_migrations():
    """A change of stored columns came with a script, and a test upgrades with data."""
    assert list((ROOT / "lead_distribution" / "migrations").glob("*/*.py"))
    life = (ROOT / "tests" / "process" / "test_life.py").read_text()
    assert "def test_upgraded_from_the_first_version" in life


def no_overlap():
    """The description says how it stands to Odoo's own assignment."""
    text = (ROOT / "lead_distribution" / "readme" / "CONFIGURE.md").read_text()
    assert "Odoo's" in text and "assignment" in text


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[1])
def test_point(row):
    """A point that is met passes its check; an open one says what is missing."""
    _level, _point, state, detail = row
    check = re.fullmatch(r"`(\w+)`", detail)
    if state == "met":
        globals()[check[1]]()
    else:
        assert not check and detail.endswith(".")


def test_status():
    """No addon calls itself more than the page allows."""
    assert len(ROWS) == 16
    states = {level: set() for level, *_ in ROWS}
    for level, _point, state, _detail in ROWS:
        states[level].add(state)
    allowed = {"Alpha", "Beta"}
    if states["Stable"] == {"met"}:
        allowed.add("Production/Stable")
        if states["Mature"] == {"met"}:
            allowed.add("Mature")
    for folder, manifest in MANIFESTS.items():
        assert manifest.get("development_status", "Beta") in allowed, folder.name

"""The addons as strangers get them: wheels that pip puts beside an Odoo."""

import json
import subprocess
import sys
from pathlib import Path

import databases
import environment as env
import pytest
from whool import buildapi

DATA = Path(__file__).resolve().parent / "data"
#: addon -> tests of its own that are fast, and say that it works
TESTS = {
    "lead_distribution": "TestFilterWords",
    "lead_distribution_queue_job": "TestPending",
    "lead_distribution_sale": "TestFirms",
    "lead_distribution_website": "TestForms.test_known_customer",
}


@pytest.fixture
def stranger(tmp_path):
    """A new virtual environment in which Odoo and its libraries can be imported, and
    nothing of this folder.

    :returns: its Python
    """
    subprocess.run(
        [sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv"], check=True
    )
    (site,) = (tmp_path / "venv").glob("lib/python3*/site-packages")
    (libraries,) = env.VENV.glob("lib/python3*/site-packages")
    (site / "odoo.pth").write_text(f"{libraries}\n{env.odoo_path()}\n")
    # there, but not as pip installs them with all that they require
    for name, version in (("odoo", "19.0"), ("openupgradelib", "3.13.7")):
        (site / f"{name}-{version}.dist-info").mkdir()
        metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        (site / f"{name}-{version}.dist-info" / "METADATA").write_text(metadata)
    return tmp_path / "venv" / "bin" / "python"


def build_wheels(folder, monkeypatch):
    """:returns: the paths of the wheels of all addons"""
    folder.mkdir()
    for addon in TESTS:
        with monkeypatch.context() as there:
            there.chdir(env.ROOT / addon)
            yield folder / buildapi.build_wheel(str(folder))


def test_all_wheels_tested_from_there(copy_of, stranger, tmp_path, monkeypatch):
    """Part 15, 17: pip finds what each wheel requires, Odoo finds the addons where pip
    put them and nothing else of ours, their tests pass, and leads are distributed."""
    assert set(TESTS) == {
        path.parent.name for path in env.ROOT.glob("*/__manifest__.py")
    }
    database = copy_of((databases.template(("website_crm", "sale_crm")), {}), "wheels")
    for name in ("ODOO_ADDONS_PATH", "PYTHONPATH", "VIRTUAL_ENV"):
        monkeypatch.delenv(name, raising=False)
    wheels = build_wheels(tmp_path / "wheels", monkeypatch)
    pip = [sys.executable, "-m", "pip", "--python", stranger, "install", "--no-index"]
    subprocess.run([*pip, "--quiet", *wheels], check=True)

    outcomes = tmp_path / "outcomes.json"
    monkeypatch.setenv("LEAD_DISTRIBUTION_OUTCOMES", str(outcomes))
    # the recorder of outcomes, away from this folder
    runner = tmp_path / "runner.py"
    runner.write_text((env.SCRIPTS / "upstream_runner.py").read_text())
    monkeypatch.chdir(tmp_path)
    tags = [f"/{addon}:{name}" for addon, name in TESTS.items()]
    databases.python(
        *(runner, "-d", database.name, "-i", ",".join(TESTS), "--stop-after-init"),
        *(f"--test-tags={','.join(tags)}", f"--http-port={env.free_port()}"),
        program=stranger,
        log="wheels",
    )
    found = json.loads(outcomes.read_text())
    assert {kind for kind, _text in found.values()} == {"passed"}, found
    assert {name.split(".")[0] for name in found} == set(TESTS)

    program = ("-m", "click_odoo", "-d", database.name, "--log-level=info")
    databases.python(
        *(*program, DATA / "nine_leads.py"), program=stranger, log="wheels-leads"
    )
    assert database.query(
        """SELECT u.login, count(*) FROM lead_distribution_assignment a
             JOIN res_users u ON u.id = a.user_id
            WHERE a.state IN ('assigned', 'released') GROUP BY u.login ORDER BY 1"""
    ) == [("anna", 5), ("boris", 4)]

    where = "import sys, odoo.addons as a; print(*a.__path__, *sys.path, sep='\\n')"
    paths = subprocess.check_output([stranger, "-c", where], text=True).splitlines()
    # Odoo and the libraries may be below this folder, what is ours must not be seen
    foreign = [path for path in paths if not path.startswith(str(env.ENV))]
    assert not [path for path in foreign if path.startswith(str(env.ROOT))]

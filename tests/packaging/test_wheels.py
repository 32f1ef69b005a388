"""Each addon is a package that pip can install, as OCA publishes them."""

import subprocess
import zipfile
from pathlib import Path

import pytest
from whool import buildapi

ROOT = Path(__file__).resolve().parents[2]
ADDONS = sorted(path.parent.name for path in ROOT.glob("*/__manifest__.py"))


@pytest.mark.parametrize("addon", ADDONS)
def test_wheel(addon, tmp_path, monkeypatch):
    """All that git knows of an addon is in its wheel, and what it needs is named."""
    monkeypatch.chdir(ROOT / addon)
    wheel = zipfile.ZipFile(tmp_path / buildapi.build_wheel(str(tmp_path)))
    inside = {name for name in wheel.namelist() if ".dist-info/" not in name}
    tracked = subprocess.check_output(["git", "ls-files"], text=True).splitlines()
    tracked = {name for name in tracked if Path(name).name != "pyproject.toml"}
    assert inside == {f"odoo/addons/{addon}/{name}" for name in tracked}
    (metadata,) = (name for name in wheel.namelist() if name.endswith("/METADATA"))
    needs = {
        line.removeprefix("Requires-Dist: ")
        for line in wheel.read(metadata).decode().splitlines()
        if line.startswith("Requires-Dist: ")
    }
    if addon == "lead_distribution":
        assert needs == {"odoo==19.0.*", "phonenumbers", "rapidfuzz"}
    else:
        needed = {"odoo==19.0.*", "odoo-addon-lead_distribution==19.0.*"}
        if addon.endswith("queue_job"):
            needed.add("odoo-addon-queue_job==19.0.*")
        assert needs == needed

"""The site of the documentation is whole: each link leads somewhere."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_site(tmp_path):
    """`make docs` writes every page, and finds no link without its target."""
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet"]
    command += ["--config-file", ROOT / "mkdocs.yml", "--site-dir", tmp_path]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    for page in ("index", "first-route", "usage", "api", "coming-from", "promises"):
        assert (tmp_path / f"{page}.html").stat().st_size > 1000, page

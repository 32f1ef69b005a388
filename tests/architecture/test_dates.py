"""Dates are in the reader's format: nobody writes one by a pattern of our own."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
#: what is not for readers: keys that are read back by a program
KEYS = {"%Y-%m-%d", "%Y-%m-01", "%Y-%m-%d %H:%M:%S"}


def test_no_patterns():
    """A date shown goes through ``tools/locale.py`` or Odoo's ``format_date``."""
    found = []
    for addon in sorted(ROOT.glob("lead_distribution*/__manifest__.py")):
        for path in sorted(addon.parent.rglob("*.py")):
            if "tests" in path.parts:
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
                    continue
                text = node.value
                # %m, %Y and their like are in no other texts than patterns of dates
                if re.search(r"%[mYyBb](?![a-zA-Z])", text) and text not in KEYS:
                    found.append(f"{path.relative_to(ROOT)}:{node.lineno} {text}")
    assert not found

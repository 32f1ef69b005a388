#!/usr/bin/env python3
"""README.rst of each addon from the fragments in its readme folder.

scripts/readme.py           write
scripts/readme.py --check   fail if one is not up to date

Standard library only; knows the Markdown that the fragments use: headings, lists,
tables, fenced code, inline code, bold, emphasis.
"""

import ast
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SECTIONS = (
    ("DESCRIPTION", ""),
    ("INSTALL", "Installation"),
    ("CONFIGURE", "Configuration"),
    ("USAGE", "Usage"),
    ("API", "For programs"),
    ("DEVELOP", "Development"),
    ("ROADMAP", "Known issues / Roadmap"),
    ("HISTORY", "Changelog"),
    ("CONTRIBUTORS", "Contributors"),
)


def inline(text):
    return re.sub(r"(?<!`)`([^`]+)`(?!`)", r"``\1``", text)


def table(lines):
    rows = [[cell.strip() for cell in line.strip("| \n").split("|")] for line in lines]
    del rows[1]  # the ruler
    out = [".. list-table::", "   :header-rows: 1", ""]
    for row in rows:
        for number, cell in enumerate(row):
            out.append(("   * - " if not number else "     - ") + inline(cell))
    return [*out, ""]


def to_rst(markdown):
    out, lines = [], markdown.splitlines()
    while lines:
        line = lines.pop(0)
        if line.startswith("```"):
            out += ["::", ""]
            while not lines[0].startswith("```"):
                code = lines.pop(0)
                out.append(f"    {code}" if code else "")
            lines.pop(0)
            out.append("")
        elif line.startswith("|"):
            block = [line]
            while lines and lines[0].startswith("|"):
                block.append(lines.pop(0))
            out += table(block)
        elif line.startswith("## "):
            title = inline(line[3:])
            out += [title, "~" * len(title)]
        else:
            out.append(inline(line))
    return "\n".join(out).strip()


def readme(addon):
    manifest = ast.literal_eval((addon / "__manifest__.py").read_text())
    name = manifest["name"]
    parts = ["=" * len(name), name, "=" * len(name), ""]
    for fragment, title in SECTIONS:
        path = addon / "readme" / f"{fragment}.md"
        if path.exists():
            if title:
                parts += [title, "=" * len(title), ""]
            parts += [to_rst(path.read_text()), ""]
    parts += ["Licence", "=======", "", manifest["license"], ""]
    return "\n".join(parts)


def main():
    check, stale = "--check" in sys.argv, []
    for addon in sorted(path.parent for path in ROOT.glob("*/__manifest__.py")):
        target, text = addon / "README.rst", readme(addon)
        if check:
            if not target.exists() or target.read_text() != text:
                stale.append(target.relative_to(ROOT))
        else:
            target.write_text(text)
    for path in stale:
        print(f"{path} is not up to date: run scripts/readme.py", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())

"""Pages of the documentation's site that stand elsewhere: a hook of MkDocs.

The home page is the repository's README; the rest are fragments of the addon's readme
folder. They are written once and read in three places: there, in README.rst, here.
"""

import re
from pathlib import Path

from mkdocs.structure.files import File

ROOT = Path(__file__).resolve().parent.parent
FRAGMENTS = {
    "configure": "Setting up",
    "usage": "Every day",
    "develop": "The code",
    "extending": "Extending",
    "api": "For programs",
    "history": "Changes",
}


def on_files(files, config):
    """Add the pages to what MkDocs found in docs/."""
    home = (ROOT / "README.md").read_text()
    home = re.sub(r"\]\(docs/", "](", home)
    home = home.replace("(lead_distribution/readme/DEVELOP.md)", "(develop.md)")
    # the README.rst of an addon is no page of the site
    home = re.sub(r"\[([^\]]*)\]\(\w+/README\.rst\)", r"\1", home)
    pages = {"index.md": home}
    for name, title in FRAGMENTS.items():
        path = ROOT / "lead_distribution" / "readme" / f"{name.upper()}.md"
        pages[f"{name}.md"] = f"# {title}\n\n{path.read_text()}"
    for name, text in pages.items():
        files.append(File.generated(config, name, content=text))
    return files

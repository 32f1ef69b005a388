"""Pictures: those that pages show are there, and the command makes all of them."""

import re
import sys
from pathlib import Path

import pytest
from lxml import html
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
IMAGES = ROOT / "docs" / "images"
DESCRIPTION = ROOT / "lead_distribution" / "static" / "description"

sys.path.insert(0, str(ROOT / "demo"))

import pictures  # noqa: E402

MADE = {shot.__name__.replace("_", "-") for shot in pictures.PICTURES}
#: in docs/images, and made by something else
OTHERS = {"speed.svg"}


def shown(page):
    """:returns: paths of the images of a page"""
    text = page.read_text()
    if page.suffix == ".html":
        return [
            page.parent / image.get("src")
            for image in html.fromstring(text).iter("img")
        ]
    return [page.parent / path for path in re.findall(r"!\[[^]]+\]\(([^):]+)\)", text)]


def test_pages_show_what_is_there():
    """Part 15, 17: no page shows a picture that is missing; each is shown."""
    pages = [ROOT / "README.md", DESCRIPTION / "index.html", *ROOT.glob("docs/*.md")]
    paths = {path.resolve() for page in pages for path in shown(page)}
    assert [path for path in paths if not path.is_file()] == []
    kept = {*IMAGES.iterdir(), *DESCRIPTION.iterdir()}
    kept -= {DESCRIPTION / "icon.png", DESCRIPTION / "index.html"}
    assert kept - paths == set()


def test_all_are_made_by_the_command():
    """Part 15, 17: what is in the folders is what scripts/screenshots takes."""
    taken = {f"{name}.png" for name in MADE} | {"tour.gif"}
    assert {path.name for path in IMAGES.iterdir()} == taken | OTHERS
    own = {f"{name.replace('_', '-')}.png" for name in pictures.DESCRIPTION}
    assert own <= taken
    assert {path.name for path in DESCRIPTION.iterdir()} == {
        *("icon.png", "index.html", "tour.gif"),
        *own,
    }
    for name in (*own, "tour.gif"):
        same = (DESCRIPTION / name).read_bytes() == (IMAGES / name).read_bytes()
        assert same, name


@pytest.mark.parametrize("shot", pictures.PICTURES, ids=lambda shot: shot.__name__)
def test_a_picture(shot):
    """Part 15, 17: as large as it is said to be, and not one colour."""
    with Image.open(IMAGES / f"{shot.__name__.replace('_', '-')}.png") as image:
        size = pictures.SIZES.get(shot.__name__, pictures.SIZE)
        assert image.size == size
        assert len(image.convert("RGB").getcolors(size[0] * size[1])) > 50


def test_the_film():
    """Part 15, 17: a manager and a salesperson, in less than 2 MB."""
    path = IMAGES / "tour.gif"
    assert path.stat().st_size < 2 * 10**6
    with Image.open(path) as film:
        assert film.n_frames > 20
        durations = []
        for number in range(film.n_frames):
            film.seek(number)
            durations.append(film.info["duration"])
    # long enough to read, short enough to watch
    assert 15_000 < sum(durations) < 60_000

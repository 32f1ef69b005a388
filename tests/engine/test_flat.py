"""Parsed JSON made flat, for mails and webhooks alike; no database."""

import doctest

import pytest
from engine import flat
from engine.payloads import read_payload
from engine.reading.data import pairs_of


def test_examples():
    assert doctest.testmod(flat).failed == 0


KAI = {"name": "Kai Kunde", "email": "kai@kunde.example", "text": "Hallo"}


@pytest.mark.parametrize(
    "data",
    [
        KAI,
        {"lead": KAI},
        {"data": [KAI]},
        {"fields": [{"name": key, "value": value} for key, value in KAI.items()]},
        {
            "fields": {
                key: {"id": key, "title": key, "value": value}
                for key, value in KAI.items()
            }
        },
        {"answers": [{"label": k, "type": "x", "answer": v} for k, v in KAI.items()]},
        {"a": {"b": {"c": {"contact": KAI}}}},
    ],
)
def test_somebody_with_a_text_is_no_question(data):
    """Part 12, 2 and 10: one way for data in a mail and for what a webhook gets."""
    (lead,) = read_payload(data)
    assert lead.values["contact_name"] == "Kai Kunde"
    assert lead.values["email_from"] == "kai@kunde.example"
    told = {role: value for role, _label, value, _where in pairs_of(data)}
    assert told["contact_name"] == "Kai Kunde"
    assert told["email_from"] == "kai@kunde.example"


def test_bounded():
    data = value = {}
    for _level in range(50):
        value["a"] = {}
        value = value["a"]
    assert len(flat.leaves(data, 8, 9)) == 1
    assert len(flat.leaves({str(x): x for x in range(1000)}, 8, 9)) == 9
    assert len(flat.leaves([{"q": x} for x in range(1000)], 8, 9)) == 9

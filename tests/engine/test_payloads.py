"""What other programs send to a webhook."""

from datetime import datetime

import pytest
from engine.payloads import (
    Unreadable,
    parsed,
    paths_of,
    read_payload,
)
from hypothesis import given
from hypothesis import strategies as st

GOOGLE = {
    "lead_id": "GL-1",
    "user_column_data": [
        {
            "column_name": "Full Name",
            "string_value": "Ada Okafor",
            "column_id": "FULL_NAME",
        },
        {"string_value": "ada@visitors.example", "column_id": "EMAIL"},
        {"column_id": "PHONE_NUMBER", "string_value": "+442079460018"},
        {
            "column_name": "Which flat?",
            "string_value": "The small one",
            "column_id": "q1",
        },
    ],
    "api_version": "1.0",
    "form_id": 40000000000,
    "campaign_id": 991,
    "google_key": "hush",
    "is_test": False,
    "lead_submit_time": "2026-11-20T12:30:00Z",
}
TYPEFORM = {
    "event_id": "01",
    "event_type": "form_response",
    "form_response": {
        "form_id": "lT4Z3j",
        "token": "tok-77",
        "submitted_at": "2026-11-20T18:17:02Z",
        "hidden": {"utm_source": "Newsletter of May", "listing": "R-5"},
        "definition": {
            "title": "Visit us",
            "fields": [
                {"id": "f1", "title": "Your name", "type": "short_text", "ref": "n"},
                {
                    "id": "f2",
                    "title": "Where do we write?",
                    "type": "email",
                    "ref": "m",
                },
                {
                    "id": "f3",
                    "title": "Which days?",
                    "type": "multiple_choice",
                    "ref": "d",
                },
                {"id": "f4", "title": "A call?", "type": "phone_number", "ref": "p"},
            ],
        },
        "answers": [
            {"type": "text", "text": "Olga Fern", "field": {"id": "f1", "ref": "n"}},
            {"type": "email", "email": "olga@visitors.example", "field": {"id": "f2"}},
            {
                "type": "choices",
                "choices": {"labels": ["Mon", "Tue"]},
                "field": {"id": "f3"},
            },
            {
                "type": "phone_number",
                "phone_number": "+48600100200",
                "field": {"id": "f4"},
            },
        ],
    },
}
META = {
    "id": "88123",
    "created_time": "2026-11-20T09:00:00+0000",
    "ad_name": "Blue",
    "campaign_name": "Autumn",
    "platform": "ig",
    "field_data": [
        {"name": "full_name", "values": ["Yann Nowak"]},
        {"name": "phone_number", "values": ["+48600100300"]},
        {"name": "¿con_terraza?", "values": ["sí"]},
    ],
}


def one(data, **kwargs):
    (lead,) = read_payload(data, **kwargs)
    return lead


def test_google():
    lead = one(GOOGLE)
    assert lead.values == {
        "contact_name": "Ada Okafor",
        "email_from": "ada@visitors.example",
        "phone": "+442079460018",
        "external_ref": "GL-1",
        "source_id": "Google",
        "medium_id": "Lead Ads",
        "campaign_id": "Google 991",
    }
    assert lead.answers == [("Which flat?", "The small one")]
    assert lead.arrival == datetime(2026, 11, 20, 12, 30)
    assert "hush" not in lead.description(), "the key is a secret"
    assert one(dict(GOOGLE, is_test=True)).is_test


def test_typeform():
    lead = one(TYPEFORM)
    assert lead.values == {
        "contact_name": "Olga Fern",
        "email_from": "olga@visitors.example",
        "phone": "+48600100200",
        "external_ref": "tok-77",
        "source_id": "Newsletter of May",
        "listing_id": "R-5",
    }
    assert lead.arrival == datetime(2026, 11, 20, 18, 17, 2)
    assert ("Which days?", "Mon, Tue") in lead.answers


def test_meta():
    """The lead itself, a page of leads, and the notice that there is one."""
    lead = one(META)
    assert lead.values["external_ref"] == "88123"
    assert lead.values["contact_name"] == "Yann Nowak"
    assert lead.values["source_id"] == "Instagram"
    assert lead.values["campaign_id"] == "Autumn"
    assert ("¿con_terraza?", "sí") in lead.answers
    assert len(read_payload({"data": [META, dict(META, id="2")]})) == 2
    notice = {
        "object": "page",
        "entry": [
            {
                "id": "1",
                "time": 1700000000,
                "changes": [
                    {
                        "field": "leadgen",
                        "value": {
                            "leadgen_id": "88123",
                            "page_id": "1",
                            "form_id": "2",
                        },
                    }
                ],
            }
        ],
    }
    lead = one(notice)
    assert (lead.announced, lead.is_somebody) == ("88123", False)


@pytest.mark.parametrize(
    "data",
    [
        {"name": "Eva Ruiz", "email": "eva@v.example", "phone": 48600100200},
        {
            "first_name": "Eva",
            "last_name": "Ruiz",
            "Email": "eva@v.example",
            "Tel": 48600100200,
        },
        {
            "contact": {
                "name": "Eva Ruiz",
                "email": "eva@v.example",
                "mobile": "48600100200",
            }
        },
        {
            "data": {
                "Imię": "Eva",
                "Nazwisko": "Ruiz",
                "E-mail": "eva@v.example",
                "Telefon": "48600100200",
            }
        },
        {
            "fields": {
                "a": {"id": "a", "title": "Nombre completo", "value": "Eva Ruiz"},
                "b": {"id": "b", "title": "Correo", "value": "eva@v.example"},
                "c": {"id": "c", "title": "Teléfono", "value": "48600100200"},
            }
        },
        {
            "answers": [
                {"question": "Your name", "answer": "Eva Ruiz"},
                {"question": "E-mail address", "answer": "eva@v.example"},
                {"question": "Phone", "answer": ["48600100200"]},
            ]
        },
        {
            "agent": {"name": "Ann Agent", "email": "ann@agency.example"},
            "customer": {
                "name": "Eva Ruiz",
                "email": "eva@v.example",
                "phone": "48600100200",
            },
        },
    ],
)
def test_other_programs(data):
    """Flat, nested, and lists of questions, as Zapier and form builders send them."""
    lead = one(data)
    assert lead.values["contact_name"] == "Eva Ruiz"
    assert lead.values["email_from"] == "eva@v.example"
    assert lead.values["phone"] == "48600100200"


def test_company_is_not_the_person():
    lead = one(
        {"company": {"name": "Firm"}, "person": {"name": "Eva"}, "property": {"id": 7}}
    )
    assert lead.values == {
        "partner_name": "Firm",
        "contact_name": "Eva",
        "listing_id": "7",
    }


def test_mapping_goes_first():
    """What the manager says of a key holds, whatever it is called."""
    data = {
        "x1": "Eva",
        "email": "reply@form.example",
        "x2": "eva@v.example",
        "n": "R-8",
    }
    mapping = {
        "x1": "contact_name",
        "email": "ignore",
        "x2": "email_from",
        "n": "listing_id",
    }
    lead = one(data, mapping=mapping, defaults={"source_id": "Shop"})
    assert lead.values == {
        "contact_name": "Eva",
        "email_from": "eva@v.example",
        "listing_id": "R-8",
        "source_id": "Shop",
    }
    assert not lead.answers
    assert paths_of(data) == ["x1", "email", "x2", "n"]


def test_source_of_the_hook_goes_before_the_formats():
    lead = one(dict(META, platform=None), defaults={"source_id": "Our ads"})
    assert lead.values["source_id"] == "Our ads"


def test_no_json():
    for body in (b"", b"{", b"\xff\xfe", b"[" * 100_000):
        with pytest.raises(Unreadable):
            parsed(body)
    with pytest.raises(Unreadable):
        parsed(b"{}", "no-such-charset")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "name",
                    "value",
                    "field_data",
                    "user_column_data",
                    "form_response",
                    "answers",
                ]
                + [
                    "entry",
                    "object",
                    "fields",
                    "id",
                    "data",
                    "email",
                    "hidden",
                    "type",
                    "x",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(JSON)
def test_anything_is_read(data):
    """No payload is an error, and none makes more than it holds."""
    leads = read_payload(data)
    assert len(leads) <= 100
    for lead in leads:
        assert lead.description() is not None
    paths_of(data)

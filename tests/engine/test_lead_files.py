"""Files of leads, as advertisers and portals export them (V2)."""

# ruff: noqa: E501 (rows as they are exported)

import csv
import doctest
import io
from datetime import date, datetime

import pytest
from engine import lead_files, lead_labels, lead_values, moments
from engine.lead_files import convert, encoding_of, separator_of

META = """id\tcreated_time\tad_id\tad_name\tadset_id\tadset_name\tcampaign_id\tcampaign_name\tform_id\tform_name\tis_organic\tplatform\t¿cuándo_podemos_llamarte?\tfull_name\temail\tphone_number\tpost_code\tlead_status
l:911001\t2026-11-20T09:11:53-06:00\tag:12\tBlue ad\tas:13\tSet A\tc:14\tAutumn flats\tf:15\tForm one\tfalse\tig\tpor la tarde\tZoé Márquez\tzoe@visitors.example\tp:+34600111222\tz:08001\tCREATED
l:911002\t2026-11-20T10:00:00+0000\tag:12\tBlue ad\tas:13\tSet A\tc:14\tAutumn flats\tf:15\tForm one\ttrue\tfb\t\tYann Nowak\t\tp:\t\tCREATED
l:911003\t2026-11-20T10:00:00+0000\t\t\t\t\t\t\tf:15\tForm one\ttrue\tfb\t\t<test lead: dummy data for full_name>\ttest@meta.com\tp:<test lead: dummy data for phone_number>\t\tCREATED
"""
GOOGLE = """Lead ID,Google Click ID,Campaign ID,Campaign,Ad group ID,Lead form ID,Submission time,Full Name,Email,Phone number,What is your budget?
TeSter-1,Cj0abc,991,Search brand,77,5512,2026-11-21 18:30:00,Ada Okafor,ada@visitors.example,+44 20 7946 0018,up to 300000
"""
LINKEDIN = """Lead ID,Lead Created At,Campaign Name,Creative Name,Lead Gen Form Name,First Name,Last Name,Work Email,Company Name,Job Title,Country/Region
aa-01,2026-11-19T08:00:00Z,Offices Q4,Carousel 2,Offices,Ines,Duarte,ines@firm.example,Firm of Ines,Head of Sales,Portugal
"""


def table(text, separator=","):
    return list(csv.reader(io.StringIO(text), delimiter=separator))


@pytest.mark.parametrize("module", [lead_files, lead_labels, lead_values, moments])
def test_examples(module):
    """What the documentation shows is so."""
    found = doctest.testmod(module)
    assert found.attempted and not found.failed


def test_meta():
    """Ids, numbers and postcodes lose what Meta puts before them; a trial is no lead."""
    found = convert(table(META, "\t"))
    assert found.template.key == "meta"
    first, second = found.leads
    assert first.values == {
        "external_ref": "911001",
        "contact_name": "Zoé Márquez",
        "email_from": "zoe@visitors.example",
        "phone": "+34600111222",
        "zip": "08001",
        "campaign_id": "Autumn flats",
        "source_id": "Instagram",
        "medium_id": "Lead Ads",
    }
    assert first.arrival == datetime(2026, 11, 20, 15, 11, 53)
    assert ("¿cuándo_podemos_llamarte?", "por la tarde") in first.answers
    assert ("ad_name", "Blue ad") in first.answers
    assert "phone" not in second.values
    assert (second.values["source_id"], second.values["medium_id"]) == (
        "Facebook",
        "Organic",
    )
    assert found.rows == [2, 3]
    assert [(row, reason) for row, reason, _text in found.refused] == [(4, "test")]


def test_google():
    found = convert(table(GOOGLE), "Europe/London")
    (lead,) = found.leads
    assert found.template.key == "google"
    assert lead.values["external_ref"] == "TeSter-1"
    assert lead.values["campaign_id"] == "Search brand"
    assert (lead.values["source_id"], lead.values["medium_id"]) == (
        "Google",
        "Lead Ads",
    )
    assert lead.arrival == datetime(2026, 11, 21, 18, 30)
    assert ("What is your budget?", "up to 300000") in lead.answers


def test_linkedin():
    found = convert(table(LINKEDIN))
    (lead,) = found.leads
    assert found.template.key == "linkedin"
    assert lead.values["contact_name"] == "Ines Duarte"
    assert lead.values["partner_name"] == "Firm of Ines"
    assert lead.values["function"] == "Head of Sales"
    assert lead.country == "Portugal"
    assert lead.arrival == datetime(2026, 11, 19, 8)


@pytest.mark.parametrize(
    ("titles", "row"),
    [
        (
            ["Fecha", "Referencia inmueble", "Nombre", "Apellidos", "Móvil", "Mensaje"],
            [
                datetime(2026, 11, 3, 9, 5),
                "R-9",
                "Eva",
                "Ruiz",
                600111333.0,
                "¿Visita?",
            ],
        ),
        (
            ["Data zapytania", "Nr oferty", "Imię i nazwisko", "Telefon", "Wiadomość"],
            ["03.11.2026 09:05", "R-9", "Eva Ruiz", "600111333", "¿Visita?"],
        ),
        (
            [
                "Eingangsdatum",
                "Objektnummer",
                "Vorname",
                "Nachname",
                "Telefon",
                "Nachricht",
            ],
            ["2026-11-03 09:05", "R-9", "Eva", "Ruiz", "600111333", "¿Visita?"],
        ),
        (
            ["Date", "Property ref", "Full name", "Mobile", "Comments"],
            ["2026-11-03T09:05:00+01:00", "R-9", "Eva Ruiz", 600111333, "¿Visita?"],
        ),
    ],
)
def test_portals(titles, row):
    """A portal's own titles, a line above them, dates of cells."""
    table = [["Leads of the week", *[""] * (len(titles) - 1)], titles, row]
    found = convert(table, "Europe/Warsaw")
    (lead,) = found.leads
    assert found.rows == [3]
    assert lead.values["listing_id"] == "R-9"
    assert lead.values["contact_name"] == "Eva Ruiz"
    assert lead.values["phone"] == "600111333"
    assert lead.message == "¿Visita?"
    assert lead.arrival == datetime(2026, 11, 3, 8, 5)


def test_row_without_number_is_known_again():
    """Loaded twice, the same row has the same reference, another one another."""
    titles = ["Listing", "Email", "Message"]
    one = ["R-1", "a@b.example", "Hello"]
    first, second = convert([titles, one, [*one[:2], "Again"]]).leads
    assert first.values["external_ref"] != second.values["external_ref"]
    (again,) = convert([titles, one]).leads
    assert again.values["external_ref"] == first.values["external_ref"]


def test_rows_of_nobody_are_told():
    titles = ["Property ref", "Email", "Message"]
    found = convert([titles, ["R-1", "", "Call me"], ["R-2", "a@b.example", ""]])
    assert found.refused == [(2, "nobody", "R-1; Call me")]
    assert found.rows == [3]


def test_files_of_odoo_are_left_alone():
    """Titles that are all fields of Odoo, and what is no table of leads."""
    rows = [["Listing", "Email"], ["R-1", "a@b.example"]]
    assert convert(rows, known={"listing", "email"}) is None
    assert convert([["Product", "Price"], ["Chair", "3"]]) is None
    assert convert([]) is None
    assert convert([["Email", "Phone", "Name"], ["a@b.example", "1", "A"]]) is None


@pytest.mark.parametrize(
    ("encoding", "wanted"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("cp1250", None),
    ],
)
def test_encodings(encoding, wanted):
    text = META.replace("é", "ł")
    data = (
        text.encode("cp1250", "replace")
        if encoding == "cp1250"
        else text.encode(encoding)
    )
    assert encoding_of(data) == wanted
    assert lead_files.is_text(data)
    if wanted:
        assert separator_of(data.decode(wanted)) == "\t"


@pytest.mark.parametrize(
    ("value", "zone", "wanted"),
    [
        ("2026-11-20T09:11:53-0600", "UTC", datetime(2026, 11, 20, 15, 11, 53)),
        (
            "2026-11-20 09:11:53.123 UTC",
            "Europe/Berlin",
            datetime(2026, 11, 20, 9, 11, 53),
        ),
        ("20/11/2026", "Europe/Madrid", datetime(2026, 11, 19, 23)),
        ("11/20/2026 1:05 PM", "America/New_York", datetime(2026, 11, 20, 18, 5)),
        ("11/20/2026 13:05", "UTC", datetime(2026, 11, 20, 13, 5)),
        (1700000000, "UTC", datetime(2023, 11, 14, 22, 13, 20)),
        ("1700000000000", "UTC", datetime(2023, 11, 14, 22, 13, 20)),
        (date(2026, 7, 1), "Europe/Warsaw", datetime(2026, 6, 30, 22)),
        ("0000-00-00 00:00", "UTC", None),
        ("32.13.2026", "UTC", None),
        ("1970-01-01", "UTC", None),
        ("yesterday", "UTC", None),
        (None, "UTC", None),
    ],
)
def test_moments(value, zone, wanted):
    assert moments.moment_of(value, zone) == wanted


def test_description_is_text():
    """What somebody wrote is no markup."""
    pairs = [
        lead_values.Pair("m", "Message", "<b>Hi</b>\nthere"),
        lead_values.Pair("q", "How <many>?", ["1", "2"]),
    ]
    html = lead_values.read_pairs(pairs).description()
    assert html == (
        "<p>&lt;b&gt;Hi&lt;/b&gt;</p><p>there</p><p>How &lt;many&gt;?: 1, 2</p>"
    )

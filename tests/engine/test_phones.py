"""Numbers and addresses as people, files and portals write them; no database."""

import doctest

import pytest
from engine import emails, mail_domains, phones, placeholders, postcodes
from engine import text as texts
from hypothesis import example, given
from hypothesis import strategies as st

GERMAN, POLISH, SPANISH = "+4915123456789", "+48601601601", "+34912345678"
MEXICAN, ARGENTINE = "+525512345678", "+5491123456789"
BRAZILIAN, BRAZILIAN_HOME = "+5511987654321", "+551137654321"


@pytest.mark.parametrize(
    "module", [phones, placeholders, mail_domains, emails, postcodes, texts]
)
def test_examples_in_the_documentation(module):
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize(
    ("text", "country", "number"),
    [
        # labels and links
        ("p:+4915123456789", "", GERMAN),
        ("tel:+48601601601", "", POLISH),
        ("TEL. +48 601-601-601", "", POLISH),
        ("whatsapp:+48 601 601 601", "", POLISH),
        ("WhatsApp: 601 601 601", "PL", POLISH),
        ("https://wa.me/4915123456789", "", GERMAN),
        ("callto:+48601601601", "", POLISH),
        ("sms:+48601601601", "", POLISH),
        ("Móvil: 912 34 56 78", "ES", SPANISH),
        ("Teléfono 912345678", "ES", SPANISH),
        ("Handy 0151 23456789", "DE", GERMAN),
        ("nr tel. 601601601", "PL", POLISH),
        ("m: 601601601", "PL", POLISH),
        ("kom. 601 601 601", "PL", POLISH),
        # spreadsheets
        ("4915123456789.0", "DE", GERMAN),
        ("4915123456789,0", "DE", GERMAN),
        ("4.915123456789E+12", "DE", GERMAN),
        ('="+49 151 23456789"', "", GERMAN),
        ('="4915123456789"', "PL", GERMAN),
        ("'+4915123456789", "", GERMAN),
        ('"+4915123456789"', "", GERMAN),
        # signs
        ("+48 601 601 601...", "", POLISH),
        ("601601601;", "PL", POLISH),
        ("\u200b+48\u00a0601\u202f601\u200d601\ufeff", "", POLISH),
        ("\u202a+48 601 601 601\u202c", "", POLISH),
        ("＋４８６０１６０１６０１", "", POLISH),
        ("٠٠٤٨٦٠١٦٠١٦٠١", "", POLISH),
        ("+48 601\u2013601\u2011601", "", POLISH),
        ("601-601-601 (Jan)", "PL", POLISH),
        ("+48 (601) 601/601", "", POLISH),
        # country codes
        ("0048 601 601 601", "DE", POLISH),
        ("48601601601", "PL", POLISH),
        ("48601601601", "ES", POLISH),
        ("4915123456789", "DE", GERMAN),
        ("49 151 23456789", "DE", GERMAN),
        ("+49 (0) 151 23456789", "", GERMAN),
        # prefixes that are given up
        ("0601601601", "PL", POLISH),
        ("+48 0601601601", "", POLISH),
        ("0-601 601 601", "PL", POLISH),
        ("01 55 1234 5678", "MX", MEXICAN),
        ("044 55 1234 5678", "MX", MEXICAN),
        ("045 55 1234 5678", "MX", MEXICAN),
        ("+52 1 55 1234 5678", "", MEXICAN),
        ("+52 044 55 1234 5678", "", MEXICAN),
        ("5215512345678", "MX", MEXICAN),
        ("5215512345678", "ES", MEXICAN),
        ("55 1234 5678", "MX", MEXICAN),
        ("011 15 2345-6789", "AR", ARGENTINE),
        ("+54 9 11 2345 6789", "", ARGENTINE),
        ("+54 11 15 2345-6789", "", ARGENTINE),
        ("+54 9 11 15 2345 6789", "", ARGENTINE),
        ("0351 15 234-5678", "AR", "+5493512345678"),
        ("(11) 8765-4321", "BR", BRAZILIAN),
        ("+55 11 8765-4321", "", BRAZILIAN),
        ("(11) 98765-4321", "BR", BRAZILIAN),
        ("011 98765-4321", "BR", BRAZILIAN),
        ("0 15 11 98765-4321", "BR", BRAZILIAN),
        ("551187654321", "BR", BRAZILIAN),
        ("(11) 3765-4321", "BR", BRAZILIAN_HOME),
        ("8 (912) 345-67-89", "RU", "+79123456789"),
        ("06 30 123 4567", "HU", "+36301234567"),
        ("+39 06 12345678", "", "+390612345678"),
        # extensions
        ("912 34 56 78 ext. 4", "ES", SPANISH),
        ("912 34 56 78 extensión 4", "ES", SPANISH),
        ("912 34 56 78, anexo 12", "ES", SPANISH),
        ("+34 912 34 56 78 int. 5", "", SPANISH),
        ("22 555 01 00 wew. 12", "PL", "+48225550100"),
        ("22 555 01 00 w. 12", "PL", "+48225550100"),
        ("030 123456 Durchwahl 12", "DE", "+4930123456"),
        ("+1 (212) 555-0101 x12", "", "+12125550101"),
        ("0171/1234567", "DE", "+491711234567"),
    ],
)
def test_notations(text, country, number):
    """P12 7: one number, whoever wrote it down."""
    assert phones.phones_of(text, [country] if country else []) == [number]


@pytest.mark.parametrize(
    "text", ["4.91512E+11", "4,91512E+11", "4.91512e11", "+4.9E+12", '="4.91512E+11"']
)
def test_rounded_by_a_spreadsheet(text):
    """P12 7: nobody knows the number any more, and that is said."""
    found = phones.read(text, ["DE"])
    assert found.damaged
    assert not found.numbers


@pytest.mark.parametrize(
    "text",
    [
        "601 601 601, 22 555 01 00",
        "601601601/225550100",
        "601 601 601 / 22 555 01 00",
        "601 601 601; 22 555 01 00",
        "601 601 601 lub 22 555 01 00",
        "601 601 601\n22 555 01 00",
        "kom. 601 601 601, tel. 22 555 01 00",
        "+48601601601 | 0048225550100",
        "601 601 601 y 22 555 01 00",
        "601 601 601 oder 22 555 01 00",
    ],
)
def test_several_in_one_field(text):
    """P12 7: all of them are looked at."""
    assert phones.phones_of(text, ["PL"]) == [POLISH, "+48225550100"]


@pytest.mark.parametrize(
    ("text", "country", "shown"),
    [
        ("p:+4915123456789", "", "+4915123456789"),
        ("22/555.01.00", "PL", "22/555.01.00"),
        ("tel. 22 555 01 00", "PL", "22 555 01 00"),
        ("+48 601 601 601...", "", "+48 601 601 601"),
        ("4915123456789.0", "DE", "+49 1512 3456789"),
        ("044 55 1234 5678", "MX", "+52 55 1234 5678"),
        ("4.91512E+11", "DE", "4.91512E+11"),
        ("1-800-FLOWERS", "US", "1-800-FLOWERS"),
        ("601-601-601 (Jan)", "PL", "601-601-601 (Jan)"),
    ],
)
def test_what_is_shown(text, country, shown):
    """P12 7: a number that can be dialled as it stands stays as it was written."""
    assert phones.read(text, [country] if country else []).shown == shown


@given(st.text(max_size=60), st.sampled_from(["PL", "DE", "MX", "AR", "BR", "US"]))
def test_any_text_is_a_phone_field(text, country):
    """P12 7: whatever is in the field, the answer is a few E.164 numbers, and what is
    shown says the same."""
    found = phones.read(text, [country])
    assert len(found.numbers) <= phones.MOST_NUMBERS
    for number in found.numbers:
        assert number[0] == "+" and number[1:].isdigit()
    if found.numbers:
        assert phones.read(found.shown, [country]).numbers == found.numbers


@pytest.mark.parametrize(
    "address",
    """
    noemail@noemail.com noemail2@noemail.com no-email@gmail.com nomail@firm.example
    no_mail@firm.example none@none.com test@test.com test@test na@na.com n.a@n.a.com
    null@null.com notiene@hotmail.com no.tiene@gmail.com sincorreo@gmail.com
    sinemail@sinemail.es brak@brak.pl brakmaila@wp.pl bezmaila@o2.pl nie.ma@wp.pl
    keine@keine.de keine-email@web.de notprovided@portal.example jan@noemail.com
    noaplica@noaplica.com test@email.com abc@abc.com asd@asd.com xxx@xxx.com
    jan@localhost a@a
    """.split(),
)
def test_addresses_of_nobody(address):
    """P12 6."""
    assert placeholders.is_email(address)


@pytest.mark.parametrize(
    "address",
    """
    na@ibm.com nil.puig@gmail.com noa@firm.example nemo@gmail.com tester@acme.pl
    test@customer.example none@vera.example brak@firm.pl info@test-center.de
    norbert@mail.de noelia@email.com contact@acme.com anna@person.test x1@a.example
    nadia@nadia.com
    """.split(),
)
def test_addresses_of_somebody(address):
    """P12 6: initials and names are none."""
    assert not placeholders.is_email(address)


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("600000000", "ES"),
        ("666666666", "ES"),
        ("999 999 999", "ES"),
        ("900000000", "ES"),
        ("500000000", "PL"),
        ("111111111", "PL"),
        ("123456789", "PL"),
        ("+48 123 456 789", ""),
        ("0123456789", "DE"),
        ("+49123456789", ""),
        ("(000) 000-0000", "US"),
        ("111-111-1111", "US"),
        ("555-555-5555", "US"),
        ("999-999-9999", "US"),
        ("123-456-7890", "US"),
        ("1234567", "US"),
        ("0", "US"),
        ("00000000", "DE"),
    ],
)
def test_numbers_of_nobody(text, country):
    """P12 6: one digit repeated, zeros, counting."""
    found = phones.phones_of(text, [country] if country else [])
    assert [n for n in found if not placeholders.is_phone(n)] == []


@pytest.mark.parametrize(
    "number",
    [GERMAN, POLISH, SPANISH, MEXICAN, ARGENTINE, BRAZILIAN, "+34612345678"]
    + ["+12125550101", "+442079460018", "+48600000001", "+48225550100"],
)
def test_numbers_of_somebody(number):
    """P12 6."""
    assert not placeholders.is_phone(number)


@pytest.mark.parametrize(
    "text",
    ["N/A", "n.a.", "-", "--", ".", "?", "none", "None", "no tiene", "NO TIENE."]
    + ["brak", "nie ma", "Keine", "keine Angabe", "sin teléfono", "p:", "tel.:", "0"]
    + ["null", "undefined", "x", "XXX", "Aucun", "nessuno", "\u200b", " \u00a0 ", ""],
)
def test_words_for_nothing(text):
    """P12 6."""
    assert placeholders.is_nothing(text)


@pytest.mark.parametrize("text", ["Ana", "Noa", "ask my wife", "6", "Nowak", "p:+4915"])
def test_words_for_something(text):
    """P12 6."""
    assert not placeholders.is_nothing(text)


@pytest.mark.parametrize(
    ("address", "domains"),
    [
        ("jan@acme.pl", ["acme.pl"]),
        ("jan@sales.acme.pl", ["sales.acme.pl", "acme.pl"]),
        ("jan@acme.com.mx", ["acme.com.mx"]),
        ("jan@gmail.com", []),
        ("jan@yahoo.co.uk", []),
        ("jan@poczta.onet.pl", []),
        ("jan@wp.pl", []),
        ("jan@co.uk", []),
        ("jan@localhost", []),
        ("jan", []),
    ],
)
def test_domains_of_companies(address, domains):
    """P12 8: free mail, registries and what is no address say no company."""
    assert mail_domains.domains_of(address) == domains


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("mailto:jan@acme.pl", "jan@acme.pl"),
        ("E-mail: jan@acme.pl", "jan@acme.pl"),
        ("e: jan@acme.pl", "jan@acme.pl"),
        (" jan@acme.pl. ", "jan@acme.pl"),
        ("jan@acme.pl,", "jan@acme.pl"),
        ("\u200bjan@acme.pl\u00a0", "jan@acme.pl"),
        ("jan\uff20acme.pl", "jan@acme.pl"),
        ("jan @ acme.pl", "jan@acme.pl"),
        ("jan@acme..pl", "jan@acme.pl"),
        ("jan@acme,pl", "jan@acme.pl"),
        ("jan@acme,com", "jan@acme.com"),
        ("jan (at) acme.pl", "jan@acme.pl"),
        ("jan[at]acme[dot]pl", "jan@acme.pl"),
        ("jan arroba acme punto es", "jan@acme.es"),
        ("jan malpa acme kropka pl", "jan@acme.pl"),
        ("<jan@acme.pl>", "<jan@acme.pl>"),
        (
            '"Jan \u017b\u00f3\u0142w" <jan@acme.pl>',
            '"Jan \u017b\u00f3\u0142w" <jan@acme.pl>',
        ),
        ('="jan@acme.pl"', "jan@acme.pl"),
        ("'jan@acme.pl", "jan@acme.pl"),
        ("jan@acme.pl; ewa@acme.pl", "jan@acme.pl, ewa@acme.pl"),
        ("jan@acme.pl / ewa@acme.pl", "jan@acme.pl, ewa@acme.pl"),
        ("noemail@x.com, jan@acme.pl", "jan@acme.pl"),
        ("N/A", ""),
        ("no tiene", ""),
        ("-", ""),
        ("ask my wife", "ask my wife"),
        ("jan.kowalski gmail.com", "jan.kowalski gmail.com"),
    ],
)
def test_addresses_as_written(text, shown):
    """P12 7: what a person, and Odoo, wants to see."""
    assert emails.read(text) == shown


@given(st.text(max_size=60))
@example("1`:")
@example('"<a)a{')
def test_any_text_is_an_address_field(text):
    """P12 7: read again, it says the same."""
    shown = emails.read(text)
    assert emails.read(shown) == shown


@pytest.mark.parametrize(
    ("text", "country", "shown"),
    [
        ("1067", "DE", "01067"),
        ("1067.0", "DE", "01067"),
        ("01 067", "DE", "01067"),
        ("D-01067", "DE", "D-01067"),
        ("8001", "ES", "08001"),
        ("28 001", "ES", "28001"),
        ("6000", "FR", "06000"),
        ("184", "IT", "00184"),
        ("2134", "US", "02134"),
        ("02134-1234", "US", "02134-1234"),
        ("950", "PL", "00-950"),
        ("00950", "PL", "00-950"),
        ("00-950", "PL", "00-950"),
        ("00 - 950", "PL", "00-950"),
        ("11000", "CZ", "110 00"),
        ("11 000", "CZ", "110 00"),
        ("150", "NO", "0150"),
        ("1000100", "PT", "1000-100"),
        ("01310100", "BR", "01310-100"),
        ("1310100", "BR", "01310-100"),
        ("sw1a1aa", "GB", "SW1A 1AA"),
        ("1234ab", "NL", "1234 AB"),
        ("1010", "AT", "1010"),
        ("1067", "", "1067"),
        ("\u00a028001\u200b", "ES", "28001"),
        ("12", "DE", "12"),
        ("0", "DE", "0"),
        ("Madrid", "ES", "Madrid"),
    ],
)
def test_postcodes(text, country, shown):
    """P12 7: blanks, and zeros that a spreadsheet took away."""
    assert postcodes.read(text, country) == shown

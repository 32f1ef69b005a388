"""Answers of machines, values that are none, numbers, addresses, companies and names,
as they arrive: one line of a table each. No database; the people are invented."""

import pytest
from engine import emails, phones, placeholders, postcodes
from engine.identity import unlike, words_of
from engine.mail_domains import domains_of
from engine.reading import automatic_kind

# answers of machines ------------------------------------------------------------------

MACHINES = [
    ("Automatyczna odpowiedź: Mieszkanie", "Dzień dobry", {}),
    ("Odpowiedź automatyczna: zapytanie", "", {}),
    ("Réponse automatique : Re: Appartement", "", {}),
    ("Risposta automatica: Casa", "", {}),
    ("Resposta automática: Imóvel", "", {}),
    ("Automatisch antwoord: Woning", "", {}),
    ("Automatisk svar: Bolig", "", {}),
    ("Autosvar: Lägenhet", "", {}),
    ("Automaattinen vastaus: Asunto", "", {}),
    ("Automatická odpověď: Byt", "", {}),
    ("Automatikus válasz: Lakás", "", {}),
    ("Răspuns automat: Apartament", "", {}),
    ("Otomatik yanıt: Daire", "", {}),
    ("Автоматический ответ: Квартира", "", {}),
    ("AUTO: I am out until Monday", "", {}),
    ("Re: Out of office", "", {}),
    ("Fuera de la oficina: visita", "", {}),
    ("Respuesta automática: Ausencia", "", {}),
    ("Urlaub bis 15.11.", "", {}),
    ("Im Urlaub", "", {}),
    ("Frage", "Ich bin bis 15.11. nicht im Büro und lese keine Mails.", {}),
    ("Pytanie", "Dziękuję za wiadomość. Jestem na urlopie do 15.11.", {}),
    ("Piso", "Gracias por su mensaje. Estoy de vacaciones hasta el lunes.", {}),
    ("Visite", "Bonjour, je suis absent jusqu'au 15.", {}),
    ("Casa", "Salve, sono in ferie fino al 15.", {}),
    ("Woning", "Bedankt voor uw bericht. Ik ben afwezig tot maandag.", {}),
    ("Flat", "Hi,\n\nI'm currently out of the office until Monday.", {}),
    ("Re: Flat", "Hello", {"auto-submitted": "auto-replied"}),
    ("Re: Flat", "Hello", {"x-autoreply": "yes"}),
    ("Undelivered Mail Returned to Sender", "", {"return-path": "<>"}),
    ("Zustellung fehlgeschlagen", "", {"return-path": "<>"}),
    ("Delivery Status Notification (Failure)", "", {"from": "postmaster@x.example"}),
    (
        "Mail delivery failed",
        "",
        {"from": "Mail Delivery System <MAILER-DAEMON@x.example>"},
    ),
    ("Gelesen: Ihre Wohnung", "", {"content-type": "multipart/report; report-type=x"}),
]
PEOPLE = [
    ("Question about the out of office tower", "Is it free?"),
    ("Urlaubsimmobilie gesucht", "Ich suche ein Ferienhaus."),
    ("Wohnung", "Ich bin ab Montag wieder in Berlin und möchte sie sehen."),
    ("Piso", "Estoy interesado, de vacaciones no puedo llamar."),
    ("Mieszkanie", "Jestem zainteresowany. Na urlopie będę dopiero w maju."),
    ("Holiday home", "On holiday we saw your house."),
    ("Automatic gate of the garage", "Does it work?"),
    ("Re: Flat", "I am away next week, can we meet on Monday after?"),
    ("Abwasser im Keller", "Wer hilft?"),
    ("Auto zu verkaufen", "Ist der Wagen noch da?"),
]


@pytest.mark.parametrize(("subject", "text", "headers"), MACHINES)
def test_answers_of_machines(subject, text, headers):
    """Part 12, 3."""
    headers = {"from": "Kai Kunde <kai@kunde.example>", **headers}
    assert automatic_kind(headers, subject, text).answer


@pytest.mark.parametrize(("subject", "text"), PEOPLE)
def test_people_who_sound_alike(subject, text):
    """Part 12, 3: a question about holidays is a question."""
    headers = {"from": "Kai Kunde <kai@kunde.example>"}
    assert automatic_kind(headers, subject, text) is None


# values that are none -----------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    "N/A|n.a.|N.A|na|-|--|—|.|...|?|none|None|NULL|nil|unknown|not provided|no email|"
    "no tiene|no tengo|ninguno|sin correo|sin teléfono|brak|brak danych|nie podano|"
    "nie ma|"
    "keine|keine Angabe|k.A.|entfällt|unbekannt|aucun|non renseigné|pas d'email|"
    "nessuno|"
    "non disponibile|geen|n.v.t.|nenhum|não tem|p:|tel:|xxx|0|000|s/n|s/d|nedostupné|"
    "ingen|"
    "yok|нет".split("|"),
)
def test_no_values(text):
    """Part 12, 6."""
    assert placeholders.is_nothing(text)


@pytest.mark.parametrize(
    "text",
    "Nina|Naomi|Ana|Noah|Kein Problem GmbH|Brakel|Nil Yalter|"
    "Tel Aviv|No. 7|Xaver|Anna Null|Oma|Nada Novak".split("|"),
)
def test_values(text):
    assert not placeholders.is_nothing(text)


@pytest.mark.parametrize(
    "address",
    "noemail@noemail.com|no.email@portal.com|no-mail@x.de|none@none.com|na@na.com|"
    "n-a@na.es|"
    "test@test|test@test.com|test@test.de|testing@test.pl|sincorreo@correo.es|"
    "sin.email@hotmail.com|notiene@gmail.com|no_tiene@gmail.com|brak@brak.pl|"
    "brakmaila@wp.pl|bez.maila@onet.pl|kein@kein.de|keine-email@web.de|"
    "nomail@nomail.com|"
    "noemail1@gmail.com|unknown@unknown.com|a@a|abc@abc.com|asdf@asdf.com|aaa@aaa.com|"
    "xxx@xxx.com|nobody@nobody.com|email@email.com|fake@fake.com|notprovided@x.com|"
    "no@no.com|pasdemail@orange.fr|senzamail@libero.it|semmail@sapo.pt|"
    "prueba@prueba.com|"
    "noaplica@noaplica.com|nada@nada.es".split("|"),
)
def test_addresses_of_nobody(address):
    assert placeholders.is_email(address)


@pytest.mark.parametrize(
    "address",
    "nora@none-such.de|na@ibm.com|test.pilot@luft.de|noe.mailer@gmail.com|"
    "brak@firma.pl|"
    "xenia@xxl.de|abc@abcgroup.de|fakenham@gmail.com|kai@kunde.de|"
    "keinemann@web.de".split("|"),
)
def test_addresses_of_somebody(address):
    assert not placeholders.is_email(address)


@pytest.mark.parametrize(
    ("number", "country"),
    [
        (number, country)
        for country, text in {
            "ES": "600000000|666666666|999999999|123456789|611111111|900000000",
            "PL": "111111111|500000000|123456789|600 000 000|000000000|999 999 999",
            "DE": "0123456789|01234567890|0000000|015000000000|0170 0000000|11111111",
            "US": "(000) 000-0000|111-111-1111|123-456-7890|555-555-5555|999 999 9999",
            "FR": "0600000000|0102030405|0123456789|0000000000",
            "IT": "3333333333|0000000000|1234567890|3000000000",
            "MX": "5555555555|0000000000|1234567890|1111111111",
            "GB": "07000000000|01234567890|00000000000|07777777777",
        }.items()
        for number in text.split("|")
    ],
)
def test_numbers_of_nobody(number, country):
    """Part 12, 6: no valid number, or one that is nobody's."""
    found = phones.read(number, [country]).numbers
    assert not [each for each in found if not placeholders.is_phone(each)]


# numbers and addresses ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "country", "number"),
    [
        ("Tel.: 0171 1234567 (abends)", "DE", "+491711234567"),
        ("0171-12 34 56 7 ab 18 Uhr", "DE", "+491711234567"),
        ("mobil 0171.1234567", "DE", "+491711234567"),
        ("(+49) 171 1234567", "DE", "+491711234567"),
        ("[+49](0)171-1234567", "DE", "+491711234567"),
        ("+49-(0)171-1234567", "DE", "+491711234567"),
        ("+ 49 171 1234567", "DE", "+491711234567"),
        ("++49 171 1234567", "DE", "+491711234567"),
        ("0049(0)1711234567", "DE", "+491711234567"),
        ("49-171-1234567", "DE", "+491711234567"),
        ("'0171 1234567", "DE", "+491711234567"),
        ("0171 1234567 #12", "DE", "+491711234567"),
        ("0171 1234567 Ext 12", "DE", "+491711234567"),
        ("wa.me/491711234567", "DE", "+491711234567"),
        ("https://api.whatsapp.com/send?phone=491711234567", "DE", "+491711234567"),
        ("signal: +49 171 1234567", "DE", "+491711234567"),
        ("phone number: +49 171 1234567", "DE", "+491711234567"),
        ("tel;+491711234567", "DE", "+491711234567"),
        ("+34 612 34 56 78", "DE", "+34612345678"),
        ("0034612345678", "DE", "+34612345678"),
        ("612-345-678 (WhatsApp)", "ES", "+34612345678"),
        ("34 612345678", "ES", "+34612345678"),
        ("6 1 2 3 4 5 6 7 8", "ES", "+34612345678"),
        ("+48600700800", "PL", "+48600700800"),
        ("(48) 600-700-800", "PL", "+48600700800"),
        ("600.700.800", "PL", "+48600700800"),
        ("+33 (0)6 12 34 56 78", "FR", "+33612345678"),
        ("06.12.34.56.78", "FR", "+33612345678"),
        ("0033 6 12 34 56 78", "FR", "+33612345678"),
        ("07911 123456", "GB", "+447911123456"),
        ("+44 (0) 7911 123456", "GB", "+447911123456"),
        ("347 123 4567", "IT", "+393471234567"),
        ("0039 347 1234567", "IT", "+393471234567"),
        ("1 (212) 555-0123", "US", "+12125550123"),
        ("212.555.0123 ext 5", "US", "+12125550123"),
        ("+1-212-555-0123;ext=5", "US", "+12125550123"),
        ("５５ １２３４ ５６７８", "MX", "+525512345678"),
        ("+52 (55) 1234-5678", "MX", "+525512345678"),
        ("06 12345678", "NL", "+31612345678"),
        ("+420 601 234 567", "CZ", "+420601234567"),
        ("601234567", "CZ", "+420601234567"),
        ("+351 912 345 678", "PT", "+351912345678"),
    ],
)
def test_numbers(text, country, number):
    """Part 12, 7."""
    assert phones.phones_of(text, [country]) == [number]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("kai@kunde.de", "kai@kunde.de"),
        (" Kai@Kunde.de ", "Kai@Kunde.de"),
        ("<kai@kunde.de>", "<kai@kunde.de>"),
        ("mailto:kai@kunde.de?subject=x", "kai@kunde.de"),
        ("E-Mail: kai@kunde.de", "kai@kunde.de"),
        ("email = kai@kunde.de", "kai@kunde.de"),
        ("kai @ kunde.de", "kai@kunde.de"),
        ("kai@kunde,de", "kai@kunde.de"),
        ("kai@kunde..de", "kai@kunde.de"),
        ("kai@kunde.de.", "kai@kunde.de"),
        ("kai@kunde.de;", "kai@kunde.de"),
        ("kai(at)kunde.de", "kai@kunde.de"),
        ("kai [at] kunde [dot] de", "kai@kunde.de"),
        ("kai AT kunde DOT de", "kai@kunde.de"),
        ("kai arroba kunde punto es", "kai@kunde.es"),
        ("kai małpa kunde kropka pl", "kai@kunde.pl"),
        ("kai chiocciola kunde punto it", "kai@kunde.it"),
        ('"kai@kunde.de"', "kai@kunde.de"),
        ("'kai@kunde.de'", "kai@kunde.de"),
        ("kai@kunde.de\u200b", "kai@kunde.de"),
        ("\u00a0kai@kunde.de", "kai@kunde.de"),
        ("ｋａｉ@kunde.de", "kai@kunde.de"),
        ('="kai@kunde.de"', "kai@kunde.de"),
        ("kai@kunde.de (privat)", "kai@kunde.de (privat)"),
        ("kai@kunde.de / kai@work.de", "kai@kunde.de, kai@work.de"),
        ("kai@kunde.de, noemail@x.de", "kai@kunde.de"),
        ("kai@kunde.de oder kai@work.de", "kai@kunde.de, kai@work.de"),
        ("-", ""),
        ("no tiene", ""),
        ("kai@kunde.de kai@kunde.de", "kai@kunde.de"),
    ],
)
def test_addresses(text, shown):
    """Part 12, 7."""
    assert emails.read(text) == shown


@pytest.mark.parametrize(
    ("text", "country", "shown"),
    [
        ("8001", "ES", "08001"),
        ("08001.0", "ES", "08001"),
        ("0 8 0 0 1", "ES", "08001"),
        ("00-001", "PL", "00-001"),
        ("00001", "PL", "00-001"),
        ("950", "PL", "00-950"),
        ("1067.0", "DE", "01067"),
        ("D-01067", "DE", "D-01067"),
        ("ec1a1bb", "GB", "EC1A 1BB"),
        ("w1a 0ax", "GB", "W1A 0AX"),
        ("1012ab", "NL", "1012 AB"),
        ("11000", "CZ", "110 00"),
        ("1000205", "PT", "1000-205"),
        ("06 000", "FR", "06000"),
        ('="06000"', "FR", "06000"),
    ],
)
def test_postcodes(text, country, shown):
    assert postcodes.read(text, country) == shown


# companies and names ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "first"),
    [
        ("kai@acme.de", "acme.de"),
        ("kai@mail.acme.de", "mail.acme.de"),
        ("kai@acme.co.uk", "acme.co.uk"),
        ("kai@acme.com.mx", "acme.com.mx"),
        ("kai@acme.org.pl", "acme.org.pl"),
        ("kai@eu.sales.acme.com", "eu.sales.acme.com"),
        ("kai@xn--mller-kva.de", "xn--mller-kva.de"),
        *(
            (f"kai@{domain}", None)
            for domain in "gmail.com googlemail.com hotmail.es outlook.com live.fr "
            "yahoo.de "
            "yahoo.co.uk icloud.com me.com gmx.de gmx.net gmx.at web.de t-online.de "
            "freenet.de "
            "wp.pl onet.pl o2.pl interia.pl op.pl orange.fr free.fr laposte.net sfr.fr "
            "libero.it virgilio.it tiscali.it telefonica.net terra.es hotmail.com.mx "
            "sapo.pt "
            "uol.com.br bol.com.br seznam.cz centrum.cz ziggo.nl hetnet.nl "
            "btinternet.com "
            "sky.com aol.com protonmail.com proton.me yandex.ru mail.ru qq.com".split()
        ),
    ],
)
def test_domains(address, first):
    """Part 12, 8: addresses that anybody may have name no company."""
    assert next(iter(domains_of(address)), None) == first


@pytest.mark.parametrize(
    ("one", "other", "two_people"),
    [
        ("Kai Kunde", "Eva Kunde", True),
        ("Kai Kunde", "Kai Kunde", False),
        ("Kai Kunde", "Kunde, Kai", False),
        ("Kai Kunde", "K. Kunde", False),
        ("Kai Kunde", "Kai", False),
        ("Kai Kunde", "Dr. Kai Kunde", False),
        ("Herr Kai Kunde", "Kai Kunde", False),
        ("Frau Eva Kunde", "Herr Kai Kunde", True),
        ("Łukasz Nowak", "Lukasz Nowak", False),
        ("Jörg Müller", "Joerg Mueller", False),
        ("José García", "Jose Garcia López", False),
        ("José García", "María García", True),
        ("Ana María López", "Ana López", False),
        ("Maria Kowalska", "Jan Kowalski", True),
        ("Jan Kowalski", "Jan Kowalsky", False),
        ("Anne-Marie Dupont", "Anne Marie Dupont", False),
        ("Jean Dupont", "Jeanne Dupont", True),
        ("O'Brien Sean", "Sean OBrien", False),
        ("Smith John", "John Smith Jr.", False),
        ("Antonio Ruiz", "Antonia Ruiz", True),
        ("Anna Lee", "Ann Lee", False),
        ("KAI KUNDE", "kai kunde", False),
        ("Kai  Kunde ", "Kai\u00a0Kunde", False),
        ("Zoë Ávila", "Zoe Avila", False),
        ("Kai Kunde", "", False),
        ("Kai Kunde", "N/A", False),
        ("Peter Schmidt", "Petra Schmidt", True),
        ("Michael Weber", "Michaela Weber", True),
        ("Carlos Ruiz", "Carla Ruiz", True),
        ("Piotr Zając", "Piotr Zajac", False),
        ("Paul Weber", "Paula Weber", True),
    ],
)
def test_names(one, other, two_people):
    """Part 12, 5: husband and wife, two of one office."""
    assert unlike(words_of(one), words_of(other)) is two_people
    assert unlike(words_of(other), words_of(one)) is two_people

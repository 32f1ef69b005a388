"""Mails of machines, known by headers and words; no database."""

import pytest
from engine.reading import automatic_kind

OWN = ("own.example",)


def kind(subject="Question", text="Hello, is it still free?", **headers):
    headers.setdefault("from", "Kai Kunde <kai@kunde.example>")
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return automatic_kind(named, subject, text, OWN)


def test_a_person():
    assert kind() is None
    assert (
        kind(auto_submitted="no", precedence="", x_auto_response_suppress="None")
        is None
    )


@pytest.mark.parametrize(
    ("headers", "reason", "answer"),
    [
        ({"auto_submitted": "auto-replied"}, "automatic", True),
        ({"auto_submitted": "auto-replied (vacation)"}, "automatic", True),
        ({"auto_submitted": "auto-generated; type=x"}, "automatic", False),
        ({"x_autoreply": "yes"}, "automatic", True),
        ({"x_autorespond": "Re: hi"}, "automatic", True),
        ({"x_auto_response_suppress": "OOF, AutoReply"}, "automatic", False),
        ({"precedence": "auto_reply"}, "automatic", True),
        ({"precedence": "bulk"}, "list", False),
        ({"list_unsubscribe": "<https://x.example/u>"}, "list", False),
        ({"list_id": "News <news.shop.example>"}, "list", False),
        (
            {"content_type": "multipart/report; report-type=delivery-status"},
            "bounce",
            True,
        ),
        ({"from": "MAILER-DAEMON@relay.example"}, "bounce", True),
        ({"from": "Postmaster <postmaster@relay.example>"}, "bounce", True),
        ({"x_failed_recipients": "kai@kunde.example"}, "bounce", True),
    ],
)
def test_headers(headers, reason, answer):
    """Part 12, 3."""
    found = kind(**headers)
    assert (found.reason, found.answer) == (reason, answer)
    assert found.detail


@pytest.mark.parametrize(
    "subject",
    [
        "Automatic reply: Flat",
        "Out of Office: back on Monday",
        "Automatische Antwort: Wohnung",
        "Abwesenheitsnotiz",
        "Re: Abwesend: Ihre Anfrage",
        "Respuesta automática: Piso",
        "Fuera de la oficina",
        "Odpowiedź automatyczna: Mieszkanie",
        "Autoodpowiedź",
        "Réponse automatique : Appartement",
        "Risposta automatica: Casa",
        "Fuori sede",
        "Im Urlaub bis 5. Mai",
        "Urlop do 5 maja",
        "Ausente",
        "Afwezig: terug maandag",
        "Resposta automática: Casa",
        "Automatisch antwoord: Huis",
        "Autosvar: Hej",
        "Automatická odpověď: Byt",
        "自动回复: hello",
    ],
)
def test_away_by_the_subject(subject):
    """Part 12, 3: notices without any header."""
    assert kind(subject).answer


@pytest.mark.parametrize(
    "text",
    [
        "Hello,\n\nI am currently out of the office until 5 May.",
        "Vielen Dank für Ihre Nachricht. Ich bin bis Montag nicht im Büro.",
        "Guten Tag,\nich bin derzeit im Urlaub.",
        "Hola, estoy de vacaciones hasta el lunes.",
        "Dziękuję za wiadomość. Jestem na urlopie do 5 maja.",
        "Bonjour, je suis actuellement absent.",
    ],
)
def test_away_by_the_text(text):
    assert kind(text=text).answer


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Office space", "I am looking for an office out of town."),
        ("Automatik oder Schaltung?", "Ist der Wagen mit Automatik?"),
        ("Absence of parking", "Is there a garage?"),
        ("Vacaciones en la playa", "Busco un piso para las vacaciones."),
        ("Ferienwohnung", "Ich bin am Montag im Urlaub, bitte rufen Sie Dienstag an."),
        ("Urlopowy dom", "Szukam domu na urlop."),
        ("Auto zu verkaufen", "Guten Tag"),
        ("Im Urlaub Wohnung gesucht", "Guten Tag"),
        ("Urlop nad morzem", "Szukam domu."),
        ("Annual leave villa", "Is it free?"),
        ("Question", "Hello, I want a flat. I am on annual leave next week."),
        ("Undelivered furniture", "My sofa has not come."),
    ],
)
def test_people_who_use_such_words(subject, text):
    """A person's words are no notice."""
    assert kind(subject, text) is None


def test_list_of_ours():
    """A group of our own passes on what people write."""
    assert kind(list_id="<desk.own.example>", precedence="list") is None
    assert kind(list_id="<desk.not-own.example>", precedence="list").reason == "list"

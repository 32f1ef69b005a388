"""What stands before a value in a mail: of the customer, or of somebody else.

A *role* is a target of :mod:`..lead_labels`, ``from`` for who sent it, ``reply`` for
whom to answer, or ``others`` for what is the provider's, the agent's or a colleague's.
"""

import re
from functools import lru_cache

from ..identity import fold
from ..lead_labels import LONGEST_LABEL, TARGETS, plain_label

FROM, REPLY, OTHERS = "from", "reply", "others"

#: words of what is somebody else's, wherever they stand in a label
_OTHERS = set(
    """
    agent agents agente agentes agency agencia agence agenzia asesor asesora
    comercial vendedor vendedora berater beraterin makler maklerin anbieter anbieters
    anbieterin verkaufer verkaufers handler handlers handlerin doradca doradcy
    opiekun opiekuna sprzedawca sprzedawcy posrednik posrednika biuro biura broker
    brokers dealer dealers dealership vendor vendors provider providers seller sellers
    conseiller conseillere negociateur negociatrice venditore consulente consultor
    consultora corretor corretora imobiliaria verkoper makelaar hotline infolinia
    helpline helpdesk support soporte kundenservice kundendienst assistenza servicio
    anunciante inserent inserenten annonceur inserzionista advertiser recipient
    destinatario destinataire empfanger empfangers odbiorca ontvanger sachbearbeiter
    betreuer betreuerin zustandig office oficina buro landlord propietario eigentumer
    wlasciciel assigned advisor adviser manager realtor lister fax telefax faks
    """.split()
)
#: labels that are somebody else's, as a whole
_OTHER_LABELS = {
    "to",
    "an",
    "para",
    "cc",
    "bcc",
    "aan",
    "a l attention de",
    "our phone",
    "your contact",
    "your contact person",
    "ihr ansprechpartner",
    "ihre ansprechpartnerin",
    "dein ansprechpartner",
    "tu contacto",
    "su contacto",
    "votre interlocuteur",
    "votre contact",
    "il tuo referente",
    "uw contactpersoon",
    "osoba prowadzaca",
    "listed by",
    "posted by",
    "call us",
    "contact us",
    "customer service",
    "atencion al cliente",
    "llamanos",
    "kontakt z nami",
    "unsere hotline",
    "sent to",
    "delivered to",
    "questions",
    "help",
    "hilfe",
    "ayuda",
    "pomoc",
    "aide",
    "aiuto",
    "ajuda",
}
#: words that say no more than that it is the customer's
_FILLING = set(
    """
    your ihr ihre ihren dein deine tu su sus votre vos ton ta twoj twoja twoje pana pani
    panstwa uw jouw je seu sua il tuo tua suo of the la el le les los las der die das
    des de del du da do dos das di della dello dell d l z od przez customer customers
    cliente client clients klient klienta kunde kunden interesado interesada interessent
    interessenten interessato zainteresowanego lead leads user usuario visitor prospect
    buyer comprador kupujacego kaufer contact contacto contatto kontakt kontaktowy
    kontaktowa required obligatorio obligatoire obbligatorio pflichtfeld wymagane dem
    optional opcional facultatif what whats is s please enter wie lautet cual es como
    jaki jaka jest quel quelle est qual applicant enquirer inquirer wprowadz podaj
    """.split()
)
_MORE = {
    "contact_name": """
        from name | sender | sender name | name of sender | absender | nadawca
        | remitente | expediteur | mittente | remetente | afzender | naam
        | volledige naam
        | uw naam | klant | jmeno | jmeno a prijmeni | nume | nev | namn | navn | nimi
        | onoma | enquirer | buyer | prospect | name of customer
        | imie i nazwisko klienta | nombre del interesado | caller | visitor
        | nombre y apellidos del interesado | persona de contacto | persona di contatto
        | personne a contacter | pessoa de contacto | pessoa de contato
        | contactpersoon | kontaktni osoba | kontaktperson | prenom nom | nom prenom""",
    "first_name": "voornaam | krestni jmeno | prenume | fornavn | fornamn | keresztnev",
    "last_name": "achternaam | prijmeni | nume de familie | etternavn | efternamn",
    "email_from": """
        emailadres | e mailadres | mailadres | epost | e post | sahkoposti | mailto
        | e mail kontaktowy | email kontaktowy | your mail | mail adresse | adr email
        | correo e mail | kontakt e mail | eposta | e posta | emailova adresa
        | adres mailowy
        | email id | emailaddress | e mailadresse | emailadresse""",
    "phone": """
        telefoonnummer | telefoon | tel no | tel num | telefonni cislo | telefonszam
        | puhelin | telefonnumer | phone no | ph | call me at | reach me at
        | tel kontaktowy
        | telefon kontaktowy | daytime phone | evening phone | home phone | telf | tfno
        | tlf | tf | tel mobile | n de telephone | num telephone | no tel | fon | mob
        | tel mob
        | evening telephone | day phone | phone day | telephone no | ruf nr
        | contacttelefoon | whats app | whats app number
        | telefone | telefone celular | numero de telefone | fone | numero telefono
        | cel
        | recapito telefonico | telefoon nummer | telefono fijo | festnetz | tel fixe
        | voice phone | kom | tel kom | nr tel""",
    "mobile": """
        mobiel | mobiele nummer | mobiltelefonnummer | gsm | mobil | mobile no
        | movil personal | tel movil | tel portable | n de portable
        | mobilni telefon""",
    "partner_name": "bedrijf | bedrijfsnaam | firme | spolecnost | foretag",
    "message": """
        bericht | uw bericht | vraag | opmerkingen | zprava | mesaj | uzenet
        | meddelande
        | besked | viesti | message body | message text | nachrichtentext | inhalt
        | your enquiry | your inquiry | tu mensaje | su mensaje | texto del mensaje
        | question | pregunta | pytanie | frage | domanda | anmerkung | anmerkungen
        | nachricht des interessenten | wiadomosc od klienta | message from client
        | mensaje del cliente | mensaje del interesado | client message | comentarios
        | kommentare | duvida""",
    "listing_id": """
        object | object nummer | referentienummer | referentie | woning | pand
        | advertentie
        | scout id | objekt id scout id | anzeige | anzeigennummer | anzeigen id
        | anzeige nr
        | anzeigen nr | inserat | inserat nr | inseratsnummer | fahrzeug
        | fahrzeugnummer
        | fahrzeug id | interne nummer | ref immobile | codice immobile
        | codice annuncio
        | rif | rif annuncio | ref annonce | ref bien | ref du bien | numero de annonce
        | reference | reference annonce client | n annonce | codigo do imovel
        | ref imovel
        | anuncio numero | ref anuncio | referencia anuncio | codigo anuncio
        | property reference number | agent ref | listing code | advert ref | mls
        | mls id
        | mls number | oobj id | portal obj id | stock no | stock | vin
        | numer ogloszenia | id ogloszenia | id oferty | kod oferty | symbol oferty
        | numer referencyjny | numer lokalu | lokal | mieszkanie | kod inwestycji
        | project name | nazwa inwestycji | web ref | property id reference
        | product sku
        | sku | oferta numer | numero anuncio | numero de referencia | ref no
        | our ref""",
    "source_id": "herkomst | bron | via portal | leadquelle | zrodlo zapytania "
    "| where from"
    " | portal name | serwis",
    "consent_purpose_ids": """
        toestemming | souhlas | gdpr | gdpr consent | rgpd | rodo | dsgvo
        | consent given
        | zgody marketingowe | permissions | autorizaciones""",
    "name": "onderwerp | predmet | asunto del mensaje | emne | amne",
    FROM: "from | von | od | de | da | van | fra | fran | email from",
    REPLY: """
        reply to | replyto | antwort an | antworten an | responder a | odpowiedz do
        | repondre a | rispondi a | antwoord aan""",
}

_ROLES = {}
for _role, _text in _MORE.items():
    for _label in _text.split("|"):
        _ROLES.setdefault(" ".join(_label.split()), _role)
for _label in _OTHER_LABELS:
    _ROLES[_label] = OTHERS
#: labels that say something only in files and payloads
_NOT_IN_MAILS = {
    "user first name",
    "page",
    "url",
    "test",
    "hidden",
    "web",
    "land",
    "via",
}

_CONSENT = re.compile(
    r"\b(?:consent\w*|opt ?in|zgod\w+|wyrazam|einwilligung\w*|einverstanden|zustimmung"
    r"|consentimiento\w*|acepto|autorizo|consento|consentement|j accepte|accetto"
    r"|aceito|toestemming|akkoord|newsletter|marketing\w*|gdpr|rgpd|rodo|dsgvo)\b"
)
#: what people answer to whether they agree
YES = set(
    "yes y true 1 on x si sim tak ja oui da ano igen accepted agreed zgoda wyrazam"
    " wyrazono aceptado acepto accepte checked ok given zaznaczono".split()
)


@lru_cache(maxsize=4096)
def role_of(label):
    """Tell whose, and what, the value beside a label is.

    :returns: a role, None for what is none

    >>> role_of("Teléfono del interesado *")
    'phone'
    >>> role_of("Agent phone")
    'others'
    >>> role_of("Dear Sir")
    """
    plain = plain_label(label)
    if not plain or len(plain) > LONGEST_LABEL:
        return None
    if plain in _ROLES:
        return _ROLES[plain]
    if plain in TARGETS and plain not in _NOT_IN_MAILS:
        return TARGETS[plain]
    if "(" in label:
        return role_of(label.partition("(")[0])
    words = plain.split()
    if len(words) > 6:
        return None
    if not _OTHERS.isdisjoint(words):
        return OTHERS
    kept = " ".join(word for word in words if word not in _FILLING)
    if not kept or kept == plain or kept in _NOT_IN_MAILS:
        return None
    return _ROLES.get(kept) or TARGETS.get(kept)


def is_known(label):
    """Whether a label is known word for word."""
    plain = plain_label(label)
    return plain in _ROLES or plain in TARGETS and plain not in _NOT_IN_MAILS


def consent_of(label, value):
    """Return what was agreed to, where a label asks and the answer is yes.

    >>> consent_of("Zgoda na marketing", "Tak")
    'Zgoda na marketing'
    >>> consent_of("I agree to the newsletter", "no")
    """
    if len(label) > 500 or len(value) > 40:
        return None
    if not _CONSENT.search(plain_label(label[:200])):
        return None
    return label.strip(" *:?") if plain_label(value) in YES else None


#: what begins the part of a mail that its provider adds
_FOOTER = re.compile(
    r"^(?:-- ?$|_{5,}|-{8,}|={5,}|©|\(c\) |copyright|this (?:e-?mail|message) (?:was"
    r"|has been)"
    r"|you (?:are receiving|receive|received|got) this|sent (?:from|via) (?:our|your"
    r"|the)|diese (?:e-?mail"
    r"|nachricht) wurde"
    r"|este (?:correo|mensaje|email)|ten? (?:e-?mail|wiadomosc)|ta wiadomosc"
    r"|wiadomosc wyslana"
    r"|ce(?:t e-?mail| message)|questa (?:e-?mail|messaggio)|esta mensagem|deze e-?mail"
    r"|impressum|unsubscribe|abmelden|darse de baja|wypisz|se desabonner"
    r"|(?:best|kind|warm) regards|regards|mit freundlichen|viele grusse|freundliche"
    r"|saludos"
    r"|un saludo|atentamente|pozdraw|z powazaniem|cordialement|cordiali saluti"
    r"|atenciosamente"
    r"|met vriendelijke|(?:the|your|ihr|dein|el|tu|zespol|l equipe"
    r"|votre) [\w .]{0,30}team\b"
    r"|zespol |el equipo|l.equipe|il team|need help|besoin d|brauchen sie"
    r"|necesitas ayuda"
    r"|potrzebujesz|fragen\?|questions\?|dudas\?)"
)


def is_footer(text):
    """Whether a line begins what the provider says below every mail."""
    return bool(_FOOTER.match(fold(text[:120]).strip(" *>")))


#: a line with one of these tells how to reach the provider
_PROVIDERS = re.compile(
    r"\b(?:hotline|support|soporte|service|servicio|kundenservice|kundendienst"
    r"|infolinia|help"
    r"|hilfe|ayuda|pomoc|aide|assist\w+|call us|llamanos|rufen sie uns|contact us"
    r"|kontakt z nami"
    r"|impressum|unsubscribe|gmbh|s\.?l\.?u?|sp\. ?z|s\.?a\.?|ltd|inc|b\.?v|hrb"
    r"|amtsgericht|nip"
    r"|vat|cif|siret|fax|faks|telefax)\b"
)


def is_providers(text):
    """Whether a line without a label speaks of the provider's own number or address."""
    return bool(_PROVIDERS.search(fold(text[:300])))


def is_fax(text):
    """Whether a line without a label is about a fax."""
    return bool(re.search(r"\b(?:fax|telefax|faks)\b", text[:300], re.IGNORECASE))

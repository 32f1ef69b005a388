"""What portals, forms and people call the fields of a lead.

Plain Python. A *label* is the title of a column, the key of a payload, or the question
of a form. A *target* is where its value goes: mostly the name of a field of the lead,
else one of :data:`PARTS`.
"""

import re

from .identity import fold

#: targets that are no field of the lead: they are put together, or kept as words
PARTS = (
    "first_name",
    "last_name",
    "mobile",
    "message",
    "arrival",
    "platform",
    "organic",
    "test",
    "note",
    "state",
    "country",
    "ignore",
)

#: ``{target: labels, folded, words between blanks}``
_LABELS = {
    "contact_name": """
        name | full name | your name | contact | contact name | contact person |
        lead name | customer | customer name | client | client name | lead full name
        | nombre completo | nombre y apellidos | nombre y apellido | tu nombre |
        nombre de contacto | nombre del cliente | cliente | interesado |
        imie i nazwisko | imie nazwisko | twoje imie i nazwisko | klient |
        osoba kontaktowa | vollstandiger name | vor und nachname | ihr name | kunde
        | ansprechpartner | interessent | nom complet | nom et prenom |
        prenom et nom | votre nom | client | nome completo | nome e cognome |
        nome e sobrenome | seu nome | anrufer | name des anrufers | caller name |
        nazwa klienta | dzwoniacy | rozmowca | appelant | nom de l appelant |
        llamante | nombre del llamante | chiamante | beller | ad soyad | adi soyadi |
        adiniz soyadiniz | isim soyisim | meno a priezvisko | ime i prezime |
        ime in priimek | vardas pavarde | vards uzvards | ees ja perekonnanimi |
        ονοματεπωνυμο | имя и фамилия | фио | имя фамилия | име и фамилия |
        имя клиента | ім я та прізвище | піб""",
    "first_name": """
        first name | firstname | given name | forename | fname | nombre | nombres |
        imie | vorname | prenom | nome | primeiro nome | user first name | meno |
        ime | vardas | vards | eesnimi | имя | име | ім я | ονομα""",
    "last_name": """
        last name | lastname | family name | surname | lname | apellido | apellidos
        | nazwisko | nachname | familienname | nom | nom de famille | cognome |
        sobrenome | apelido | user last name | soyad | soyadi | soyisim | priezvisko |
        prezime | priimek | pavarde | uzvards | perekonnanimi | фамилия | прізвище |
        επωνυμο""",
    "email_from": """
        email | e mail | mail | email address | e mail address | your email |
        work email | business email | company email | user email | contact email |
        customer email | lead email | correo | correo electronico | correo e |
        tu correo | email de contacto | direccion de correo electronico |
        adres email | adres e mail | twoj email | e mail adresse | email adresse |
        adresse e mail | adresse email | courriel | indirizzo email |
        indirizzo e mail | posta elettronica | endereco de email |
        endereco de e mail | e mail adresa | emailova adresa | e naslov |
        el pastas | e pasts | почта | электронная почта | эл почта | имейл |
        електронна пошта | пошта""",
    "phone": """
        phone | phone number | telephone | telephone number | tel | your phone |
        user phone | contact phone | customer phone | lead phone | contact number |
        work phone | work phone number | business phone | telefono |
        numero de telefono | tu telefono | telefono de contacto | telefon |
        numer telefonu | nr telefonu | twoj telefon | telefonnummer | rufnummer |
        tel nr | numero de telephone | telephone portable | numero di telefono |
        numero de telemovel | whatsapp | whatsapp number | numero de whatsapp |
        telefonne cislo | telefonni cislo | broj telefona | telefonska stevilka |
        telefon numarasi | cep telefonu | telefono numeris | telefona numurs |
        telefoninumber | телефон | номер телефона | номер телефону | τηλεφωνο""",
    "mobile": """
        mobile | mobile phone | mobile number | cell | cell phone | cellphone |
        movil | telefono movil | celular | numero movil | komorka |
        telefon komorkowy | handy | mobiltelefon | handynummer | portable |
        mobile phone number | cellulare | telemovel""",
    "partner_name": """
        company | company name | organization | organisation | business name |
        business | employer | empresa | nombre de la empresa | nombre de empresa |
        firma | nazwa firmy | unternehmen | firmenname | societe | entreprise |
        nom de l entreprise | azienda | nome azienda | nome da empresa""",
    "function": """
        job title | position | job position | puesto | cargo | puesto de trabajo |
        stanowisko | position im unternehmen | berufsbezeichnung | poste |
        intitule de poste | qualifica""",
    "street": """
        street | address | street address | address line 1 | direccion | calle |
        adres | ulica | adresse | strasse | rue | indirizzo | via | endereco | rua""",
    "city": """
        city | town | ciudad | localidad | poblacion | municipio | miasto |
        miejscowosc | stadt | ort | wohnort | ville | citta | cidade""",
    "zip": """
        zip | zip code | zipcode | postcode | post code | postal code |
        codigo postal | cp | kod pocztowy | plz | postleitzahl | code postal | cap |
        cep | codice postale""",
    "state": """
        state | province | region | county | provincia | estado | comunidad |
        wojewodztwo | bundesland | departement | regione | distrito""",
    "country": """
        country | country region | pais | kraj | land | pays | paese""",
    "website": """
        website | web | web site | company website | sitio web | pagina web |
        strona www | strona internetowa | webseite | site web | sito web""",
    "vat": """
        vat | vat number | tax id | nif | cif | dni | nip | ust id | steuernummer |
        siret | partita iva | codice fiscale | cnpj | cpf""",
    "message": """
        message | your message | comment | comments | inquiry | enquiry | details |
        notes | remarks | description | mensaje | comentario | comentarios |
        consulta | observaciones | wiadomosc | tresc | tresc wiadomosci | uwagi |
        zapytanie | komentarz | nachricht | ihre nachricht | bemerkung | bemerkungen
        | kommentar | anfrage | message du client | commentaire | commentaires |
        votre message | messaggio | richiesta | mensagem | anliegen | sprawa | mesaj |
        mesajiniz | sprava | vasa sprava | poruka | sporocilo | zinute | сообщение |
        комментарий | повідомлення | μηνυμα""",
    "name": """
        subject | topic | asunto | temat | betreff | sujet | objet | oggetto |
        assunto""",
    "listing_id": """
        listing | listing id | listing reference | listing ref | listing number |
        property | property id | property ref | property reference | property code |
        object id | object number | advert | advert id | advert reference |
        ad reference | reference of property | project | product | vehicle |
        vehicle id | stock number | inmueble | referencia | referencia inmueble |
        ref inmueble | ref del inmueble | referencia del inmueble | ref | anuncio |
        id anuncio | codigo inmueble | vivienda | promocion | oferta | numer oferty
        | nr oferty | oferta nr | sygnatura | nieruchomosc | ogloszenie |
        nr ogloszenia | inwestycja | objekt | objektnummer | objekt nr | objekt id |
        immobilie | expose | immobilien id | bien | reference du bien |
        reference annonce | annonce | immobile | riferimento immobile | riferimento
        | annuncio | imovel | referencia do imovel""",
    "consent_purpose_ids": """
        consent | consents | marketing consent | opt in | optin | consentimiento |
        consentimientos | acepta publicidad | zgoda | zgody | einwilligung |
        einwilligungen | consentement | consenso | consentimento""",
    "source_id": """
        source | utm source | lead source | portal | origin | channel | fuente |
        origen | portal inmobiliario | canal | zrodlo | quelle | kanal | herkunft |
        origine | fonte""",
    "medium_id": """
        medium | utm medium | medio | kanal reklamowy""",
    "campaign_id": """
        campaign | campaign name | utm campaign | campana | nombre de la campana |
        nombre de campana | kampania | nazwa kampanii | kampagne | kampagnenname |
        campagne | nom de la campagne | campagna | campanha""",
    "external_ref": """
        lead id | leadid | external reference | external id | reference number |
        inquiry id | enquiry id | inquiry number | request id | submission id |
        response id | response token | leadgen id | id de lead | id del lead |
        id contacto | id solicitud | id zapytania | nr zapytania | numer zapytania |
        anfrage id | anfragenummer | anfrage nr | id de la demande | id richiesta""",
    "arrival": """
        inquiry date | enquiry date | date of inquiry | created time | created at |
        date | date time | datetime | created |
        created on | submitted at | submission time | submission date | submitted on
        | submit time | lead submit time | lead created at | form submitted at |
        date submitted | date received | received | received at | timestamp | fecha
        | fecha y hora | fecha de contacto | fecha de solicitud | fecha de creacion
        | fecha de recepcion | data | data i godzina | data zapytania |
        data utworzenia | data wplywu | datum | eingang | eingangsdatum |
        anfragedatum | datum der anfrage | date de creation | date de la demande |
        date et heure | data e ora | data di creazione | data da criacao | landed at""",
    "platform": """
        platform | plataforma | platforma | plattform | plateforme""",
    "organic": """
        is organic | es organico""",
    "test": """
        is test | test | test lead""",
    "note": """
        ad name | adset name | ad set name | ad group | ad group name | form name |
        form title | creative name | lead form name | lead gen form name | gclid |
        gcl id | google click id | fbclid | utm term | utm content | landing page |
        page url | page | url | referrer""",
    "ignore": """
        ad id | adset id | ad set id | adgroup id | ad group id | creative id |
        asset group id | form id | lead form id | campaign id | page id |
        lead status | event id | inbox url | is qualified | is quality |
        is converted | api version | google key | lead stage | lead type |
        account id | account name | event type | form version | csrf token | hidden
        | network id""",
}

_BETWEEN = re.compile(r"[\W_]+")
#: ``{label: target}``
TARGETS = {}
for _target, _text in _LABELS.items():
    for _label in _text.split("|"):
        TARGETS.setdefault(" ".join(fold(_label).split()), _target)

#: longer than the title of any field: a question
LONGEST_LABEL = 60


def plain_label(label):
    """Return a label in small letters, words between single blanks.

    >>> plain_label("  ¿Número_de_Teléfono? ")
    'numero de telefono'
    >>> plain_label("firstName")
    'first name'
    """
    text = str(label or "")[:200].strip().strip("*:")
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    return _BETWEEN.sub(" ", fold(text)).strip()


def target_of(label):
    """Return where the value under a label goes, None for what is not known.

    >>> target_of("Correo electrónico")
    'email_from'
    >>> target_of("Wann sollen wir Sie anrufen?")
    """
    plain = plain_label(label)
    if len(plain) > LONGEST_LABEL:
        return None
    return TARGETS.get(plain)

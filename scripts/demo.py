"""The demonstration, told on the terminal.

Runs inside Odoo, with ``env`` given: a fresh database gets the demo's people,
routes and customers, the three portal files through Odoo's own import, and six
mails of a portal through the mail gateway. A second run changes nothing: what is
delivered again is the same lead. Every doubt is an exception.

The last line counts the leads of the files.
"""

import csv
import io
from collections import Counter
from datetime import timedelta
from email.message import EmailMessage

from lxml import html

from odoo import fields
from odoo.tools import convert_file, file_open

MODULE = "lead_distribution"
DATA = (
    "res_users_demo.xml",
    "res_partner_demo.xml",
    "lead_distribution_demo.xml",
    "lead_distribution_work_demo.xml",
)
MANAGER = f"{MODULE}.user_manager"
KNOWN = ("known_advisor", "former_advisor")

#: how each portal writes its file, and the field of Odoo for each of its columns;
#: two columns may fill one field, and False is left out
PORTALS = {
    "portal_a.csv": (
        {
            "encoding": "cp1252",
            "separator": ";",
            "float_thousand_separator": ".",
            "float_decimal_separator": ",",
        },
        {
            "Ref. contacto": "external_ref",
            "Fecha": False,
            "Portal": "source_id",
            "Asunto": "name",
            "Nombre y apellidos": "contact_name",
            "Empresa": "partner_name",
            "Correo electrónico": "email_from",
            "Teléfono": "phone",
            "Ref. inmueble": "listing_id",
            "Población": "city",
            "País": "country_id",
            "Presupuesto": "expected_revenue",
            "Mensaje": "description",
            "Consentimientos": "consent_purpose_ids",
        },
    ),
    "portal_b.csv": (
        {"encoding": "cp1250", "separator": "\t"},
        {
            "Temat": "name",
            "Treść": "description",
            "Imię": "contact_name",
            "Nazwisko": "contact_name",
            "Kierunkowy": "phone",
            "Telefon": "phone",
            "E-mail": "email_from",
            "Miejscowość": "city",
            "Kraj": "country_id",
            "Oferta": "listing_id",
            "Zgody": "consent_purpose_ids",
            "Źródło": "source_id",
            "Nr zapytania": "external_ref",
        },
    ),
    "portal_c.csv": (
        {"encoding": "utf-8-sig", "separator": ","},
        {
            "Source": "source_id",
            "Inquiry ID": "external_ref",
            "Received at": False,
            "Listing": "listing_id",
            "Email": "email_from",
            "Phone": "phone",
            "Full name": "contact_name",
            "Company": "partner_name",
            "Title": "name",
            "Location": "city",
            "Country": "country_id",
            "Budget (EUR)": "expected_revenue",
            "Opt-ins": "consent_purpose_ids",
            "Comments": "description",
        },
    ),
}
#: the option “set to empty” of Odoo's import screen: an unknown listing does not
#: refuse the inquiry
LENIENT = ["source_id", "listing_id", "country_id", "consent_purpose_ids"]

NO_REPLY = "no-reply@portal-b.example.com"
MAILS = (
    # listing, customer, address, telephone; Lola Montalbán is Greta's customer
    ("N-1002", "Kazimiera Dudek-Wrona", "k.dudekwrona@example.org", "+48 512 900 101"),
    ("S-2001", "Lola Montalbán", "lola.montalban@example.com", "600 112 409"),
    ("N-1004", "Torvald Eikeland", "t.eikeland@example.net", "0047 406 12 102"),
    ("S-2003", "Bronisława Żmuda", "zmuda.b@example.com", "512-900-103"),
    ("N-1001", "Iñaki Gorostiaga", "igorostiaga@example.org", "(+34) 622 900 104"),
    ("S-2004", "Severine Aubertin", "s.aubertin@example.net", "06 12 90 01 05"),
)


def ref(env, name):
    return env.ref(f"{MODULE}.{name}")


# -- what is there before the leads come ---------------------------------------


def prepare(env):
    if not env.ref(MANAGER, raise_if_not_found=False):
        for name in DATA:
            convert_file(env, MODULE, f"demo/{name}", {}, mode="init", noupdate=True)
    company = env.ref("base.main_company")
    company.country_id = env.ref("base.es")
    euro = env.ref("base.EUR")
    if company.currency_id != euro:
        euro.active = True
        company.currency_id = euro
    Domain = env["mail.alias.domain"]
    if not company.alias_domain_id:
        company.alias_domain_id = Domain.search([], limit=1) or Domain.create(
            {"name": "agency.example"}
        )
    inbox = ref(env, "team_inbox")
    inbox.alias_id.alias_defaults = repr(
        {"team_id": inbox.id, "source_id": ref(env, "source_portal_b").id}
    )
    # invented people get no mail: what Odoo would send stays in its queue
    env.ref("mail.ir_cron_mail_scheduler_action").active = False
    env.cr.commit()


# -- the portals' files, through Odoo's import -----------------------------------


def import_file(env, name):
    """Import one file as the manager would on screen, leaving out the rows that
    Odoo refuses, as the screen asks to.

    :returns: ``(rows in the file, ids of the leads in it, texts of the refused)``
    """
    options, mapping = PORTALS[name]
    options = dict(
        options, quoting='"', has_headers=True, import_set_empty_fields=LENIENT
    )
    with file_open(f"{MODULE}/demo/{name}", "rb") as handle:
        content = handle.read()
    dialect = {"delimiter": options["separator"]}
    text = io.StringIO(content.decode(options["encoding"]), newline="")
    headers, *rows = csv.reader(text, **dialect)
    total, refused = len(rows), []
    while True:
        wizard = env["base_import.import"].create(
            {
                "res_model": "crm.lead",
                "file": content,
                "file_name": name,
                "file_type": "text/csv",
            }
        )
        preview = wizard.parse_preview(dict(options))
        if preview.get("error") or preview["headers"] != list(mapping):
            raise ValueError(f"{name}: {preview.get('error') or preview['headers']}")
        result = wizard.execute_import(list(mapping.values()), headers, dict(options))
        errors = [m for m in result["messages"] if m["type"] == "error"]
        if not errors:
            return total, result["ids"], refused
        bad = {}
        for error in errors:
            if "rows" not in error:
                raise ValueError(f"{name}: {error['message']}")
            for place in range(error["rows"]["from"], error["rows"]["to"] + 1):
                bad.setdefault(place, error["message"])
        refused += [f"{name}: {text}" for text in bad.values()]
        rows = [row for place, row in enumerate(rows) if place not in bad]
        again = io.StringIO()
        csv.writer(again, **dialect).writerows([headers, *rows])
        content = again.getvalue().encode(options["encoding"])


def import_files(env):
    manager = env(user=env.ref(MANAGER))
    total, delivered, refused = 0, [], []
    for name in PORTALS:
        rows, ids, errors = import_file(manager, name)
        print(f"  {name}: {rows} rows, {len(set(ids))} leads, {len(errors)} refused")
        total, delivered = total + rows, delivered + ids
        refused += errors
    env.cr.commit()
    env["lead.distribution"]._cron_distribute_pending()
    env.cr.commit()
    leads = env["crm.lead"].with_context(active_test=False).browse(set(delivered))
    if total - len(refused) != len(delivered):
        raise ValueError(f"{total} rows, {len(refused)} refused, {len(delivered)} in")
    return total, leads.sorted("id"), refused


# -- a portal's mails, through the gateway -------------------------------------------


def feed_mails(env):
    """Six inquiries of six people, all from the portal's one address."""
    leads = env["crm.lead"]
    for number, (listing, name, address, phone) in enumerate(MAILS, 1):
        mail = EmailMessage()
        mail["From"] = f"Dom Za Granicą <{NO_REPLY}>"
        mail["To"] = "leads@agency.example"
        mail["Subject"] = f"Nowe zapytanie [{listing}] {name}"
        mail["Message-Id"] = f"<inquiry-{number}@portal-b.example.com>"
        mail["Date"] = "Mon, 02 Feb 2026 09:15:00 +0100"
        mail.set_content(
            f"Nowe zapytanie o ofertę {listing}\n\nImię i nazwisko: {name}\n"
            f"E-mail: {address}\nTelefon: {phone}\n\nProszę o kontakt."
        )
        # a message that was here already makes no second lead
        env["mail.thread"].message_process("crm.lead", mail.as_bytes())
        env.cr.commit()
        found = env["mail.message"].search([("message_id", "=", mail["Message-Id"])])
        leads |= env["crm.lead"].browse(found.res_id)
    env["lead.distribution"]._cron_distribute_pending()
    env.cr.commit()
    senders = {lead.email_normalized for lead in leads}
    if len(leads) != len(MAILS) or senders != {address for _, _, address, _ in MAILS}:
        raise ValueError(f"{len(MAILS)} mails became {len(leads)} leads of {senders}")
    if len({lead.partner_id for lead in leads if lead.partner_id}) > 1:
        raise ValueError("one mail is a known customer's, not more")
    if env["res.partner"].search_count([("email_normalized", "=", NO_REPLY)]):
        raise ValueError("the portal became a customer")
    return leads


# -- what the salespeople do with them ---------------------------------------------

#: outcomes of the first calls of each who works; the chain of the last one goes on
CALLS = ("outcome_call_reached", "outcome_call_voicemail", "outcome_wants_viewing")
CHAINS = {
    "user_anna": ("outcome_wants_offer", "outcome_accepted"),
    "user_boris": ("outcome_wants_offer", "outcome_too_expensive"),
    "user_greta": ("outcome_other_property",),
    "user_ines": ("outcome_wants_offer",),
}


def work(env, leads):
    """Four salespeople finish some of their tasks; others leave their leads alone."""
    if (
        env["mail.activity"]
        .with_context(active_test=False)
        .search_count([("outcome_id", "!=", False)])
    ):
        return  # they did already
    # Nobody's leads are older than this database: what happened is on record by now
    company = env.ref("base.main_company")
    while env["lead.distribution"]._history_step(company):
        pass
    env["lead.distribution"]._cron_start_tasks()
    for name, chain in CHAINS.items():
        user = ref(env, name)
        mine = env(user=user)
        tasks = mine["mail.activity"].search(
            [
                ("user_id", "=", user.id),
                ("res_model", "=", "crm.lead"),
                ("activity_type_id", "=", env.ref("mail.mail_activity_data_call").id),
            ],
            limit=len(CALLS),
            order="id",
        )
        for task, outcome in zip(tasks, CALLS, strict=True):
            lead = mine["crm.lead"].browse(task.res_id)
            task.action_feedback_outcome(ref(env, outcome).id)
        for outcome in chain:
            wanted = ref(env, outcome)
            task = lead.activity_ids.filtered(
                lambda t, wanted=wanted: t.activity_type_id == wanted.activity_type_id
            )
            task.action_feedback_outcome(wanted.id)
    lazy = ref(env, "user_filip") | ref(env, "user_jakub")
    forgotten = leads.filtered(lambda lead: lead.user_id in lazy).sorted("id")[:20]
    forgotten.write(
        {"distribution_idle_since": fields.Datetime.now() - timedelta(days=5)}
    )
    env.cr.commit()


# -- what came of it ------------------------------------------------------------------


def heading(text):
    print(f"\n{text}\n{'-' * len(text)}")


def latest(env, leads):
    found = {}
    rows = env["lead.distribution.assignment"].search([("lead_id", "in", leads.ids)])
    for row in rows.sorted("id"):
        found[row.lead_id] = row
    return found


def remark(user):
    marks = []
    if user.lead_absent:
        marks.append("absent")
    if user.lead_distribution_paused:
        marks.append("paused")
    return ", ".join(marks)


def print_people(env, rows, mailed):
    heading("Who got what")
    line = "{:<13} {:<15} {:>6} {:>6} {:>8} {:>10} {:>6}  {}"
    print(
        line.format(
            *("Office", "Salesperson", "Target", "Leads", "by mail", "Workload %"),
            *("Known", ""),
        )
    )
    totals = Counter()
    for name in ("team_north", "team_south"):
        team = ref(env, name)
        for user in team.crm_team_member_ids.sorted("id").user_id:
            mine = [row for row in rows.values() if row.user_id == user]
            known = sum(row.reason in KNOWN for row in mine)
            by_mail = sum(row.lead_id in mailed for row in mine)
            totals.update(leads=len(mine), known=known, mail=by_mail)
            print(
                line.format(
                    team.name,
                    user.name,
                    user.lead_workload_target,
                    len(mine),
                    by_mail,
                    f"{user.lead_workload_percent:.0f} %",
                    known,
                    remark(user),
                ).rstrip()
            )
    print(
        line.format(
            *("", "Together", "", totals["leads"], totals["mail"], "", totals["known"]),
            "",
        ).rstrip()
    )
    outsiders = {row.user_id for row in rows.values() if row.user_id}
    outsiders -= set((ref(env, "team_north") | ref(env, "team_south")).member_ids)
    if outsiders:
        raise ValueError(f"leads went to {outsiders}")


def print_routes(env, rows):
    heading("By which route")
    reasons = dict(rows[next(iter(rows))]._fields["reason"]._description_selection(env))
    for route in env["lead.distribution.route"].search([]):
        mine = [r for r in rows.values() if r.route_id == route and r.user_id]
        counts = Counter(row.reason for row in mine)
        details = ", ".join(f"{reasons[c]} {n}" for c, n in counts.most_common())
        print(f"{len(mine):>5}  {route.name}{': ' + details if details else ''}")


def print_pool(env, rows):
    heading("What went to the pool, and why")
    service = env["lead.distribution"]
    groups = Counter()
    for row in rows.values():
        if row.user_id:
            continue
        excluded = ", ".join(
            f"{count} {service._why_not(code)}"
            for code, count in (row.trace.get("excluded") or {}).items()
        )
        groups[row.reason, row.route_id.name or "", excluded] += 1
    labels = {
        "no_route": "matched no route",
        "nobody": "found nobody eligible",
        "error": "could not be distributed",
    }
    for (reason, route, excluded), count in groups.most_common():
        where = f" on “{route}”" if route else ""
        print(
            f"{count:>5}  {labels[reason]}{where}{f': {excluded}' if excluded else ''}"
        )


def print_work(env):
    heading("What became of the tasks")
    rows = (
        env["mail.activity"]
        .with_context(active_test=False)
        ._read_group(
            [("outcome_id", "!=", False)],
            ["activity_type_id", "outcome_id"],
            ["__count"],
        )
    )
    for kind, outcome, count in rows:
        print(f"{count:>5}  {kind.name}: {outcome.name}")
    heading("Rules for the neglected, paused")
    for rule in (
        env["lead.distribution.rule"].with_context(active_test=False).search([])
    ):
        print(f"{rule.would_move_count:>5}  would be moved now by “{rule.name}”")


def print_html(markup):
    def text_of(element):
        return " ".join(element.text_content().split())

    for block in html.fromstring(markup).iter("p", "h4", "li", "tr"):
        if block.tag == "tr":
            first, *others = map(text_of, block)
            print(f"      {first:<16}" + "".join(f"{cell:>14}" for cell in others))
        elif text := text_of(block):
            form = {"h4": "    {}:", "li": "      - {}"}.get(block.tag, "    {}")
            print(form.format(text))


def print_examples(rows):
    heading("Why? Four leads explained (every lead has this button)")

    def tried(row):
        return [code for _route, code in row.trace["routes"]]

    kinds = (
        lambda row: row.reason in KNOWN and not row.lead_id.email_from,
        lambda row: row.reason == "strategy" and row.trace.get("next"),
        lambda row: row.user_id and "nobody" in tried(row),
        lambda row: row.reason == "nobody",
    )
    for kind in kinds:
        row = next((row for row in rows.values() if kind(row)), None)
        if not row:
            continue
        lead = row.lead_id
        name = " ".join((lead.contact_name or "(no name)").split())[:40]
        print(f"\n“{lead.name[:50]}” of {name}, {lead.phone or lead.email_from}")
        print_html(row.env["lead.distribution"]._explain_lead(lead))


def main(env):
    env = env(context=dict(env.context, lang="en_US"))
    prepare(env)
    heading("Portal files, through Odoo's import")
    total, leads, refused = import_files(env)
    mailed = feed_mails(env)
    env["lead.distribution"]._cron_send_mail()
    env.cr.commit()
    work(env, leads)
    env.invalidate_all()
    states = Counter(leads.mapped("distribution_state"))
    if set(states) - {"assigned", "pool"}:
        raise ValueError(f"not distributed: {states}")
    rows = latest(env, leads | mailed)
    if len(rows) != len(leads | mailed):
        raise ValueError("a lead without a line in the ledger")
    incomplete = len(leads.filtered("intake_incomplete"))
    print(
        f"  {total - len(refused) - len(leads)} rows repeat a reference that was "
        "delivered before; they are the same lead."
    )
    print(
        f"  {incomplete} leads lack a source, or both email and phone: "
        "flagged, not lost."
    )
    for text in refused:
        print(f"  refused: {text}")
    print(f"\n{len(mailed)} mails from {NO_REPLY} became {len(mailed)} leads.")
    queued = env["mail.mail"].search_count([("state", "=", "outgoing")])
    print(f"{queued} mails to salespeople and fallback addresses wait in Odoo's queue.")
    print_people(env, rows, mailed)
    print_routes(env, rows)
    print_pool(env, rows)
    print_work(env)
    print_examples(rows)
    print(
        f"\nThe files' leads: {total} rows, {len(refused)} refused, "
        f"{total - len(refused) - len(leads)} the same reference again,\n"
        f"so {len(leads)} leads; those of the mails are not in this line."
    )
    known = [
        row
        for row in latest(env, leads).values()
        if row.user_id and row.reason in KNOWN
    ]
    print(
        f"assigned={states['assigned']} pool={states['pool']} "
        f"known_customer={len(known)} refused={len(refused)}",
        flush=True,
    )


main(env)  # noqa: F821  given by scripts/demo, or by Odoo's shell

"""The demonstration, told on the terminal.

A program of click-odoo, with ``env`` given: a fresh database gets the demo's people,
routes and customers, three portals' files through Odoo's own import, and six mails of
a portal through the mail gateway. Then somebody joins an office, a lead that nobody
works goes from rule to rule, and the website's lead comes. A second run changes
nothing: what is delivered again is the same lead. Every doubt is an exception. The
last line counts the leads.
"""

import csv
import io
import sys
from collections import Counter
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

from lxml import html

from odoo import fields
from odoo.tools import convert_file

sys.path.insert(0, str(Path(__file__).resolve().parent))

import portal_files  # noqa: E402

MODULE = "lead_distribution"
DATA = ("res_users", "res_partner", "lead_distribution", "lead_distribution_work")
KNOWN = ("known_advisor", "former_advisor")
NO_REPLY = "no-reply@portal-b.example.com"
MAILS = (
    # listing, customer, address, telephone; Lola Montalbán is Greta's customer
    ("N-1002", "Kazimiera Dudek-Wrona", "k.dudekwrona@example.org", "+48 512 900 101"),
    ("S-2001", "Lola Montalbán", "lola.montalban@example.com", "600 112 409"),
    ("N-1004", "Torvald Eikeland", "t.eikeland@example.net", "0047 406 12 102"),
    ("S-2003", "Bronisława Żmuda", "zmuda.b@example.org", "512-900-103"),
    ("N-1001", "Iñaki Gorostiaga", "igorostiaga@example.org", "(+34) 622 900 104"),
    ("S-2004", "Severine Aubertin", "s.aubertin@example.net", "06 12 90 01 05"),
)
#: what comes in when somebody has joined the North Office: listing, customer, telephone
NEW = (
    ("N-1001", "Amaia Zubiri", "+34 688 300 101"),
    ("N-1002", "Beltrán Ibarra", "+34 688 300 102"),
    ("N-1003", "Candela Otxoa", "+34 688 300 103"),
    ("N-1004", "Dimas Lizarraga", "+34 688 300 104"),
    ("N-1001", "Elvira Mendieta", "+34 688 300 105"),
    ("N-1002", "Froilán Uriarte", "+34 688 300 106"),
    ("N-1003", "Garazi Olabarri", "+34 688 300 107"),
    ("N-1004", "Hernán Basterra", "+34 688 300 108"),
    ("N-1001", "Itziar Gorroño", "+34 688 300 109"),
    ("N-1002", "Julián Ansorena", "+34 688 300 110"),
    ("N-1003", "Koldo Etxaniz", "+34 688 300 111"),
    ("N-1004", "Leire Murga", "+34 688 300 112"),
)
#: for how many days nobody works a premium lead, from one run of the rules to the next
IDLE = (2, 2, 2, 4)
#: outcomes of the first calls of each who works; the chain of the last one goes on
CALLS = ("outcome_call_reached", "outcome_call_voicemail", "outcome_wants_viewing")
CHAINS = {
    "user_anna": ("outcome_wants_offer", "outcome_accepted"),
    "user_boris": ("outcome_wants_offer", "outcome_too_expensive"),
    "user_greta": ("outcome_other_property",),
    "user_ines": ("outcome_wants_offer",),
}


def ref(env, name):
    return env.ref(f"{MODULE}.{name}")


def prepare(env):
    """What is there before the leads come."""
    if not env.ref(f"{MODULE}.user_manager", raise_if_not_found=False):
        for name in DATA:
            file = f"demo/{name}_demo.xml"
            convert_file(env, MODULE, file, {}, mode="init", noupdate=True)
    company = env.ref("base.main_company")
    euro = env.ref("base.EUR")
    euro.active = True
    company.country_id = env.ref("base.es")
    if company.currency_id != euro:
        company.currency_id = euro
    domains = env["mail.alias.domain"]
    if not company.alias_domain_id:
        found = domains.search([], limit=1)
        company.alias_domain_id = found or domains.create({"name": "agency.example"})
    inbox = ref(env, "team_inbox")
    source = ref(env, "source_portal_b").id
    inbox.alias_id.alias_defaults = repr({"team_id": inbox.id, "source_id": source})
    # invented people get no mail: what Odoo would send stays in its queue
    env.ref("mail.ir_cron_mail_scheduler_action").active = False
    env.cr.commit()


def customers(env):
    """The demo's contacts that a lead can be recognised by, for the portals' files."""
    records = [("module", "=", MODULE), ("model", "=", "res.partner")]
    ids = env["ir.model.data"].search(records, order="name").mapped("res_id")
    north = ref(env, "team_north").crm_team_member_ids.user_id
    for partner in env["res.partner"].browse(ids):
        country = partner.country_id.code
        owner = partner.user_id or partner.parent_id.user_id
        kind = "north" if owner in north else "south"
        # the English desk takes what has an English country
        kind = "english" if country in ("GB", "IE") else kind
        yield partner.name, partner.email or "", partner.phone, country, kind


def import_file(env, name, content):
    """Import a file as the manager would on screen, saying of each column what it is,
    and leaving out the rows that Odoo refuses, as the screen asks to.

    :returns: ``(rows in the file, ids of the leads in it, texts of the refused)``
    """
    _source, encoding, separator, *_rest = portal_files.PORTALS[name]
    _headers, _keys, targets = portal_files.columns(name)
    options = {
        **{"encoding": encoding, "separator": separator, "quoting": '"'},
        **{"float_thousand_separator": ".", "float_decimal_separator": ","},
        # without titles: what the formats that are known make of the budget is a note
        "has_headers": False,
        # the screen's “set to empty”: an unknown listing does not refuse the inquiry
        "import_set_empty_fields": [
            field for field in targets if field and "_id" in field
        ],
    }
    text = io.StringIO(content.decode(encoding), newline="")
    _headers, *rows = csv.reader(text, delimiter=separator)
    total, refused = len(rows), []
    while True:
        again = io.StringIO()
        csv.writer(again, delimiter=separator).writerows(rows)
        values = {"res_model": "crm.lead", "file_name": name, "file_type": "text/csv"}
        values["file"] = again.getvalue().encode(encoding)
        wizard = env["base_import.import"].create(values)
        preview = wizard.parse_preview(dict(options))
        if preview.get("error"):
            raise ValueError(f"{name}: {preview['error']}")
        result = wizard.execute_import(targets, [], dict(options))
        errors = [m for m in result["messages"] if m["type"] == "error"]
        if not errors:
            return total, result["ids"], refused
        bad = {}
        for error in errors:
            for place in range(error["rows"]["from"], error["rows"]["to"] + 1):
                bad.setdefault(place, error["message"])
        refused += [f"{name}: {text}" for text in bad.values()]
        rows = [row for place, row in enumerate(rows) if place not in bad]


def import_files(env):
    """The portals' files; :returns: ``(rows, leads, texts of the refused)``"""
    manager = env(user=ref(env, "user_manager"))
    total, delivered, refused = 0, [], []
    for name, content in portal_files.Maker().make(customers(env)).items():
        rows, ids, errors = import_file(manager, name, content)
        print(f"  {name}: {rows} rows, {len(set(ids))} leads, {len(errors)} refused")
        total, delivered = total + rows, delivered + ids
        refused += errors
    env["lead.distribution"]._cron_distribute_pending()
    env.cr.commit()
    if total - len(refused) != len(delivered):
        raise ValueError(f"{total} rows, {len(refused)} refused, {len(delivered)} in")
    leads = env["crm.lead"].with_context(active_test=False).browse(set(delivered))
    return total, leads.sorted("id"), refused


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
        found = env["mail.message"].search([("message_id", "=", mail["Message-Id"])])
        leads |= env["crm.lead"].browse(found.res_id)
    env["lead.distribution"]._cron_distribute_pending()
    env.cr.commit()
    if set(leads.mapped("email_normalized")) != {mail[2] for mail in MAILS}:
        raise ValueError(f"{len(MAILS)} mails became {leads.mapped('email_from')}")
    if env["res.partner"].search_count([("email_normalized", "=", NO_REPLY)]):
        raise ValueError("the portal became a customer")
    return leads


def work(env, leads):
    """Four salespeople finish some of their tasks; others leave their leads alone."""
    tasks = env["mail.activity"].with_context(active_test=False)
    if tasks.search_count([("outcome_id", "!=", False)]):
        return  # they did already
    # Nobody's leads are older than this database: what happened is on record by now
    while env["lead.distribution.backfill"]._backfill_step(
        env.ref("base.main_company")
    ):
        pass
    env["lead.distribution"]._cron_start_tasks()
    call = env.ref("mail.mail_activity_data_call")
    for name, chain in CHAINS.items():
        user = ref(env, name)
        mine = [("user_id", "=", user.id), ("res_model", "=", "crm.lead")]
        mine.append(("activity_type_id", "=", call.id))
        calls = env(user=user)["mail.activity"].search(mine, limit=3, order="id")
        for task, outcome in zip(calls, CALLS, strict=True):
            lead = task.env["crm.lead"].browse(task.res_id)
            task.action_feedback_outcome(ref(env, outcome).id)
        for outcome in map(ref, [env] * len(chain), chain):
            task = lead.activity_ids.filtered(
                lambda t, o=outcome: t.activity_type_id == o.activity_type_id
            )
            task.action_feedback_outcome(outcome.id)
    lazy = ref(env, "user_filip") | ref(env, "user_jakub")
    stale = leads.filtered(lambda lead: lead.user_id in lazy).sorted("id")[:20]
    five_days_ago = fields.Datetime.now() - timedelta(days=5)
    stale.write({"distribution_idle_since": five_days_ago})
    env.cr.commit()


def holidays(env):
    """The manager closes the offices on Spain's public holidays, where the library is
    installed that knows them; :returns: the holidays of the offices' hours to come"""
    hours = ref(env, "hours_office")
    wizard = env(user=ref(env, "user_manager"))["lead.distribution.holidays"].create(
        {"calendar_ids": hours.ids, "country_id": env.ref("base.es").id}
    )
    if wizard.line_ids:
        wizard.action_confirm()
    env.cr.commit()
    coming = [("calendar_id", "=", hours.id), ("resource_id", "=", False)]
    coming.append(("date_to", ">", fields.Datetime.now()))
    return env["resource.calendar.leaves"].search(coming, order="date_from")


def deliver(env, source, listing, number, name, phone, **values):
    """An inquiry as a program delivers it, the second time the same lead."""
    lead = env(user=ref(env, "user_mailbox"))["crm.lead"].create(
        {
            "name": f"{name} asks about {listing or 'the agency'}",
            "external_ref": f"DEMO-{number}",
            "source_id": ref(env, source).id,
            "contact_name": name,
            "phone": phone,
            "listing_id": listing,
            **values,
        }
    )
    env.cr.commit()
    return lead.with_env(env)


def join(env):
    """Somebody joins the North Office, where the others have had much of their month;
    :returns: ``(who, leads that came since)``"""
    user, team = ref(env, "user_mateo"), ref(env, "team_north")
    if user not in team.crm_team_member_ids.user_id:
        values = {"crm_team_id": team.id, "user_id": user.id}
        env(user=ref(env, "user_manager"))["crm.team.member"].create(values)
        env.cr.commit()
    leads = env["crm.lead"]
    for number, (listing, name, phone) in enumerate(NEW, 1):
        leads |= deliver(env, "source_portal_a", listing, number, name, phone)
    return user, leads


def escalate(env):
    """A premium lead that nobody works goes from rule to rule; :returns: the lead"""
    rules = ref(env, "rule_premium_day") | ref(env, "rule_premium_days")
    name, phone = "Ainhoa Larrea", "+34 688 300 150"
    lead = deliver(env, "source_portal_a", "P-3001", "PREMIUM-1", name, phone)
    if lead.distribution_assignment_ids.rule_id:
        return lead  # it went its way before
    rules.with_user(ref(env, "user_manager")).active = True
    for days in IDLE:
        lead.distribution_idle_since = fields.Datetime.now() - timedelta(days=days)
        env["lead.distribution"]._cron_apply_rules()
    rules.with_user(ref(env, "user_manager")).active = False
    env.cr.commit()
    return lead


def visit_website(env):
    """A lead of the website: which of its routes is open depends on the hour."""
    name, phone = "Nekane Arrieta", "+34 688 300 200"
    return deliver(env, "source_website", False, "WEB-1", name, phone)


# -- what came of it -----------------------------------------------------------


def heading(text):
    print(f"\n{text}\n{'-' * len(text)}")


def latest(env, leads):
    """:returns: ``{lead: its last line in the ledger}``"""
    rows = env["lead.distribution.assignment"].search([("lead_id", "in", leads.ids)])
    return {row.lead_id: row for row in rows.sorted("id")}


def print_people(env, rows, mailed):
    heading("Who got what")
    line = "{:<13} {:<15} {:>6} {:>6} {:>8} {:>10} {:>6}  {}"
    titles = ("Office", "Salesperson", "Target", "Leads", "by mail", "Workload %")
    print(line.format(*titles, "Known", "").rstrip())
    people, totals = env["res.users"], Counter()
    for team in (ref(env, "team_north"), ref(env, "team_south")):
        for user in team.crm_team_member_ids.sorted("id").user_id:
            people |= user
            mine = [row for row in rows.values() if row.user_id == user]
            counts = Counter(leads=len(mine))
            counts["mail"] = sum(row.lead_id in mailed for row in mine)
            counts["known"] = sum(row.reason in KNOWN for row in mine)
            totals += counts
            marks = [(user.lead_absent, "absent")]
            marks.append((user.lead_distribution_paused, "paused"))
            remark = ", ".join(text for is_so, text in marks if is_so)
            percent = f"{user.lead_workload_percent:.0f} %"
            cells = (team.name, user.name, user.lead_workload_target, counts["leads"])
            cells += (counts["mail"], percent, counts["known"], remark)
            print(line.format(*cells).rstrip())
    cells = ("", "Together", "", totals["leads"], totals["mail"], "", totals["known"])
    print(line.format(*cells, "").rstrip())
    outsiders = {row.user_id for row in rows.values() if row.user_id} - set(people)
    if outsiders - set((ref(env, "team_north") | ref(env, "team_south")).member_ids):
        raise ValueError(f"leads went to {outsiders}")


def print_routes(env, rows):
    heading("By which route, and what went to the pool")
    reasons = dict(env["lead.distribution.assignment"]._fields["reason"].selection)
    counts = Counter()
    for row in rows.values():
        why = reasons[row.reason]
        if not row.user_id:
            excluded = (row.trace.get("excluded") or {}).items()
            why_not = env["lead.distribution.explanation"]._why_not
            said = [f"{count} {why_not(code)}" for code, count in excluded]
            why = f"to the pool: {', '.join([why, *said])}"
        counts[row.route_id, why] += 1
    for (route, why), count in sorted(
        counts.items(), key=lambda item: (item[0][0].sequence, item[0][0].id, -item[1])
    ):
        print(f"{count:>5}  {route.name or 'no route'}: {why}")


def print_work(env):
    heading("What became of the tasks")
    tasks = env["mail.activity"].with_context(active_test=False)
    groups = ["activity_type_id", "outcome_id"]
    done = [("outcome_id", "!=", False)]
    for kind, outcome, count in tasks._read_group(done, groups, ["__count"]):
        print(f"{count:>5}  {kind.name}: {outcome.name}")
    heading("Rules for the neglected, paused")
    rules = env["lead.distribution.rule"].with_context(active_test=False)
    for rule in rules.search([]):
        print(f"{rule.would_move_count:>5}  would be moved now by “{rule.name}”")


def print_newcomer(env, user, leads):
    heading("Who joins in mid-month is not flooded")
    mine = user.with_user(user)
    text = mine.lead_compensation_text.rstrip(".")
    print(f"{user.name} joined the North Office. {text}.")
    counts = Counter(lead.user_id.name or "the pool" for lead in leads)
    shares = ", ".join(f"{name} {count}" for name, count in counts.most_common())
    print(f"The next {len(leads)} leads of the office: {shares}.")


def print_escalation(env, lead):
    heading("A lead that nobody works goes from rule to rule")
    rows = env["lead.distribution.assignment"].search([("lead_id", "=", lead.id)])
    for row in rows.sorted("id"):
        by = row.rule_id.name or row.route_id.name
        print(f"    {row.user_id.name or 'the pool'}, by “{by}”")


def print_contact_data(env):
    heading("A customer writes from another address: nobody's data is overwritten")
    lead = ref(env, "lead_lola")
    for what, own, customers in (
        ("Email", lead.email_from, lead.customer_email),
        ("Phone", lead.phone, lead.customer_phone),
    ):
        print(f"    {what}: the lead {own}, the customer {customers}")
    print(f"    {lead.name}: take over to the customer, or from the customer")


def print_hours(env, days, lead):
    heading("Hours and public holidays")
    for name in ("route_website", "route_website_closed"):
        print(f"    {ref(env, name).summary}")
    zone = ref(env, "hours_office").tz
    for day in days:
        local = fields.Datetime.context_timestamp(
            day.with_context(tz=zone), day.date_from
        )
        print(f"    {local:%Y-%m-%d}  {day.name}")
    who = lead.user_id or lead.offer_user_ids
    print(f"    A lead of the website, now: {lead.distribution_route_id.name}", end="")
    print(f", {lead.distribution_state} to {who.name}" if who else ", the pool")


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
    kinds = (
        lambda row: row.reason in KNOWN and not row.lead_id.email_from,
        lambda row: row.reason == "strategy" and row.trace.get("next"),
        lambda row: row.user_id and "nobody" in dict(row.trace["routes"]).values(),
        lambda row: row.reason == "nobody",
    )
    for kind in kinds:
        for row in filter(kind, list(rows.values())):
            lead = row.lead_id
            name = " ".join((lead.contact_name or "(no name)").split())[:40]
            print(f"\n“{lead.name[:50]}” of {name}, {lead.phone or lead.email_from}")
            print_html(row.env["lead.distribution.explanation"]._explain_lead(lead))
            break


def main(env):
    env = env(context=dict(env.context, lang="en_US"))
    prepare(env)
    heading("Portal files, through Odoo's import")
    total, leads, refused = import_files(env)
    mailed = feed_mails(env)
    work(env, leads)
    newcomer, since = join(env)
    neglected = escalate(env)
    days, visit = holidays(env), visit_website(env)
    env["lead.distribution"]._cron_send_mail()
    env.cr.commit()
    env.invalidate_all()
    states = Counter(leads.mapped("distribution_state"))
    if set(states) - {"assigned", "pool"}:
        raise ValueError(f"not distributed: {states}")
    rows = latest(env, leads | mailed)
    if len(rows) != len(leads | mailed):
        raise ValueError("a lead without a line in the ledger")
    repeated = total - len(refused) - len(leads)
    incomplete = len(leads.filtered("intake_incomplete"))
    print(f"  {repeated} rows repeat a reference: they are the same lead.")
    print(f"  {incomplete} leads lack a source, or email and phone: flagged, not lost.")
    for text in refused:
        print(f"  refused: {text}")
    print(f"\n{len(MAILS)} mails from {NO_REPLY} became {len(mailed)} leads.")
    queued = env["mail.mail"].search_count([("state", "=", "outgoing")])
    print(f"{queued} mails to salespeople and fallback addresses wait in Odoo's queue.")
    print_people(env, rows, mailed)
    print_routes(env, rows)
    print_work(env)
    print_newcomer(env, newcomer, since)
    print_escalation(env, neglected)
    print_contact_data(env)
    print_hours(env, days, visit)
    print_examples(rows)
    given = [row for row in rows.values() if row.user_id and row.lead_id in leads]
    known = sum(row.reason in KNOWN for row in given)
    print(
        f"\nThe files' {total} rows are {len(leads)} leads (those of the mails beside):"
        f"\nassigned={states['assigned']} pool={states['pool']} "
        f"known_customer={known} refused={len(refused)}",
        flush=True,
    )


main(env)  # noqa: F821  given by click-odoo

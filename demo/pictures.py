"""What the pictures of the documentation show, and the film.

Each function brings the browser (scripts/chromium.py) to where its picture is taken;
its name is the picture's. ``ids`` are those that demo/pictures_data.py prints.
"""

#: pictures that the addon's own page shows, too
DESCRIPTION = ("board", "dashboard", "explanation", "people_days", "routes")
#: what happens in the database before a picture: all demo leads came on one day, and
#: nobody worked much since
BEFORE = {
    "dashboard": """
        UPDATE lead_distribution_assignment
           SET date = date - interval '1 hour' * (id * 37 % 160),
               clock_result = CASE WHEN id % 9 = 0 THEN 'missed' ELSE 'kept' END
         WHERE state = 'assigned';
        UPDATE crm_lead
           SET first_follow_up_date = a.date + interval '1 minute' * (4 + a.id % 31)
          FROM lead_distribution_assignment a
         WHERE a.lead_id = crm_lead.id AND a.state = 'assigned';
    """
}
#: who looks, and at how many pixels, if not the manager at a laptop's
WHO = {
    "identity": "greta",
    "leads": "anna",
    "offer_bar": "anna",
    "offer_phone": "anna",
    "outcomes": "boris",
}
SIZES = {"offer_phone": (390, 700)}
SIZE = (1366, 820)


def explanation(page, ids):
    page.open(f"/odoo/crm/{ids['explained']}")
    page.click("button[name=action_explain_distribution]")
    page.see(".modal", "Routes tried")


def routes(page, _ids):
    page.open("/odoo/lead-routes")
    page.see(".o_data_row", "North Office")


def route(page, ids):
    page.open(f"/odoo/lead-routes/{ids['route']}")
    page.see(".o_form_view", "North Office")


def question(page, _ids):
    page.open("/odoo/lead-routes")
    page.click("button[name=action_who_would_get]")
    page.click(".modal [name=kind] input[data-value=values]")
    page.click(".modal [name=name] input")
    page.type("Flat with a balcony [N-1001]")
    page.key("Tab")
    page.see(".modal [name=answer]", "would get it")


def board(page, _ids):
    page.open("/odoo/lead-salespeople")
    page.see(".o_kanban_record", "Anna Ferrer")


def people_days(page, _ids):
    page.open("/odoo/lead-people-days")
    page.see(".o_action_manager", "Anna Ferrer")


def dashboard(page, _ids):
    page.open("/odoo/lead-dashboard")
    page.click("[data-period=week]")
    page.see(".o_action_manager canvas")


def identity(page, ids):
    page.open(f"/odoo/crm/{ids['known']}")
    page.see(".o_form_view", "Lola")


def customer(page, ids):
    page.open(f"/odoo/crm/{ids['unlinked']}")
    page.click("button[name=action_ask_customer]")
    page.see(".modal .o_data_row", "Lola Montalbán")


def offer_phone(page, ids):
    page.open(ids["offer_page"])
    page.see("button[name=claim]")


def offer_bar(page, _ids):
    page.open("/odoo/crm")
    page.see(".o_kanban_record", "Offered")
    page.click(".lead_distribution_offers_button")
    page.see(".lead_distribution_offers", "Claim")


def rule(page, ids):
    page.open(f"/odoo/lead-rules/{ids['rule']}")
    page.see(".o_form_view", "follow-up")


def outcomes(page, _ids):
    page.open("/odoo/crm")
    page.click(".o_kanban_record .o-mail-ActivityButton")
    page.see(".o-mail-ActivityListPopover", "First call")


def simulation(page, ids):
    page.open(f"/odoo/lead-simulations/{ids['simulation']}")
    page.see(".lead_simulation_chart canvas")


def leads(page, _ids):
    page.open("/odoo/crm")
    page.see(".o_kanban_record")


#: the dashboard last, as it changes the database
PICTURES = (
    *(leads, offer_bar, offer_phone, outcomes, identity),
    *(explanation, routes, route, question, board, people_days),
    *(customer, rule, simulation, dashboard),
)


def film(page, ids, film):
    """A manager asks who would get a lead; a salesperson claims an offer, and asks why.

    :param film: scripts/film.py: the mouse is seen, and what is said below
    """
    page.login("manager")
    page.open("/odoo/lead-routes")
    page.see(".o_data_row", "North Office")
    film.say("Routes say which leads go to whom.", 2000)
    film.click(".o_data_row td[name=name]", "North Office")
    page.see(".o_form_view", "Next in line")
    film.say("Who is in it, who is next in line.", 2200)
    film.click(".o_breadcrumb a, .o_back_button", "Routes")
    page.see(".o_data_row", "North Office")
    film.click("button[name=action_who_would_get]")
    film.click(".modal [name=kind] input[data-value=values]")
    film.click(".modal [name=name] input")
    film.say("Who would get this lead?", 600)
    page.type("Flat with a balcony [N-1001]")
    film.frame(900)
    page.key("Tab")
    page.see(".modal [name=answer]", "would get it")
    film.say("The answer comes before the lead does.", 2600)

    page.login("anna")
    page.open("/odoo/crm")
    page.see(".o_kanban_record", "Offered")
    film.say("A salesperson is offered two leads.", 2000)
    film.click(".lead_distribution_offers_button")
    page.see(".lead_distribution_offers", "Claim")
    film.say("The first to claim gets the lead.", 2000)
    film.click(".lead_distribution_offers button[name=claim]", "Claim")
    page.see(".o_form_view", "Won")
    film.say("It is hers, at once.", 2400)
    film.click("button[name=action_explain_distribution]")
    page.see(".modal", "Why?")
    film.say("And every lead can tell why.", 3200)

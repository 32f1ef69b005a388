{
    "name": "Lead Distribution: Website",
    "summary": "Leads of the website's forms, and tasks for visitors of a page",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "Lead Distribution contributors, Odoo Community Association (OCA)",
    "website": "https://github.com/OCA/crm",
    "license": "LGPL-3",
    "depends": ["lead_distribution", "website_crm"],
    "auto_install": True,
    "data": [
        "data/ir_model_fields_data.xml",
        "views/lead_distribution_process_views.xml",
        "views/lead_distribution_listing_views.xml",
    ],
    "demo": ["demo/lead_distribution_website_demo.xml"],
    "assets": {
        "web.assets_tests": ["lead_distribution_website/static/tests/tours/**/*"],
    },
    "uninstall_hook": "uninstall_hook",
}

{
    "name": "Lead Distribution: Sales",
    "summary": "Orders decide which tasks start, and count as sales",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "Lead Distribution contributors, Odoo Community Association (OCA)",
    "website": "https://github.com/OCA/crm",
    "license": "LGPL-3",
    "depends": ["lead_distribution", "sale_crm"],
    "auto_install": True,
    "data": [
        "views/lead_distribution_process_views.xml",
        "views/sale_order_views.xml",
    ],
    "uninstall_hook": "uninstall_hook",
    "demo": ["demo/lead_distribution_sale_demo.xml"],
    "assets": {
        "web.assets_tests": ["lead_distribution_sale/static/tests/tours/**/*"],
    },
}

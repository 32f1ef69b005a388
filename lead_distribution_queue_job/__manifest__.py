{
    "name": "Lead Distribution: Job Queue",
    "summary": "Leads are distributed in jobs, on any number of workers and machines",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "Lead Distribution contributors, Odoo Community Association (OCA)",
    "website": "https://github.com/OCA/crm",
    "license": "LGPL-3",
    "depends": ["lead_distribution", "queue_job"],
    "auto_install": True,
    "data": [
        "data/queue_job_channel_data.xml",
        "data/queue_job_function_data.xml",
    ],
    "post_init_hook": "post_init_hook",
    "uninstall_hook": "uninstall_hook",
}

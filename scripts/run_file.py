"""run_file.py DATABASE FILE [ARGUMENT...]: run a Python file with `env` at hand.

Like piping it into Odoo's shell, but an exception makes the exit status 1, the
file sees its own name and arguments, and reaching the end commits. Only warnings
and worse are logged, to stderr (LEAD_DISTRIBUTION_LOG=info says more).
"""

import os
import runpy
import sys
import threading

import odoo.cli  # noqa: F401  prepares the package before anything else of it
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config


def main(database, path, *arguments):
    level = os.environ.get("LEAD_DISTRIBUTION_LOG", "warn")
    config.parse_config(["-d", database, f"--log-level={level}"], setup_logging=True)
    threading.current_thread().dbname = database
    sys.argv = [path, *arguments]
    registry = Registry(database)
    with registry.cursor() as cr:
        context = api.Environment(cr, SUPERUSER_ID, {})["res.users"].context_get()
        environment = api.Environment(cr, SUPERUSER_ID, context)
        runpy.run_path(path, {"env": environment, "odoo": odoo}, run_name="__main__")
        cr.commit()


if __name__ == "__main__":
    sys.path.pop(0)
    main(*sys.argv[1:])

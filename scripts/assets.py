"""A program of click-odoo: makes the web client's files, so that pages open fast."""

env["ir.qweb"]._pregenerate_assets_bundles()  # noqa: F821  given by click-odoo

"""A program of click-odoo: the web client's files, so that the first page opens fast."""

env["ir.qweb"]._pregenerate_assets_bundles()  # noqa: F821  given by click-odoo

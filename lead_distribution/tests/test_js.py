from odoo.tests import HttpCase
from odoo.tests.common import tagged

from odoo.addons.web.tests.test_js import HOOTCommon, unit_test_error_checker


@tagged("post_install", "-at_install")
class TestJs(HttpCase):
    """The web client's parts, each on its own, in hoot."""

    _generate_hash = HOOTCommon._generate_hash

    def test_unit(self):
        """K7 K8: what the bus brings, countdown, refusals."""
        suite = self._generate_hash("@lead_distribution")
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset=desktop&timeout=15000&id={suite}",
            "",
            "",
            login="admin",
            timeout=600,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=unit_test_error_checker,
        )

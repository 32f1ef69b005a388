"""By keyboard alone, with keys as Chromium gets them from a person; spoken names."""

from unittest.mock import patch

from odoo.tests import common
from odoo.tests.common import tagged

from .test_readable import ScreensCase

#: key -> what Chromium is told of it: its code, its number, what it types
KEYS = {
    "Tab": ("Tab", 9, ""),
    "Enter": ("Enter", 13, "\r"),
    "Escape": ("Escape", 27, ""),
    "ArrowDown": ("ArrowDown", 40, ""),
    "k": ("KeyK", 75, ""),
    "o": ("KeyO", 79, ""),
}
MODIFIERS = {"Alt": 1, "Control": 2, "Shift": 8}


class KeyboardBrowser(common.ChromeBrowser):
    """A browser whose pages press keys: ``lead_keyboard("Alt+Shift+k")``, and type:
    ``lead_keyboard("type:some text")``."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._handlers["Runtime.bindingCalled"] = self._handle_keyboard
        self._websocket_request("Runtime.addBinding", params={"name": "lead_keyboard"})

    def _spawn_chrome(self, cmd):
        """With the names that screen readers get, for scripts: ``computedName``."""
        switch = "--enable-blink-features=ComputedAccessibilityInfo"
        return super()._spawn_chrome([*cmd[:-1], switch, cmd[-1]])

    def _handle_keyboard(self, payload, **_where):
        if payload.startswith("type:"):
            text = payload.removeprefix("type:")
            self._websocket_send("Input.insertText", params={"text": text})
            return
        *modifiers, key = payload.split("+")
        code, number, text = KEYS[key]
        params = {
            "key": key,
            "code": code,
            "windowsVirtualKeyCode": number,
            "modifiers": sum(MODIFIERS[name] for name in modifiers),
        }
        down = {**params, "type": "keyDown", "text": text}
        self._websocket_send("Input.dispatchKeyEvent", params=down)
        up = {**params, "type": "keyUp"}
        self._websocket_send("Input.dispatchKeyEvent", params=up)


class KeyboardCase(ScreensCase):
    def setUp(self):
        super().setUp()
        self.startPatcher(patch.object(common, "ChromeBrowser", KeyboardBrowser))

    def _tour(self, path, name, user=None):
        self.start_tour(f"/odoo/{path}", name, login=(user or self.anna).login)


@tagged("post_install", "-at_install")
class TestKeyboard(KeyboardCase):
    """Part 15, 12: no mouse; Tab, Enter, arrows, and the shortcuts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.lead_undo_seconds = 0  # at once
        cls.second = cls.env["crm.lead"].create({"name": "Second offer"})

    def _declined(self, lead):
        rows = lead.distribution_assignment_ids
        return rows.filtered(lambda row: row.state == "declined").decline_reason

    def test_menu(self):
        """Decline and Claim in the menu of offers, by arrows."""
        self._tour("crm", "lead_keyboard_menu_tour")
        self.assertEqual(self._declined(self.offer), "Too far")
        self.assertEqual(self.second.user_id, self.anna)

    def test_form(self):
        """Decline and Claim on the form, by their shortcuts; the focus order is that of
        the buttons on the screen."""
        self._tour(f"crm/{self.offer.id}", "lead_keyboard_decline_tour")
        self.assertEqual(self._declined(self.offer), "Too far")
        self._tour(f"crm/{self.second.id}", "lead_keyboard_claim_tour")
        self.assertEqual(self.second.user_id, self.anna)

    def test_palette(self):
        """Claim from the command palette."""
        self._tour(f"crm/{self.offer.id}", "lead_keyboard_palette_tour")
        self.assertEqual(self.offer.user_id, self.anna)

    def test_task(self):
        """The outcome of a task, in the list."""
        self._tour("lead-tasks", "lead_keyboard_task_tour")
        task = self.lead.with_context(active_test=False).activity_ids.filtered(
            lambda task: task.summary == "Phone task"
        )
        self.assertFalse(task.active)
        self.assertEqual(task.outcome_id.name, "Done")

    def test_why(self):
        """Why? opens, keeps the focus inside, and closes."""
        self._tour(f"crm/{self.lead.id}", "lead_keyboard_why_tour")


@tagged("post_install", "-at_install")
class TestFocus(KeyboardCase):
    """Part 15, 12: a closed dialog, by Escape or by its button, gives the focus back to
    the button that opened it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.lead_undo_seconds = 0
        cls.lead.user_id = False
        cls.lead.with_user(cls.anna).action_claim_here()

    def test_lead(self):
        """Why?, decline, report, assign, pool, customer, not a lead: on the form."""
        self._tour(f"crm/{self.lead.id}", "lead_focus_mine_tour")
        self._tour(f"crm/{self.offer.id}", "lead_focus_offer_tour")
        self.lead.partner_id = self.lead.partner_id.create({"name": "Customer"})
        self.manager.group_ids += self.env.ref(
            "lead_distribution.group_unlink_customer"
        )
        self._tour(f"crm/{self.lead.id}", "lead_focus_lead_tour", self.manager)

    def test_lists(self):
        """In a row of a list, and above it when leads are chosen."""
        self._tour("lead-pool", "lead_focus_pool_tour", self.manager)
        self._tour("lead-salespeople", "lead_focus_board_tour", self.manager)

    def test_menus(self):
        """Out of the menu of a card, or of the offers: back to what opens the menu."""
        self._tour("crm", "lead_focus_menus_tour")

    def test_route(self):
        """Who would get a lead?, in the list and on the form of a route."""
        self._tour("lead-routes", "lead_focus_routes_tour", self.manager)
        self._tour(
            f"lead-routes/{self.route.id}", "lead_focus_route_tour", self.manager
        )

    def test_run(self):
        """Undo of a run."""
        lead = self.env["crm.lead"].search([("name", "=", "Nobody's")])
        lead.with_user(self.manager).action_distribute()
        run = self.env["lead.distribution.run"].search([], limit=1)
        self._tour(f"lead-runs/{run.id}", "lead_focus_run_tour", self.manager)


@tagged("post_install", "-at_install")
class TestNames(KeyboardCase):
    """Part 15, 12: what a screen reader says of each button, link and field of ours."""

    def _named(self, *paths, user=None):
        for path in paths:
            with self.subTest(path):
                self._tour(path, "lead_names_tour", user or self.manager)

    def test_people(self):
        self._named("lead-salespeople", "lead-people-days", "lead-absences")

    def test_routes(self):
        self._named("lead-routes", f"lead-routes/{self.route.id}", "lead-rules")

    def test_leads(self):
        self._named("lead-pool", f"crm/{self.lead.id}", "lead-dashboard")

    def test_work(self):
        self._named("lead-tasks", "lead-health", "lead-assignments", "lead-simulations")

    def test_salesperson(self):
        self._named("crm", "lead-tasks", f"crm/{self.offer.id}", user=self.anna)

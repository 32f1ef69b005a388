"""A headless Chromium that one program looks through: pages, clicks, keys, pictures.

It talks Chromium's own DevTools protocol, as Odoo's tours do.
"""

import base64
import itertools
import json
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

import environment as env
import websocket

SWITCHES = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"),
    *("--disable-dev-shm-usage", "--disable-extensions", "--no-first-run"),
    *("--lang=en-US", "--force-color-profile=srgb", "--remote-debugging-port=0"),
    "--remote-allow-origins=*",
)
#: in the page: the first visible element of a selector that has a text
FIND = """
    window.findShown = (selector, text) =>
        [...document.querySelectorAll(selector)].find((element) =>
            element.getClientRects().length && element.textContent.includes(text));
"""
#: in the page: nothing loads, nothing moves
QUIET = """
    !document.querySelector(".o_loading_indicator, .o_blockUI")
    && [...document.images].every((image) => image.complete)
    && document.fonts.status === "loaded"
    && document.getAnimations().every((one) =>
        one.playState !== "running" || one.effect.getTiming().iterations === Infinity)
"""
KEYS = {"Enter": (13, "\r"), "Tab": (9, ""), "Escape": (27, "")}


class Chromium:
    """One page of a browser of its own; a context manager.

    :param url: where the pages are, with port
    """

    def __init__(self, url):
        self.url = url
        self.ids = itertools.count(1)

    def __enter__(self):
        if not env.browser():
            raise env.Missing(
                "no Chromium or Chrome here: nothing to take pictures with"
            )
        # its helpers may still write while the folder is removed
        self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        command = [env.browser(), *SWITCHES, f"--user-data-dir={self.folder.name}"]
        self.process = subprocess.Popen(
            [*command, "about:blank"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        port = self._port()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/json") as answer:
            pages = [each for each in json.load(answer) if each["type"] == "page"]
        self.socket = websocket.create_connection(
            pages[0]["webSocketDebuggerUrl"], timeout=60
        )
        self.send("Page.enable")
        self.send("Emulation.setFocusEmulationEnabled", enabled=True)
        self.send("Page.addScriptToEvaluateOnNewDocument", source=FIND)
        return self

    def __exit__(self, *_error):
        self.socket.close()
        self.process.terminate()
        self.process.wait()
        self.folder.cleanup()

    def _port(self):
        file = Path(self.folder.name, "DevToolsActivePort")
        for _ in range(300):
            if file.exists() and file.read_text().strip():
                return int(file.read_text().split()[0])
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        raise env.Missing("Chromium does not start")

    def send(self, method, **params):
        """:returns: what the browser answers"""
        number = next(self.ids)
        self.socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            answer = json.loads(self.socket.recv())
            if answer.get("id") == number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]

    def run(self, script):
        """:returns: the value of an expression in the page, promises awaited"""
        answer = self.send(
            "Runtime.evaluate",
            expression=script,
            awaitPromise=True,
            returnByValue=True,
        )
        if "exceptionDetails" in answer:
            details = answer["exceptionDetails"]
            raise RuntimeError(details.get("exception", details).get("description"))
        return answer["result"].get("value")

    def until(self, condition, seconds=40):
        """Wait until an expression in the page is true.

        :raises RuntimeError: it never was
        """
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            # between two pages there is none
            try:
                if self.run(f"Boolean({condition})"):
                    return
            except RuntimeError:
                pass
            time.sleep(0.05)
        raise RuntimeError(f"never true: {condition}")

    def see(self, selector, text=""):
        """Wait until something is shown, and the page is quiet."""
        self.until(f"findShown({json.dumps(selector)}, {json.dumps(text)})")
        self.until(QUIET)

    def size(self, width, height):
        self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 500,
        )

    def open(self, path):
        self.send("Page.navigate", url=f"{self.url}{path}")
        self.until("document.readyState === 'complete'")

    def login(self, login):
        """Log in with a name that is its password too."""
        self.send("Storage.clearDataForOrigin", origin=self.url, storageTypes="all")
        self.open("/web/login?redirect=/web/login_successful")
        self.run(
            f"""const form = document.querySelector(".oe_login_form");
            form.login.value = form.password.value = {json.dumps(login)};
            form.submit();"""
        )
        self.until("location.pathname !== '/web/login'")

    def place(self, selector, text=""):
        """:returns: ``(x, y)`` of the middle of what is shown"""
        self.see(selector, text)
        found = f"findShown({json.dumps(selector)}, {json.dumps(text)})"
        self.run(f"{found}.scrollIntoView({{block: 'nearest', behavior: 'instant'}})")
        return self.run(
            f"""(() => {{
                const box = {found}.getBoundingClientRect();
                return [box.x + box.width / 2, box.y + box.height / 2];
            }})()"""
        )

    def point(self, x, y, kind="mouseMoved", **more):
        self.send("Input.dispatchMouseEvent", type=kind, x=x, y=y, **more)

    def click(self, selector, text=""):
        """Click with the mouse, as a person does; the page is quiet again after it."""
        x, y = self.place(selector, text)
        self.point(x, y)
        for kind in ("mousePressed", "mouseReleased"):
            self.point(x, y, kind, button="left", clickCount=1)
        self.until(QUIET)

    def type(self, text):
        self.send("Input.insertText", text=text)

    def key(self, name):
        code, text = KEYS[name]
        for kind in ("keyDown", "keyUp"):
            self.send(
                "Input.dispatchKeyEvent",
                type=kind,
                key=name,
                code=name,
                windowsVirtualKeyCode=code,
                text=text if kind == "keyDown" else "",
            )

    def capture(self):
        """:returns: the page as it is now, as a PNG"""
        return base64.b64decode(self.send("Page.captureScreenshot")["data"])

    def picture(self):
        """:returns: the page as a PNG, once it is quiet and its charts stand still"""
        self.until(QUIET)
        # a cursor that blinks never does
        self.run(
            "document.activeElement?.style.setProperty('caret-color', 'transparent')"
        )
        last, now = None, self.capture()
        end = time.monotonic() + 10
        while now != last and time.monotonic() < end:
            time.sleep(0.2)
            last, now = now, self.capture()
        return now

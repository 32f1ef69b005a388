"""A film of the screen as an animated GIF: with the mouse, and words below."""

import io
import json

from PIL import Image

#: drawn in the page
SCENE = """
(() => {
    let scene = document.getElementById("film_scene");
    if (!scene) {
        scene = document.createElement("div");
        scene.id = "film_scene";
        scene.style.cssText =
            "position:fixed;inset:0;z-index:99999;pointer-events:none";
        scene.innerHTML = `
            <div style="position:absolute;left:0;right:0;bottom:0;padding:12px 24px;
                background:#201a2e;color:#fff;font:600 24px sans-serif;
                text-align:center"></div>
            <svg width="30" height="30" viewBox="0 0 20 20" style="position:absolute">
                <path d="M2 1 L2 16 L6 12 L9 18 L12 17 L9 11 L14 11 Z"
                    fill="#111" stroke="#fff" stroke-width="1.2"/></svg>`;
        document.body.append(scene);
    }
    const [bar, mouse] = scene.children;
    bar.textContent = TEXT;
    bar.style.display = TEXT ? "" : "none";
    mouse.style.left = `${X}px`;
    mouse.style.top = `${Y}px`;
})()
"""


class Film:
    """Frames of a page, one after the other.

    :param page: a :class:`chromium.Chromium`
    :param width: of the film in pixels; the page may be larger
    """

    #: pictures of a movement of the mouse, and how long each stands, in milliseconds
    STEPS, STEP = 5, 60

    def __init__(self, page, width):
        self.page = page
        self.width = width
        self.frames = []
        self.durations = []
        self.text = ""
        self.place = (700, 500)

    def frame(self, milliseconds):
        """The page as it is now, for so long."""
        x, y = self.place
        script = SCENE.replace("TEXT", json.dumps(self.text))
        self.page.run(script.replace("{X}", f"{{{x}}}").replace("{Y}", f"{{{y}}}"))
        image = Image.open(io.BytesIO(self.page.capture())).convert("RGB")
        height = round(image.height * self.width / image.width)
        image = image.resize((self.width, height), Image.Resampling.LANCZOS)
        self.frames.append(image)
        self.durations.append(milliseconds)

    def say(self, text, milliseconds):
        self.text = text
        self.frame(milliseconds)

    def click(self, selector, text=""):
        """The mouse goes there, and clicks."""
        there, here = self.page.place(selector, text), self.place
        for step in range(1, self.STEPS + 1):
            part = step / self.STEPS
            self.place = [a + (b - a) * part for a, b in zip(here, there, strict=True)]
            self.frame(self.STEP)
        self.frame(300)
        self.page.click(selector, text)
        self.frame(400)

    def save(self, *paths):
        """One palette for all frames, so that what stands still costs nothing."""
        few = self.frames[:: max(1, len(self.frames) // 12)]
        sheet = Image.new("RGB", (self.width, sum(each.height for each in few)))
        top = 0
        for each in few:
            sheet.paste(each, (0, top))
            top += each.height
        palette = sheet.quantize(255, kmeans=1, dither=Image.Dither.NONE)
        first, *others = (
            each.quantize(palette=palette, dither=Image.Dither.NONE)
            for each in self.frames
        )
        for path in paths:
            first.save(
                path,
                save_all=True,
                append_images=others,
                duration=self.durations,
                loop=0,
                optimize=False,
                disposal=1,
            )

"""`python -m tests.screens`: a picture of every page in var/screens/, at two widths, in both
languages, and once in the dark."""

import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser

from tests.auction_app.browser.open_page import looking, visit
from tests.auction_app.browser.seeded_app import SeededApp, open_seeded_app
from tests.browser.chromium import chromium

FOLDER = Path("var/screens")
LOOKS = (
    ("en", 1280, "light"),
    ("en", 320, "light"),
    ("de", 1280, "light"),
    ("de", 320, "light"),
    ("en", 1280, "dark"),
)

_LOAD_IMAGES = """() => Promise.all([...document.images].map((image) => {
    image.loading = "eager";
    return image.decode().catch(() => {});
}))"""
"""Those further down come only when one scrolls there, and here nobody does."""


def main() -> None:
    """Open the seeded app and photograph it."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        open_seeded_app(Path(folder)) as seeded_app,
        chromium() as browser,
    ):
        for language, width, scheme in LOOKS:
            _photograph(browser, seeded_app, language, width, scheme)
    print(f"{len(seeded_app.stops) * len(LOOKS)} pictures in {FOLDER}/")


def _photograph(
    browser: Browser, seeded_app: SeededApp, language: str, width: int, scheme: Any
) -> None:
    seeded_app.speak(language)
    size: Any = {"width": width, "height": 800}
    with looking(browser, seeded_app, viewport=size, locale=language, color_scheme=scheme) as pages:
        for stop in seeded_app.stops:
            page = visit(pages, seeded_app, stop)
            name = f"{stop.name}-{width}-{language}{'-dark' if scheme == 'dark' else ''}.png"
            page.evaluate(_LOAD_IMAGES)
            page.screenshot(path=FOLDER / name, full_page=True)


if __name__ == "__main__":
    main()

"""Every mail in a real browser, as wide as a mail program and as narrow as a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from mailer_service.letters.formats import LANGUAGES
from mailer_service.letters.render import render
from mailer_service.letters.samples import sample
from mailer_service.model.kinds import KINDS


@pytest.mark.parametrize("width", [320, 600])
def test_no_mail_is_wider_than_the_screen_and_its_button_is_there(
    browser: Browser, width: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 700})
    for kind in KINDS:
        for language in LANGUAGES:
            page.set_content(render(sample(kind, language)).html)

            assert page.evaluate("document.documentElement.scrollWidth") <= width, kind
            button = page.locator(".button a").bounding_box()
            assert button, kind
            assert button["height"] >= 44, kind
    page.close()


def test_a_word_without_end_is_broken(browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 320, "height": 700})
    letter = sample("question")
    changed = {"title": "x" * 200, "text": "y" * 500, "name": "z" * 120}

    page.set_content(render(letter.__class__(**(vars(letter) | changed))).html)

    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.close()

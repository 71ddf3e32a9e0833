"""Photos are seen for as long as what they are of is."""

import re
from http import HTTPStatus

import pytest

from tests.auction_app.conftest import Browser, World, password_of, path_of


def photo_of(page: str) -> str:
    found = re.search(r"/photos/\w+-\d+\.jpg", page)
    assert found
    return found[0]


def ask(browser: Browser, path: str) -> tuple[int, str]:
    """The status, and who may keep the answer."""
    answer = browser.client.get(path, buffered=True)
    return answer.status_code, answer.headers.get("Cache-Control", "")


def status(browser: Browser, path: str) -> int:
    return ask(browser, path)[0]


def decide(mod: Browser, path: str, action: str) -> None:
    form = {"action": action, "note": "A fake."}
    assert mod.post(f"/moderation{path}", form).status_code == HTTPStatus.SEE_OTHER


@pytest.mark.parametrize("action", ["hide", "ban"])
def test_a_photo_goes_with_its_item_and_comes_back_with_it(world: World, action: str) -> None:
    sam, ada, mod = world.member("Sam"), world.member("Ada"), world.moderator("Mo")
    item = sam.list_item()
    photo = photo_of(ada.get(item).text)
    large, thumbnail = photo, re.sub(r"-\d+", "-480", photo)
    code, kept_by = ask(ada, photo)
    assert code == HTTPStatus.OK
    assert "immutable" not in kept_by

    decide(mod, item if action == "hide" else path_of(world.customer_url("Sam")), action)

    for path in (large, thumbnail):
        code, kept_by = ask(ada, path)
        assert code == HTTPStatus.GONE
        assert "public" not in kept_by
    assert ask(mod, photo) == (200, "private, no-store")

    if action == "hide":
        decide(mod, item, "show")
        assert status(ada, photo) == HTTPStatus.OK


def test_a_photo_goes_with_its_sellers_account(world: World) -> None:
    sam, ada = world.member("Sam"), world.member("Ada")
    photo = photo_of(ada.get(sam.list_item()).text)

    left = sam.post("/account/delete", {"password": password_of("Sam")})

    assert left.status_code == HTTPStatus.SEE_OTHER, left.text
    assert status(ada, photo) == HTTPStatus.GONE


def test_a_drafts_photo_is_its_sellers_alone(world: World) -> None:
    sam, ada = world.member("Sam"), world.member("Ada")
    draft = sam.write_draft()
    photo = photo_of(sam.get(f"{draft}/photos").text)

    assert [status(who, photo) for who in (sam, ada, world.browser())] == [200, 404, 404]

    sam.post(f"{draft}/discard")
    assert status(sam, photo) == HTTPStatus.NOT_FOUND

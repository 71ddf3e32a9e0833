"""Planned maintenance: announced on every page, closed to all but those who run the house."""

import re

import pytest

from tests.auction_app.conftest import (
    MAILER_TOKEN,
    PUBLIC,
    Browser,
    World,
    as_program,
    path_of,
)
from tests.auction_app.devices.test_devices import add_device, ask

HOUR_MS = 3_600_000
FORM = {
    "zone": "UTC",
    "starts": "2026-09-21T16:00",
    "until": "2026-09-21T17:00",
    "words_en": "We move <house>.",
    "words_de": "Wir ziehen um.",
}


def announce(mod: Browser, **changes: str) -> str:
    """The announcement's path."""
    answer = mod.post("/moderation/maintenance", FORM | changes)
    assert answer.status_code == 303, answer.text
    urls = [url for topic, _, url in mod.world.announced() if topic == "announcements"]
    return path_of(urls[-1])


def end(mod: Browser) -> None:
    page = mod.get("/moderation/maintenance").text
    path = re.findall(r"/moderation/maintenance/\w+/end", page)[0]
    assert mod.post(path).status_code == 303


def begin(world: World) -> None:
    world.clock.now_ms += 2 * HOUR_MS  # 14:13 and so much


def test_every_page_says_it_in_its_readers_language(world: World) -> None:
    item = world.member("Sam").list_item()
    ada, stranger = world.member("Ada"), world.browser()
    before = [who.get(item).text for who in (ada, stranger)]
    path = announce(world.moderator("Mo"))

    for who in (ada, stranger):
        for page in (item, "/", "/search", "/rules"):
            assert "We move &lt;house&gt;." in who.get(page).text, page
    german = stranger.client.get(item, headers={"Accept-Language": "de"}).text
    assert "Geplante Wartung von" in german
    assert "Wir ziehen um." in german
    assert not any("We move" in page for page in before)
    assert "We move" in stranger.get(path).text


def test_it_is_public_for_programs(world: World) -> None:
    path = announce(world.moderator("Mo"))
    client = world.app.test_client()

    document = client.get(path, headers=as_program()).get_json()
    (listed,) = client.get("/announcements", headers=as_program()).get_json()["_embedded"][
        "announcements"
    ]

    assert document == listed
    assert document["words"] == {"en": "We move <house>.", "de": "Wir ziehen um."}
    assert document["until_ms"] - document["from_ms"] == HOUR_MS
    assert document["ended_at_ms"] is None
    assert ("announcements", "create", PUBLIC + path) in world.announced()


def test_while_it_lasts_the_house_is_closed_and_says_for_how_long(world: World) -> None:
    sam = world.member("Sam")
    item, token = sam.list_item(), add_device(sam)
    announce(world.moderator("Mo"))
    assert sam.get(item).status_code == 200
    begin(world)

    closed = sam.get(item)

    assert closed.status_code == 503
    assert 0 < int(closed.headers["Retry-After"]) <= 3600
    assert "closed for maintenance" in closed.text
    for refused in (ask(world, token), sam.post(f"{item}/watch", {"watch": "1"})):
        assert (refused.status_code, bool(refused.headers["Retry-After"])) == (503, True)
    bogus = world.app.test_client().get(item, headers=as_program("a-token-of-nobody-at-all"))
    assert bogus.status_code == 503


def test_what_machines_need_goes_on(world: World) -> None:
    path = announce(world.moderator("Mo"))
    begin(world)
    client = world.app.test_client()

    for open_ in ("/healthz", "/readyz", "/announcements", path, "/static/gavel.css", "/sign-in"):
        assert client.get(open_, headers=as_program(), buffered=True).status_code == 200, open_
    assert client.post("/events").status_code == 401  # nobody signed it
    customer = path_of(world.customer_url("Mo"))
    assert client.get(customer, headers=as_program(MAILER_TOKEN)).status_code == 200


def test_a_moderator_gets_in_and_ends_it(world: World) -> None:
    mo, ada = world.moderator("Mo"), world.member("Ada")
    path = announce(mo)
    begin(world)
    again = world.browser()
    again.sign_in("Mo")

    end(again)

    assert ada.get("/").status_code == 200
    assert "We move" not in ada.get("/").text
    assert ("announcements", "update", PUBLIC + path) in world.announced()
    assert "End maintenance" in mo.get("/moderation/trail").text


def test_it_is_over_by_itself(world: World) -> None:
    ada = world.member("Ada")
    announce(world.moderator("Mo"))
    begin(world)
    assert ada.get("/").status_code == 503

    world.clock.now_ms += HOUR_MS

    assert "We move" not in ada.get("/").text


def test_what_never_comes_is_called_off(world: World) -> None:
    mo = world.moderator("Mo")
    announce(mo)
    end(mo)

    begin(world)

    assert world.browser().get("/").status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"until": FORM["starts"]},
        {"starts": "2020-01-01T00:00", "until": "2020-01-01T01:00"},
        {"until": "2026-10-21T17:00"},
        {"until": "tomorrow"},
        {"words_de": ""},
        {"words_en": "x" * 301},
    ],
)
def test_what_makes_no_sense_is_not_announced(world: World, changes: dict[str, str]) -> None:
    mo = world.moderator("Mo")

    assert mo.post("/moderation/maintenance", FORM | changes).status_code == 422

    assert "Planned maintenance from" not in re.sub(r'data-words="[^"]*"', "", mo.get("/").text)


def test_to_others_these_pages_do_not_exist(world: World) -> None:
    announce(world.moderator("Mo"))
    ada = world.member("Ada")

    assert ada.get("/moderation/maintenance").status_code == 404
    assert ada.post("/moderation/maintenance", FORM).status_code == 404

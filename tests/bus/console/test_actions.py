"""What buttons do: each is a call of the API, and says what came of it."""

import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape

import pytest
from flask.testing import FlaskClient

from bus.diagnosis.formats import plural
from bus.model.delivery import DeadLetter, LastAnswer, Parked, StateChange
from bus.storage import Storage
from tests.bus.api.calling import call
from tests.bus.clock import START_MS, FakeClock
from tests.bus.console.conftest import SUBSCRIPTION, Operator
from tests.bus.console.settling import settle
from tests.bus.diagnosis.test_diagnose import attempt
from tests.bus.samples import log_event

WANTED = {"topics": ["bids"], "callback": "https://s.example/", "uuid": "u-1"}
LETTERS = f"{SUBSCRIPTION}/dead-letters"


@pytest.fixture(autouse=True)
def subscribed(api: FlaskClient) -> None:
    events = [{"type": "create", "url": f"https://x.example/{n}"} for n in range(20)]
    assert call(api, "POST", "/topics/bids", events).status_code == 200
    assert call(api, "PUT", SUBSCRIPTION, WANTED, by="subscriber").status_code == 201


@pytest.fixture
def shown(api: FlaskClient) -> Callable[[], dict[str, object]]:
    """The subscription as the API shows it."""
    return lambda: call(api, "GET", SUBSCRIPTION, by="root").get_json(force=True)


def offered(text: str) -> list[str]:
    """The buttons that come and go, as far as they are to be seen."""
    return re.findall(r'<form[^>]*data-offer="(\w+)">', text)


def follow(operator: Operator, path: str, on: str = SUBSCRIPTION, **fields: object) -> str:
    """Press a button; the page that it leads to."""
    answer = operator.press(path, on, **fields)
    assert answer.status_code == 303, answer.text
    return operator.client.get(answer.headers["Location"]).text


def test_pause_and_resume(owner: Operator, shown: Callable[[], dict[str, object]]) -> None:
    text = follow(owner, f"{SUBSCRIPTION}/pause")
    assert "Paused. Nothing is sent" in text
    assert "Resume" in text
    assert offered(text) == ["resume"]
    assert shown()["state"] == "paused"
    again = follow(owner, f"{SUBSCRIPTION}/resume")
    assert "Resumed." in again
    assert offered(again) == ["pause"]
    assert shown()["state"] == "active"


def test_a_test_event(owner: Operator) -> None:
    assert "A test event is on its way" in follow(owner, f"{SUBSCRIPTION}/test")


@pytest.mark.parametrize(
    ("typed", "brings", "position"),
    [
        ("to=position&position=7", 13, 7),
        ("to=position&position=+0,017+", 3, 17),
        ("to=beginning", 20, 0),
        ("to=now", 0, 20),
        ("to=back&events=3", 3, 17),
        ("to=back&events=30", 20, 0),
        ("to=time&time=2001-01-01T00:00", 20, 0),
    ],
)
def test_a_seek_shows_what_it_would_bring_before_it_is_done(
    owner: Operator,
    shown: Callable[[], dict[str, object]],
    typed: str,
    brings: int,
    position: int,
) -> None:
    before = shown()["position"]
    text = owner.text(f"{SUBSCRIPTION}/seek?{typed}")
    assert f"It would bring {plural(brings, 'event')}" in text
    assert shown()["position"] == before
    word = re.search(r'type="hidden" name="to" value="(.*?)"', text)
    assert word
    assert "Moved." in follow(owner, f"{SUBSCRIPTION}/seek", to=word[1])
    assert shown()["position"] == position


@pytest.mark.parametrize(
    "typed",
    [
        "to=nowhere",
        "to=position&position=x",
        f"to=position&position={'9' * 30}",
        "to=time&time=yesterday",
        "to=back&events=-1",
        "to=back&events=",
        "to=",
    ],
)
def test_a_seek_that_says_nothing_shows_the_form_again_with_what_was_typed(
    owner: Operator, typed: str
) -> None:
    answer = owner.see(f"{SUBSCRIPTION}/seek?{typed}")
    if typed == "to=":
        assert answer.status_code == 200
    else:
        assert answer.status_code == 400
        assert 'role="alert"' in answer.text
    assert "It would bring" not in answer.text


@pytest.mark.parametrize("to", ["", "nowhere", "position:x", "position:-1", "odd:3"])
def test_a_seek_to_nowhere_moves_nothing(
    owner: Operator, shown: Callable[[], dict[str, object]], to: str
) -> None:
    before = shown()["position"]
    assert owner.press(f"{SUBSCRIPTION}/seek", SUBSCRIPTION, to=to).status_code == 400
    assert shown()["position"] == before


def test_a_rotated_secret_is_shown_once(owner: Operator, storage: Storage) -> None:
    answer = owner.press(f"{SUBSCRIPTION}/secret", f"{SUBSCRIPTION}/secret")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    secrets = storage.subscriptions.secrets(storage.clients.id_of("subscriber"))
    assert secrets.current in answer.text
    assert len(secrets.previous) == 1
    assert secrets.current not in owner.text(SUBSCRIPTION)


def test_edit(owner: Operator, shown: Callable[[], dict[str, object]]) -> None:
    form = {
        "topics": "bids.create, offers",
        "callback": "https://elsewhere.example/events",
        "uuid": "u-2",
        "max": "10",
        "timeout": "",
        "coalesce": "on",
        "format": "cloudevents",
    }
    assert "Saved." in follow(owner, f"{SUBSCRIPTION}/edit", f"{SUBSCRIPTION}/edit", **form)
    after = shown()
    assert after["topics"] == ["bids.create", "offers"]
    assert (after["max"], after["timeout"], after["coalesce"]) == (10, None, True)
    assert (after["callback"], after["format"]) == (form["callback"], "cloudevents")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"callback": "ftp://x"}, "callback"),
        ({"topics": "Bids!"}, "topic"),
        ({"max": "many"}, "whole number"),
        ({"max": "0"}, "max is not a whole number from 1"),
        ({"uuid": ""}, "another scheme or port counts as one; give the user name"),
        ({"first_ms": "500", "longest_ms": "400"}, "longest_ms is not"),
        ({"parked_ms": "soon"}, "whole number"),
    ],
)
def test_what_is_wrong_with_an_edit_is_said_and_nothing_typed_is_lost(
    owner: Operator,
    shown: Callable[[], dict[str, object]],
    wrong: dict[str, str],
    said: str,
) -> None:
    form = {"topics": "offers", "callback": "https://kept.example/", "uuid": "u-2"} | wrong
    answer = owner.press(f"{SUBSCRIPTION}/edit", f"{SUBSCRIPTION}/edit", **form)
    assert answer.status_code == 400
    alert = re.search(r'role="alert"[^>]*>(.*?)</p>', answer.text)
    assert alert
    assert said in alert[1]
    assert form["callback"] in answer.text
    assert shown()["callback"] == WANTED["callback"]


def test_an_edit_keeps_what_is_never_shown_and_says_how_it_is_tried_again(
    owner: Operator, shown: Callable[[], dict[str, object]], storage: Storage
) -> None:
    form = {
        "topics": "bids",
        "callback": f"{WANTED['callback']}elsewhere",
        "first_ms": "500",
        "longest_ms": "60,000",
        "parked_ms": "1000, 2000",
        "give_up_ms": "120000",
    }
    assert "Saved." in follow(owner, f"{SUBSCRIPTION}/edit", f"{SUBSCRIPTION}/edit", **form)
    waits = {
        "first_ms": 500,
        "longest_ms": 60_000,
        "parked_ms": [1000, 2000],
        "give_up_ms": 120_000,
    }
    assert shown()["retry"] == waits
    client = storage.clients.id_of("subscriber")
    assert storage.subscriptions.endpoint(client, "default") == (form["callback"], "u-1")


def test_an_edit_without_a_callback_has_it_pulled_and_back(
    owner: Operator, shown: Callable[[], dict[str, object]]
) -> None:
    edit = f"{SUBSCRIPTION}/edit"
    form = {"topics": "bids", "callback": "", "format": "cloudevents", "events_per_s": "5"}
    assert "Saved." in follow(owner, edit, edit, **form)
    assert (shown()["callback"], shown()["concurrency"]) == (None, 64)
    again = {"topics": "bids", "callback": "https://s.example/", "uuid": "u-2"}
    assert "Saved." in follow(owner, edit, edit, **again)
    assert shown()["callback"] == "https://s.example/"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"callback": "https://n.example/", "uuid": "u-3"}, "It is shown this once"),
        ({"callback": ""}, "kept for who pulls them"),
    ],
)
def test_subscribe(owner: Operator, api: FlaskClient, typed: dict[str, str], said: str) -> None:
    form = {"client": "subscriber", "name": "made", "topics": "bids", "to": "beginning"}
    answer = owner.press("/subscribe", "/subscribe", **form, **typed)
    assert answer.status_code == 200, answer.text
    assert said in answer.text
    path = "/clients/subscriber/subscriptions/made"
    made = call(api, "GET", path, by="subscriber").get_json(force=True)
    assert (made["topics"], made["position"]) == (["bids"], 0)


@pytest.mark.parametrize(
    ("wrong", "said", "status"),
    [
        ({"name": "default"}, "There is one of this name", 409),
        ({"name": ""}, "name is empty", 400),
        ({"name": "No!"}, "a name is 1 to 64", 400),
        ({"uuid": ""}, "uuid is missing", 400),
        ({"to": "position", "position": "x"}, "whole number", 400),
        ({"secret": "none"}, "whsec_", 400),
    ],
)
def test_what_is_wrong_with_a_subscription_is_said_and_none_is_made(
    owner: Operator,
    shown: Callable[[], dict[str, object]],
    wrong: dict[str, str],
    said: str,
    status: int,
) -> None:
    before = shown()
    right = {"client": "subscriber", "name": "made", "topics": "bids", "uuid": "u"}
    form = right | {"callback": "https://typed.example/"} | wrong
    answer = owner.press("/subscribe", "/subscribe", **form)
    assert answer.status_code == status
    assert said in unescape(answer.text)
    assert "https://typed.example/" in answer.text
    assert shown() == before


@pytest.mark.parametrize(
    ("path", "typed", "status"),
    [
        ("/subscribe", {"client": "subscribr", "name": "made", "topics": "a", "uuid": "u"}, 404),
        ("/subscribe", {"client": "a/b", "name": "made", "topics": "a", "uuid": "u"}, 404),
        ("/subscribe", {"client": "subscriber", "name": "a/b", "topics": "a", "uuid": "u"}, 404),
    ],
)
def test_a_name_that_is_nobodys_loses_nothing_that_was_typed(
    root: Operator, path: str, typed: dict[str, str], status: int
) -> None:
    answer = root.press(path, path, callback="https://typed.example/", **typed)
    assert answer.status_code == status
    assert "https://typed.example/" in answer.text


def test_a_secret_that_the_endpoint_has_is_taken(owner: Operator, storage: Storage) -> None:
    on, theirs = f"{SUBSCRIPTION}/secret", "whsec_" + "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0"
    assert owner.press(on, on, secret=theirs).status_code == 200
    assert storage.subscriptions.secrets(storage.clients.id_of("subscriber")).current == theirs
    refused = owner.press(on, on, secret="short")
    assert refused.status_code == 400
    assert "whsec_" in refused.text


def test_remove(owner: Operator, api: FlaskClient) -> None:
    assert "Removed." in follow(owner, f"{SUBSCRIPTION}/remove", f"{SUBSCRIPTION}/remove")
    assert call(api, "GET", SUBSCRIPTION, by="root").status_code == 404


@pytest.fixture
def letters(storage: Storage) -> list[int]:
    """Ids of three dead letters."""
    answer = LastAnswer(422, None, START_MS)
    events = [log_event(n, url=f"https://dead.example/{n}") for n in (1, 2, 3)]
    dead = [DeadLetter(event, 11, answer, b'{"why": "<none>"}') for event in events]
    settle(storage, "subscriber", change=StateChange(dead_letters=dead))
    subscription = storage.subscriptions.find(storage.clients.id_of("subscriber"), "default")
    return [letter.id for letter in storage.dead_letters.all(subscription)]


def test_a_dead_letter_says_what_was_answered(owner: Operator, letters: list[int]) -> None:
    text = owner.text(f"{LETTERS}/{letters[0]}")
    assert "&lt;none&gt;" in text
    assert "does not accept what is in the request" in text


def test_redrive_those_that_are_ticked(
    owner: Operator, letters: list[int], shown: Callable[[], dict[str, object]]
) -> None:
    assert owner.text(LETTERS).count('type="checkbox"') == 3
    text = follow(owner, f"{LETTERS}/redrive", LETTERS, which="some", id=letters[:2])
    assert "On their way again: 2. Dropped, as a later event covers them: 0." in text
    assert shown()["dead_letters"] == 1


def test_redrive_all(
    owner: Operator, letters: list[int], shown: Callable[[], dict[str, object]]
) -> None:
    assert "On their way again: 3." in follow(owner, f"{LETTERS}/redrive", LETTERS, which="all")
    assert shown()["dead_letters"] == 0


def test_redrive_one(
    owner: Operator, letters: list[int], shown: Callable[[], dict[str, object]]
) -> None:
    on = f"{LETTERS}/{letters[2]}"
    assert "On their way again: 1." in follow(owner, f"{on}/redrive", on)
    assert shown()["dead_letters"] == 2


@pytest.mark.parametrize("ids", [[], ["x"], ["99999999999999999999"]])
def test_nothing_ticked_redrives_nothing(
    owner: Operator,
    letters: list[int],
    shown: Callable[[], dict[str, object]],
    ids: list[str],
) -> None:
    answer = owner.press(f"{LETTERS}/redrive", LETTERS, which="some", id=ids)
    assert answer.status_code == 400
    assert "Nothing is ticked" in answer.text
    assert shown()["dead_letters"] == 3


def test_a_page_says_only_what_actions_say(owner: Operator) -> None:
    for query in ("did=<b>", "did=odd", "did=redrive&redriven=<b>&covered=x"):
        text = owner.see(f"{SUBSCRIPTION}?{query}").text
        assert "<b>" not in text
    assert "On their way again: 0." in text


@pytest.mark.parametrize("path", [f"{SUBSCRIPTION}/pause", "/nowhere", "/"])
def test_a_method_that_is_not_for_an_address_finds_nothing(owner: Operator, path: str) -> None:
    answer = owner.client.put(f"/console{path}")
    assert answer.status_code == 404
    assert "<h1>" in answer.text


@pytest.mark.parametrize(
    ("ticked", "retried"), [({"which": "all"}, 2), ({"url": "https://parked.example/1"}, 1)]
)
def test_parked_entities_are_tried_now(
    owner: Operator, storage: Storage, ticked: dict[str, str], retried: int
) -> None:
    answer = LastAnswer(422, None, START_MS)
    urls = [f"https://parked.example/{n}" for n in (1, 2)]
    change = StateChange(
        park={url: Parked(url, 1, START_MS * 2, 1, answer) for url in urls},
        park_events=[log_event(n + 1, url=url) for n, url in enumerate(urls)],
    )
    settle(storage, "subscriber", change=change)
    parked = f"{SUBSCRIPTION}/parked"
    assert owner.text(parked).count('type="checkbox"') == 2
    assert f"On their way now: {retried}." in follow(owner, f"{parked}/retry", parked, **ticked)
    assert owner.press(f"{parked}/retry", parked, which="some").status_code == 400


def test_what_came_of_a_redrive_stands_where_it_is_said(
    owner: Operator, letters: list[int], storage: Storage, clock: FakeClock
) -> None:
    answer = owner.press(f"{LETTERS}/redrive", LETTERS, which="some", id=letters[:1])
    where = answer.headers["Location"]
    assert "No answer yet." in owner.client.get(where).text
    subscription = storage.subscriptions.find(storage.clients.id_of("subscriber"), "default")
    made = attempt(422, subscription_id=subscription)
    before, after = (replace(made, at_ms=clock() + away_ms) for away_ms in (-1, 1))
    storage.attempts.add([before], clock())
    assert "No answer yet." in owner.client.get(where).text
    storage.attempts.add([after], clock())
    text = unescape(owner.client.get(where).text)
    assert "Its endpoint does not accept what is in the request (422)." in text
    assert "1 event waits to be tried again, and 2 dead letters are left" in text
    live = re.search(r'data-live="(.*?)"', text)
    assert live
    assert "(422)" in owner.client.get(live[1]).text


@pytest.mark.parametrize("query", ["", "did=redrive", "did=redrive&since_ms=x", "since_ms=1"])
def test_no_outcome_is_shown_of_nothing(owner: Operator, query: str) -> None:
    assert "What came of it" not in owner.text(f"{LETTERS}?{query}")

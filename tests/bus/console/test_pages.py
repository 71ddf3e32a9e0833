"""What pages show: what the API says, to whom it says it, and nothing that scripts or styles of
others could use."""

import json
import re
from collections.abc import Callable
from html import unescape

import pytest
from flask.testing import FlaskClient
from service_kit.clock import utc
from service_kit.tokens import digest

from bus.model.delivery import DeadLetter, EndpointHealth, LastAnswer, StateChange
from bus.storage import Storage
from tests.bus.api.calling import call
from tests.bus.clock import FakeClock
from tests.bus.conftest import ROOT_KEY, TOKENS
from tests.bus.console.conftest import HAL, SUBSCRIPTION, Operator
from tests.bus.console.settling import settle
from tests.bus.diagnosis.test_diagnose import attempt
from tests.bus.samples import log_event

PAGES = {
    "/topics": "/topics",
    "/topics/bids": "/topics/bids",
    "/audit": "/audit",
    "/api_tokens": "/api_tokens",
    "/": "/overview",
    "/subscriptions": "/overview/subscriptions",
    SUBSCRIPTION: SUBSCRIPTION,
    f"{SUBSCRIPTION}/attempts": f"{SUBSCRIPTION}/attempts",
    f"{SUBSCRIPTION}/parked": f"{SUBSCRIPTION}/parked",
    f"{SUBSCRIPTION}/dead-letters": f"{SUBSCRIPTION}/dead-letters",
    f"{SUBSCRIPTION}/seek?to=beginning": f"{SUBSCRIPTION}/seek?to=beginning",
    f"{SUBSCRIPTION}/edit": SUBSCRIPTION,
    f"{SUBSCRIPTION}/secret": SUBSCRIPTION,
    f"{SUBSCRIPTION}/remove": SUBSCRIPTION,
}


@pytest.fixture
def fail(storage: Storage) -> Callable[[str], None]:
    """Has the endpoint of a client's subscription answer 401."""

    def make(client: str) -> None:
        health = EndpointHealth(failures=3, failing_since_ms=1, retry_at_ms=2)
        settle(storage, client, health=health, answer=LastAnswer(401, None, 3))

    return make


@pytest.fixture(autouse=True)
def subscribed(api: FlaskClient) -> None:
    wanted = {"topics": ["bids"], "callback": "https://s.example/", "uuid": "hidden-user-name"}
    for who in ("subscriber", "stranger"):
        path = f"/clients/{who}/subscriptions/default"
        assert call(api, "PUT", path, wanted, by=who).status_code == 201


def test_a_program_hears_of_a_query_as_it_is_at_the_address_of_a_page(
    api: FlaskClient, root: Operator
) -> None:
    for query in ("?limit=1&limit=2", "?what=1", "?limit=x"):
        for path in ("/topics", "/overview/subscriptions", "/events", "/audit"):
            said = api.get(f"{path}{query}", auth=(ROOT_KEY, ""))
            page = path.removeprefix("/overview")
            twin = root.see(f"{page}{query}", headers={"Accept": HAL})
            assert (twin.status_code, said.status_code) == (400, 400)
            assert twin.get_json(force=True)["detail"] == said.get_json(force=True)["detail"]


@pytest.mark.parametrize("page", ["/edit", "/secret", "/remove"])
def test_who_looks_at_everybodys_has_no_buttons_either(
    storage: Storage,
    signed_in: Callable[[str], Operator],
    subscribed: None,
    page: str,
) -> None:
    storage.clients.add_token("chief", digest("looks-at-everybodys"), {"monitor:all"})
    looker = signed_in("looks-at-everybodys")
    shown = looker.text(SUBSCRIPTION)
    assert 'method="post" action="/console/clients' not in shown
    assert "may only look" in shown
    for word in ("/edit", "api_tokens"):
        assert word not in shown
    assert looker.see(f"{SUBSCRIPTION}{page}").status_code == 403
    assert looker.see(f"{SUBSCRIPTION}/seek").status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_a_program_gets_at_the_address_of_a_page_what_the_api_says(
    root: Operator, api: FlaskClient, page: str
) -> None:
    by_api = api.get(PAGES[page], headers={"Accept": HAL}, auth=(ROOT_KEY, "")).get_json(force=True)
    with_session = root.see(page, headers={"Accept": HAL})
    with_token = api.get(f"/console{page}", headers={"Accept": HAL}, auth=(ROOT_KEY, ""))
    assert with_session.content_type == with_token.content_type == HAL
    assert json.loads(with_session.text) == json.loads(with_token.text) == by_api


@pytest.mark.parametrize("page", PAGES)
def test_no_page_holds_a_script_a_style_or_a_secret(
    root: Operator, storage: Storage, page: str
) -> None:
    answer = root.see(page)
    assert answer.status_code == 200
    assert "default-src 'none'; script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:|<script(?! src=)", answer.text)
    secret = storage.subscriptions.secrets(storage.clients.id_of("subscriber")).current
    for hidden in (secret, ROOT_KEY, *TOKENS.values(), "hidden-user-name"):
        assert hidden not in answer.text
        assert hidden not in root.see(page, headers={"Accept": HAL}).text


def test_the_root_key_sees_all_and_an_owner_only_their_own(root: Operator, owner: Operator) -> None:
    for page in ("/", "/subscriptions"):
        assert "stranger/default" in root.text(page)
        assert "subscriber/default" in owner.text(page)
        assert "stranger" not in owner.text(page)
    other = owner.see("/clients/stranger/subscriptions/default")
    assert other.status_code == 403
    assert "another client" in other.text


def test_a_page_of_nothing_is_a_page(root: Operator) -> None:
    for path in (
        "/nowhere",
        "/clients/subscriber/subscriptions/none",
        f"{SUBSCRIPTION}/attempts/7",
    ):
        answer = root.see(path)
        assert answer.status_code == 404
        assert "<h1>" in answer.text
    assert root.see("/nowhere", headers={"Accept": HAL}).content_type == "application/problem+json"


@pytest.mark.parametrize(
    "path", ["/subscriptions?condition=odd", f"{SUBSCRIPTION}/attempts?before=x"]
)
def test_what_the_api_refuses_is_told_in_its_words(root: Operator, path: str) -> None:
    answer = root.see(path)
    assert answer.status_code == 400
    assert "condition" in answer.text or "before is not a" in answer.text


def test_failing_subscriptions_come_first(
    root: Operator, storage: Storage, fail: Callable[[str], None]
) -> None:
    fail("subscriber")
    text = root.text("/")
    assert text.index("subscriber/default") < text.index("stranger/default")
    assert "subscriber/default" not in root.text("/subscriptions?condition=active")
    assert "subscriber/default" in root.text("/subscriptions?condition=failing")


def test_a_page_says_why_nothing_comes(root: Operator, fail: Callable[[str], None]) -> None:
    fail("subscriber")
    text = unescape(root.text(SUBSCRIPTION))
    assert "refuses the credentials or the signature (401)" in text
    assert "No pusher is running" in text
    assert "Try again now" in text


def test_the_part_that_changes_is_to_be_had_alone_and_is_made_once_a_second(
    root: Operator, storage: Storage, fail: Callable[[str], None]
) -> None:
    before = root.text(f"/live{SUBSCRIPTION}")
    whole = root.text(SUBSCRIPTION)
    for part in re.findall(r"<(?:p|dl|ul)\b.*?</(?:p|dl|ul)>", before, re.DOTALL):
        assert part in whole
    fail("subscriber")
    assert root.text(f"/live{SUBSCRIPTION}") == before
    assert "failing" in root.text(SUBSCRIPTION)


def test_two_who_see_different_things_do_not_share_a_fragment(
    root: Operator, owner: Operator
) -> None:
    assert "stranger/default" in root.text("/live/")
    assert "stranger/default" not in owner.text("/live/")


def test_who_may_only_look_has_no_buttons(
    signed_in: Callable[[str], Operator], storage: Storage
) -> None:
    storage.clients.add_token("subscriber", digest("only-looks-around-here"), {"monitor"})
    looker = signed_in("only-looks-around-here")
    text = looker.text(SUBSCRIPTION)
    assert "may only look" in text
    assert text.count("<form") == 1  # to sign out
    assert looker.press(f"{SUBSCRIPTION}/pause").status_code == 403


@pytest.mark.parametrize("path", ["console.css", "console.js", "pico.css"])
def test_static_files_are_there_for_everybody(stranger: Operator, path: str) -> None:
    with stranger.see(f"/static/{path}") as answer:
        assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/nowhere", "/clients/x", "/live/nowhere", "/subscriptions/"])
def test_where_no_page_is_who_is_signed_in_has_the_menu(root: Operator, path: str) -> None:
    answer = root.see(path)
    assert answer.status_code == 404
    assert 'href="/console/topics"' in answer.text
    assert "Sign out" in answer.text


def test_where_no_page_is_a_stranger_has_none(stranger: Operator) -> None:
    answer = stranger.see("/nowhere")
    assert (answer.status_code, "Sign out" in answer.text) == (404, False)


def test_page_and_twin_say_the_same_condition_since_the_same_time(
    root: Operator, api: FlaskClient, fail: Callable[[str], None], storage: Storage
) -> None:
    def said() -> tuple[str, str]:
        found = re.search(r'class="badge (.*?)">.*?(?:datetime="(.*?)")', root.text(SUBSCRIPTION))
        assert found
        return found[1], found[2]

    def told() -> tuple[str, str]:
        twin = call(api, "GET", f"{SUBSCRIPTION}/diagnosis", by="root").get_json(force=True)
        one = call(api, "GET", SUBSCRIPTION, by="root").get_json(force=True)
        assert twin["condition"] == one["condition"]
        assert twin["_embedded"]["subscription"] == one
        at = utc(twin["since_ms"]).isoformat(timespec="milliseconds")
        return twin["condition"], at.replace("+00:00", "Z")

    fail("subscriber")
    assert said() == told() == ("failing", "1970-01-01T00:00:00.001Z")
    settle(storage, "subscriber", health=EndpointHealth(), answer=LastAnswer(204, None, 4))
    assert said() == told()
    assert said()[0] == "idle"
    letter = DeadLetter(log_event(1), 3, LastAnswer(500, None, 5), b"")
    settle(storage, "subscriber", change=StateChange(dead_letters=[letter]))
    assert said() == told() == ("dead letters", "1970-01-01T00:00:00.005Z")
    assert call(api, "POST", f"{SUBSCRIPTION}/pause", by="subscriber").status_code == 200
    assert said() == told()
    assert said()[0] == "paused"
    assert "subscriber (token" in root.text(SUBSCRIPTION)


def test_who_is_behind_is_told_since_when_the_oldest_event_waits(
    root: Operator, api: FlaskClient, clock: FakeClock
) -> None:
    event = {"type": "noop", "url": "https://x.example/1"}
    assert call(api, "POST", "/topics/bids", event, by="publisher").status_code == 200
    published = utc(clock.now_ms).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    clock.forward(60_001)
    text = root.text(SUBSCRIPTION)
    assert re.search(rf"the oldest event has waited since <[^>]*{re.escape(published)}", text)


def test_a_red_box_names_the_callback_and_what_was_answered(
    root: Operator, storage: Storage, fail: Callable[[str], None]
) -> None:
    fail("subscriber")
    subscription = storage.subscriptions.find(storage.clients.id_of("subscriber"), "default")
    refused = attempt(401, subscription_id=subscription, response_body=b"<i>who are you?</i>")
    storage.attempts.add([refused], refused.at_ms)
    for page in (SUBSCRIPTION, f"{SUBSCRIPTION}/edit"):
        assert "https://s.example/ answered 401: “&lt;i&gt;who are you?&lt;/i&gt;”." in root.text(
            page
        )

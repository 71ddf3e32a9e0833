"""Who may sign in, how a session ends, and what keeps others out of it."""

from collections.abc import Callable

import pytest
from service_kit.tokens import digest

from bus.storage import Storage
from tests.bus.clock import FakeClock
from tests.bus.conftest import ROOT_KEY, TOKENS
from tests.bus.console.conftest import HAL, SUBSCRIPTION, Operator

HOURS_MS = 60 * 60 * 1000


def cookie_of(operator: Operator) -> str:
    found = operator.client.get_cookie("gavel_console", path="/console")
    assert found
    return found.value


def test_a_stranger_is_led_to_the_sign_in_and_then_to_where_they_wanted_to_go(
    stranger: Operator,
) -> None:
    asked = stranger.see("/subscriptions?condition=failing")
    assert asked.status_code == 303
    where = asked.headers["Location"]
    assert "expired" not in where
    form = stranger.client.get(where).text
    assert 'value="/console/subscriptions?condition=failing"' in form
    sent = stranger.press(
        "/sign-in", "/sign-in", token=ROOT_KEY, next="/console/subscriptions?condition=failing"
    )
    assert sent.headers["Location"] == "/console/subscriptions?condition=failing"


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/console/\\evil.example", "/topics"]
)
def test_a_sign_in_leads_to_no_other_site(stranger: Operator, elsewhere: str) -> None:
    sent = stranger.press("/sign-in", "/sign-in", token=ROOT_KEY, next=elsewhere)
    assert sent.headers["Location"] == "/console/"


@pytest.mark.parametrize("token", ["", "no-such-token-at-all", "ü" * 20, "x" * 100_000])
def test_a_token_that_is_none_is_refused_and_not_shown_again(
    stranger: Operator, token: str
) -> None:
    answer = stranger.sign_in(token)
    assert answer.status_code == 422
    assert "does not know this token" in answer.text
    assert not token or token not in answer.text


def test_a_token_that_may_not_monitor_is_refused(stranger: Operator, storage: Storage) -> None:
    storage.clients.add_token("publisher", digest("only-publishes-and-no-more"), {"publish"})
    answer = stranger.sign_in("only-publishes-and-no-more")
    assert answer.status_code == 403
    assert "scope monitor" in answer.text


def test_a_session_begins_with_a_cookie_of_its_own_that_scripts_cannot_read(
    stranger: Operator, storage: Storage
) -> None:
    stranger.see("/sign-in")
    before = cookie_of(stranger)
    answer = stranger.sign_in(ROOT_KEY)
    after = cookie_of(stranger)
    assert after not in {before, ROOT_KEY}
    flags = answer.headers["Set-Cookie"]
    assert all(word in flags for word in ("HttpOnly", "SameSite=Lax", "Path=/console"))
    assert storage.console_sessions.find(after) is None
    assert storage.console_sessions.find(digest(after)) is not None


def test_over_https_the_cookie_is_secure(stranger: Operator) -> None:
    answer = stranger.client.get("https://bus.example/console/sign-in")
    assert "Secure" in answer.headers["Set-Cookie"]


def test_nothing_is_kept_that_the_root_key_could_be_guessed_from(
    root: Operator, storage: Storage
) -> None:
    kept = storage.console_sessions.find(digest(cookie_of(root)))
    assert kept not in {None, ROOT_KEY, digest(ROOT_KEY)}


def test_signing_out_ends_the_session_for_whoever_has_copied_its_cookie(
    root: Operator, stranger: Operator
) -> None:
    copied = cookie_of(root)
    assert root.press("/sign-out").status_code == 303
    stranger.client.set_cookie("gavel_console", copied, path="/console")
    assert "expired" in stranger.see("/").headers["Location"]


def test_a_session_ends_after_twelve_hours(root: Operator, clock: FakeClock) -> None:
    clock.now_ms += 12 * HOURS_MS - 1
    assert root.see("/").status_code == 200
    clock.now_ms += 1
    assert root.see("/").status_code == 303


def test_who_sees_everything_and_may_only_look_has_no_buttons(
    signed_in: Callable[[str], Operator], storage: Storage
) -> None:
    storage.clients.add_token("watcher", digest("sees-all-and-only-looks"), {"monitor:all"})
    text = signed_in("sees-all-and-only-looks").text("/subscriptions")
    assert "You see everything, and may only look." in text
    assert "Clients and tokens" not in text
    assert "Subscribe …" not in text


def test_revoking_a_token_ends_its_sessions(
    signed_in: Callable[[str], Operator], storage: Storage
) -> None:
    storage.clients.add_token("subscriber", digest("second-token-of-theirs"))
    first, second = signed_in(TOKENS["subscriber"]), signed_in("second-token-of-theirs")
    storage.clients.remove_token(storage.clients.token(digest("second-token-of-theirs")).id)
    assert first.see("/").status_code == 200
    assert second.see("/").status_code == 303


def test_the_eleventh_wrong_token_in_a_quarter_of_an_hour_is_not_even_judged(
    stranger: Operator, clock: FakeClock
) -> None:
    for n in range(10):
        assert stranger.sign_in(f"wrong-token-number-{n}").status_code == 422
    answer = stranger.sign_in(ROOT_KEY)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) == 15 * 60
    clock.now_ms += 15 * 60 * 1000
    assert stranger.sign_in(ROOT_KEY).status_code == 303


def test_who_signs_in_often_is_not_held_up(stranger: Operator) -> None:
    assert {stranger.sign_in(ROOT_KEY).status_code for _ in range(12)} == {303}


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/clients/a/subscriptions/b/pause"])
def test_a_form_that_no_page_of_ours_has_sent_does_nothing(root: Operator, path: str) -> None:
    for fields in ({}, {"csrf_token": "0" * 64}, {"csrf_token": "ü"}):
        assert root.client.post(f"/console{path}", data=fields).status_code == 403
    assert root.see("/").status_code == 200


@pytest.mark.parametrize(
    "header",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://["},
        {"Origin": ""},
    ],
)
def test_a_form_from_another_site_does_nothing(root: Operator, header: dict[str, str]) -> None:
    fields = {"csrf_token": root.csrf()}
    answer = root.client.post("/console/sign-out", data=fields, headers=header)
    assert answer.status_code == 403
    assert root.see("/").status_code == 200


@pytest.mark.parametrize(
    ("form", "page"),
    [
        (f"{SUBSCRIPTION}/pause", SUBSCRIPTION),
        (f"{SUBSCRIPTION}/edit", f"{SUBSCRIPTION}/edit"),
        (f"{SUBSCRIPTION}/dead-letters/7/redrive", f"{SUBSCRIPTION}/dead-letters/7"),
        ("/topics/orders/about", "/topics/orders"),
        ("/topics", "/topics"),
        ("/api_tokens/7/revoke", "/api_tokens"),
    ],
)
def test_a_form_that_is_sent_after_the_session_has_ended_leads_back_to_its_page_and_says_so(
    root: Operator, clock: FakeClock, form: str, page: str
) -> None:
    token = root.csrf()
    clock.now_ms += 13 * HOURS_MS
    answer = root.client.post(f"/console{form}", data={"csrf_token": token})
    assert answer.headers["Location"] == f"/console/sign-in?next=/console{page}&undone="
    asked = root.client.get(answer.headers["Location"])
    assert "What you sent was not done" in asked.text


def test_programs_that_show_nothing_are_told_so_as_a_problem(stranger: Operator) -> None:
    answer = stranger.see("/", headers={"Accept": HAL})
    assert answer.status_code == 401
    assert answer.content_type == "application/problem+json"

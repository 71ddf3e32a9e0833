"""What a token is good for: a call of another kind is 403, whoever's topics it is about."""

from typing import Any

import pytest
import uritemplate
from werkzeug.test import Client

from bus.storage import Storage
from tests.bus.api.calling import assert_problem, call
from tests.bus.api.entrances import api, loop

__all__ = ["api", "loop"]

EVENT = {"type": "create", "url": "https://x.example/1"}
WANTED = {"topics": ["bids"], "callback": "https://s.example/", "uuid": "u"}
OURS = "/clients/ada/subscriptions/default"
CALLS: list[tuple[str, str, str, Any]] = [
    ("publish", "POST", "/topics/bids", EVENT),
    ("publish", "PUT", "/topics/bids", None),
    ("publish", "DELETE", "/topics/bids", None),
    ("subscribe", "POST", "/subscription", WANTED),
    ("subscribe", "POST", "/subscription/secret", None),
    ("subscribe", "DELETE", "/subscriber/topics/bids", None),
    ("subscribe", "DELETE", "/subscriber", None),
    ("subscribe", "PUT", OURS, WANTED),
    ("subscribe monitor", "GET", "/clients/ada/subscriptions", None),
    ("subscribe", "POST", f"{OURS}/pause", None),
    ("monitor", "GET", "/topics", None),
    ("monitor", "GET", "/subscriptions", None),
    ("monitor", "GET", "/pulse", None),
    ("monitor", "GET", "/pulse/scaling", None),
    ("monitor", "GET", "/metrics", None),
    ("monitor", "GET", "/overview", None),
    ("monitor", "GET", "/history", None),
    ("monitor", "GET", "/audit", None),
    ("monitor", "GET", "/overview/subscriptions", None),
]


def token(api: Client, *scopes: str, name: str = "ada") -> str:
    made = call(api, "POST", "/api_tokens", {"name": name, "scopes": scopes}, by="root")
    assert made.status_code == 201, made.text
    return str(made.get_json()["token"])


@pytest.mark.parametrize("scope", ["publish", "subscribe", "monitor"])
def test_a_token_is_good_for_its_scope_and_nothing_else(api: Client, scope: str) -> None:
    usual = token(api, "publish", "subscribe")
    call(api, "POST", "/topics/bids", EVENT, by=usual)
    call(api, "POST", "/subscription", WANTED, by=usual)
    narrow = token(api, scope)
    for needed, method, path, body in CALLS:
        answer = call(api, method, path, body, by=narrow)
        if scope in needed.split():
            assert answer.status_code < 300, (path, answer.text)
        else:
            assert assert_problem(answer, 403)["reason"] == "scope"


LINKS = {
    "publish": {"publish"},
    "subscribe": {"subscriptions", "subscription", "events"},
    "monitor": {
        *("topics", "topic", "subscribers", "pulse", "scaling", "metrics", "overview", "console"),
        *("history", "audit"),
    },
}


@pytest.mark.parametrize("scope", LINKS)
def test_the_root_document_links_to_what_the_token_is_good_for(api: Client, scope: str) -> None:
    narrow = token(api, scope)
    links = call(api, "GET", "/", by=narrow).get_json()["_links"]
    assert links.keys() == LINKS[scope] | {"self", "service-desc", "asyncapi"}
    for name, found in links.items():
        if not found.get("templated"):
            assert call(api, "GET", found["href"], by=narrow).status_code in {200, 204}, name


def test_the_root_key_finds_tokens_and_clients_from_the_root(api: Client) -> None:
    links = call(api, "GET", "/", by="root").get_json()["_links"]
    assert LINKS["monitor"] | {"tokens", "clients", "subscription"} < links.keys()
    for name in ("tokens", "clients", *LINKS["monitor"]):
        path = uritemplate.expand(links[name]["href"], topic="bids")
        known = {200, 404} if name == "topic" else {200, 204}
        assert call(api, "GET", path, by="root").status_code in known


def test_an_admins_token_is_as_good_as_the_root_key(api: Client) -> None:
    admin = token(api, "admin", name="boss")
    call(api, "POST", "/subscription", WANTED, by="subscriber")
    theirs = "/clients/subscriber/subscriptions/default"
    assert call(api, "POST", f"{theirs}/pause", by=admin).get_json()["state"] == "paused"
    assert call(api, "GET", "/clients", by=admin).status_code == 200
    made = call(api, "POST", "/api_tokens", {"name": "eve"}, by=admin)
    assert made.status_code == 201
    assert (
        call(api, "DELETE", f"/api_tokens/{made.get_json()['token']}", by=admin).status_code == 204
    )


def test_a_token_may_publish_to_the_topics_that_it_names_and_no_other(api: Client) -> None:
    narrow = token(api, "publish:bids", "publish:offers", "monitor")
    for topic in ("bids", "offers"):
        for method, body in (("PUT", None), ("POST", EVENT), ("DELETE", None)):
            assert call(api, method, f"/topics/{topic}", body, by=narrow).status_code < 300
    for topic in ("questions", "bids_", "bid", "publish", "_"):
        for method, body in (("PUT", None), ("POST", EVENT), ("DELETE", None)):
            answer = call(api, method, f"/topics/{topic}", body, by=narrow)
            assert assert_problem(answer, 403)["reason"] == "scope"
    assert call(api, "POST", "/topics/questions", EVENT).status_code == 200
    assert "publish" in call(api, "GET", "/", by=narrow).get_json()["_links"]
    assert assert_problem(call(api, "POST", "/subscription", WANTED, by=narrow), 403)


def test_a_token_may_name_a_hundred_topics(api: Client) -> None:
    topics = [f"{first}{second}" for first in "abcdefghij" for second in "klmnopqrst"]
    narrow = token(api, *(f"publish:{topic}" for topic in topics))
    assert call(api, "POST", f"/topics/{topics[-1]}", EVENT, by=narrow).status_code == 200
    more = {"name": "ada", "scopes": [f"publish:{topic}" for topic in [*topics, "z"]]}
    assert_problem(call(api, "POST", "/api_tokens", more, by="root"), 400)


@pytest.mark.parametrize(
    "scopes",
    [
        *([], ["all"], "publish", ["publish", 1], {}, 1, [["publish"]]),
        *([f"publish:{topic}"] for topic in ("", "*", "Bids", "b" * 65, "bids.create", "bids ")),
        *([f"{scope}:bids"] for scope in ("subscribe", "monitor", "admin", ":publish")),
        *(["publish:bids publish:offers"], ["publish:bids\n"], ["publish:\u212aelvin"]),
    ],
)
def test_other_scopes_are_400(api: Client, scopes: Any) -> None:
    body = {"name": "ada", "scopes": scopes}
    assert_problem(call(api, "POST", "/api_tokens", body, by="root"), 400)


def test_a_client_has_tokens_of_several_kinds(api: Client) -> None:
    assert call(api, "POST", "/topics/bids", EVENT, by=token(api, "publish")).status_code == 200
    assert_problem(call(api, "POST", "/topics/bids", EVENT, by=token(api, "monitor")), 403)


@pytest.mark.parametrize(
    "shown",
    ["Basic \xff\xfe==", "Basic é", "Basic =", "Basic", "Bearer \xff", "Digest a=b", "\xff"],
)
def test_credentials_that_are_none_are_a_401(api: Client, shown: str) -> None:
    for path in ("/topics", "/clients/x/subscriptions", "/metrics", "/"):
        answer = api.get(path, environ_overrides={"HTTP_AUTHORIZATION": shown})
        assert answer.status_code == 401
    posted = api.post("/topics/bids", data=b"{}", environ_overrides={"HTTP_AUTHORIZATION": shown})
    assert posted.status_code == 401


def test_who_monitors_sees_its_own_and_of_others_no_callback_and_no_exact_count(
    api: Client,
) -> None:
    event = {"type": "create", "url": "https://x.example/1"}
    for client in ("subscriber", "stranger"):
        wanted = {"topics": ["bids"], "callback": f"https://{client}.example/", "uuid": "u"}
        call(api, "POST", "/subscription", wanted, by=client)
    for count in (1000, 999, 7):
        call(api, "POST", "/topics/bids", [event] * count)
    call(api, "POST", "/topics/notes", event, by="stranger")

    def seen(path: str, by: str) -> str:
        return call(api, "GET", path, by=by).text

    assert "subscriber.example" not in seen("/subscriptions", "stranger")
    assert "stranger.example" in seen("/subscriptions", "stranger")
    assert "subscriber.example" in seen("/subscriptions", "root")
    counts = {
        by: {one["name"]: one["events"] for one in call(api, "GET", "/topics", by=by).get_json()}
        for by in ("stranger", "publisher", "root")
    }
    assert counts["stranger"] == {"bids": 2000, "notes": 1}
    assert counts["publisher"] == {"bids": 2006, "notes": 0}
    assert counts["root"] == {"bids": 2006, "notes": 1}


def test_metrics_are_of_ones_own_and_of_all_for_who_may_administer(api: Client) -> None:
    event = {"type": "create", "url": "https://x.example/1"}
    wanted = {"topics": ["bids"], "callback": "https://s.example/", "uuid": "u"}
    call(api, "POST", "/subscription", wanted, by="subscriber")
    call(api, "POST", "/topics/bids", event)
    call(api, "POST", "/topics/notes", event, by="stranger")
    theirs = call(api, "GET", "/metrics", by="stranger").text
    assert 'topic="notes"' in theirs
    for secret in ('topic="bids"', 'subscriber="subscriber"', "bus_log_events", "seconds_count"):
        assert secret not in theirs
        assert secret in call(api, "GET", "/metrics", by="root").text


def test_who_monitors_all_looks_at_everybodys_and_changes_nothing(api: Client) -> None:
    ours = token(api, "subscribe")
    assert call(api, "PUT", OURS, WANTED, by=ours).status_code == 201
    looks = token(api, "monitor:all", name="operator")
    shown = call(api, "GET", OURS, by=looks)
    assert (shown.status_code, shown.get_json()["client"]) == (200, "ada")
    assert call(api, "GET", "/topics", by=looks).status_code == 200
    assert len(call(api, "GET", "/subscriptions", by=looks).get_json()) == 1
    root = call(api, "GET", "/", by=looks).get_json()["_links"]
    assert {"topics", "subscription"} <= root.keys() <= {*root, "tokens"} - {"tokens"}
    for method, path in [("PUT", OURS), ("DELETE", OURS), ("POST", f"{OURS}/pause")]:
        assert_problem(call(api, method, path, WANTED if method == "PUT" else None, by=looks), 403)
    assert_problem(call(api, "POST", "/topics/bids", EVENT, by=looks), 403)


LOOKS = {"self", "collection", "seek", "attempts", "diagnosis", "parked", "dead-letters"}


def links_of(api: Client, path: str, by: str) -> set[str]:
    document = call(api, "GET", path, by=by).get_json()
    for name in ("subscriptions", "worst"):
        document = next(iter(document.get("_embedded", {}).get(name, ())), document)
    return set(document["_links"])


@pytest.mark.parametrize("path", [OURS, "/clients/ada/subscriptions", "/overview"])
def test_links_lead_only_to_what_the_token_is_good_for(api: Client, path: str) -> None:
    ours = token(api, "subscribe", "monitor")
    call(api, "PUT", OURS, WANTED, by=ours)
    for may in (ours, "root", token(api, "admin", name="chief")):
        assert links_of(api, path, may) >= LOOKS | {"edit", "pause", "test", "secret"}
    looks = (("monitor:all", "operator"), ("monitor", "ada"), ("monitor:all subscribe", "other"))
    for scopes, name in looks:
        assert links_of(api, path, token(api, *scopes.split(), name=name)) == LOOKS


def test_a_topic_leads_to_its_events_for_who_may_read_them(api: Client) -> None:
    call(api, "PUT", "/topics/bids")
    reads, looks = token(api, "subscribe", "monitor"), token(api, "monitor")
    assert "events" in call(api, "GET", "/topics/bids", by=reads).get_json()["_links"]
    assert "events" not in call(api, "GET", "/topics/bids", by=looks).get_json()["_links"]


@pytest.mark.parametrize(
    ("scopes", "about"),
    [(("subscribe",), "ada"), (("subscribe", "monitor:all"), None), (("admin",), None)],
)
def test_a_subscription_is_told_of_what_its_maker_may_see(
    api: Client, storage: Storage, scopes: tuple[str, ...], about: str | None
) -> None:
    narrow = token(api, *scopes)
    for method, path in [("POST", "/subscription"), ("PUT", f"{OURS}-2")]:
        assert call(api, method, path, WANTED | {"topics": ["bus"]}, by=narrow).status_code < 300
    assert {one.subscription.filters[0].about for one in storage.overviews.every()} == {about}

import pytest
from service_kit.tokens import digest
from werkzeug.test import Client

from bus.errors import TopicTaken
from bus.storage import Storage
from tests.bus.api.calling import assert_problem, call
from tests.bus.clock import FakeClock
from tests.bus.conftest import TOKENS

EVENT = {"type": "create", "url": "https://x.example/1"}


def test_topics_are_listed_with_their_publisher_and_count(api: Client) -> None:
    call(api, "POST", "/topics/orders", EVENT, by="stranger")
    call(api, "POST", "/topics/bids", [EVENT, EVENT])
    assert call(api, "GET", "/topics", by="root").get_json() == [
        {"name": "bids", "publisher": "publisher", "events": 2},
        {"name": "orders", "publisher": "stranger", "events": 1},
    ]


def test_the_owner_deletes_a_topic_and_others_go_on(api: Client) -> None:
    call(api, "POST", "/topics/orders", EVENT, by="stranger")
    call(api, "POST", "/topics/bids", EVENT)
    response = call(api, "DELETE", "/topics/bids")
    assert (response.status_code, response.data) == (204, b"")
    assert [one["name"] for one in call(api, "GET", "/topics").get_json()] == ["orders"]
    assert call(api, "POST", "/topics/orders", EVENT, by="stranger").status_code == 200
    assert call(api, "POST", "/topics/bids", EVENT, by="stranger").status_code == 200


def test_nobody_else_deletes_a_topic(api: Client) -> None:
    call(api, "POST", "/topics/bids", EVENT)
    assert_problem(call(api, "DELETE", "/topics/bids", by="stranger"), 403)
    assert call(api, "GET", "/topics").get_json()


def test_a_topic_that_is_not_there_is_404_and_a_bad_name_400(api: Client) -> None:
    assert_problem(call(api, "DELETE", "/topics/bids"), 404)
    assert_problem(call(api, "DELETE", "/topics/Bids"), 400)
    assert call(api, "GET", "/topics").get_json() == []


def test_a_deleted_topic_disturbs_no_subscription(api: Client) -> None:
    subscription = {"topics": ["bids", "orders"], "callback": "https://s.example/", "uuid": "u"}
    call(api, "POST", "/subscription", subscription, by="subscriber")
    call(api, "POST", "/topics/bids", [EVENT, EVENT])
    call(api, "DELETE", "/topics/bids")
    (listed,) = call(api, "GET", "/subscriptions", by="root").get_json()
    assert (listed["topics"], listed["events"]["queued"]) == (["orders"], 2)
    assert call(api, "POST", "/subscription", subscription, by="subscriber").status_code == 204
    assert call(api, "GET", "/subscriptions", by="root").get_json()[0]["topics"] == [
        "bids",
        "orders",
    ]


def test_a_topic_is_claimed_before_its_first_event(api: Client) -> None:
    for _ in range(2):
        assert call(api, "PUT", "/topics/bids").status_code == 204
    assert call(api, "GET", "/topics").get_json() == [
        {"name": "bids", "publisher": "publisher", "events": 0}
    ]
    assert_problem(call(api, "PUT", "/topics/bids", by="stranger"), 403)
    assert_problem(call(api, "POST", "/topics/bids", EVENT, by="stranger"), 403)
    assert call(api, "POST", "/topics/bids", EVENT).status_code == 200


def test_a_topic_that_is_only_subscribed_to_can_be_claimed(api: Client) -> None:
    subscription = {"topics": ["bids"], "callback": "https://s.example/", "uuid": "u"}
    call(api, "POST", "/subscription", subscription, by="subscriber")
    assert call(api, "PUT", "/topics/bids").status_code == 204
    assert_problem(call(api, "PUT", "/topics/bids", by="subscriber"), 403)


def test_a_deleted_topic_can_be_claimed_and_counts_anew(api: Client) -> None:
    call(api, "POST", "/topics/bids", [EVENT, EVENT])
    call(api, "DELETE", "/topics/bids")
    assert call(api, "PUT", "/topics/bids", by="stranger").status_code == 204
    assert call(api, "GET", "/topics").get_json() == [
        {"name": "bids", "publisher": "stranger", "events": 0}
    ]
    assert_problem(call(api, "POST", "/topics/bids", EVENT), 403)


@pytest.mark.parametrize("name", ["Bids", "b-1", "b" * 65, "bids%0A", "*", "bids.create"])
def test_a_bad_name_can_not_be_claimed(api: Client, name: str) -> None:
    assert_problem(call(api, "PUT", f"/topics/{name}"), 400)
    assert call(api, "GET", "/topics").get_json() == []


def test_nobody_publishes_or_takes_the_bus_s_own_topic(api: Client, storage: Storage) -> None:
    storage.clients.add_token("chief", digest("chief-token-of-the-tests"), frozenset({"admin"}))
    for who in ("publisher", "chief-token-of-the-tests"):
        for media_type in ("application/json", "application/cloudevents-batch+json"):
            response = api.post(
                "/topics/bus",
                json=[EVENT],
                auth=(TOKENS.get(who, who), "x"),
                headers={"Content-Type": media_type},
            )
            assert_problem(response, 403)
        assert_problem(call(api, "PUT", "/topics/bus", by=who), 403)
        assert_problem(call(api, "DELETE", "/topics/bus", by=who), 403)
    with pytest.raises(TopicTaken):
        storage.topics.give("bus", 1)
    assert storage.log.last_position() == 0


def test_a_topic_says_what_it_is_about(api: Client) -> None:
    about = {"description": "Bids that were taken.", "schema": {"type": "object"}}
    assert call(api, "PUT", "/topics/bids", about).status_code == 204
    shown = call(api, "GET", "/topics/bids", by="stranger").get_json()
    assert {name: shown[name] for name in about} == about
    assert (shown["publisher"], shown["events"], shown["events_per_s"]) == ("publisher", 0, None)
    assert shown["_links"]["events"]["href"] == "/events?topics=bids"
    call(api, "PUT", "/topics/bids", {"schema": None})
    shown = call(api, "GET", "/topics/bids").get_json()
    assert (shown["description"], shown["schema"]) == (about["description"], None)
    call(api, "DELETE", "/topics/bids")
    assert_problem(call(api, "GET", "/topics/bids"), 404)
    call(api, "PUT", "/topics/bids", by="stranger")
    assert call(api, "GET", "/topics/bids").get_json()["description"] is None


def test_a_topic_says_how_much_is_published_a_second(
    api: Client, storage: Storage, clock: FakeClock
) -> None:
    call(api, "PUT", "/topics/bids")
    storage.history.sample(clock())
    event = {"type": "create", "url": "https://x.example/1"}
    call(api, "POST", "/topics/bids", [event] * 36)
    storage.history.sample(clock())
    assert call(api, "GET", "/topics/bids").get_json()["events_per_s"] == 0.01
    assert call(api, "GET", "/topics/bids", by="root").get_json()["events_per_s"] == 0.01


@pytest.mark.parametrize(
    "body",
    [[], "x", {"what": 1}, {"description": 1}, {"description": "x" * 1001}, {"schema": "x"}],
)
def test_what_says_nothing_about_a_topic_is_refused(api: Client, body: object) -> None:
    assert_problem(call(api, "PUT", "/topics/bids", body), 400)
    assert call(api, "GET", "/topics").get_json() == []


def test_only_its_publisher_says_what_a_topic_is_about(api: Client) -> None:
    call(api, "PUT", "/topics/bids", {"description": "mine"})
    assert_problem(call(api, "PUT", "/topics/bids", {"description": "no"}, by="stranger"), 403)
    assert call(api, "GET", "/topics/bids").get_json()["description"] == "mine"

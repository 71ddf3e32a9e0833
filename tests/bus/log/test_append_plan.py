"""What an append writes: where events get their places, and who is refused."""

import json
from dataclasses import replace

import pytest

from bus.errors import BadTopic, KeyReused, TopicElsewhere, TopicTaken
from bus.log.append_plan import AppendPlan, LogEnd, TopicRow, claimants, entities, plan_append
from bus.model.event import Publication, PublishKey
from tests.bus.samples import publication

ADA, EVE = 1, 2
END = LogEnd("log", 7, 1_000)
DAY_MS = 86_400_000


def planned(*publications: Publication, end: LogEnd = END, **more: object) -> AppendPlan:
    topics = {one.topic: TopicRow(one.topic, None, 0) for one in publications}
    given: dict[str, object] = {"topics": topics, "known": {}, "owned": {ADA: 0, EVE: 0}} | more
    owned, asked = given.pop("owned"), (given["topics"], given["known"], end)
    return plan_append(publications, *asked, owned=owned, now_ms=5)  # type: ignore[arg-type]


def test_events_get_the_next_places_in_their_topic_and_in_the_log() -> None:
    topics = {"bids": TopicRow("bids", ADA, 40), "orders": TopicRow("orders", None, 0)}
    traced = replace(publication(ADA, "a", "b"), traceparent="00-1")
    plan = planned(traced, publication(EVE, "c", topic="orders", type="update"), topics=topics)
    assert plan.answers == [None, None]
    places = [(row[0], row[1], row[2], row[3], row[4]) for row in plan.rows]
    assert places == [
        (8, "bids", 41, "create", "a"),
        (9, "bids", 42, "create", "b"),
        (10, "orders", 1, "update", "c"),
    ]
    assert [(row[5], row[6]) for row in plan.rows] == [(5, "00-1"), (5, "00-1"), (5, None)]
    sizes = [len(row[7]) for row in plan.rows]
    assert [row[8] for row in plan.rows] == [1_000 + sum(sizes[: n + 1]) for n in range(3)]
    assert (topics["orders"].client_id, topics["orders"].events) == (EVE, 1)


def test_ids_tell_the_log_the_place_and_the_append_apart() -> None:
    ids = [
        json.loads(row[7])["id"]
        for _ in range(2)
        for row in planned(publication(ADA, "a", "b")).rows
    ]
    assert [one[:6] for one in ids] == ["log-8-", "log-9-", "log-8-", "log-9-"]
    assert len(set(ids)) == 4
    assert {len(one) for one in ids} == {6 + 8}


def test_an_empty_log_begins_at_1() -> None:
    assert LogEnd.of("log", None, None) == LogEnd("log", 0, 0)
    (row,) = planned(publication(ADA, "a"), end=LogEnd.of("log", None, None)).rows
    assert (row[0], row[2], row[8]) == (1, 1, len(row[7]))


@pytest.mark.parametrize(
    ("topic", "claims"),
    [
        (TopicRow("bids", ADA, 0, log="two"), True),
        (TopicRow("bids", None, 0, log="two"), True),
        (TopicRow("bids", None, 0), False),
    ],
    ids=["in another log", "in another log, and nobody's", "nobody's, in a log that isn't home"],
)
def test_nothing_is_stored_of_a_topic_that_is_elsewhere(topic: TopicRow, *, claims: bool) -> None:
    told = [publication(ADA, "a")]
    plan = plan_append(told, {"bids": topic}, {}, END, owned={ADA: 0}, now_ms=5, claims=claims)
    assert (plan.rows, [type(one) for one in plan.answers]) == ([], [TopicElsewhere])


def test_a_topic_belongs_to_who_published_to_it_first() -> None:
    plan = planned(publication(ADA, "a"), publication(EVE, "b"), publication(ADA, "c"))
    assert [type(one) for one in plan.answers] == [type(None), TopicTaken, type(None)]
    assert [(row[0], row[4]) for row in plan.rows] == [(8, "a"), (9, "c")]


def test_who_has_a_thousand_topics_gets_no_other_and_goes_on_with_those() -> None:
    topics = {"old": TopicRow("old", ADA, 1)} | {n: TopicRow(n, None, 0) for n in ("x", "y")}
    one, other, again, old = (
        publication(ADA, "a", topic=topic) for topic in ("x", "y", "x", "old")
    )
    plan = planned(one, other, again, old, topics=topics, owned={ADA: 999})
    assert [type(answer) for answer in plan.answers] == [
        type(None),
        BadTopic,
        type(None),
        type(None),
    ]
    assert topics["y"].client_id is None


def keyed(client_id: int, fingerprint: bytes) -> Publication:
    return replace(publication(client_id, "a"), key=PublishKey("k", fingerprint))


@pytest.mark.parametrize(
    ("known", "answer", "is_stored"),
    [
        ({}, type(None), True),
        ({(ADA, "k"): b"1"}, type(None), False),
        ({(ADA, "k"): b"2"}, KeyReused, False),
        ({(EVE, "k"): b"2"}, type(None), True),
    ],
)
def test_a_key_stores_the_same_events_once_and_no_others(
    known: dict[tuple[int, str], bytes], answer: type, is_stored: bool
) -> None:
    plan = planned(keyed(ADA, b"1"), known=known)
    assert [type(one) for one in plan.answers] == [answer]
    assert (len(plan.rows), plan.keys) == (is_stored, {(ADA, "k"): b"1"} if is_stored else {})


def test_a_key_counts_within_the_append_too_and_not_of_who_is_refused() -> None:
    plan = planned(keyed(ADA, b"1"), keyed(ADA, b"1"), keyed(ADA, b"2"), keyed(EVE, b"3"))
    assert [type(one) for one in plan.answers] == [type(None), type(None), KeyReused, TopicTaken]
    assert (len(plan.rows), plan.keys) == (1, {(ADA, "k"): b"1"})


def test_who_would_own_another_topic_is_counted() -> None:
    topics = {"bids": TopicRow("bids", ADA, 1), "orders": TopicRow("orders", None, 0)}
    told = [publication(ADA, "a"), publication(EVE, "a", topic="orders")]
    assert claimants(told, topics) == {EVE}
    assert claimants(told[:1], topics) == set()


def test_of_each_entity_the_last_place_counts() -> None:
    plan = planned(publication(ADA, "a", "b", "a"), publication(ADA, "a", type="delete"))
    assert sorted(entities(plan.rows)) == [
        ("bids", "a", "create", 10),
        ("bids", "a", "delete", 11),
        ("bids", "b", "create", 9),
    ]

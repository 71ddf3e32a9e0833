"""Why a subscriber gets nothing, in plain words."""

from typing import Any

import pytest

from bus.console.reasons import condition, meaning, why

TOPICS: list[dict[str, Any]] = [
    {"name": "bids", "publisher": "seller"},
    {"name": "later", "publisher": None},
]


def subscription(**fields: Any) -> dict[str, Any]:
    """One that is well, but for these fields."""
    return {
        "state": "active",
        "reason": None,
        "topics": ["bids"],
        "failures": 0,
        "last_answer": None,
        "lag": {"events": 0, "oldest_ms": None},
        "parked": 0,
        "dead_letters": 0,
        "events_per_s": None,
    } | fields


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({}, "idle"),
        ({"lag": {"events": 3, "oldest_ms": 50}}, "busy"),
        ({"lag": {"events": 3, "oldest_ms": 60_001}}, "behind"),
        ({"failures": 1}, "failing"),
        ({"failures": 1, "state": "paused"}, "paused"),
        ({"failures": 1, "state": "disabled"}, "disabled"),
    ],
)
def test_a_state_is_one_word(fields: dict[str, Any], word: str) -> None:
    assert condition(subscription(**fields)) == word


@pytest.mark.parametrize(
    ("fields", "said", "helps"),
    [
        ({"state": "paused"}, "Somebody has paused it", "resume"),
        ({"state": "paused", "reason": "snapshot"}, "snapshot is being taken", ""),
        ({"state": "disabled", "reason": "gone"}, "410 Gone", "resume"),
        ({"state": "disabled", "reason": "failing"}, "failed for days", "resume"),
        (
            {"failures": 2, "last_answer": {"status": 404, "error": None}},
            "Nothing is at this path",
            "resume",
        ),
        ({"parked": 2}, "wait apart", "parked"),
        ({"dead_letters": 2}, "given up", "dead-letters"),
        ({"topics": []}, "no topic", "self"),
        ({"topics": ["later.create"]}, "Nobody publishes to later", "self"),
        ({"topics": ["bds"]}, "Nobody publishes to bds", "self"),
        ({"topics": ["*"]}, "has got everything", ""),
        ({"lag": {"events": 1, "oldest_ms": 5}}, "on their way", ""),
    ],
)
def test_what_is_in_the_way_is_said_first_with_what_helps(
    fields: dict[str, Any], said: str, helps: str
) -> None:
    first = why(subscription(**fields), TOPICS, pushers=1)[0]
    assert said in first.what
    assert first.relation == helps


def test_without_a_pusher_nobody_gets_anything() -> None:
    assert "No pusher" in why(subscription(failures=1), TOPICS, pushers=0)[0].what


@pytest.mark.parametrize(
    ("status", "error", "said"),
    [
        (200, None, ""),
        (200, "the body is packed", "can't be read"),
        (302, None, "follows no redirects"),
        (401, None, "credentials"),
        (418, None, "refuses"),
        (503, None, "broke down"),
        (None, "Failed to connect to 10.0.0.1 port 9", "does it run there"),
        (None, "Could not resolve host: x", "spelt right"),
        (None, "the callback leads to a private address", "BUS_TRUSTED_HOSTS"),
        (None, "SSL certificate problem: expired", "certificate"),
        (None, "Operation timed out after 20000 ms", "20 s"),
        (None, "odd", "no answer"),
    ],
)
def test_an_answer_is_told_in_plain_words(status: int | None, error: str | None, said: str) -> None:
    assert said in meaning({"status": status, "error": error})

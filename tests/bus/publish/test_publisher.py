"""The quick way takes nothing that the rules refuse, and makes the same of what it takes."""

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from service_kit.bodies import parse_json
from service_kit.problems import Problem

from bus.errors import BadEvent, SchemaChanged, Unavailable
from bus.model.client import Client
from bus.model.event import Publication
from bus.publish.publisher import PublishCall, Publisher, read_events, read_plain_events
from bus.publish.validation import CheckedEvent, Limits, check_events

URL = "https://x.example/1"
LIMITS = Limits(frozenset({"trusted.test"}))

values = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.just({}), st.just([])
)
types = st.sampled_from(["create", "update", "delete", "noop", "Create", "create "]) | values
characters = st.text("aZ09.:-/@?#%[]é\n\x00 ", max_size=12)
urls = st.builds("{}://{}".format, st.sampled_from(["https", "http", "HTTPS"]), characters)
timestamps = st.integers(-(2**54), 2**54) | values
events = st.fixed_dictionaries(
    {"type": types, "url": urls | st.just(URL) | values},
    optional={"timestamp": timestamps, "data": values, "more": values},
)
bodies = st.one_of(events, st.lists(events, max_size=4), values)


def by_the_rules(body: bytes) -> list[CheckedEvent] | None:
    try:
        return check_events(parse_json(body), LIMITS)
    except (BadEvent, Problem):
        return None


@given(bodies)
@example({"type": "create", "url": URL, "timestamp": 1e3})
@example({"type": "create", "url": URL, "timestamp": True})
@example({"type": "create", "url": f"{URL}\n"})
@example({"type": "create", "url": "https://x.example:99999/"})
@example([{"type": "create", "url": URL}] * 1_001)
@example([])
def test_the_quick_way_is_a_part_of_the_rules(value: Any) -> None:
    body = json.dumps(value).encode()
    quick = read_plain_events(body)
    assert quick is None or quick == by_the_rules(body)


@given(st.binary(max_size=40), st.integers(0, 60))
@example(b"\x80", 2)
@example(b"\xef\xbb\xbf", 0)
def test_so_it_is_for_bytes_that_are_not_even_json(noise: bytes, at: int) -> None:
    plain = json.dumps({"type": "create", "url": URL, "timestamp": 5}).encode()
    body = plain[:at] + noise + plain[at:]
    quick = read_plain_events(body)
    assert quick is None or quick == by_the_rules(body)


@pytest.mark.parametrize(
    "value",
    [
        {"type": "create", "url": URL},
        {"url": URL, "type": "noop", "timestamp": 0, "data": None},
        [{"type": "update", "url": "https://x.example:8443/a/b;c=1,2"}] * 1_000,
    ],
)
def test_what_most_publishers_send_goes_the_quick_way(value: Any) -> None:
    body = json.dumps(value).encode()
    assert read_plain_events(body) == by_the_rules(body) != None  # noqa: E711


def test_what_is_not_plain_is_judged_by_the_rules() -> None:
    body = json.dumps({"type": "create", "url": "http://trusted.test/1", "data": {"a": 1}}).encode()
    assert read_plain_events(body) is None
    expected = CheckedEvent("create", "http://trusted.test/1", None, '{"a":1}')
    assert read_events(PublishCall("bids", body), LIMITS) == [expected]


class Changing:
    """A log whose topics have another schema whenever it is asked to store something."""

    times = 0

    def committer(self, _topic: str) -> "Changing":
        return self

    def commit(self, _publication: Publication) -> None:
        self.times += 1
        raise SchemaChanged


def test_what_was_never_stored_is_never_said_to_be() -> None:
    log = Changing()
    publisher = Publisher(log, LIMITS, lambda: 0)  # type: ignore[arg-type]
    body = json.dumps({"type": "create", "url": URL}).encode()
    with pytest.raises(Unavailable):
        publisher.publish(Client(1, "shop"), PublishCall("widgets", body))
    assert log.times > 1

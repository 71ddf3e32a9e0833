import pytest
from prometheus_client.parser import text_string_to_metric_families
from werkzeug.test import Client

from bus.model.latency import DELIVERY, LatencyHistogram
from bus.storage import Storage
from tests.bus.api.calling import assert_problem, call
from tests.bus.clock import FakeClock

EVENT = {"type": "create", "url": "https://x.example/1"}
STATE, STATES = "bus_subscription_state", ("active", "paused", "disabled")
OURS = {"subscriber": "subscriber", "subscription": "default"}


def samples(api: Client) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    response = call(api, "GET", "/metrics", by="root")
    assert response.status_code == 200
    assert response.content_type.startswith("text/plain")
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(response.text)
        for sample in family.samples
    }


def sample(api: Client, name: str, **labels: str) -> float:
    return samples(api)[name, frozenset(labels.items())]


def subscribe(api: Client) -> None:
    wanted = {"topics": ["bids"], "callback": "https://s.example/", "uuid": "u"}
    assert call(api, "POST", "/subscription", wanted, by="subscriber").status_code == 204


def test_a_stranger_sees_nothing(api: Client) -> None:
    assert_problem(call(api, "GET", "/metrics", by=None), 401)


def test_what_was_published_is_counted_by_topic(api: Client) -> None:
    call(api, "POST", "/topics/bids", [EVENT] * 3)
    call(api, "POST", "/topics/orders", EVENT)
    assert sample(api, "bus_published_events_total", topic="bids") == 3
    assert sample(api, "bus_published_events_total", topic="orders") == 1
    assert sample(api, "bus_log_events") == 4


def test_what_waits_is_counted_and_timed(api: Client, clock: FakeClock) -> None:
    subscribe(api)
    call(api, "POST", "/topics/bids", [EVENT] * 7)
    clock.forward(2_500)
    assert sample(api, "bus_lag_events", **OURS) == 7
    assert sample(api, "bus_lag_seconds", **OURS) == 2.5
    assert sample(api, "bus_delivered_events_total", **OURS) == 0
    assert sample(api, "bus_dead_letters", **OURS) == 0


def test_no_subscription_and_no_event_is_all_zero(api: Client) -> None:
    assert sample(api, "bus_log_events") == 0
    assert sample(api, "bus_delivery_seconds_count") == 0
    assert sample(api, "bus_publish_to_delivery_seconds_bucket", le="+Inf") == 0


def test_histograms_add_up(api: Client, storage: Storage) -> None:
    for _ in range(2):
        timing = LatencyHistogram()
        timing.note(3)
        timing.note(70, times=2)
        timing.note(10**8)
        storage.latencies.add({DELIVERY: timing})
    assert sample(api, "bus_delivery_seconds_bucket", le="0.002") == 0
    assert sample(api, "bus_delivery_seconds_bucket", le="0.005") == 2
    assert sample(api, "bus_delivery_seconds_bucket", le="0.1") == 6
    assert sample(api, "bus_delivery_seconds_bucket", le="3600.0") == 6
    assert sample(api, "bus_delivery_seconds_bucket", le="+Inf") == 8
    assert sample(api, "bus_delivery_seconds_count") == 8
    assert sample(api, "bus_delivery_seconds_sum") == pytest.approx(200_000.286)


def test_the_state_of_a_subscription_is_one_of_all_there_are(api: Client) -> None:
    subscribe(api)
    states = {state: sample(api, STATE, **OURS, state=state) for state in STATES}
    assert states == {"active": 1, "paused": 0, "disabled": 0}
    assert sample(api, "bus_failures", **OURS) == 0


def test_pushers_that_are_alive_are_counted(api: Client, storage: Storage) -> None:
    assert sample(api, "bus_pushers") == 0
    storage.leases.join("one")
    assert sample(api, "bus_pushers") == 1


def test_publications_are_timed(api: Client) -> None:
    call(api, "POST", "/topics/bids", EVENT)
    call(api, "POST", "/topics/bids", {"type": "wrong"})
    assert sample(api, "bus_publish_seconds_count") == 1


def test_a_client_sees_nothing_of_the_machine(api: Client) -> None:
    subscribe(api)
    told = call(api, "GET", "/metrics", by="subscriber").text
    assert "bus_lag_events" in told
    assert "process_" not in told
    assert "bus_publish_seconds" not in told
    assert "bus_pushers" not in told

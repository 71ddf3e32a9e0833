import base64
import dataclasses
import json
from datetime import UTC, datetime

from standardwebhooks import Webhook

from bus.delivery.in_flight import Delivery, Kind
from bus.delivery.wire.request import Request, Requests, delivery_request
from bus.model.event import LogEvent
from bus.model.subscription import Format, SigningSecrets
from tests.bus.clock import START_MS
from tests.bus.samples import log_event, subscription

BATCH = [log_event(3), log_event(5)]
TRACE = "00-11111111111111111111111111111111-2222222222222222-01"


def headers(request: Request) -> dict[str, str]:
    return {name: value for name, _, value in (line.partition(": ") for line in request.headers)}


def test_the_body_is_the_array_of_the_events_as_they_were_stored() -> None:
    request = delivery_request(subscription(), BATCH, START_MS)
    assert [event["position"] for event in json.loads(request.body)] == [3, 5]
    assert request.url == "https://subscriber.example/events"


def test_the_credentials_are_the_uuid_and_x() -> None:
    sent = headers(delivery_request(subscription(uuid="u-9"), BATCH, START_MS))["Authorization"]
    assert sent == "Basic " + base64.b64encode(b"u-9:x").decode()


def test_a_delivery_says_where_it_stands() -> None:
    sent = headers(delivery_request(subscription(), BATCH, START_MS, previous=1, attempt=5))
    assert sent["bus-position"] == "5"
    assert sent["bus-previous-position"] == "1"
    assert sent["bus-attempt"] == "5"
    assert sent["webhook-timestamp"] == str(START_MS // 1000)


def test_a_retry_has_the_same_id_and_another_batch_another() -> None:
    first = headers(delivery_request(subscription(), BATCH, START_MS))["webhook-id"]
    again = headers(delivery_request(subscription(), BATCH, START_MS + 1, attempt=2))
    other = headers(delivery_request(subscription(), BATCH[:1], START_MS))
    assert again["webhook-id"] == first
    assert other["webhook-id"] != first


def test_the_same_events_have_one_id_and_others_between_the_same_ends_another() -> None:
    def id_of(*positions: int) -> str:
        request = delivery_request(subscription(), [log_event(one) for one in positions], START_MS)
        return headers(request)["webhook-id"]

    assert id_of(1, 2, 4) == id_of(1, 2, 4)
    assert len({id_of(1, 2, 4), id_of(1, 3, 4), id_of(1, 2, 3, 4), id_of(1, 4)}) == 4


def test_a_test_event_has_an_id_of_the_moment_when_it_was_made() -> None:
    def id_of(made_ms: int) -> str:
        told = log_event(0, published_at_ms=made_ms)
        return headers(delivery_request(subscription(id=7), [told], START_MS))["webhook-id"]

    assert (id_of(5), id_of(6)) == ("msg_7_test_5", "msg_7_test_6")


def test_a_request_that_was_made_ahead_is_sent_once_and_any_other_is_made_anew() -> None:
    requests, one = Requests(), subscription()
    delivery = Delivery(Kind.BATCH, BATCH, 1, attempt=3)
    requests.make_ahead(one, delivery, START_MS)
    ahead = requests.of(one, delivery, START_MS + 5_000)
    anew = requests.of(one, delivery, START_MS + 5_000)
    stamps = [headers(made)["webhook-timestamp"] for made in (ahead, anew)]
    assert stamps == [str(START_MS // 1000), str(START_MS // 1000 + 5)]
    assert {headers(made)["bus-attempt"] for made in (ahead, anew)} == {"3"}
    assert {headers(made)["bus-previous-position"] for made in (ahead, anew)} == {"1"}
    assert ahead.owner == one.client


def test_a_delivery_is_written_in_the_format_that_was_asked_for() -> None:
    def sent(format: Format, events: list[LogEvent]) -> tuple[str, str]:
        request = delivery_request(subscription(format=format), events, START_MS)
        return headers(request)["Content-Type"], request.body.decode()[:1]

    assert sent(Format.ROUTEMASTER, BATCH) == ("application/json", "[")
    assert sent(Format.CLOUDEVENTS, BATCH)[1] == "["
    assert "cloudevents-batch+json" in sent(Format.CLOUDEVENTS, BATCH)[0]
    assert sent(Format.CLOUDEVENTS_STRUCTURED, BATCH[:1])[1] == "{"
    assert "cloudevents+json" in sent(Format.CLOUDEVENTS_STRUCTURED, BATCH[:1])[0]


def test_every_valid_secret_signs() -> None:
    one = subscription()
    secrets = SigningSecrets(one.secrets.current, (("whsec_" + "b2xk" * 8, START_MS + 1000),))
    both = dataclasses.replace(one, secrets=secrets)
    assert headers(delivery_request(both, BATCH, START_MS))["webhook-signature"].count("v1,") == 2
    later = delivery_request(both, BATCH, START_MS + 1000)
    assert headers(later)["webhook-signature"].count("v1,") == 1


def test_the_signature_is_over_the_body_that_is_sent() -> None:
    one = subscription()
    request = delivery_request(one, BATCH, START_MS)
    sent = headers(request)
    webhook = Webhook(one.secrets.current)
    signed = webhook.sign(
        sent["webhook-id"], datetime.fromtimestamp(START_MS // 1000, UTC), request.body.decode()
    )
    assert sent["webhook-signature"] == signed


def test_the_trace_of_the_first_traced_event_goes_on() -> None:
    traced = [log_event(3), log_event(5, traceparent=TRACE)]
    sent = headers(delivery_request(subscription(), traced, START_MS))["traceparent"]
    assert sent.split("-")[1] == TRACE.split("-")[1]
    assert sent.split("-")[2] != TRACE.split("-")[2]


def test_credentials_and_events_are_not_in_the_repr() -> None:
    shown = repr(delivery_request(subscription(uuid="very-secret-uuid"), BATCH, START_MS))
    for secret in ("Basic", "very-secret-uuid", BATCH[0].url):
        assert secret not in shown


def test_the_time_of_a_cloudevent_is_right_to_the_millisecond() -> None:
    body = json.dumps({"id": "a-1", "url": "https://x.example/1", "t": 1_795_255_200_123})
    event = log_event(1, body=body.encode())
    request = delivery_request(subscription(format=Format.CLOUDEVENTS), [event], START_MS)
    assert json.loads(request.body)[0]["time"] == "2026-11-21T10:00:00.123Z"

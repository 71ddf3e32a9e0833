"""What a publisher is told when the bus answers something else than yes, or nothing."""

from collections.abc import Iterator

import pytest
import requests
from bus_client import BusClient, BusRefused, BusUnavailable
from responses import RequestsMock

BUS = "https://bus.example"
WIDGET = "https://shop.example/widgets/1"


@pytest.fixture
def bus() -> Iterator[RequestsMock]:
    with RequestsMock() as mocked:
        yield mocked


@pytest.fixture
def client() -> Iterator[BusClient]:
    with BusClient(f"{BUS}/", "token-of-the-shop") as client:
        yield client


def test_an_event_is_posted_to_its_topic_with_the_token(
    bus: RequestsMock, client: BusClient
) -> None:
    bus.post(f"{BUS}/topics/widgets", status=200)

    client.updated("widgets", WIDGET)

    sent = bus.calls[0].request
    assert sent.headers["Authorization"] == "Bearer token-of-the-shop"
    assert sent.body == b'[{"type": "update", "url": "https://shop.example/widgets/1"}]'


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 422])
def test_a_no_is_final_and_says_why(bus: RequestsMock, client: BusClient, status: int) -> None:
    problem = {"title": "Bad event", "detail": "url: not absolute", "index": 0}
    bus.post(f"{BUS}/topics/widgets", status=status, json=problem)

    with pytest.raises(BusRefused, match="Bad event url: not absolute") as refused:
        client.created("widgets", WIDGET)

    assert (refused.value.status, refused.value.problem) == (status, problem)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_busy_or_broken_bus_is_to_be_asked_again(
    bus: RequestsMock, client: BusClient, status: int
) -> None:
    bus.post(f"{BUS}/topics/widgets", status=status, body="<h1>sorry</h1>")

    with pytest.raises(BusUnavailable, match=str(status)):
        client.deleted("widgets", WIDGET)


@pytest.mark.parametrize(
    "broken", [requests.ConnectionError("refused"), requests.ReadTimeout("slow")]
)
def test_no_answer_is_to_be_asked_again(
    bus: RequestsMock, client: BusClient, broken: requests.RequestException
) -> None:
    bus.post(f"{BUS}/topics/widgets", body=broken)

    with pytest.raises(BusUnavailable):
        client.noop("widgets", WIDGET)


@pytest.mark.parametrize("body", ["", "<h1>a proxy's page</h1>", "{", "[" * 10_000])
def test_a_list_that_is_no_json_is_to_be_asked_for_again(
    bus: RequestsMock, client: BusClient, body: str
) -> None:
    bus.get(f"{BUS}/topics", body=body)

    with pytest.raises(BusUnavailable):
        client.topics()


def test_a_redirect_is_not_followed(bus: RequestsMock, client: BusClient) -> None:
    bus.get(f"{BUS}/topics", status=302, headers={"Location": "https://elsewhere.example/topics"})

    with pytest.raises(BusUnavailable):
        client.topics()

    assert [call.request.url for call in bus.calls] == [f"{BUS}/topics"]


@pytest.mark.parametrize(
    "topic", ["", "..", "../api_tokens", "a/b", "a?b=1", "a#b", "a%2fb", "Bids", "b" * 65, "bids\n"]
)
def test_a_name_that_is_no_topic_leads_nowhere(
    bus: RequestsMock, client: BusClient, topic: str
) -> None:
    for call in (client.claim, client.delete_topic, lambda name: client.noop(name, WIDGET)):
        with pytest.raises(BusRefused, match="lowercase letters") as refused:
            call(topic)
        assert refused.value.status == 400
    assert len(bus.calls) == 0


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_no_answer(bus: RequestsMock, client: BusClient, status: int) -> None:
    bus.post(f"{BUS}/topics/widgets", status=status, headers={"Location": "https://b.example/"})

    with pytest.raises(BusUnavailable, match=str(status)):
        client.created("widgets", WIDGET)


def test_the_id_of_a_row_stays_at_home(bus: RequestsMock, client: BusClient) -> None:
    bus.post(f"{BUS}/topics/widgets", status=200)

    client.publish("widgets", [{"id": "7", "type": "update", "url": WIDGET}])

    assert '"id"' not in str(bus.calls[0].request.body)

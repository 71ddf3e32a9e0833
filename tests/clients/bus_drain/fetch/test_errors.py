"""What went wrong is told in this package's words, with what was said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
import responses
from bus_drain.fetch import (
    EntityClient,
    FetchError,
    Missing,
    NotHal,
    Rejected,
    TooLarge,
    Unavailable,
    UnknownHost,
)
from requests.adapters import BaseAdapter

ORIGIN = "https://bids.example"
URL = f"{ORIGIN}/bids/1"
PROBLEM = {"title": "Not now", "detail": "the auction has ended"}


@pytest.fixture
def answers() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as mock:
        yield mock


def failure(url: str = URL, **settings: Any) -> FetchError:
    with EntityClient({ORIGIN: None}, attempts=1, **settings) as client:
        with pytest.raises(FetchError) as caught:
            client.get(url)
        return caught.value


@pytest.mark.parametrize(
    ("status", "raised"),
    [
        (400, Rejected),
        (401, Rejected),
        (403, Rejected),
        (404, Missing),
        (409, Rejected),
        (410, Missing),
        (429, Unavailable),
        (500, Unavailable),
        (503, Unavailable),
    ],
)
def test_a_refusal_is_told_by_what_can_be_done_about_it(
    answers: responses.RequestsMock, status: int, raised: type[FetchError]
) -> None:
    answers.get(URL, status=status, json=PROBLEM)

    error = failure()
    assert (type(error), str(error)) == (raised, f"{status} Not now")
    assert not isinstance(error, Rejected) or (error.status, error.problem) == (status, PROBLEM)


@pytest.mark.parametrize(("wanted", "told"), [("7", 7), (None, None)])
def test_who_has_no_answer_is_told_when_to_ask_again(
    answers: responses.RequestsMock, wanted: str | None, told: int | None
) -> None:
    answers.get(URL, status=503, headers={"Retry-After": wanted} if wanted else {})

    error = failure()
    assert isinstance(error, Unavailable)
    assert (str(error), error.retry_after_s) == ("503", told)


@pytest.mark.parametrize(
    ("body", "raised", "said"),
    [
        (b"<html>", NotHal, "the answer is not JSON"),
        (b"[]", NotHal, "the answer is not a JSON object"),
        (requests.ConnectionError("no"), Unavailable, f"{ORIGIN}: ConnectionError"),
        (requests.ReadTimeout("no"), Unavailable, f"{ORIGIN} did not answer in time"),
        (b'{"x": "yyyy"}', TooLarge, "more than 12 bytes"),
    ],
)
def test_an_answer_that_is_none_is_told_as_what_it_was(
    answers: responses.RequestsMock, body: bytes | Exception, raised: type[FetchError], said: str
) -> None:
    answers.get(URL, body=body)

    error = failure(max_bytes=12)
    assert (type(error), str(error)) == (raised, said)


def test_a_host_that_nobody_named_is_told_by_its_name() -> None:
    error = failure("https://bids.example:8443/bids/1")
    assert type(error) is UnknownHost
    assert str(error) == "https://bids.example:8443 is not a host that this client was given"


def test_a_redirect_is_told_with_its_status(answers: responses.RequestsMock) -> None:
    answers.get(URL, status=302, headers={"Location": f"{ORIGIN}/login"})

    error = failure()
    assert (type(error), str(error)) == (Rejected, "302 a redirect")


def test_a_303_that_says_no_place_is_no_entity(answers: responses.RequestsMock) -> None:
    answers.get(URL, status=303)

    assert str(failure()) == "303 a redirect"


class Noting(BaseAdapter):
    """A network that notes how long it was to be waited for, and gives no answer."""

    waits: object = None

    def send(self, *_arguments: Any, timeout: Any = None, **_more: Any) -> requests.Response:
        self.waits = timeout
        raise requests.ConnectTimeout

    def close(self) -> None:
        """Nothing is open."""


@pytest.mark.parametrize(
    ("settings", "waits"), [({}, (2, 5)), ({"connect_s": 1, "read_s": 3}, (1, 3))]
)
def test_a_host_has_two_seconds_to_connect_and_five_between_bytes_unless_said_otherwise(
    settings: dict[str, Any], waits: tuple[float, float]
) -> None:
    network = Noting()
    assert str(failure(transport=network, **settings)) == f"{ORIGIN} did not answer in time"
    assert network.waits == waits

"""Which failures the bus is told apart, and when the whole batch comes again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from bus_drain import Event
from bus_drain.http import answer

from tests.clients.bus_drain.conftest import made


def answered(
    failed: Sequence[Event], batch: Sequence[Event], *, unavailable: bool = False
) -> tuple[str, dict[str, str], Any]:
    said: list[tuple[str, dict[str, str]]] = []
    (body,) = answer.failed(
        lambda status, headers: said.append((status, dict(headers))),
        failed,
        batch,
        unavailable=unavailable,
    )
    ((status, headers),) = said
    assert headers["Content-Length"] == str(len(body))
    return status, headers, json.loads(body)


@pytest.mark.parametrize("unavailable", [False, True])
def test_some_of_a_batch_are_named(unavailable: bool) -> None:
    one, two, three = made(1), made(2), made(3)
    status, headers, said = answered(
        [three, one, three], [one, two, three, made(4)], unavailable=unavailable
    )

    assert (status, headers["Content-Type"]) == ("200 OK", "application/json")
    assert said == {"failed": ["3", "1"]}


def test_a_whole_batch_is_not_named() -> None:
    status, headers, said = answered([made(1)], [made(1)])

    assert (status, headers["Content-Type"]) == (
        "500 Internal Server Error",
        "application/problem+json",
    )
    assert said == {
        "type": "about:blank",
        "title": "Internal Server Error",
        "status": 500,
        "detail": "A listener failed; deliver it again",
    }


def test_a_whole_batch_whose_store_is_away_comes_again_in_five_seconds() -> None:
    status, headers, said = answered([made(1)], [made(1)], unavailable=True)

    assert (status, headers["Retry-After"]) == ("503 Service Unavailable", "5")
    assert said["status"] == 503


@pytest.mark.parametrize("failed", [[made(1, id=None)], [made(1), made(2, id=None)]])
def test_who_fails_without_an_id_has_the_whole_batch_come_again(failed: list[Event]) -> None:
    status, _, _ = answered(failed, [*failed, made(3)])

    assert status == "500 Internal Server Error"


@pytest.mark.parametrize(("more", "status"), [(0, "200 OK"), (1, "500 Internal Server Error")])
def test_as_many_are_named_as_the_bus_reads(more: int, status: str) -> None:
    around = len(json.dumps({"failed": [""]}))
    failed = made(1, id="x" * (16 * 1024 - around + more))

    assert answered([failed], [failed, made(2)])[0] == status

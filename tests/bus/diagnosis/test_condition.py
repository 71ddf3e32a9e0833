"""A subscription in one word, and since when: mended, it is well since it was mended."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from bus.diagnosis.condition import condition, since_ms
from bus.model.delivery import NAMED_AS_FAILED, Ended, EndpointHealth, Lag, Overview
from bus.model.subscription import State
from tests.bus.diagnosis.test_diagnose import NOW_MS, WELL, of

FAILING: dict[str, Any] = {"health": EndpointHealth(1, NOW_MS - 40_000)}
BEGUN_MS = WELL.subscription.state_since_ms


@pytest.mark.parametrize(
    ("fields", "state", "word"),
    [
        ({}, State.ACTIVE, "idle"),
        ({"lag": Lag(3, 50)}, State.ACTIVE, "busy"),
        ({"lag": Lag(3, 60_001)}, State.ACTIVE, "behind"),
        (FAILING, State.ACTIVE, "failing"),
        (FAILING | {"parked": 1, "dead_letters": 1}, State.ACTIVE, "failing"),
        ({"parked": 2}, State.ACTIVE, "parked"),
        ({"dead_letters": 1}, State.ACTIVE, "dead letters"),
        ({"dead_letters": 1, "parked": 1, "lag": Lag(3, 5)}, State.ACTIVE, "dead letters"),
        ({"dead_letters": 1}, State.PAUSED, "paused"),
        (FAILING, State.PAUSED, "paused"),
        (FAILING, State.DISABLED, "disabled"),
    ],
)
def test_a_condition_is_one_word_or_two(fields: dict[str, Any], state: State, word: str) -> None:
    assert condition(replace(of(state=state), **fields)) == word


def ended(*found: tuple[int, int | None, str | None]) -> list[Ended]:
    """Attempts that ended so long after the subscription was begun, newest first."""
    return [Ended(BEGUN_MS + after_ms, status, error) for after_ms, status, error in found]


def since(one: Overview, attempts: Iterable[Ended], aside_ms: int | None = None) -> int:
    return since_ms(one, attempts, aside_ms, NOW_MS)


SOME = f"1 of 3 events is {NAMED_AS_FAILED}"


@pytest.mark.parametrize(
    ("attempts", "after_ms"),
    [
        ([], 0),
        ([(900, 204, None)], 0),
        ([(900, 204, None), (800, 200, SOME), (700, 500, None), (600, 204, None)], 800),
        ([(900, 204, None), (800, None, "timed out"), (700, 204, None)], 900),
        ([(900, 401, None), (800, 204, None)], 900),
        ([(900, 204, None), (-50, 401, None)], 900),
        ([(-20, 204, None), (-50, 401, None)], 0),
    ],
)
def test_who_is_well_again_is_well_since_the_first_that_was_taken(
    attempts: list[tuple[int, int | None, str | None]], after_ms: int
) -> None:
    assert since(WELL, ended(*attempts)) == BEGUN_MS + after_ms


def test_who_is_not_well_is_so_since_it_began() -> None:
    attempts = ended((900, 204, None), (800, 500, None))
    assert since(replace(WELL, **FAILING), attempts) == NOW_MS - 40_000
    assert since(of(state=State.PAUSED), attempts) == BEGUN_MS


@pytest.mark.parametrize(
    ("fields", "at_ms"),
    [
        ({"dead_letters": 2, "parked": 1}, NOW_MS - 70_000),
        ({"parked": 1, "lag": Lag(3, 60_001)}, NOW_MS - 70_000),
        ({"lag": Lag(3, 60_001)}, NOW_MS - 60_001),
        ({"lag": Lag(3, 60_000)}, BEGUN_MS + 900),
        (FAILING | {"dead_letters": 2}, NOW_MS - 40_000),
    ],
)
def test_who_has_left_something_is_so_since_the_oldest_that_is_left(
    fields: dict[str, Any], at_ms: int
) -> None:
    attempts = ended((900, 204, None), (800, 500, None))
    assert since(replace(WELL, **fields), attempts, NOW_MS - 70_000) == at_ms


def test_what_is_on_its_way_back_was_parked_by_nobody() -> None:
    assert since(replace(WELL, parked=1), ended()) == BEGUN_MS

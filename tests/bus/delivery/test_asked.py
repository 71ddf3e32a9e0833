"""Test events and attempts that are made again: one of each at a time, until it is stored."""

import json
from dataclasses import replace

import pytest

from bus.delivery.asked import Asked, Resend
from bus.delivery.in_flight import Delivery, Kind
from bus.model.delivery import StateChange, WantedResend
from tests.bus.clock import START_MS
from tests.bus.samples import held, log_event, subscription

FIRST, SECOND = WantedResend(5, "1-2,4", 3), WantedResend(6, "9", 1)
WANTED = replace(held(), resends=(FIRST, SECOND))
TEST = replace(held(), test_wanted=True)


def asked(leased: object = WANTED) -> Asked:
    return Asked(leased, lambda: "log")  # type: ignore[arg-type]


def following(one: Asked) -> Delivery | Resend | None:
    return one.next(subscription(), 7, START_MS)


def test_a_test_event_says_nothing_and_comes_once_until_another_is_wanted() -> None:
    one = asked(TEST)
    sent = following(one)
    assert isinstance(sent, Delivery)
    assert (sent.kind, sent.previous, sent.attempt, len(one)) == (Kind.TEST, 7, 1, 1)
    (event,) = sent.events
    assert (event.position, event.topic, event.type) == (0, "bus", "noop")
    assert json.loads(event.body)["data"] == {"test": True}
    assert (following(one), one.is_done) == (None, False)
    one.answered(sent)
    assert (following(one), len(one), one.is_done) == (None, 0, True)
    assert one.in_change(StateChange()) == StateChange(tested=True)
    one.stored()
    assert (one.is_done, one.in_change(StateChange())) == (False, StateChange())
    one.refresh(TEST)
    assert isinstance(following(one), Delivery)


def test_attempts_are_made_again_one_after_the_other() -> None:
    one = asked()
    assert following(one) == following(one) == Resend(5, [1, 2, 4])
    events = [log_event(place) for place in (1, 2, 4)]
    sent = one.resend(5, events, 7)
    assert sent is not None
    assert (sent.kind, sent.events, sent.previous, sent.attempt) == (Kind.RESEND, events, 7, 3)
    assert (following(one), len(one), one.is_done) == (None, 1, False)
    one.answered(sent)
    assert (following(one), len(one), one.is_done) == (Resend(6, [9]), 0, True)
    assert one.in_change(StateChange()) == StateChange(resent=[5])


def test_an_attempt_whose_events_are_gone_is_done_without() -> None:
    one = asked()
    assert one.resend(5, [], 7) is None
    assert (one.is_done, following(one)) == (True, Resend(6, [9]))
    assert one.in_change(StateChange(take_back=[1])) == StateChange(take_back=[1], resent=[5])


def test_a_test_event_does_not_wait_for_an_attempt_nor_that_for_it() -> None:
    one = asked(replace(WANTED, test_wanted=True))
    told = following(one)
    assert isinstance(told, Delivery)
    assert following(one) == Resend(5, [1, 2, 4])
    one.resend(5, [log_event(1)], 7)
    assert (following(one), len(one)) == (None, 2)
    one.answered(told)
    assert following(one) is None


def test_what_is_done_and_not_stored_yet_is_not_done_again() -> None:
    one = asked()
    sent = one.resend(5, [log_event(1)], 7)
    assert sent is not None
    one.answered(sent)
    one.refresh(WANTED)
    assert following(one) == Resend(6, [9])
    one.stored()
    one.refresh(WANTED)
    assert following(one) == Resend(5, [1, 2, 4])


@pytest.mark.parametrize("leased", [held(), replace(held(), test_wanted=False)])
def test_where_nothing_is_asked_for_nothing_is_sent(leased: object) -> None:
    one = asked(leased)
    assert (following(one), len(one), one.is_done) == (None, 0, False)

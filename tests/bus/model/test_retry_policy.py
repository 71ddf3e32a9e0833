"""How a subscription is tried again, unless it asks for something else (docs/delivery.md)."""

from bus.model.retry_policy import RetryPolicy

SECOND_MS = 1_000
MINUTE_MS = 60 * SECOND_MS
HOUR_MS = 60 * MINUTE_MS


def test_an_endpoint_that_fails_is_left_alone_for_a_second_and_for_ten_minutes_at_most() -> None:
    policy = RetryPolicy()
    assert (policy.first_ms, policy.longest_ms) == (SECOND_MS, 10 * MINUTE_MS)
    assert policy.give_up_ms is None


def test_a_parked_entity_is_tried_ten_times_in_more_than_three_days() -> None:
    waits_ms = RetryPolicy().parked_ms
    assert waits_ms == (
        5 * SECOND_MS,
        30 * SECOND_MS,
        5 * MINUTE_MS,
        30 * MINUTE_MS,
        2 * HOUR_MS,
        5 * HOUR_MS,
        10 * HOUR_MS,
        14 * HOUR_MS,
        20 * HOUR_MS,
        24 * HOUR_MS,
    )

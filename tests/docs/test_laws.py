"""The values in docs/delivery.md and docs/bidding.md are those that the code has."""

import re
from pathlib import Path

import pytest
from service_kit.backoff import backoff_s
from service_kit.bodies import MAX_BODY_BYTES
from service_kit.content_coding import MAX_ANSWER_BYTES
from service_kit.url import MAX_URL_CHARACTERS

from auction_app.listings.increments import default_increments
from bids_service.engine.decision import Reason
from bids_service.engine.retract import HOUR_MS, LAST_HOURS_MS
from bids_service.engine.second_chance import OFFER_DAYS_MS
from bids_service.engine.terms import LARGEST_AMOUNT_MINOR
from bus.delivery.lease import BEAT_EVERY_MS, LAPSES_AFTER_MS
from bus.delivery.records.attempt_log import KEPT_BYTES
from bus.delivery.wire.http_client import CONNECT_MS, TOTAL_MS
from bus.log.append_plan import KEY_KEPT_MS
from bus.model.event import TYPES
from bus.model.retry_policy import RetryPolicy
from bus.model.subscription import DEFAULT_MAX_EVENTS
from bus.publish.validation import MAX_EVENTS
from bus.signing import PREVIOUS_VALID_MS
from bus.storage.attempts import KEPT, KEPT_MS

DOCS = Path(__file__).parents[2] / "docs"
LAWS = {"D": "delivery.md", "B": "bidding.md"}
UNITS_MS = {"s": 1_000, "min": 60_000, "h": 3_600_000, "days": 86_400_000}


def rule(number: str) -> str:
    text = (DOCS / LAWS[number[0]]).read_text()
    found = re.search(rf"^### {number}\. .*?(?=^##|\Z)", text, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[0]


def rows(number: str) -> list[list[str]]:
    lines = re.findall(r"^\|(.*)\|$", rule(number), re.MULTILINE)
    return [[cell.strip() for cell in line.split("|")] for line in lines]


def ms(duration: str) -> int:
    number, unit = duration.split()
    return int(number) * UNITS_MS[unit]


def cents(amount: str) -> int:
    return round(float(amount) * 100)


@pytest.mark.parametrize(
    ("number", "value"),
    [
        ("D4", f"1 to {MAX_EVENTS:_}".replace("_", " ")),
        ("D4", f"{MAX_URL_CHARACTERS:_} characters".replace("_", " ")),
        ("D4", f"{MAX_BODY_BYTES // 1024**2} MiB"),
        *(("D4", f"`{word}`") for word in sorted(TYPES)),
        ("D7", f"{KEY_KEPT_MS // UNITS_MS['h']} hours"),
        ("D8", f"| {DEFAULT_MAX_EVENTS} |"),
        ("D14", f"{PREVIOUS_VALID_MS // UNITS_MS['h']} h"),
        ("D15", f"| connect | {CONNECT_MS // 1000} s |"),
        ("D15", f"| the whole request | {TOTAL_MS // 1000} s |"),
        ("D15", f"{MAX_ANSWER_BYTES // 1024} KiB"),
        ("D22", f"every {BEAT_EVERY_MS // 1000} s"),
        ("D22", f"{LAPSES_AFTER_MS // 1000} s without a beat"),
        ("D22", f"{(LAPSES_AFTER_MS - BEAT_EVERY_MS) // 1000} s after its last beat"),
        ("D28", f"last {KEPT} of {KEPT_MS // UNITS_MS['days']} days"),
        ("D28", f"{KEPT_BYTES // 1024} KiB"),
        ("B1", f"10^{len(str(LARGEST_AMOUNT_MINOR)) - 1}"),
        ("B13", f"{LAST_HOURS_MS // UNITS_MS['h']} h"),
        ("B13", f"{HOUR_MS // UNITS_MS['h']} h after"),
        ("B14", f"{OFFER_DAYS_MS // UNITS_MS['days']} days"),
    ],
)
def test_a_rule_names_the_value_of_the_code(number: str, value: str) -> None:
    assert value in rule(number)


def test_an_endpoint_is_left_alone_as_d17_says() -> None:
    failures, _, pauses = rows("D17")
    told = {
        int(count.split()[0]): ms(pause)
        for count, pause in zip(failures, pauses, strict=True)
        if count[0].isdigit()
    }
    assert told == {count: round(1000 * backoff_s(count, chance=lambda: 1.0)) for count in told}
    assert {1, 10, 11} <= set(told)


def test_a_parked_entity_waits_as_d19_says() -> None:
    _, _, waits = rows("D19")
    assert [ms(wait) for wait in waits[1:-1]] == list(RetryPolicy().parked_ms)


def test_prices_rise_as_b2_says() -> None:
    bounds, _, steps = ([cell.replace(" ", "") for cell in row[1:]] for row in rows("B2"))
    told = [(cents(low), cents(step)) for low, step in zip(bounds, steps, strict=True)]
    assert told == list(default_increments("USD"))


def test_a_bid_is_refused_for_the_reasons_of_b15() -> None:
    named = re.findall(r"`(\w+)`", rule("B15"))
    assert set(named) == set(list(Reason)[:10])
    assert len(named) == 10

from collections.abc import Iterator
from time import tzset

import pytest
from service_kit.retry_after import retry_after_ms

AT_MS = 784_111_777_000  # Sun, 06 Nov 1994 08:49:37 GMT


@pytest.fixture(params=["UTC", "America/Los_Angeles", "Asia/Kathmandu"], autouse=True)
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The time zone of the host."""
    monkeypatch.setenv("TZ", request.param)
    tzset()
    yield
    monkeypatch.undo()
    tzset()


@pytest.mark.parametrize(
    "date",
    [
        "Sun, 06 Nov 1994 08:50:37 GMT",
        "Sunday, 06-Nov-94 08:50:37 GMT",
        "Sun Nov  6 08:50:37 1994",
        "Sun, 06 Nov 1994 08:50:37",
        "Sun, 06 Nov 1994 08:50:37 UTC",
        "Sun, 06 Nov 1994 08:50:37 -0000",
        "Sun, 06 Nov 1994 09:50:37 +0100",
        "  sun, 6 nov 1994 08:50:37 gmt ",
    ],
)
def test_a_date_is_gmt_wherever_the_host_is(date: str) -> None:
    assert retry_after_ms(date, AT_MS) == 60_000


def test_a_date_that_is_over_is_no_wait() -> None:
    assert retry_after_ms("Sun Nov  6 08:49:36 1994", AT_MS) == 0


def test_a_leap_second_is_a_second() -> None:
    assert retry_after_ms("Sun, 06 Nov 1994 08:49:60 GMT", AT_MS) == 22_000


@pytest.mark.parametrize(
    ("said", "ms"),
    [("7", 7_000), (" 0 ", 0), ("86401", 86_400_000), ("9" * 5_000, 86_400_000)],
)
def test_seconds_are_at_most_a_day(said: str, ms: int) -> None:
    assert retry_after_ms(said, AT_MS) == ms
    assert retry_after_ms("Sun, 06 Nov 2094 08:50:37 GMT", AT_MS) == 86_400_000


@pytest.mark.parametrize(
    "said",
    ["", "soon", "-1", "1.5", "\u00b2", "1e3", "Sun, 31 Feb 1994 08:50:37 GMT", "Sun Nov 6", ", ,"],
)
def test_anything_else_says_nothing(said: str) -> None:
    assert retry_after_ms(said, AT_MS) is None

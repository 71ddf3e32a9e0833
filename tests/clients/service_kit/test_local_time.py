"""Moments in a reader's zone and language."""

import pytest
from service_kit.local_time import written, zone_named

NOV_21_MS = 1_795_267_800_000  # 2026-11-21 13:30 UTC


@pytest.mark.parametrize("name", [None, "", "Atlantis/Nowhere", "../etc/passwd", "x" * 300, "\0"])
def test_a_zone_that_nobody_knows_is_the_default(name: str | None) -> None:
    assert zone_named(name).key == "UTC"
    assert zone_named(name, "Europe/Berlin").key == "Europe/Berlin"


@pytest.mark.parametrize(
    ("zone", "locale", "expected"),
    [
        ("Europe/Berlin", "de", "21.11.2026, 14:30 MEZ"),
        ("Europe/Berlin", "en", "Nov 21, 2026, 2:30\u202fPM GMT+01:00"),
        ("America/New_York", "en", "Nov 21, 2026, 8:30\u202fAM EST"),
        ("UTC", "de", "21.11.2026, 13:30 UTC"),
    ],
)
def test_a_moment_names_its_zone(zone: str, locale: str, expected: str) -> None:
    assert written(NOV_21_MS, zone_named(zone), locale) == expected

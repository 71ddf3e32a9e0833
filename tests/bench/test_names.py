"""What `ONLY=…` measures, and what it says where it names nothing."""

import pytest

from tests.bench.__main__ import main, meant_by, near


@pytest.mark.parametrize(
    ("only", "expected"),
    [
        ("auctions.pages", ["auctions.pages.sqlite", "auctions.pages.postgresql"]),
        ("bus.receipts.", ["bus.receipts.sqlite", "bus.receipts.postgresql"]),
        ("bus.slow_disks", ["bus.slow_disks"]),
        ("fsync takes", ["bus.slow_disks", "bus.two_logs"]),
        ("bus.nothing", []),
    ],
)
def test_what_a_name_a_beginning_or_words_of_a_row_mean(only: str, expected: list[str]) -> None:
    assert [one.name for one in meant_by(only)] == expected


def test_a_name_that_is_misspelt_is_refused_with_those_that_are_near(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main("bids.hot_auktion") == 2
    first, *others = capsys.readouterr().err.splitlines()
    assert first == "nothing is called bids.hot_auktion; there are"
    assert [it.strip() for it in others] == [
        "bids.hot_auction.postgresql",
        "bids.hot_auction.sqlite",
    ]


def test_a_name_like_none_is_refused_with_all_of_them() -> None:
    assert "bus.slow_disks" in near("zzz")
    assert "live.streams" in near("zzz")

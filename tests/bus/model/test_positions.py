"""Positions as text."""

import pytest

from bus.model.positions import read, written


@pytest.mark.parametrize(
    ("positions", "text"),
    [
        ([7], "7"),
        ([7, 8, 9], "7-9"),
        ([1, 3, 4, 9], "1,3-4,9"),
        (list(range(5, 10_005)), "5-10004"),
    ],
)
def test_positions_are_read_as_they_were_written(positions: list[int], text: str) -> None:
    assert written(positions) == text
    assert read(text) == positions

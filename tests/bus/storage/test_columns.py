from typing import Any

import pytest

from bus.storage.columns import cursor


@pytest.mark.parametrize(
    ("left_behind", "reached", "left"),
    [(None, 9, ()), ("[7, 8]", 9, (7, 8)), ("{", 5, ()), ('"', 5, ())],
)
def test_where_nobody_can_read_what_was_left_behind_all_comes_again(
    left_behind: str | None, reached: int, left: tuple[int, ...]
) -> None:
    row: dict[str, Any] = {"position": 5, "delivered": 3, "reached": 9, "snapshot_upto": None}
    found = cursor(row | {"left_behind": left_behind})
    assert (found.position, found.reached, tuple(found.left_behind)) == (5, reached, left)

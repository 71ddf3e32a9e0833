"""How a flow is gone through: with scripts and without, on a phone and at a desk, in both
languages."""

from dataclasses import dataclass

import pytest


@dataclass(frozen=True)
class Look:
    """One way to look at the site; `width` is in pixels."""

    scripts: bool
    width: int
    language: str

    def __str__(self) -> str:
        return f"{'scripts' if self.scripts else 'plain'}-{self.width}-{self.language}"


LOOKS = (
    Look(True, 1280, "en"),
    Look(False, 320, "en"),
    Look(True, 320, "de"),
    Look(False, 1280, "de"),
)
"""Any two of the three choices meet in each of their four combinations."""

in_every_look = pytest.mark.parametrize("look", LOOKS, ids=str)
in_two_looks = pytest.mark.parametrize("look", [LOOKS[0], Look(False, 320, "de")], ids=str)
"""For what a story of test_stories goes through in every look too, or what stands beside a flow's
main way: each choice both ways, without every meeting."""

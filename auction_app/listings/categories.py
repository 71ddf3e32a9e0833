"""What is sold, in two levels: a category and, where one was named, its subcategory.

A subcategory's id begins with its category's: "home-lamps" is of "home". What was listed before
there were subcategories, or fits none, stands in its category alone.
"""

from collections.abc import Mapping

TREE: Mapping[str, tuple[str, ...]] = {
    "art": (
        "paintings",
        "prints",
        "sculpture",
        "photographs",
    ),
    "books": (
        "fiction",
        "nonfiction",
        "comics",
        "antique",
    ),
    "cameras": (
        "film",
        "digital",
        "lenses",
    ),
    "clothing": (
        "women",
        "men",
        "children",
        "shoes",
    ),
    "collectables": (
        "coins",
        "stamps",
        "cards",
        "ceramics",
    ),
    "electronics": (
        "audio",
        "computers",
        "phones",
        "consoles",
    ),
    "home": (
        "furniture",
        "lamps",
        "kitchen",
        "garden",
        "tools",
    ),
    "instruments": (
        "guitars",
        "keyboards",
        "strings",
        "wind",
    ),
    "jewellery": (
        "watches",
        "rings",
        "necklaces",
    ),
    "sports": (
        "bicycles",
        "outdoors",
        "winter",
    ),
    "toys": (
        "boardgames",
        "trains",
        "dolls",
        "bricks",
    ),
    "vehicles": (
        "cars",
        "motorcycles",
        "parts",
    ),
    "other": (),
}
CATEGORIES = tuple(TREE)
EVERY_CATEGORY = tuple(
    id for top, below in TREE.items() for id in (top, *(f"{top}-{name}" for name in below))
)
"""Each category, and its subcategories behind it."""


def top_of(category: str) -> str:
    """The category of a subcategory; itself otherwise."""
    return category.partition("-")[0]


def within(category: str) -> tuple[str, ...]:
    """All that counts as this category: itself and its subcategories."""
    return (category, *(it for it in EVERY_CATEGORY if it.startswith(f"{category}-")))

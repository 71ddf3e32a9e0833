"""The front page, and the pages that find things."""

from collections.abc import Iterator

from flask import Blueprint

from auction_app.parts import Parts
from auction_app.search.views import feeds, home, search, sitemap


def blueprints(parts: Parts) -> Iterator[Blueprint]:
    """All addresses of the feature."""
    yield home.api(parts)
    yield search.api(parts)
    yield feeds.pages(parts)
    yield sitemap.pages(parts)

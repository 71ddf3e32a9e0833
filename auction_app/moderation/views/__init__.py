"""The pages of moderators, and the form that calls them."""

from collections.abc import Iterator

from flask import Blueprint

from auction_app.bidding.gateway import Gateway
from auction_app.moderation.views import queue, report
from auction_app.parts import Parts


def blueprints(parts: Parts, gateway: Gateway) -> Iterator[Blueprint]:
    """All addresses of the feature."""
    yield report.pages(parts)
    yield queue.pages(parts, gateway)
    yield queue.record(parts)

"""The pages on which one bids, and looks at one's bids."""

from collections.abc import Iterator

from flask import Blueprint

from auction_app.bidding.gateway import Gateway
from auction_app.bidding.views import bids, commands, my_bids
from auction_app.parts import Parts
from auction_app.web.negotiation import ItemPage


def blueprints(parts: Parts, gateway: Gateway, item_page: ItemPage) -> Iterator[Blueprint]:
    """All addresses of the feature."""
    yield my_bids.api(parts)
    yield my_bids.pages(parts, gateway)
    yield bids.pages(parts, gateway, item_page)
    yield commands.pages(parts, gateway)

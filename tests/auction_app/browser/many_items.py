"""Many things to look through, put up for auction without anybody typing."""

from collections.abc import Sequence

from auction_app.accounts.repository import customers
from auction_app.db.ids import new_id
from auction_app.listings.model import Photo
from auction_app.selling.forms import ListingRules, read_listing
from auction_app.selling.list_auction import list_auction
from auction_app.web.forms import Notation
from tests.auction_app.conftest import World, email_of
from tests.auction_app.listing import LISTING

_RULES = ListingRules(shortest_ms=0, longest_ms=30 * 24 * 3_600_000)


def stock(
    world: World,
    titles: Sequence[str],
    *,
    category: str,
    price: str,
    photos: Sequence[Photo] = (),
) -> None:
    """List these, all of them Sam's."""
    parts, now_ms = world.parts, world.clock()
    with parts.store.reading() as conn:
        sam = customers.by_email(conn, email_of("Sam"))
    assert sam is not None
    for title in titles:
        fields = LISTING | {"title": title, "category": category, "start_price": price}
        listing = read_listing(fields, Notation(symbol="$"), _RULES, now_ms=now_ms)
        with parts.begin() as act:
            auction = list_auction(act, listing, photos, auction_id=new_id(), seller=sam[0])
        world.bids.open(
            parts.urls.auction(auction.id),
            start=auction.terms.start_price,
            ends_at_ms=auction.terms.ends_at_ms,
        )

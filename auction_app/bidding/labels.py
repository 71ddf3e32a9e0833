"""The visitor's words for the parts of the list of one's bids, and for a bid that is too low."""

from auction_app.listings.model import Auction
from auction_app.web.formats import money
from auction_app.web.i18n import _


def bids_label(state: str) -> str:
    """Which part of one's bids is shown."""
    return {
        "winning": _("Winning"),
        "outbid": _("Outbid"),
        "won": _("Won or bought"),
        "lost": _("Not won"),
    }[state]


def below_minimum(auction: Auction) -> str:
    """How much it takes, for whoever offered less."""
    return _(
        "Your maximum is too low: a bid has to be at least %(minimum)s now.",
        minimum=money(auction.minimum),
    )


LABELS = (below_minimum, bids_label)
"""What all templates may call."""

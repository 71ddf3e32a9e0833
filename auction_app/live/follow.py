"""Learn what happens in a bidding: from the bus's events, and when a stream opens."""

from collections.abc import Callable, Sequence
from typing import Protocol

from bids_client import Bidding, BidsUnavailable, CallRefused, NotFound
from bus_drain import Event
from service_kit.logs import get_logger

from auction_app.live.frame import frame_of
from auction_app.live.hub import Channel, Hub

log = get_logger(__name__)


class Biddings(Protocol):
    """What the live process asks of bids_service."""

    def bidding(self, url: str) -> Bidding:
        """The bidding at a URL."""

    def bidding_of(self, auction: str) -> Bidding:
        """The bidding of an auction."""


def follower(hub: Hub, biddings: Biddings) -> Callable[[Sequence[Event]], None]:
    """A drain's listener: fetches each watched bidding once and shows it to its streams.

    Raises BidsError when one can't be fetched, so that the bus delivers again.
    """

    def follow(events: Sequence[Event]) -> None:
        for url in dict.fromkeys(event.url for event in events):
            if hub.watched(url):
                _show(hub, biddings, url)

    return follow


def load(hub: Hub, biddings: Biddings, channel: Channel) -> None:
    """Fetch the state for a channel's first stream, while others that come wait for it.

    Without an answer the channel stays empty: its streams get the state with the next event.
    """
    with channel.loading:
        if channel.loaded:
            return
        try:
            bidding = biddings.bidding_of(channel.auction_url)
        except NotFound:
            return
        except (BidsUnavailable, CallRefused) as error:
            log.warning("state not loaded", auction=channel.auction_url, error=str(error))
            return
        hub.show(channel.auction_url, bidding.url, frame_of(bidding))


def _show(hub: Hub, biddings: Biddings, url: str) -> None:
    try:
        bidding = biddings.bidding(url)
    except NotFound:
        log.warning("bidding is gone", url=url)
        return
    hub.show(bidding.auction, bidding.url, frame_of(bidding))

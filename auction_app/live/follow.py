"""Learn what happens in a bidding: from the bus's events, and when a stream opens."""

from collections.abc import Callable, Sequence
from typing import Protocol

from bids_client import Bidding, BidsError, BidsUnavailable, CallRefused, NotFound
from bus_drain import Event
from service_kit.logs import get_logger

from auction_app.live.announcements import Announcements
from auction_app.live.frame import frame_of
from auction_app.live.hub import Channel, Hub
from auction_app.live.readers import Readers

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
            channel = hub.watching(url)
            if channel:
                _follow(biddings, url, channel)

    return follow


def notifier(readers: Readers) -> Callable[[Sequence[Event]], None]:
    """A drain's listener: tells those who have news to look, each once."""

    def notify(events: Sequence[Event]) -> None:
        for customer_url in dict.fromkeys(event.url for event in events):
            readers.tell(customer_url)

    return notify


def announcer(
    announcements: Announcements, hub: Hub, readers: Readers
) -> Callable[[Sequence[Event]], None]:
    """A drain's listener: shows every stream what the house announces. Raises WebAppAway, so that
    the bus delivers again."""

    def announce(events: Sequence[Event]) -> None:
        news = [announcements.tell(url) for url in dict.fromkeys(event.url for event in events)]
        if any(news):
            _wake_all(hub, readers)

    return announce


def resyncer(
    hub: Hub, biddings: Biddings, readers: Readers, announcements: Announcements
) -> Callable[[Sequence[Event]], None]:
    """A drain's listener: events are gone, so each watched bidding is looked at, every reader
    looks, and so does who announces."""

    def follow(_events: Sequence[Event]) -> None:
        if announcements.look_again():
            _wake_all(hub, readers)
        readers.tell_all()
        for url, channel in hub.watched():
            _follow(biddings, url, channel)

    return follow


def _wake_all(hub: Hub, readers: Readers) -> None:
    hub.wake_all()
    readers.wake_all()


def look(hub: Hub, biddings: Biddings, channel: Channel) -> Exception | None:
    """See that a channel shows what is true now, for a stream that joins it; why it can't be seen.

    The bidding's URL is learnt first and its state fetched after, so that nothing that happens
    between the two is missed. May be called by many at once.
    """

    def act() -> BidsError | None:
        try:
            if channel.bidding_url is None:
                hub.learn(channel, biddings.bidding_of(channel.auction_url).url)
            channel.show(frame_of(biddings.bidding(channel.bidding_url or ""), channel.streams))
        except (BidsUnavailable, CallRefused, NotFound) as error:
            log.warning("state not seen", auction=channel.auction_url, error=str(error))
            return error
        return None

    return channel.look(act)


def _follow(biddings: Biddings, url: str, channel: Channel) -> None:
    try:
        bidding = biddings.bidding(url)
    except NotFound:
        log.warning("bidding is gone", url=url)
        return
    channel.show(frame_of(bidding, channel.streams))

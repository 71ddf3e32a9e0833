"""What the features work with."""

from dataclasses import dataclass

from service_kit.clock import Clock
from service_kit.notify import NotifyChannel

from auction_app.accounts.passwords import Passwords
from auction_app.bidding.gateway import Bids
from auction_app.config import Config
from auction_app.db.store import Store
from auction_app.listings.photo_files import PhotoFiles
from auction_app.signatures import Signatures
from auction_app.urls import Urls


@dataclass(frozen=True, kw_only=True)
class Parts:
    """Built once in the composition root and handed to whoever needs it.

    `refresh_channel` wakes the job that fetches what the bus said has changed, `photo_channel`
    the one that prepares photos.
    """

    config: Config
    store: Store
    bids: Bids
    passwords: Passwords
    signatures: Signatures
    files: PhotoFiles
    urls: Urls
    clock: Clock
    refresh_channel: NotifyChannel
    photo_channel: NotifyChannel

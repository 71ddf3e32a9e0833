"""What the app is made of; tests put fakes in."""

from dataclasses import dataclass

from service_kit.clock import Clock
from service_kit.doorbell import Doorbell

from auction_app.bids import Bids
from auction_app.config import Config
from auction_app.passwords import Passwords
from auction_app.signatures import Signatures
from auction_app.storage.photo_files import PhotoFiles
from auction_app.storage.store import Store
from auction_app.urls import Urls


@dataclass(frozen=True, kw_only=True)
class Parts:
    """Built once in the composition root and handed to whoever needs it.

    `refresh_bell` wakes the job that fetches what the bus said has changed.
    """

    config: Config
    store: Store
    bids: Bids
    passwords: Passwords
    signatures: Signatures
    files: PhotoFiles
    urls: Urls
    clock: Clock
    refresh_bell: Doorbell

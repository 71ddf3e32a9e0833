"""What the app is made of; tests put fakes in."""

from dataclasses import dataclass
from typing import Any

from bids_client import BidsClient
from service_kit import database
from service_kit.clock import Clock, now_ms
from service_kit.notify import NotifyChannel

from auction_app.bids import Bids
from auction_app.config import Config
from auction_app.passwords import Passwords
from auction_app.signatures import Signatures
from auction_app.storage.photo_files import PhotoFiles
from auction_app.storage.store import Store
from auction_app.urls import Urls

BIDS_TOTAL_S = 4.0
"""A bidder waits for a placed bid, twice this long at most; then it may be sent again."""


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


def build_parts(config: Config, **given: Any) -> Parts:
    """Everything that the app is made of, except what is given."""
    defaults: dict[str, Any] = {
        "store": lambda: Store(database.connect(config.database_url)),
        "bids": lambda: BidsClient(config.bids_url, config.bids_token, total_s=BIDS_TOTAL_S),
        "passwords": Passwords,
        "signatures": lambda: Signatures(config.secret_key),
        "files": lambda: PhotoFiles(config.photos_dir),
        "urls": lambda: Urls(config.public_url),
        "clock": lambda: now_ms,
        "photo_channel": lambda: NotifyChannel.for_database(config.database_url, "photos"),
        "refresh_channel": lambda: NotifyChannel.for_database(config.database_url, "refresh"),
    }
    built = {name: given[name] if name in given else make() for name, make in defaults.items()}
    return Parts(config=config, **built)

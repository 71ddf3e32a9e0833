"""Build what the app is made of; tests put fakes in."""

from typing import Any

from bids_client import BidsClient
from service_kit import database
from service_kit.clock import now_ms
from service_kit.notify import NotifyChannel

from auction_app.accounts.passwords import Passwords
from auction_app.config import Config
from auction_app.db.store import Store
from auction_app.listings.photo_files import PhotoFiles
from auction_app.parts import Parts
from auction_app.signatures import Signatures
from auction_app.urls import Urls

BIDS_TOTAL_S = 4.0
"""A bidder waits for a placed bid, twice this long at most; then it may be sent again."""


def build(config: Config, **given: Any) -> Parts:
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

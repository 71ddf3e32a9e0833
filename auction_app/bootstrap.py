"""Build what the app is made of; tests put fakes in."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bids_client import BidsClient
from service_kit import database, schema
from service_kit.errors import NotMigrated, StoreUnavailable
from service_kit.http import HttpClient, origin_of
from service_kit.local import LocalTransport
from service_kit.notify import Channel, NotifyChannel, OpenChannel
from service_kit.store_clock import clock_of_database

from auction_app.accounts.passwords import Passwords
from auction_app.accounts.published import refuse_published
from auction_app.accounts.unreadable import refuse_other_keys
from auction_app.bidding.gateway import Bids, Gateway
from auction_app.config import Config, PaymentsConfig, PayoutsConfig
from auction_app.db.store import Store
from auction_app.listings.photo_files import PhotoFiles
from auction_app.maintenance.board import Board
from auction_app.outcomes import build_outcomes
from auction_app.parts import Parts
from auction_app.payments.desk import PaymentDesk
from auction_app.payouts.statements import Statements
from auction_app.photo_store import open_files
from auction_app.signatures import Signatures
from auction_app.urls import Urls

BIDS_TOTAL_S = 4.0
"""A bidder waits for a placed bid, twice this long at most; then it may be sent again."""

_BOOKS_S = 4.0
_MOST_TABLE_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class House(Parts):
    """All of it. `refresh_channel` wakes the job that fetches what the bus said has changed,
    `photo_channel` the one that prepares photos, `decree_channel` the one that tells bids_service
    what moderators decide, `payment_channel` the one that asks how far payments are: they are taken
    where there is a `desk`, and sellers see what they are owed where there are `statements`.
    `transport` leads to the other services that are in this process."""

    bids: Bids
    gateway: Gateway
    passwords: Passwords
    files: PhotoFiles
    refresh_channel: Channel
    photo_channel: Channel
    decree_channel: Channel
    payment_channel: Channel
    board: Board
    desk: PaymentDesk | None = None
    statements: Statements | None = None
    transport: LocalTransport | None = None

    def check(self) -> None:
        """Raise unless the database has this version's tables, can be written to, and holds no
        account that anybody could sign in to while the public reaches it."""
        schema.check_ready("auction_app", self.store.engine)
        if self.config.public_url.startswith("https:"):
            refuse_published(self.store)

    def close(self) -> None:
        """Let go of connections and of the channels."""
        channels = (
            self.refresh_channel,
            self.photo_channel,
            self.decree_channel,
            self.payment_channel,
        )
        for part in (self.store, *channels):
            part.close()


def build(
    config: Config,
    *,
    transport: LocalTransport | None = None,
    open_channel: OpenChannel = NotifyChannel.for_database,
    **fakes: Any,
) -> House:
    """Everything that the app is made of, except what is given. All hosts go by their database's
    clock: sessions, limits and deadlines are in its tables. Raises ConfigError."""

    def part(name: str, make: Callable[[], Any]) -> Any:
        return fakes[name] if name in fakes else make()

    def channel(purpose: str) -> Channel:
        return open_channel(config.database_url, purpose)

    def new_store() -> Store:
        return Store(
            engine,
            urls,
            clock,
            channel("outbox"),
            outcomes=build_outcomes(config.hooks, pay_within_days=config.pay_within_days),
        )

    def client() -> BidsClient:
        url, token = config.bids_url, config.bids_token
        return BidsClient(url, token, total_s=BIDS_TOTAL_S, transport=transport)

    engine = database.connect(config.database_url)
    urls = part("urls", lambda: Urls(config.public_url))
    clock = part("clock", lambda: clock_of_database(engine))
    store, bids = part("store", new_store), part("bids", client)
    return House(
        config=config,
        store=store,
        signatures=part("signatures", lambda: Signatures(config.secret_keys)),
        urls=urls,
        clock=clock,
        bids=bids,
        gateway=Gateway(bids, store),
        passwords=part("passwords", Passwords),
        files=part("files", lambda: PhotoFiles(open_files(config.photos))),
        refresh_channel=part("refresh_channel", lambda: channel("refresh")),
        photo_channel=part("photo_channel", lambda: channel("photos")),
        decree_channel=part("decree_channel", lambda: channel("decrees")),
        payment_channel=part("payment_channel", lambda: channel("payments")),
        board=Board(store),
        desk=part("desk", lambda: _desk(config.payments)),
        statements=part("statements", lambda: _statements(config.payouts, transport)),
        transport=transport,
    )


def _desk(config: PaymentsConfig | None) -> PaymentDesk | None:
    if config is None:
        return None
    # Here, not above: a house that takes no payments need not hold all of Stripe's SDK.
    from auction_app.payments.stripe_provider import StripeProvider

    return PaymentDesk(
        provider=StripeProvider(config),
        page_origin=origin_of(config.page_url),
        sweep_ms=config.sweep_s * 1000,
    )


def _statements(
    config: PayoutsConfig | None, transport: LocalTransport | None
) -> Statements | None:
    if config is None:
        return None
    credentials = {config.url: config.token}
    http = HttpClient(
        credentials, total_s=_BOOKS_S, max_bytes=_MOST_TABLE_BYTES, transport=transport
    )
    return Statements(http, config.url)


def check_start(config: Config) -> None:
    """What a process that works asks before it starts. Raises ConfigError, NotMigrated."""
    schema.check_start("auction_app", config.database_url)
    check_data(config)


def check_data(config: Config) -> None:
    """At start: refuse accounts that anybody could sign in to, and keys that lock members out.
    Raises ConfigError; a database that isn't there or not ready is no reason to, for the process
    says so itself and waits for it."""
    house = build(config)
    try:
        house.check()
        refuse_other_keys(house.store, house.signatures)
    except (NotMigrated, StoreUnavailable):
        return
    finally:
        house.close()

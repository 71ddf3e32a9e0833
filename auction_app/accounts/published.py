"""The demo's accounts: their passwords are published, so no house of the public's has them."""

from dataclasses import dataclass

from service_kit.errors import ConfigError

from auction_app.accounts.repository import customers
from auction_app.db.store import Store


@dataclass(frozen=True)
class Account:
    """Somebody who can sign in to the demo. The password is no secret."""

    name: str
    password: str
    role: str

    @property
    def email(self) -> str:
        """An address that nobody owns (RFC 2606)."""
        return f"{self.name.lower()}@example.org"


ACCOUNTS = (
    Account("Martha", "lamplight-1931", "seller"),
    Account("Tomas", "green-bicycle", "seller"),
    Account("Ada", "first-bidder", "bidder"),
    Account("Bela", "second-bidder", "bidder"),
    Account("Nora", "keeps-order", "moderator"),
)


def refuse_published(store: Store) -> None:
    """Raises ConfigError when anybody could sign in to an account of this database."""
    with store.reading() as conn:
        known = [account.email for account in ACCOUNTS if customers.by_email(conn, account.email)]
    if known:
        words = "the demo's accounts are in it, whose passwords everybody knows"
        raise ConfigError([f"AUCTIONS_DATABASE_URL: {words}, and AUCTIONS_PUBLIC_URL is https"])

"""The settings of the bids service, for its web and its jobs process alike."""

from dataclasses import dataclass

from bus_client import bus_url
from service_kit.access import Tokens
from service_kit.config import Holds, anywhere, load, port_number, setting
from service_kit.database import database_url
from service_kit.url import base_url
from service_kit.webhooks import check_secret, check_user


@dataclass(frozen=True, kw_only=True)
class Config:
    """`public_url` has no trailing slash and begins every URL that the service hands out, but for
    those that commands are sent to: they begin with `commands_url`, if there is one.

    The database's URL counts as a secret because it may hold a password.
    """

    database_url: str = setting("BIDS_DATABASE_URL", parse=database_url, secret=True)
    public_url: str = setting("BIDS_PUBLIC_URL", parse=base_url)
    commands_url: str | None = setting("BIDS_COMMANDS_URL", default=None, parse=base_url)
    tokens: Tokens = setting("BIDS_TOKENS", parse=Tokens.parse, secret=True)
    bus_url: str = setting("BIDS_BUS_URL", parse=bus_url)
    bus_token: str = setting("BIDS_BUS_TOKEN", secret=True)
    webhook_uuid: str = setting("BIDS_WEBHOOK_UUID", parse=check_user, secret=True)
    webhook_secret: str = setting("BIDS_WEBHOOK_SECRET", secret=True, parse=check_secret)
    auctions_url: str = setting("BIDS_AUCTIONS_URL", parse=base_url)
    auctions_token: str = setting("BIDS_AUCTIONS_TOKEN", secret=True)
    jobs_port: int | None = setting("BIDS_JOBS_PORT", default=None, parse=port_number)


def read(holds: Holds = anywhere) -> Config:
    """The settings from the environment. Raises ConfigError naming every complaint."""
    return load(Config, prefix="BIDS_", holds=holds)

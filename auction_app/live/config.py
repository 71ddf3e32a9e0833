"""The settings of the live process."""

from dataclasses import dataclass

from service_kit.config import Holds, load, nowhere, setting
from service_kit.http import origin_of
from service_kit.url import base_url, is_plain
from service_kit.webhooks import check_secrets, check_user


def _origin(text: str) -> str:
    if origin_of(text) != text:
        raise ValueError("must be an origin such as https://auctions.example")
    return text


@dataclass(frozen=True, kw_only=True)
class Config:
    """Read once at start. `webhook_secret` may hold two, comma-separated, during a rotation."""

    public_url: str = setting("LIVE_PUBLIC_URL", parse=base_url)
    bus_url: str = setting("LIVE_BUS_URL", parse=base_url)
    bus_token: str = setting("LIVE_BUS_TOKEN", secret=True)
    webhook_uuid: str = setting("LIVE_WEBHOOK_UUID", parse=check_user)
    webhook_secret: tuple[str, ...] = setting(
        "LIVE_WEBHOOK_SECRET", secret=True, parse=check_secrets
    )
    bids_url: str = setting("LIVE_BIDS_URL", parse=base_url)
    bids_token: str = setting("LIVE_BIDS_TOKEN", secret=True)
    auctions_url: str = setting("LIVE_AUCTIONS_URL", parse=base_url)
    allowed_origin: str = setting("LIVE_ALLOWED_ORIGIN", parse=_origin, at_home=is_plain)


def read(holds: Holds = nowhere) -> Config:
    """The settings from the environment. Raises ConfigError that lists every complaint."""
    return load(Config, prefix="LIVE_", holds=holds)

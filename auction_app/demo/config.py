"""What the demo's subscriptions read from the environment."""

from dataclasses import dataclass

from service_kit.config import Holds, anywhere, load, public_url, setting
from service_kit.url import base_url


@dataclass(frozen=True, kw_only=True)
class Config:
    """Whose the demo's subscriptions are, and where their events go."""

    bus_token: str = setting("DEMO_BUS_TOKEN", secret=True)
    receiver_url: str = setting("DEMO_RECEIVER_URL", parse=base_url)


def read(holds: Holds = anywhere) -> Config | None:
    """The settings from the environment; None where the public is, which gets no demo. Raises
    ConfigError that lists every complaint."""
    return None if public_url() else load(Config, prefix="DEMO_", holds=holds)

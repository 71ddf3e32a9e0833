"""What the till reads from the environment."""

from dataclasses import dataclass
from pathlib import Path

from service_kit.config import load, number, port_number, setting
from service_kit.places import folder as a_folder
from service_kit.url import base_url


@dataclass(frozen=True, kw_only=True)
class Config:
    """The till's settings. Where the public is it does not start: at it anybody has paid."""

    port: int = setting("TILL_PORT", parse=port_number, at_home=lambda _port: True)
    folder: Path = setting("TILL_DIR", parse=a_folder)
    url: str = setting("TILL_URL", parse=base_url)
    api_key: str = setting("TILL_API_KEY", secret=True)
    webhook_url: str = setting("TILL_WEBHOOK_URL", parse=base_url)
    webhook_secret: str = setting("TILL_WEBHOOK_SECRET", secret=True)
    late_s: int = setting("TILL_LATE_S", default=10, parse=number(0, 86_400))


def read() -> Config:
    """The settings of this process. Raises ConfigError with every complaint at once."""
    return load(Config, prefix="TILL_")

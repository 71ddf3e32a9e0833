"""What the mailbox reads from the environment."""

from dataclasses import dataclass
from pathlib import Path

from service_kit.config import load, port_number, setting
from service_kit.places import folder as a_folder


@dataclass(frozen=True, kw_only=True)
class Config:
    """The mailbox's settings."""

    port: int = setting("MAILBOX_PORT", parse=port_number, at_home=lambda _port: True)
    smtp_port: int = setting("MAILBOX_SMTP_PORT", parse=port_number)
    folder: Path = setting("MAILBOX_DIR", parse=a_folder)


def read() -> Config:
    """The settings of this process. Raises ConfigError with every complaint at once."""
    return load(Config, prefix="MAILBOX_")

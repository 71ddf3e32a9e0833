"""The settings of the house: the process that holds several apps."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bus_client import bus_url
from service_kit.config import ConfigError, Holds, load, port_number, setting
from service_kit.http import origin_of
from service_kit.run.ports import LOOPBACK, listen_host

import accounting_service.config
import auction_app.config
import bids_service.config
import mailer_service.config

_READ: Mapping[str, Callable[[Holds], Any]] = {
    "auctions": auction_app.config.read,
    "bids": bids_service.config.read,
    "mailer": mailer_service.config.read,
    "accounting": accounting_service.config.read,
}


def apps(text: str) -> tuple[str, ...]:
    """Read `auctions,bids`. Raises ValueError."""
    names = {name.strip() for name in text.split(",")}
    if not names <= _READ.keys():
        raise ValueError(f"must be some of {', '.join(_READ)}, comma-separated")
    return tuple(name for name in _READ if name in names)


@dataclass(frozen=True, kw_only=True)
class Config:
    """`apps` are those that the process holds. Where they are called, and at which ports of this
    machine they answer, is told to it by the same settings as to everybody."""

    apps: tuple[str, ...] = setting("HOUSE_APPS", parse=apps)
    accounting_url: str = setting("ACCOUNTING_PUBLIC_URL")
    auctions_url: str = setting("AUCTIONS_PUBLIC_URL")
    bids_url: str = setting("BIDS_PUBLIC_URL")
    bids_commands_url: str = setting("BIDS_COMMANDS_URL")
    mailer_url: str = setting("MAILER_PUBLIC_URL")
    listen_host: str = setting("LISTEN_HOST", default=LOOPBACK, parse=listen_host)
    accounting_port: int = setting("PORT_ACCOUNTING", parse=port_number)
    auctions_port: int = setting("PORT_AUCTIONS", parse=port_number)
    bids_port: int = setting("PORT_BIDS", parse=port_number)
    bids_commands_port: int = setting("PORT_BIDS_COMMANDS", parse=port_number)
    mailer_port: int = setting("PORT_MAILER", parse=port_number)
    accounting_bus_url: str = setting("ACCOUNTING_BUS_URL", parse=bus_url)
    auctions_bus_url: str = setting("AUCTIONS_BUS_URL", parse=bus_url)
    bids_bus_url: str = setting("BIDS_BUS_URL", parse=bus_url)
    mailer_bus_url: str = setting("MAILER_BUS_URL", parse=bus_url)
    jobs_port: int | None = setting("HOUSE_JOBS_PORT", default=None, parse=port_number)

    @property
    def urls(self) -> list[tuple[str, str]]:
        """The apps that are held, and where each is called."""
        every = [
            ("accounting", self.accounting_url),
            ("auctions", self.auctions_url),
            ("bids", self.bids_url),
            ("bids", self.bids_commands_url),
            ("mailer", self.mailer_url),
        ]
        return [(name, url) for name, url in every if name in self.apps]

    def holds(self, url: str) -> bool:
        """Whether the app at a URL is in this process."""
        return origin_of(url) in {origin_of(held) for _, held in self.urls}

    @property
    def ports(self) -> dict[int, str]:
        """Which app answers at which port of this machine."""
        every = {
            self.accounting_port: "accounting",
            self.auctions_port: "auctions",
            self.bids_port: "bids",
            self.bids_commands_port: "bids",
            self.mailer_port: "mailer",
        }
        return {port: name for port, name in every.items() if name in self.apps}

    @property
    def bus_urls(self) -> dict[str, str]:
        """The bus of each app that is held, by the name of its setting."""
        every = {
            "accounting": ("ACCOUNTING_BUS_URL", self.accounting_bus_url),
            "auctions": ("AUCTIONS_BUS_URL", self.auctions_bus_url),
            "bids": ("BIDS_BUS_URL", self.bids_bus_url),
            "mailer": ("MAILER_BUS_URL", self.mailer_bus_url),
        }
        return dict(every[name] for name in self.apps)

    @property
    def bus_url(self) -> str:
        """The bus of all of them."""
        return next(iter(self.bus_urls.values()))

    @property
    def works_here(self) -> bool:
        """Whether what follows a commit is done by the process that answers."""
        return self.bus_url.startswith("inline:")

    @property
    def works_elsewhere(self) -> bool:
        """Whether what follows a commit is the business of a process that waits for it."""
        return self.bus_url.startswith("http")


def read() -> Config:
    """The settings from the environment. Raises ConfigError naming every complaint."""
    config = load(Config, prefix="HOUSE_")
    first, *others = config.bus_urls
    differ = [name for name in others if config.bus_urls[name] != config.bus_url]
    if differ:
        raise ConfigError([f"{', '.join(differ)}: must be as {first}: one process holds them"])
    return config


def read_apps(config: Config) -> dict[str, Any]:
    """The settings of each app that is held. Raises ConfigError naming every complaint."""
    found: dict[str, Any] = {}
    complaints: list[str] = []
    for name in config.apps:
        try:
            found[name] = _READ[name](config.holds)
        except ConfigError as error:
            complaints += error.complaints
    if complaints:
        raise ConfigError(complaints)
    return found

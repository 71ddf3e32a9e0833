"""The bus's settings."""

import ipaddress
import re
import socket
from dataclasses import dataclass

from service_kit.config import load, number, port_number, setting
from service_kit.database import database_url
from service_kit.errors import ConfigError
from service_kit.security_txt import contact, is_placeholder
from service_kit.trusted_proxies import proxies
from service_kit.url import base_url, trusted_host

from bus.model.log_name import LOG_NAME, MAIN

_MANY = 1_000_000
_YEAR_S = 365 * 24 * 60 * 60
_OUR_NAMES = {"localhost", "ip6-localhost", "ip6-loopback"}
_PATH_PREFIX = re.compile(r"(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+")


def _hosts(text: str) -> tuple[str, ...]:
    return tuple(trusted_host(host.strip()) for host in text.split(",") if host.strip())


def _is_here(host: str) -> bool:
    """Whether it is this machine: whoever subscribed could have the bus call what listens here."""
    has_port = host.count(":") == 1 or "]:" in host
    name = host.rpartition(":")[0] if has_port else host
    address = _address(name.strip("[]"))
    if address is None:
        return name.split(".")[0] in _OUR_NAMES or name.rstrip(".").endswith(".localhost")
    inner = getattr(address, "ipv4_mapped", None) or address
    return bool(inner.is_loopback or inner.is_unspecified)


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """What a resolver takes for an address: 127.1 and 2130706433 too."""
    try:
        return ipaddress.ip_address(name if ":" in name else socket.inet_aton(name))
    except (OSError, ValueError):
        return None


def _path_prefix(text: str) -> str:
    if text == "/":
        return ""
    if not _PATH_PREFIX.fullmatch(text):
        raise ValueError("must be a path such as /bus, without a slash at its end")
    return text


def _logs(text: str) -> tuple[tuple[str, str], ...]:
    pairs = [part.partition("=") for part in text.split() if part != MAIN]
    for name, _, _ in pairs:
        if not re.fullmatch(LOG_NAME, name) or name == MAIN:
            raise ValueError(
                "must be main, and NAME=URL of each log beside it, space-separated: a name is 1 to"
                " 32 of a-z, 0-9, dashes, underscores, and begins with a letter"
            )
    found = tuple((name, database_url(url)) for name, _, url in pairs)
    if len(dict(found)) < len(found) or len({url for _, url in found}) < len(found):
        raise ValueError("names a log or a database twice")
    return found


@dataclass(frozen=True, kw_only=True)
class Config:
    """Read once at start; `BUS_PUSHER_PORT` serves the pusher's health and may be absent."""

    database_url: str = setting("BUS_DATABASE_URL", parse=database_url)
    logs: tuple[tuple[str, str], ...] = setting("BUS_LOGS", default=(), parse=_logs)
    root_key: str = setting("BUS_ROOT_KEY", secret=True)
    trusted_hosts: tuple[str, ...] = setting(
        "BUS_TRUSTED_HOSTS", default=(), parse=_hosts, at_home=lambda them: any(map(_is_here, them))
    )
    pusher_port: int | None = setting("BUS_PUSHER_PORT", default=None, parse=port_number)
    max_data_bytes: int = setting("BUS_MAX_DATA_BYTES", default=64, parse=number(2, 65_536))
    max_readers: int = setting("BUS_MAX_READERS", default=4000, parse=number(1, _MANY))
    max_readers_of_client: int = setting(
        "BUS_MAX_READERS_OF_CLIENT", default=2000, parse=number(1, _MANY)
    )
    public_url: str | None = setting("BUS_PUBLIC_URL", default=None, parse=base_url)
    lag_limit_s: int = setting("BUS_LAG_LIMIT_S", default=300, parse=number(1, _YEAR_S))
    path_prefix: str = setting("BUS_PATH_PREFIX", default="", parse=_path_prefix)
    give_up_days: int = setting("BUS_GIVE_UP_DAYS", default=5, parse=number(1, 365))
    keep_days: int = setting("BUS_KEEP_DAYS", default=30, parse=number(1, 36_500))
    keep_mib: int | None = setting("BUS_KEEP_MIB", default=None, parse=number(1, 1_000_000_000))
    trusted_proxies: int = setting("BUS_TRUSTED_PROXIES", default=0, parse=proxies)
    security_contact: str | None = setting(
        "BUS_SECURITY_CONTACT", default=None, parse=contact, at_home=is_placeholder
    )

    @property
    def database_urls(self) -> tuple[str, ...]:
        """Of every log, that at home first."""
        return (self.database_url, *(url for _, url in self.logs))


def read() -> Config:
    """The settings from the environment. Raises ConfigError naming every complaint."""
    config = load(Config, prefix="BUS_")
    if config.database_url in dict(config.logs).values():
        raise ConfigError(["BUS_LOGS: a log needs a database of its own, not BUS_DATABASE_URL's"])
    return config

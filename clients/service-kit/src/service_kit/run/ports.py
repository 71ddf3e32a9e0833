"""Which process listens where, and whether the port is free."""

import ipaddress
import socket
from collections.abc import Mapping

from service_kit.errors import ConfigError

_PREFIX = "PORT_"
LOOPBACK = "127.0.0.1"
_V6 = 6


def listen_host(text: str) -> str:
    """An address of this machine, as it stands before a port. Raises ValueError."""
    bare = text.removeprefix("[").removesuffix("]")
    try:
        as_before_a_port = f"[{bare}]" if ipaddress.ip_address(bare).version == _V6 else bare
    except ValueError:
        as_before_a_port = None
    if text != as_before_a_port:
        raise ValueError("must be an address such as 127.0.0.1, 0.0.0.0 or [::1]")
    return text


def listen_host_complaint(settings: Mapping[str, str]) -> str | None:
    """What is wrong with `LISTEN_HOST`, which need not be set."""
    try:
        listen_host(settings.get("LISTEN_HOST") or LOOPBACK)
    except ValueError as error:
        return f"LISTEN_HOST: {error}"
    return None


def ports_of(environment: Mapping[str, str]) -> dict[str, int]:
    """The ports by process name: `PORT_BIDS_JOBS` is where `bids_jobs` answers its probes."""
    return {
        name.removeprefix(_PREFIX).lower(): int(value)
        for name, value in environment.items()
        if name.startswith(_PREFIX) and name != "PORT_BASE"
    }


def is_port(text: str) -> bool:
    """Whether a setting is a port that needs no root."""
    return text.isascii() and text.isdigit() and len(text) < 6 and 1024 <= int(text) <= 65535


def refuse_busy(ports: Mapping[str, int]) -> None:
    """Raise ConfigError naming each port that somebody listens on."""
    busy = [
        f"{name}: port {port} is busy; stop what listens there or set PORT_BASE"
        for name, port in ports.items()
        if not is_free(port)
    ]
    if busy:
        raise ConfigError(busy)


def is_free(port: int) -> bool:
    """Whether a server could listen on this port of loopback now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True

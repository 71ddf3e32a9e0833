"""The callback guard: decides on the very address that is about to be connected.

docs/delivery.md D27.
"""

import socket
from collections.abc import Collection, Sequence
from functools import lru_cache
from ipaddress import ip_address
from typing import Any

import pycurl
from service_kit.url import check_url

from bus.model.ssrf_denylist import refusal


class _LentSocket(socket.socket):
    """A socket whose descriptor pycurl duplicates: ours closes as soon as nobody holds it."""

    def __del__(self) -> None:
        self.close()


class SsrfGuard:
    """Makes the sockets of one attempt; remembers why it refused to, if it did.

    Between a check of the name and the connection the name may come to mean another address
    (DNS rebinding). libcurl asks here for a socket to an address that is already resolved, and
    connects that socket to that address.
    """

    def __init__(self, url: str, trusted_hosts: Collection[str]) -> None:
        self.refused, self._trusted, self._place = _judge(url, frozenset(trusted_hosts))

    @property
    def name(self) -> str | None:
        """The host's name; None for an address."""
        return self._place and self._place[0]

    def resolved(self, addresses: Sequence[str]) -> list[str]:
        """What the name means, in the words of CURLOPT_RESOLVE."""
        if self._place is None:
            return []
        name, port = self._place
        written = ",".join(f"[{one}]" if ":" in one else one for one in addresses)
        return [f"+{host}:{port}:{written}" for host in (name, f"{name}.")]

    def open_socket(self, _purpose: int, address: Any) -> Any:
        """libcurl's CURLOPT_OPENSOCKETFUNCTION: a socket, or SOCKET_BAD."""
        word = _refusal(address, self._trusted)
        if word is not None:
            self.refused = f"the callback leads to a {word} address"
            return pycurl.SOCKET_BAD
        return _LentSocket(address.family, address.socktype, address.protocol)


@lru_cache(4096)
def _judge(
    url: str, trusted_hosts: frozenset[str]
) -> tuple[str | None, bool, tuple[str, str] | None]:
    """Why the URL is refused, if it is, whether its host may have any address, and its name and
    port unless it is an address."""
    try:
        checked = check_url(url, trusted_hosts)
    except ValueError as error:  # the list of trusted hosts may have changed since
        return str(error), False, None
    return (
        None,
        checked.is_trusted,
        None if _is_address(checked.host) else (checked.host, checked.port),
    )


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _refusal(address: Any, trusted: bool) -> str | None:
    if address.family not in {socket.AF_INET, socket.AF_INET6}:
        return "non-IP"
    if trusted:
        return None
    host = address.addr[0]
    return refusal(host.decode() if isinstance(host, bytes) else host)

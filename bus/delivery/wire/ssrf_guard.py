"""The callback guard: decides on the very address that is about to be connected.

docs/delivery.md D27.
"""

import socket
from collections.abc import Collection
from functools import lru_cache
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
        self.refused, self._trusted = _judge(url, frozenset(trusted_hosts))

    def open_socket(self, _purpose: int, address: Any) -> Any:
        """libcurl's CURLOPT_OPENSOCKETFUNCTION: a socket, or SOCKET_BAD."""
        word = _refusal(address, self._trusted)
        if word is not None:
            self.refused = f"the callback leads to a {word} address"
            return pycurl.SOCKET_BAD
        return _LentSocket(address.family, address.socktype, address.protocol)


@lru_cache(4096)
def _judge(url: str, trusted_hosts: frozenset[str]) -> tuple[str | None, bool]:
    """Why the URL is refused, if it is, and whether its host may have any address."""
    try:
        checked = check_url(url, trusted_hosts)
    except ValueError as error:  # the list of trusted hosts may have changed since
        return str(error), False
    return None, checked.is_trusted


def _refusal(address: Any, trusted: bool) -> str | None:
    if address.family not in {socket.AF_INET, socket.AF_INET6}:
        return "non-IP"
    if trusted:
        return None
    host = address.addr[0]
    return refusal(host.decode() if isinstance(host, bytes) else host)

"""Which network a visitor comes from."""

import ipaddress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Request

_IPV6_PREFIX = 64
"""What one customer of a provider gets at least (RFC 6177): all addresses in it are one visitor."""


def visitor_network(request: "Request") -> str:
    """The network of the visitor that asks: what every limit by visitor counts by."""
    return network_of(request.remote_addr or "")


def network_of(address: str) -> str:
    """The network that an address stands for; a port beside it is passed over.

    | address                  | network               |
    |--------------------------|-----------------------|
    | 192.0.2.7                | 192.0.2.7             |
    | 192.0.2.7:50312          | 192.0.2.7             |
    | ::ffff:192.0.2.7         | 192.0.2.7             |
    | 2001:db8:1:2:3:4:5:6     | 2001:db8:1:2::/64     |
    | [2001:db8:1:2::7]:50312  | 2001:db8:1:2::/64     |
    | unknown, or none         | unknown               |
    """
    try:
        found = ipaddress.ip_address(_bare(address.strip()))
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((int(found), _IPV6_PREFIX), strict=False))


def _bare(address: str) -> str:
    if address.startswith("["):
        return address[1:].partition("]")[0]
    return address.partition(":")[0] if address.count(":") == 1 else address

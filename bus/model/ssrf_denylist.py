"""Which network addresses a callback may lead to (docs/delivery.md D27)."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

# IANA special-purpose registries (RFC 6890 and its updates), written out: what Python's own
# `is_global` says has changed from release to release.
_REFUSED = {
    "this network": "0.0.0.0/8",
    "private": "10.0.0.0/8 172.16.0.0/12 192.168.0.0/16",
    "carrier-grade NAT": "100.64.0.0/10",
    "loopback": "127.0.0.0/8 ::1/128",
    "link-local": "169.254.0.0/16 fe80::/10",
    "protocol assignment": "192.0.0.0/24 2001::/23",
    "documentation": "192.0.2.0/24 198.51.100.0/24 203.0.113.0/24 2001:db8::/32 3fff::/20",
    "benchmarking": "198.18.0.0/15",
    "relay anycast": "192.88.99.0/24",
    "multicast": "224.0.0.0/4 ff00::/8",
    "reserved": "240.0.0.0/4",
    "unspecified": "::/128",
    "IPv4-compatible": "::/96",
    "IPv4-mapped": "::ffff:0:0/96",
    "translated": "64:ff9b::/96 64:ff9b:1::/48 2002::/16 ::ffff:0:0:0/96",
    "discard-only": "100::/64",
    "segment routing": "5f00::/16",
    "unique local": "fc00::/7",
    "site-local": "fec0::/10",
}
_NETWORKS = [
    (word, ip_network(network))
    for word, networks in _REFUSED.items()
    for network in networks.split()
]
# What isn't in the global unicast block is not on the internet, whatever it becomes one day.
_GLOBAL_UNICAST = ip_network("2000::/3")


def refusal(address: str) -> str | None:
    """Why nothing may be sent to an address ("loopback", "private" …); None when it may.

    Raises ValueError for text that is no IPv4 or IPv6 address. Addresses that carry an IPv4
    address inside are refused whatever it is: where a translator leads is not ours to know.
    """
    ip: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    for word, network in _NETWORKS:
        if ip.version == network.version and ip in network:
            return word
    if ip.version == 6 and ip not in _GLOBAL_UNICAST:
        return "not global unicast"
    return None

"""Whose requests are counted together."""

import pytest
from service_kit.visitor_network import network_of


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::1", "::/64"),
        ("", "unknown"),
        ("unix:", "unknown"),
        ("1.2.3", "unknown"),
        ("999.2.3.4", "unknown"),
        ("[::1", "::/64"),
    ],
)
def test_addresses_that_one_visitor_has_are_one_network(address: str, network: str) -> None:
    assert network_of(address) == network

"""Whose requests are counted together."""

import pytest
from flask import Flask, Response, request
from service_kit.visitor_network import network_of, trust_proxies, visitor_network


def seen(hops: int, peer: str, forwarded: str | None) -> str:
    app = Flask("seen")
    trust_proxies(app, hops)

    @app.get("/")
    def show() -> Response:
        return Response(visitor_network(request))

    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    answer = app.test_client().get("/", headers=headers, environ_base={"REMOTE_ADDR": peer})
    return answer.text


@pytest.mark.parametrize(
    ("hops", "forwarded", "network"),
    [
        (0, None, "10.0.0.1"),
        (0, "192.0.2.7", "10.0.0.1"),
        (1, "192.0.2.7", "192.0.2.7"),
        (1, "203.0.113.9, 192.0.2.7", "192.0.2.7"),
        (1, "203.0.113.9,198.51.100.1 ,  192.0.2.7", "192.0.2.7"),
        (2, "203.0.113.9, 192.0.2.7, 10.0.0.2", "192.0.2.7"),
        (2, "192.0.2.7", "10.0.0.1"),
        (1, None, "10.0.0.1"),
        (1, "", "10.0.0.1"),
        (1, "203.0.113.9, unknown", "unknown"),
        (1, "203.0.113.9, 192.0.2.7:50312", "192.0.2.7"),
        (1, "x, [2001:db8:1:2::7]:50312", "2001:db8:1:2::/64"),
    ],
)
def test_the_address_is_the_one_that_the_outermost_proxy_of_ours_wrote(
    hops: int, forwarded: str | None, network: str
) -> None:
    assert seen(hops, "10.0.0.1", forwarded) == network


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

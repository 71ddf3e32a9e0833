"""Whom a process believes about who asks, over which scheme, and for which host."""

import pytest
from flask import Flask, request
from service_kit.trusted_proxies import trust_proxies
from service_kit.visitor_network import visitor_network


def seen(hops: int, **headers: str) -> dict[str, str]:
    """What an app behind so many proxies takes a request for, which the last of them, 10.0.0.1,
    has passed on with these headers."""
    app = Flask("seen")
    trust_proxies(app, hops)

    @app.get("/")
    def show() -> dict[str, str]:
        return {"network": visitor_network(request), "root": request.root_url}

    named = {f"X-Forwarded-{name.removesuffix('_')}": value for name, value in headers.items()}
    environ = {"REMOTE_ADDR": "10.0.0.1"}
    found = app.test_client().get("/", headers=named, environ_base=environ).get_json()
    return dict(found)


@pytest.mark.parametrize(
    ("hops", "forwarded", "network"),
    [
        (0, "192.0.2.7", "10.0.0.1"),
        (1, "192.0.2.7", "192.0.2.7"),
        (1, "203.0.113.9, 192.0.2.7", "192.0.2.7"),
        (1, "203.0.113.9,198.51.100.1 ,  192.0.2.7", "192.0.2.7"),
        (2, "203.0.113.9, 192.0.2.7, 10.0.0.2", "192.0.2.7"),
        (2, "192.0.2.7", "10.0.0.1"),
        (1, "", "10.0.0.1"),
        (1, "203.0.113.9,", "10.0.0.1"),
        (2, "203.0.113.9, , 192.0.2.7, 10.0.0.2", "192.0.2.7"),
        (2, ",,203.0.113.9,, 192.0.2.7, 10.0.0.2", "192.0.2.7"),
        (1, "203.0.113.9, unknown", "unknown"),
        (1, "203.0.113.9, <script>", "unknown"),
        (1, "203.0.113.9, 192.0.2.7:50312", "192.0.2.7"),
        (1, "203.0.113.9, ::ffff:192.0.2.7", "192.0.2.7"),
        (1, "x, [2001:db8:1:2::7]:50312", "2001:db8:1:2::/64"),
        (1, "x, 2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        (1, '"203.0.113.9, 192.0.2.7', "192.0.2.7"),
        (1, '[203.0.113.9]", 192.0.2.7', "192.0.2.7"),
        (1, '203.0.113.9\\", 192.0.2.7', "192.0.2.7"),
    ],
)
def test_the_address_is_the_one_that_the_outermost_proxy_of_ours_wrote(
    hops: int, forwarded: str, network: str
) -> None:
    assert seen(hops, For=forwarded)["network"] == network


def test_without_a_header_it_is_where_the_connection_comes_from() -> None:
    assert seen(1) == {"network": "10.0.0.1", "root": "http://localhost/"}


@pytest.mark.parametrize(
    ("hops", "proto", "host", "root"),
    [
        (0, "https", "bus.example", "http://localhost/"),
        (1, "https", "bus.example", "https://bus.example/"),
        (1, "http, https", "evil.example, bus.example", "https://bus.example/"),
        (2, "https, http", "bus.example, inner.example", "https://bus.example/"),
        (2, "http, https, http", "evil.example, bus.example, inner", "https://bus.example/"),
        (2, "https", "bus.example:8443", "https://bus.example:8443/"),
        (1, "HTTPS", "[2001:db8::1]:8443", "https://[2001:db8::1]:8443/"),
        (1, "gopher", "two words", "http://localhost/"),
        (1, "", "a/b", "http://localhost/"),
        (1, "https,", "bus.example,", "http://localhost/"),
        (1, "javascript:", "evil.example@bus.example", "http://localhost/"),
    ],
)
def test_scheme_and_host_are_those_that_the_outermost_proxy_of_ours_has_seen(
    hops: int, proto: str, host: str, root: str
) -> None:
    assert seen(hops, Proto=proto, Host=host)["root"] == root

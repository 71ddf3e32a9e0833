"""`/metrics` of a web app: what it tells, and to whom."""

import pytest
from flask import Flask
from service_kit.access import Tokens, install_access
from service_kit.problems import install_problems
from service_kit.scrape import install_metrics
from service_kit.trusted_proxies import trust_proxies
from werkzeug.test import TestResponse

TOKENS = "prometheus:metrics:read:a-token-of-16-or-more,other:bids:read:another-token-of-16"


@pytest.fixture
def app() -> Flask:
    app = Flask("shop")
    install_metrics(app, "shop")
    install_problems(app)

    @app.get("/")
    def hello() -> str:
        return "hello"

    @app.get("/broken")
    def broken() -> str:
        raise RuntimeError("broken")

    return app


def ask(app: Flask, address: str = "127.0.0.1", **headers: str) -> TestResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return app.test_client().get("/metrics", headers=named, environ_base={"REMOTE_ADDR": address})


def counted(app: Flask, method: str, status: str) -> str:
    name = f'http_request_duration_seconds_count{{method="{method}",service="shop",status='
    found = [line for line in ask(app).text.splitlines() if line.startswith(f'{name}"{status}"')]
    return found[0].rpartition(" ")[2] if found else "none"


def test_requests_are_counted_by_method_and_kind_of_status_also_those_that_fail(app: Flask) -> None:
    client = app.test_client()
    for path in ("/", "/", "/nowhere", "/broken"):
        client.get(path)
    client.open("/", method="MADE-UP")
    assert counted(app, "GET", "4xx") == "1.0"
    assert counted(app, "GET", "5xx") == "1.0"
    assert counted(app, "other", "4xx") == "1.0"
    assert counted(app, "GET", "2xx") == "5.0"  # the three scrapes before this one too


def test_who_asks_from_this_machine_is_told_what_the_process_takes(app: Flask) -> None:
    for address in ("127.0.0.1", "::1"):
        assert 'process_resident_memory_bytes{process="main"}' in ask(app, address).text


@pytest.mark.parametrize(
    "header", ["Forwarded", "Via", "X_Forwarded_For", "X_Forwarded_Host", "X_Real_IP"]
)
def test_through_a_proxy_on_this_machine_nobody_is_told(app: Flask, header: str) -> None:
    assert ask(app, **{header: "127.0.0.1"}).status_code == 404


def test_from_elsewhere_nobody_is_told(app: Flask) -> None:
    assert ask(app, "203.0.113.7").status_code == 404
    assert ask(app, "not an address").status_code == 404
    assert ask(app, "203.0.113.7", Authorization="Bearer a-token-of-16-or-more").status_code == 404


def test_a_visitor_behind_our_proxy_is_not_this_machine(app: Flask) -> None:
    trust_proxies(app, 1)
    assert ask(app, X_Forwarded_For="203.0.113.7").status_code == 404
    assert ask(app, X_Forwarded_For="127.0.0.1").status_code == 404


def test_a_token_for_it_is_told_from_anywhere(app: Flask) -> None:
    install_access(app, Tokens.parse(TOKENS))
    told = ask(app, "203.0.113.7", Authorization="Bearer a-token-of-16-or-more")
    assert told.status_code == 200
    assert told.content_type.startswith("text/plain; version=0.0.4")
    other = ask(app, "203.0.113.7", Authorization="Bearer another-token-of-16")
    assert other.status_code == 404
    assert ask(app, "203.0.113.7", Authorization="Bearer what-nobody-knows").status_code == 401

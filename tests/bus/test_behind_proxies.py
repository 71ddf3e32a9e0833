"""The bus behind proxies, by both its entrances: whom it takes a request to be from."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.bus.serving import FLASK, ROOT_KEY, Served, serving

pytestmark = pytest.mark.slow

WRONG = "a-token-that-nobody-has"


@pytest.fixture(scope="module", params=["asgi", "wsgi"])
def entrance(request: pytest.FixtureRequest) -> str | None:
    return FLASK if request.param == "wsgi" else None


def started(
    entrance: str | None, migrated: Path, folder: Path, **settings: str
) -> Iterator[Served]:
    database = Path(shutil.copy(migrated, folder / "bus.sqlite3"))
    with serving(database, "bus", entrance=entrance, **settings) as served:
        yield served


@pytest.fixture(scope="module")
def proxied(
    entrance: str | None, migrated: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """A bus behind two proxies."""
    folder = tmp_path_factory.mktemp("proxied")
    yield from started(entrance, migrated, folder, BUS_TRUSTED_PROXIES="2")


@pytest.fixture(scope="module")
def bare(
    entrance: str | None, migrated: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """A bus that trusts no proxy, whatever its servers are told."""
    folder = tmp_path_factory.mktemp("bare")
    yield from started(entrance, migrated, folder, FORWARDED_ALLOW_IPS="*")


def sign_in(bus: Served, token: str, **headers: str) -> requests.Response:
    """Fill in the form of the console, as a browser of one's own."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    with requests.Session() as browser:
        form = browser.get(f"{bus.url}/console/sign-in", headers=named, timeout=10)
        csrf = re.search(r'name="csrf_token" value="([0-9a-f]{64})"', form.text)
        cookie = form.cookies.get("gavel_console")
        assert csrf
        assert cookie
        return browser.post(
            f"{bus.url}/console/sign-in",
            data={"csrf_token": csrf[1], "token": token},
            headers=named | {"Cookie": f"gavel_console={cookie}"},
            allow_redirects=False,
            timeout=10,
        )


def test_a_visitor_who_makes_up_addresses_is_locked_out_and_nobody_else(proxied: Served) -> None:
    codes = [
        sign_in(
            proxied,
            WRONG,
            X_Forwarded_For=f"198.51.100.{n}, 2001:db8:1:2::{n:x}, 10.0.0.2",
        ).status_code
        for n in range(1, 12)
    ]
    assert codes == [422] * 10 + [429]
    other = sign_in(proxied, ROOT_KEY, X_Forwarded_For="2001:db8:1:3::1, 10.0.0.2")
    assert other.status_code == 303


def test_the_outermost_proxy_says_whether_the_cookie_is_for_https_alone(proxied: Served) -> None:
    outside = {"X_Forwarded_For": "192.0.2.8, 10.0.0.2", "X_Forwarded_Host": "bus.example, inner"}
    secure = sign_in(proxied, ROOT_KEY, X_Forwarded_Proto="https, http", **outside)
    assert "Secure" in secure.headers["Set-Cookie"]
    plain = sign_in(proxied, ROOT_KEY, X_Forwarded_Proto="https, http, http", **outside)
    assert "Secure" not in plain.headers["Set-Cookie"]


def test_a_form_comes_from_the_host_that_the_outermost_proxy_was_asked_for(
    proxied: Served,
) -> None:
    outside = {"X_Forwarded_For": "192.0.2.9, 10.0.0.2", "X_Forwarded_Host": "bus.example, inner"}
    ours = sign_in(proxied, ROOT_KEY, Origin="https://bus.example", **outside)
    assert ours.status_code == 303
    other = sign_in(proxied, ROOT_KEY, Origin="https://evil.example", **outside)
    assert other.status_code == 403


def test_who_trusts_no_proxy_believes_no_header(bare: Served) -> None:
    codes = [
        sign_in(
            bare,
            WRONG,
            X_Forwarded_For=f"192.0.2.{n}",
            X_Forwarded_Host="bus.example",
        ).status_code
        for n in range(1, 12)
    ]
    assert codes == [422] * 10 + [429]
    form = requests.get(
        f"{bare.url}/console/sign-in",
        headers={"X-Forwarded-Proto": "https", "X-Forwarded-Ssl": "on"},
        timeout=10,
    )
    assert "Secure" not in form.headers["Set-Cookie"]


def test_a_field_with_underscores_is_no_field_with_dashes(proxied: Served) -> None:
    """Some proxies pass it on, and an app cannot tell the two apart."""
    request = (
        "GET /console/sign-in HTTP/1.1\r\nHost: bus\r\nConnection: close\r\n"
        "X_Forwarded_Proto: https\r\nX_FORWARDED_FOR: 192.0.2.1\r\n\r\n"
    )
    with proxied.connect() as connection:
        connection.sendall(request.encode())
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))
    assert b"Set-Cookie" in answer or b"set-cookie" in answer
    assert b"Secure" not in answer

"""What keeps visitors safe from each other."""

import dataclasses
import re
from collections.abc import Callable

import pytest

from auction_app.config import Config
from tests.auction_app.conftest import World, email_of, password_of

SCRIPT = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
ESCAPED = "&lt;script&gt;alert(1)&lt;/script&gt;"


@pytest.mark.parametrize(
    "path",
    [
        "/sign-up",
        "/sign-in",
        "/sign-out",
        "/verify-email",
        "/sell",
        "/auctions/a/bid/review",
        "/auctions/a/bid",
    ],
)
def test_a_form_without_its_token_is_refused_with_a_clear_word(world: World, path: str) -> None:
    answer = world.member("Ada").client.post(path, data={"email": "x"})

    assert answer.status_code == 400
    assert "This form is no longer good" in answer.text


def test_the_token_of_another_browser_is_no_good(world: World) -> None:
    ada, eve = world.member("Ada"), world.member("Eve")
    eve.get("/my/bids")
    ada.token = eve.token

    assert ada.post("/sign-out").status_code == 400
    assert ada.get("/my/bids").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://auctions.test"},
        {"Origin": "null"},
        {"Referer": "https://elsewhere.test/"},
    ],
)
def test_the_token_is_enough_whatever_a_browser_says_of_where_it_comes_from(
    make_world: Callable[..., World], config: Config, headers: dict[str, str]
) -> None:
    world = make_world(dataclasses.replace(config, public_url="https://auctions.test"))
    world.browser().sign_up("Ada")
    client = world.app.test_client()
    safe = {"base_url": "https://auctions.test", "headers": headers}
    token = re.search(r'csrf_token" value="([^"]+)', client.get("/sign-in", **safe).text)
    form = {"email": email_of("Ada"), "password": password_of("Ada")}

    bare = client.post("/sign-in", data=form, **safe)
    good = client.post("/sign-in", data=form | {"csrf_token": token and token[1]}, **safe)

    assert [bare.status_code, good.status_code] == [400, 303]


def test_every_answer_carries_the_headers(world: World) -> None:
    for path in ("/", "/nothing", "/static/gavel.js", "/openapi.json"):
        answer = world.app.test_client().get(path, buffered=True)
        policy = answer.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "script-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "connect-src 'self' http://live.test" in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"


def test_no_page_needs_inline_script_or_style(world: World) -> None:
    sam = world.member("Sam")
    item = sam.list_item()
    ada = world.member("Ada")
    pages = [ada.get(path).text for path in ("/", item, "/sell", "/my/bids", "/sign-up")]
    pages.append(ada.review(item, "25").text)

    for page in pages:
        assert "<script>" not in page
        assert "<style" not in page
        assert " style=" not in page
        assert " onclick=" not in page


def test_cookies_are_kept_from_scripts_and_from_plain_http(
    make_world: Callable[..., World], config: Config
) -> None:
    safe = make_world(dataclasses.replace(config, public_url="https://auctions.test"))

    answer = safe.app.test_client().get("/sign-in", base_url="https://auctions.test")

    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" in cookie
    assert "max-age" in answer.headers["Strict-Transport-Security"]


def test_text_of_others_is_never_markup(world: World) -> None:
    sam = world.member("Sam")
    eve = world.browser()
    eve.sign_up("Eve", name=SCRIPT[:60])
    eve.sign_in("Eve")
    eve.press(world.verification_link("Eve"))
    item = eve.list_by_wizard(title=SCRIPT, description=SCRIPT, photo_description=SCRIPT)

    for path in (item, "/"):
        page = sam.get(path).text
        assert ESCAPED in page
        assert "<script>alert" not in page
        assert "<img src=x" not in page
    assert "<script>alert" not in eve.get("/my/sales").text


def test_what_was_typed_wrong_is_never_markup(world: World) -> None:
    sam = world.member("Sam")
    item = sam.list_item()
    ada = world.member("Ada")

    for answer in (
        ada.review(item, SCRIPT),
        ada.get(f"{ada.write_draft(title=SCRIPT, start_price=SCRIPT, zone=SCRIPT)}/price?check=1"),
        ada.get(ada.write_draft(title=SCRIPT, photo_description=SCRIPT) + "/preview"),
        world.browser().sign_in("Ada", email=SCRIPT, next=SCRIPT),
    ):
        assert "<script>alert" not in answer.text


def test_what_is_ones_own_is_closed_to_strangers(world: World) -> None:
    item = world.member("Sam").list_item()
    stranger = world.browser()

    for path in ("/sell", "/my/bids", "/my/sales", "/my/bids/x", "/my/bid-results/x"):
        assert stranger.get(path).status_code == 401
    assert stranger.review(item, "25").status_code == 401
    assert stranger.confirm(item, "x").status_code == 401


def test_secrets_are_in_no_repr(world: World, config: Config) -> None:
    shown = repr(world.parts) + repr(config)

    for secret in (
        *config.secret_keys,
        config.bids_token,
        config.bus_token,
        *config.webhook_secret,
    ):
        assert secret not in shown


@pytest.mark.parametrize("name", ["../auctions.sqlite", "x-480", "..%2f..%2fetc%2fpasswd"])
def test_photos_come_from_their_folder_only(world: World, name: str) -> None:
    assert world.app.test_client().get(f"/photos/{name}.jpg").status_code == 404
    assert world.app.test_client().get("/photos/abc-999.jpg").status_code == 404


def test_a_form_of_nonsense_is_a_clear_4xx(world: World) -> None:
    ada = world.member("Ada")
    for body, kind in (
        (b"\xff\xfe\x00", "application/x-www-form-urlencoded"),
        (b"{}", "application/json"),
        (b"null", "application/json"),
        (b"--x", "multipart/form-data; boundary=x"),
        (b"a" * 1000, "multipart/form-data"),
    ):
        for path in ("/sell", "/sign-in", "/auctions/x/bid"):
            assert 400 <= ada.client.post(path, data=body, content_type=kind).status_code < 500


def test_an_answer_that_learns_nothing_leaves_the_session_cookie_alone(world: World) -> None:
    ada, item = world.member("Ada"), world.member("Sam").list_item()
    ada.get(item)

    for path in (f"{item}/standing", f"{item}/history", "/static/gavel.css"):
        assert "Set-Cookie" not in ada.client.get(path, buffered=True).headers


def test_what_a_session_sees_is_not_kept_by_any_browser_or_proxy(world: World) -> None:
    ada = world.member("Ada")
    item = world.member("Sam").list_item()
    ada.bid(item, "25")
    own = ["/account", item.replace("/auctions/", "/my/bids/"), "/my/orders", "/my/notices"]
    answers = [ada.get(path) for path in own]
    answers += [ada.review(item, "40"), ada.review(item, "nonsense"), ada.post("/sign-out")]

    assert {answer.headers["Cache-Control"] for answer in answers} == {"no-store"}


def test_what_a_session_sees_that_holds_no_secret_is_kept_by_its_browser_until_it_ends(
    world: World,
) -> None:
    ada = world.member("Ada")
    item = world.member("Sam").list_item()
    ada.bid(item, "25")
    ada.get(item)

    for path in (item, f"{item}/history", "/", "/my/bids"):
        answer = ada.get(path)
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert {"Cookie", "Accept-Language"} <= set(answer.headers["Vary"].split(", "))
    assert ada.post("/sign-out").headers["Clear-Site-Data"] == '"cache"'


def test_what_everybody_sees_may_be_shown_again(world: World) -> None:
    item = world.member("Sam").list_item()

    for path in (item, "/", "/rules"):
        answer = world.app.test_client().get(path)
        assert answer.headers["Cache-Control"] == "private, no-cache"
    photo = world.member("Ada").get("/static/gavel.css", buffered=True)
    assert "no-store" not in photo.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("live_url", "policy"),
    [("https://live.test", "connect-src 'self' https://live.test;"), (None, "connect-src 'self';")],
)
def test_where_nobody_streams_a_page_asks_for_no_stream(
    make_world: Callable[..., World], config: Config, live_url: str | None, policy: str
) -> None:
    world = make_world(dataclasses.replace(config, live_url=live_url))
    answer = world.browser().get(world.member("Sam").list_item())
    assert ("data-stream=" in answer.text) is (live_url is not None)
    assert policy in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("host", ["x" * 64, "a..b", ".example.org"])
def test_a_host_that_no_name_can_be_is_a_400(world: World, host: str) -> None:
    for accept in ("text/html", "application/hal+json"):
        headers = {"Host": host, "Accept": accept}
        assert world.browser().get("/sign-in", headers=headers).status_code == 400


def test_a_part_of_a_form_that_has_no_name_is_a_400(world: World) -> None:
    body = "--b\r\nContent-Disposition: form-data{}\r\n\r\nx\r\n--b--\r\n"
    for file in ("", '; filename="x"'):
        answer = world.browser().client.post(
            "/sign-in", data=body.format(file), content_type="multipart/form-data; boundary=b"
        )
        assert answer.status_code == 400
        assert "no name" in answer.text

"""How often a password can be guessed, from where, and that its owner gets in meanwhile."""

import dataclasses
from collections.abc import Callable

import pytest
from service_kit.bulkhead import Bulkhead

from auction_app.accounts.passwords import Passwords
from auction_app.config import Config
from auction_app.db.tables import attempts
from tests.auction_app.accounts.test_enumeration import CountingHasher
from tests.auction_app.conftest import Browser, World, email_of, password_of
from tests.auction_app.test_twice_at_once import sending
from tests.bids_service.commands.test_races import at_once

QUARTER_S = 15 * 60


def from_network(world: World, address: str) -> Browser:
    """A browser behind the outermost proxy, which writes where it comes from."""
    browser = world.browser()
    browser.client.environ_base["HTTP_X_FORWARDED_FOR"] = f"203.0.113.9, {address}"
    return browser


def guesses(browser: Browser, times: int, name: str = "Ada") -> list[int]:
    return [browser.sign_in(name, password=f"guess {n}").status_code for n in range(times)]


@pytest.fixture
def proxied(make_world: Callable[..., World], config: Config) -> World:
    return make_world(dataclasses.replace(config, trusted_proxies=1))


def test_one_visitors_failures_keep_nobody_else_out(proxied: World) -> None:
    for name in ("Ada", "Bob"):
        proxied.browser().sign_up(name)
    thief = from_network(proxied, "192.0.2.66")
    for n in range(101):
        thief.sign_in("Ada", email=f"nobody{n}@example.org", password="guess")
    assert thief.sign_in("Bob").status_code == 429

    assert from_network(proxied, "192.0.2.7").sign_in("Bob").status_code == 303


def test_what_a_visitor_says_of_its_own_address_counts_for_nothing(proxied: World) -> None:
    proxied.browser().sign_up("Ada")
    thief = proxied.browser()
    codes = []
    for n in range(12):
        thief.client.environ_base["HTTP_X_FORWARDED_FOR"] = f"198.51.100.{n}, 192.0.2.66"
        codes += guesses(thief, 1)

    assert codes == [422] * 10 + [429] * 2


def test_the_addresses_of_one_ipv6_network_are_one_visitor(proxied: World) -> None:
    proxied.browser().sign_up("Ada")
    neighbours = [from_network(proxied, f"2001:db8:1:2::{n:x}") for n in range(12)]

    codes = [code for neighbour in neighbours for code in guesses(neighbour, 1)]

    assert codes == [422] * 10 + [429] * 2
    assert from_network(proxied, "2001:db8:1:3::1").sign_in("Ada").status_code == 303


@pytest.mark.parametrize(
    ("path", "form", "most"),
    [
        ("/sign-up", {"name": "N", "password": "a long enough one"}, 60),
        ("/forgot-password", {}, 30),
    ],
)
def test_every_limit_by_visitor_counts_by_the_same_rule(
    proxied: World, path: str, form: dict[str, str], most: int
) -> None:
    one, other = from_network(proxied, "192.0.2.66"), from_network(proxied, "192.0.2.7")
    codes = [
        one.post(path, form | {"email": f"n{n}@example.org"}).status_code for n in range(most + 1)
    ]

    assert codes == [200] * most + [429]
    assert other.post(path, form | {"email": "other@example.org"}).status_code == 200


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_of_many_guesses_at_once_no_more_are_judged_than_of_as_many_in_turn(
    make_world: Callable[..., World], config: Config, request: pytest.FixtureRequest, engine: str
) -> None:
    if engine == "postgres":
        url = request.getfixturevalue("postgres_database")
        config = dataclasses.replace(config, database_url=url)
    hasher = CountingHasher()
    # On a busy machine more wait to be judged than may, and those are told to come again.
    room_for_all = Bulkhead(at_once=2, waiting=24, wait_s=60)
    world = make_world(config, passwords=Passwords(hasher, room_for_all))
    world.browser().sign_up("Ada")
    thief = world.browser()
    thief.get("/sign-in")
    form = {"email": email_of("Ada"), "password": "guess"}
    before = hasher.work

    codes = at_once([sending(thief, "/sign-in", form) for _ in range(24)])

    assert sorted(codes) == [422] * 10 + [429] * 14
    assert hasher.work - before == 10


def test_signing_in_rightly_uses_nothing_up(world: World) -> None:
    world.browser().sign_up("Ada")

    codes = [world.browser().sign_in("Ada").status_code for _ in range(12)]

    assert codes == [303] * 12
    with world.parts.store.reading() as conn:
        left = conn.execute(attempts.select()).all()
    assert len(left) == 1  # the sign-up


def lock(world: World) -> None:
    """Strangers from everywhere guess until nobody they share a limit with gets in."""
    for n in range(10):
        guesses(from_network(world, f"198.51.100.{n}"), 10)


def test_a_device_that_signed_in_before_gets_through_what_keeps_strangers_out(
    proxied: World,
) -> None:
    ada = from_network(proxied, "192.0.2.7")
    ada.sign_up("Ada")
    ada.sign_in("Ada")
    ada.get("/account")
    ada.post("/sign-out")
    ada.token = ""

    lock(proxied)

    assert from_network(proxied, "192.0.2.7").sign_in("Ada").status_code == 429
    assert ada.sign_in("Ada").status_code == 303


def test_a_known_device_has_ten_guesses_of_its_own(proxied: World) -> None:
    ada = from_network(proxied, "192.0.2.7")
    ada.sign_up("Ada")
    ada.sign_in("Ada")

    assert guesses(ada, 11) == [422] * 10 + [429]
    proxied.clock.pass_s(QUARTER_S + 1)
    assert ada.sign_in("Ada").status_code == 303


def test_a_device_is_known_for_those_only_who_signed_in_on_it(proxied: World) -> None:
    for name in ("Ada", "Eve"):
        proxied.browser().sign_up(name)
    eve = from_network(proxied, "192.0.2.66")
    eve.sign_in("Eve")
    lock(proxied)

    assert eve.sign_in("Ada").status_code == 429
    eve.client.set_cookie("gavel_device", "forged.forged")
    assert eve.sign_in("Ada").status_code == 429


def test_whoever_resets_the_password_gets_in_on_that_device(proxied: World) -> None:
    proxied.browser().sign_up("Ada")
    lock(proxied)
    ada = from_network(proxied, "192.0.2.7")
    ada.post("/forgot-password", {"email": email_of("Ada")})
    new = "quite another password"
    ada.post(proxied.mailed_link("Ada", "reset-password"), {"new_password": new})

    assert ada.sign_in("Ada", password=new).status_code == 303


def test_guesses_in_a_stolen_session_keep_nobody_from_locking_the_account(world: World) -> None:
    ada, thief = world.member("Ada"), world.browser()
    thief.sign_in("Ada")
    wrong = {"old_password": "guess", "new_password": "the thief's own"}
    codes = [thief.post("/account/password", wrong).status_code for _ in range(11)]
    assert codes == [422] * 10 + [429]

    right = {"old_password": password_of("Ada"), "new_password": "quite another password"}
    assert ada.post("/account/password", right).status_code == 303


def test_the_refusal_says_when_the_oldest_attempt_is_forgotten(world: World) -> None:
    world.browser().sign_up("Ada")
    guesses(world.browser(), 1)
    world.clock.pass_s(100)
    guesses(world.browser(), 9)
    world.clock.pass_s(200.5)

    refused = world.browser().sign_in("Ada")

    assert refused.headers["Retry-After"] == "600"
    world.clock.pass_s(600)
    assert world.browser().sign_in("Ada").status_code == 303


def test_attempts_of_those_who_never_come_back_are_forgotten_too(world: World) -> None:
    for n in range(20):
        world.browser().sign_in("Ada", email=f"n{n}@example.org", password="guess")
    world.clock.pass_s(3601)
    for _ in range(10):
        world.browser().sign_in("Ada", email="eve@example.org", password="guess")

    with world.parts.store.reading() as conn:
        kept = conn.execute(attempts.select()).all()
    assert len(kept) == 30

"""Nobody keeps an account, or takes one, by what was begun before its owner locked it again."""

from collections.abc import Callable

import pytest

from auction_app.accounts.change_address import request_address
from auction_app.accounts.change_password import change_password
from auction_app.accounts.forms import ChangeAddressForm, ChangePasswordForm
from auction_app.accounts.passwords import Passwords
from auction_app.accounts.repository import customers
from auction_app.errors import WrongPassword
from tests.auction_app.conftest import Browser, World, email_of, password_of, path_of

THIEF = "thief@example.org"
NEW = "quite another password"


def ask_for_address(browser: Browser, to: str = THIEF, password: str | None = None) -> None:
    form = {"email": to, "password": password or password_of("Ada")}
    assert browser.post("/account/address", form).status_code == 303


def change(world: World, ada: Browser) -> None:
    form = {"old_password": password_of("Ada"), "new_password": NEW}
    assert ada.post("/account/password", form).status_code == 303


def reset(world: World, _ada: Browser) -> None:
    owner = world.browser()
    owner.post("/forgot-password", {"email": email_of("Ada")})
    form = {"new_password": NEW}
    assert owner.post(world.mailed_link("Ada", "reset-password"), form).status_code == 303


@pytest.mark.parametrize("lock", [change, reset])
def test_an_address_change_that_waits_dies_with_the_password_under_which_it_was_asked_for(
    world: World, lock: Callable[[World, Browser], None]
) -> None:
    ada, thief = world.member("Ada"), world.browser()
    thief.sign_in("Ada")
    ask_for_address(thief)
    link = world.mailed_link("Ada", "confirm-address")

    lock(world, ada)

    ada = world.browser()
    assert ada.sign_in("Ada", password=NEW).status_code == 303
    assert ada.get(link).status_code == 410
    assert ada.post(link).status_code == 410
    assert world.customer_url("Ada")  # still under the address of the owner
    assert THIEF not in ada.get("/account").text


def test_a_reset_that_waits_dies_with_a_change_of_the_password_and_of_the_address(
    world: World,
) -> None:
    ada = world.member("Ada")
    world.browser().post("/forgot-password", {"email": email_of("Ada")})
    by_password = world.mailed_link("Ada", "reset-password")
    change(world, ada)
    world.browser().post("/forgot-password", {"email": email_of("Ada")})
    by_address = world.mailed_link("Ada", "reset-password")
    ask_for_address(ada, "new@example.org", NEW)
    assert ada.press(world.mailed_link("Ada", "confirm-address")).status_code == 303

    for link in (by_password, by_address):
        assert world.browser().get(link).status_code == 410
        form = {"new_password": "the thief's own"}
        assert world.browser().post(link, form).status_code == 410


def test_a_closed_account_comes_back_with_nothing_that_waited(world: World) -> None:
    ada, mod = world.member("Ada"), world.moderator("Mod")
    ask_for_address(ada)
    world.browser().post("/forgot-password", {"email": email_of("Ada")})
    uses = ("confirm-address", "reset-password")
    links = [world.mailed_link("Ada", use) for use in uses]
    account = f"/moderation{path_of(world.customer_url('Ada'))}"

    for action in ("ban", "unban"):
        assert mod.post(account, {"action": action, "note": "Odd."}).status_code == 303

    assert ada.sign_in("Ada").status_code == 303
    assert [ada.get(link).status_code for link in links] == [410, 410]


def test_every_other_session_ends_when_the_address_changes(world: World) -> None:
    ada, phone = world.member("Ada"), world.browser()
    phone.sign_in("Ada")
    ask_for_address(ada, "new@example.org")

    assert ada.press(world.mailed_link("Ada", "confirm-address")).status_code == 303

    assert ada.get("/account").status_code == 200
    assert phone.get("/account").status_code == 401


def test_whoever_opened_an_account_under_anothers_address_loses_it_to_its_owner(
    world: World,
) -> None:
    opener = world.browser()
    opener.sign_up("Ada", password="the opener's password")
    opener.sign_in("Ada", password="the opener's password")
    ask_for_address(opener, THIEF, "the opener's password")
    theirs = world.mailed_link("Ada", "confirm-address")

    owner = world.browser()
    owner.sign_up("Ada")  # she does not know that there is one
    reset(world, owner)

    assert opener.get("/account").status_code == 401
    assert opener.sign_in("Ada", password="the opener's password").status_code == 422
    assert owner.sign_in("Ada", password=NEW).status_code == 303
    assert owner.get(theirs).status_code == 410
    assert "Please confirm your e-mail address" not in owner.get("/").text


class LockedMeanwhile(Passwords):
    """The owner's new password is set while an old one is being looked at."""

    def __init__(self, world: World) -> None:
        self.world, self.cheap = world, world.parts.passwords

    def match(self, password: str, stored: str | None) -> bool:
        fits = self.cheap.match(password, stored)
        with self.world.parts.begin() as act:
            found = customers.by_email(act.conn, email_of("Ada"))
            assert found is not None
            customers.set_password(act.conn, found[0].id, self.cheap.hash(NEW))
        return fits

    def hash(self, password: str) -> str:
        return self.cheap.hash(password)

    def outdated(self, stored: str) -> bool:
        return True


def test_what_an_old_password_allowed_a_moment_ago_is_not_done_after_it_was_changed(
    world: World,
) -> None:
    world.member("Ada")
    passwords, store = LockedMeanwhile(world), world.parts.store
    with store.reading() as conn:
        found = customers.by_email(conn, email_of("Ada"))
    assert found is not None
    old = password_of("Ada")

    with pytest.raises(WrongPassword):
        request_address(
            store, passwords, found[0], ChangeAddressForm(email=THIEF, password=old), session="x"
        )
    world.parts.passwords.match(old, found[1])
    reset_to_old = ChangePasswordForm(old_password=NEW, new_password="the thief's own")
    with pytest.raises(WrongPassword):
        change_password(store, passwords, found[0], reset_to_old, session="x")

    ada = world.browser()
    assert ada.sign_in("Ada", password=NEW).status_code == 303
    assert THIEF not in ada.get("/account").text


def test_a_sign_in_that_was_under_way_gets_no_session_and_brings_no_old_password_back(
    make_world: Callable[..., World],
) -> None:
    world = make_world()
    world.member("Ada")
    late = make_world(passwords=LockedMeanwhile(world))

    assert late.browser().sign_in("Ada").status_code == 422

    assert world.browser().sign_in("Ada").status_code == 422
    assert world.browser().sign_in("Ada", password=NEW).status_code == 303


def test_who_has_a_dead_link_to_a_new_password_or_none_yet_is_led_to_another(world: World) -> None:
    browser = world.browser()

    dead = browser.get("/reset-password/forged").text
    waits = browser.post("/forgot-password", {"email": email_of("Ada")}).text

    for page in (dead, waits):
        assert 'href="/forgot-password">Send a new link' in page
    assert "Send a new link" not in browser.get("/unsubscribe/forged").text

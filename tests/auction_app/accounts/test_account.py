"""Managing one's account: profile, address, password, sessions, data, leaving."""

import re
from typing import Any

import pytest

from tests.auction_app.conftest import (
    MAILER_TOKEN,
    World,
    as_program,
    email_of,
    password_of,
    path_of,
)


def contact(world: World, name: str) -> dict[str, Any]:
    path = path_of(world.customer_url(name))
    answer = world.app.test_client().get(path, headers=as_program(MAILER_TOKEN))
    return dict(answer.get_json())


def link(document: dict[str, Any], rel: str) -> str:
    return path_of(document["_links"][rel]["href"])


def test_a_first_verified_address_is_welcomed_once(world: World) -> None:
    world.browser().sign_up("Ada")
    assert "welcomed" not in contact(world, "Ada")
    ada = world.browser()
    ada.sign_in("Ada")
    ada.press(world.verification_link("Ada"))

    welcomed = contact(world, "Ada")["welcomed"]["id"]

    ada.get("/account")
    assert welcomed
    assert contact(world, "Ada")["welcomed"]["id"] == welcomed


def test_name_language_and_zone_are_kept_and_used_on_every_page(world: World) -> None:
    ada = world.member("Ada")
    item = world.member("Sam").list_item()

    form = {"name": "Ada L.", "locale": "de", "time_zone": "Asia/Tokyo"}
    assert ada.post("/account/profile", form).status_code == 303

    page = ada.get(item).text
    assert '<html lang="de">' in page
    assert "Asia/Tokyo" in page
    assert "10,00\xa0$" in page
    known = contact(world, "Ada")
    assert (known["name"], known["locale"], known["time_zone"]) == ("Ada L.", "de", "Asia/Tokyo")
    assert world.announced()[-1] == ("customers", "update", world.customer_url("Ada"))


@pytest.mark.parametrize(
    ("field", "value"), [("name", ""), ("locale", "xx"), ("time_zone", "Mars/Crater")]
)
def test_a_bad_profile_is_named_and_not_stored(world: World, field: str, value: str) -> None:
    ada = world.member("Ada")
    form = {"name": "Ada", "locale": "en", "time_zone": "UTC"} | {field: value}

    answer = ada.post("/account/profile", form)

    assert answer.status_code == 422
    assert f'id="error-{field}"' in answer.text
    assert contact(world, "Ada")["name"] == "Ada"


def test_an_address_changes_once_its_link_is_followed(world: World) -> None:
    ada = world.member("Ada")
    form = {"email": "new@example.org", "password": password_of("Ada")}

    page = ada.follow(ada.post("/account/address", form))

    assert "new@example.org waits" in page.text
    waiting = contact(world, "Ada")
    assert waiting["email"] == email_of("Ada")
    assert waiting["address_change"]["to"] == "new@example.org"
    path = link(waiting, "confirm-address")
    assert "From now on you sign in with new@example.org" in ada.get(path).text
    assert contact(world, "Ada")["email"] == email_of("Ada")
    assert "Your address is changed" in ada.follow(ada.post(path)).text
    answer = world.browser().sign_in("Ada", email="new@example.org")
    assert answer.status_code == 303
    assert world.browser().sign_in("Ada").status_code == 422
    assert ada.get(link(waiting, "confirm-address")).status_code == 410


def test_an_address_change_needs_the_password_and_its_own_account(world: World) -> None:
    ada, bob = world.member("Ada"), world.member("Bob")

    wrong = ada.post("/account/address", {"email": "new@example.org", "password": "guess"})
    assert wrong.status_code == 422
    assert "address_change" not in contact(world, "Ada")
    ada.post("/account/address", {"email": "new@example.org", "password": password_of("Ada")})
    path = link(contact(world, "Ada"), "confirm-address")

    assert [bob.get(path).status_code, bob.post(path).status_code] == [403, 403]
    stranger = world.browser()
    assert [stranger.get(path).status_code, stranger.post(path).status_code] == [401, 401]


def test_changing_to_anothers_address_tells_nothing_and_sends_nothing(world: World) -> None:
    ada = world.member("Ada")
    world.member("Bob")
    form = {"email": email_of("Bob"), "password": password_of("Ada")}

    page = ada.follow(ada.post("/account/address", form))

    assert f"We have written to {email_of('Bob')}" in page.text
    assert "address_change" not in contact(world, "Ada")


def test_a_new_password_ends_every_other_session(world: World) -> None:
    ada, phone = world.member("Ada"), world.browser()
    phone.sign_in("Ada")

    form = {"old_password": password_of("Ada"), "new_password": "a much better one"}
    assert ada.post("/account/password", form).status_code == 303

    assert ada.get("/account").status_code == 200
    assert phone.get("/account").status_code == 401
    assert world.browser().sign_in("Ada").status_code == 422
    assert world.browser().sign_in("Ada", password="a much better one").status_code == 303


def test_guessing_the_own_password_is_limited(world: World) -> None:
    ada = world.member("Ada")
    form = {"old_password": "guess", "new_password": "a much better one"}
    for _ in range(10):
        assert ada.post("/account/password", form).status_code == 422

    closed = ada.post("/account/password", form | {"old_password": password_of("Ada")})

    assert closed.status_code == 429
    assert closed.headers["Retry-After"] == "900"


def test_a_forgotten_password_is_set_anew_by_the_link_once(world: World) -> None:
    ada = world.member("Ada")
    world.browser().post("/forgot-password", {"email": email_of("Ada")})
    path = link(contact(world, "Ada"), "reset-password")
    stranger = world.browser()

    assert "Set a new password" in stranger.get(path).text
    assert stranger.post(path, {"new_password": "short"}).status_code == 422
    assert stranger.post(path, {"new_password": "a much better one"}).status_code == 303

    assert ada.get("/account").status_code == 401
    assert stranger.get(path).status_code == 410
    assert stranger.post(path, {"new_password": "yet another one"}).status_code == 410
    assert world.browser().sign_in("Ada", password="a much better one").status_code == 303


def test_a_reset_link_dies_after_an_hour_and_by_a_newer_one(world: World) -> None:
    world.member("Ada")
    world.browser().post("/forgot-password", {"email": email_of("Ada")})
    first = link(contact(world, "Ada"), "reset-password")
    world.browser().post("/forgot-password", {"email": email_of("Ada")})
    second = link(contact(world, "Ada"), "reset-password")

    assert world.browser().get(first).status_code == 410
    assert world.browser().get(second).status_code == 200
    world.clock.pass_s(3601)

    assert world.browser().get(second).status_code == 410
    assert "password_reset" not in contact(world, "Ada")


def test_a_reset_says_nothing_about_who_has_an_account(world: World) -> None:
    world.member("Ada")
    before = len(world.announced())

    known = world.browser().post("/forgot-password", {"email": email_of("Ada")})
    unknown = world.browser().post("/forgot-password", {"email": email_of("Eve")})

    assert known.status_code == unknown.status_code == 200
    assert known.text.replace(email_of("Ada"), "X") == unknown.text.replace(email_of("Eve"), "X")
    assert len(world.announced()) == before + 1


def test_mails_for_one_address_are_limited_whether_it_has_an_account_or_not(world: World) -> None:
    world.member("Ada")
    for name in ("Ada", "Eve"):
        answers = [
            world.browser().post("/forgot-password", {"email": email_of(name)}).status_code
            for _ in range(4)
        ]
        assert answers == [200, 200, 200, 429]


def test_sessions_are_listed_and_can_be_ended(world: World) -> None:
    ada, phone = world.member("Ada"), world.browser()
    phone.sign_in("Ada")
    page = ada.get("/account/sessions").text
    assert page.count("this one") == 1
    (path,) = re.findall(r'action="(/account/sessions/\w+/end)"', page)

    assert world.member("Bob").post(path).status_code == 404
    assert ada.post(path).status_code == 303

    assert phone.get("/account").status_code == 401
    assert ada.get("/account").status_code == 200
    phone.sign_in("Ada")
    ada.post("/account/sessions/end-others")
    assert phone.get("/account").status_code == 401

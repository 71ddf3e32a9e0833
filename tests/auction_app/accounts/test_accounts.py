"""Signing up, verifying the address, signing in and out."""

import re
from typing import Any

import pytest
from sqlalchemy import event, select

from auction_app.accounts.repository import customers
from auction_app.db.tables import customers as customers_table
from auction_app.db.tables import sessions
from tests.auction_app.conftest import (
    MAILER_TOKEN,
    World,
    as_program,
    email_of,
    password_of,
    path_of,
)


def test_signing_up_announces_a_customer_whose_address_waits_to_be_verified(world: World) -> None:
    answer = world.browser().sign_up("Ada")

    assert "Check your mail" in answer.text
    url = world.customer_url("Ada")
    assert world.announced() == [("customers", "create", url)]
    contact = world.app.test_client().get(path_of(url), headers=as_program(MAILER_TOKEN)).get_json()
    assert contact["email"] == email_of("Ada")
    assert contact["email_verified"] is False
    assert contact["verification"]["id"]


def test_the_link_verifies_once_its_owner_is_signed_in(world: World) -> None:
    ada = world.browser()
    ada.sign_up("Ada")
    link = world.verification_link("Ada")

    asked = ada.get(link)
    assert asked.status_code == 401
    assert "Please sign in first" in asked.text
    hidden = re.search(r'name="next" value="([^"]+)"', asked.text)
    assert hidden
    assert hidden[1] == link
    button = ada.follow(ada.sign_in("Ada", next=hidden[1]))
    assert "ada@example.org is yours?" in button.text
    assert "Send the mail again" not in button.text  # the only button is the one that it takes
    done = ada.follow(ada.post(link))

    assert "Your address is confirmed" in done.text
    assert world.announced()[-1] == ("customers", "update", world.customer_url("Ada"))
    assert "ada@example.org is confirmed" in ada.get(link).text  # and may be followed again
    assert ada.post(link).status_code == 303


def test_following_the_link_without_the_password_verifies_nobody(world: World) -> None:
    world.browser().sign_up("Ada")
    scanner, ada = world.browser(), world.browser()
    ada.sign_in("Ada")

    scanner.press(world.verification_link("Ada"))
    ada.get(world.verification_link("Ada"))

    with world.parts.store.reading() as conn:
        found = customers.by_email(conn, email_of("Ada"))
    assert found is not None
    assert not found[0].verified


def test_a_link_of_another_account_is_refused(world: World) -> None:
    world.browser().sign_up("Ada")

    bob, link = world.member("Bob"), world.verification_link("Ada")

    for answer in (bob.get(link), bob.post(link)):
        assert answer.status_code == 403
        assert "belongs to another account" in answer.text


@pytest.mark.parametrize("token", ["x", "WyJhIiwiYiJd.AAAA", "..", "é" * 20, "W10." + "A" * 27])
def test_a_forged_link_is_dead(world: World, token: str) -> None:
    ada = world.member("Ada")

    assert ada.get(f"/verify-email/{token}").status_code == 410


@pytest.mark.parametrize(
    "path", ["/verify-email/forged", "/confirm-address/forged", "/unsubscribe/forged/outbid"]
)
def test_a_forged_link_keeps_nobody_from_writing(world: World, path: str) -> None:
    sent: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(world.parts.store.engine, "before_cursor_execute", note)
    ask = world.app.test_client().post if "unsubscribe" in path else world.app.test_client().get

    assert ask(path).status_code == 410
    assert [one for one in sent if not one.startswith("SELECT")] == []


def test_a_link_dies_after_three_days_and_when_a_newer_one_was_sent(world: World) -> None:
    ada = world.browser()
    ada.sign_up("Ada")
    ada.sign_in("Ada")
    first = world.verification_link("Ada")
    world.clock.pass_s(61)
    ada.post("/verify-email", {"next": "/"})
    assert ada.get(first).status_code == 410

    second = world.verification_link("Ada")
    world.clock.pass_s(3 * 24 * 3600 + 1)

    assert ada.get(second).status_code == 410


def test_the_mail_is_not_sent_again_within_a_minute(world: World) -> None:
    ada = world.browser()
    ada.sign_up("Ada")
    ada.sign_in("Ada")

    answer = ada.follow(ada.post("/verify-email", {"next": "/"}))

    assert "We sent a mail just now" in answer.text
    assert len(world.announced()) == 1


def test_verification_mails_to_one_account_are_limited_whoever_asks(world: World) -> None:
    world.browser().sign_up("Ada")
    ada = world.browser()
    ada.sign_in("Ada")
    answers = []
    for n in range(6):
        world.clock.pass_s(61)
        again = world.browser().sign_up("Ada") if n % 2 else ada.post("/verify-email")
        answers.append(again.status_code)

    assert answers == [303, 200, 303, 200, 303, 200]  # to a stranger it says what it always says
    mails = world.announced().count(("customers", "update", world.customer_url("Ada")))
    assert mails == 5
    assert ada.post("/verify-email").status_code in {303, 429}
    world.clock.pass_s(61)
    assert ada.post("/verify-email").status_code == 429


def test_signing_up_tells_nobody_that_an_address_has_an_account(world: World) -> None:
    world.member("Ada")
    before = world.announced()
    fresh = world.browser().sign_up("Bob").text.replace(email_of("Bob"), "ADDRESS")

    known = world.browser().sign_up("Ada", password="another password")

    assert known.text.replace(email_of("Ada"), "ADDRESS") == fresh
    assert world.announced()[len(before) :] == [
        ("customers", "create", world.customer_url("Bob")),
        ("customers", "update", world.customer_url("Ada")),
    ]
    assert world.browser().sign_in("Ada", password="another password").status_code == 422
    assert world.browser().sign_in("Ada").status_code == 303


def contact(world: World, name: str) -> dict[str, Any]:
    path = path_of(world.customer_url(name))
    answer = world.app.test_client().get(path, headers=as_program(MAILER_TOKEN))
    return dict(answer.get_json())


def test_whoever_signs_up_under_an_address_that_has_an_account_is_told_so_by_mail(
    world: World,
) -> None:
    world.member("Ada")
    assert "signed_up_again" not in contact(world, "Ada")

    world.browser().sign_up("Mallory", email="ADA@example.org", password="another password")

    known = contact(world, "Ada")
    assert known["signed_up_again"]["id"]
    assert path_of(known["_links"]["sign-in"]["href"]) == "/sign-in"
    assert known["name"] == "Ada"
    world.clock.pass_s(24 * 3600 + 1)
    assert "signed_up_again" not in contact(world, "Ada")


def test_that_mail_is_sent_three_times_an_hour_at_most_and_never_to_a_closed_account(
    world: World,
) -> None:
    world.member("Ada")
    world.member("Bob")
    before = len(world.announced())
    ids = set()
    for _ in range(5):
        assert world.browser().sign_up("Ada").status_code == 200
        ids.add(contact(world, "Ada")["signed_up_again"]["id"])
    assert len(ids) == 3
    assert len(world.announced()) == before + 3

    with world.parts.begin() as act:
        found = customers.by_email(act.conn, email_of("Bob"))
        assert found is not None
        customers.ban(act.conn, found[0].id, at_ms=act.now_ms)
    world.browser().sign_up("Bob")
    assert len(world.announced()) == before + 3


def test_signing_up_again_with_an_unverified_address_sends_its_mail_again(world: World) -> None:
    world.browser().sign_up("Ada")
    world.clock.pass_s(61)

    world.browser().sign_up("Ada", email="ADA@Example.org")

    url = world.customer_url("Ada")
    assert world.announced() == [("customers", "create", url), ("customers", "update", url)]


def test_signing_in_fails_alike_for_an_unknown_address_and_a_wrong_password(world: World) -> None:
    world.browser().sign_up("Ada")

    wrong = world.browser().sign_in("Ada", password="not it")
    unknown = world.browser().sign_in("Eve")

    assert wrong.status_code == unknown.status_code == 422
    word = "Wrong e-mail or password."
    assert word in wrong.text
    assert word in unknown.text


def test_after_ten_failures_sign_in_is_closed_for_a_quarter_of_an_hour(world: World) -> None:
    world.browser().sign_up("Ada")
    for _ in range(10):
        assert world.browser().sign_in("Ada", password="guess").status_code == 422

    closed = world.browser().sign_in("Ada")
    assert closed.status_code == 429
    assert closed.headers["Retry-After"] == "900"
    world.clock.pass_s(901)

    assert world.browser().sign_in("Ada").status_code == 303


def test_a_session_is_new_at_each_sign_in_and_the_one_before_is_dead(world: World) -> None:
    ada = world.browser()
    ada.sign_up("Ada")
    ada.sign_in("Ada")
    stolen = ada.client.get_cookie("gavel")
    assert stolen is not None

    ada.sign_in("Ada")

    thief = world.browser()
    thief.client.set_cookie("gavel", stolen.value)
    assert thief.get("/my/bids").status_code == 401
    assert ada.get("/my/bids").status_code == 200


def test_signing_out_ends_the_session_on_the_server(world: World) -> None:
    ada = world.member("Ada")
    stolen = ada.client.get_cookie("gavel")
    assert stolen is not None

    ada.post("/sign-out")

    thief = world.browser()
    thief.client.set_cookie("gavel", stolen.value)
    assert thief.get("/my/bids").status_code == 401


def test_an_expired_session_is_asked_to_sign_in_again(world: World) -> None:
    ada = world.member("Ada")
    world.clock.pass_s(14 * 24 * 3600 + 1)

    answer = ada.get("/my/bids")

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"]
    assert "Your session has expired" in answer.text
    assert 'name="next" value="/my/bids"' in answer.text
    assert ada.client.get("/my/bids", headers=as_program()).get_json()["reason"] == "sign_in"


def test_a_form_sent_with_an_expired_session_does_nothing(world: World) -> None:
    ada = world.member("Ada")
    item = ada.list_item()
    bob = world.member("Bob")
    bob.get(item)
    world.clock.pass_s(14 * 24 * 3600 + 1)

    answer = bob.review(item, "25")

    assert answer.status_code == 401
    assert "Your session has expired" in answer.text
    assert f'name="next" value="{item}"' in answer.text
    assert 'name="next" value="/"' in bob.post("/my/notices/read").text


def test_the_database_holds_neither_passwords_nor_session_tokens(world: World) -> None:
    ada = world.member("Ada")
    with ada.client.session_transaction() as cookie:
        token = cookie["token"]
    with world.parts.store.reading() as conn:
        stored = str(conn.execute(select(customers_table)).all())
        stored += str(conn.execute(select(sessions)).all())

    assert token not in stored
    assert password_of("Ada") not in stored
    assert "$argon2id$" in stored


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 61),
        ("name", "\x00\x07"),
        ("email", ""),
        ("email", "ada"),
        ("email", "ada@localhost"),
        ("email", "a b@example.org"),
        ("email", "ada@example.org\nBcc: all@example.org"),
        ("email", f"{'x' * 300}@example.org"),
        ("password", "short"),
        ("password", "x" * 257),
    ],
)
def test_bad_fields_are_named_and_nothing_is_stored(world: World, field: str, value: str) -> None:
    answer = world.browser().sign_up("Ada", **{field: value})

    assert answer.status_code == 422
    assert f'id="error-{field}"' in answer.text
    assert password_of("Ada") not in answer.text
    assert world.announced() == []


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.test/", "//evil.test", "/\\evil.test", "/\t/evil.test", "evil", "/a\r\nX: y"],
)
def test_signing_in_leads_nowhere_else(world: World, elsewhere: str) -> None:
    ada = world.browser()
    ada.sign_up("Ada")

    assert ada.sign_in("Ada", next=elsewhere).headers["Location"] == "/"

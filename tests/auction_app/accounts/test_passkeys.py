"""Passkeys: added with the password, good alone or as the second step, and for nobody else."""

import dataclasses
import json
import re
from collections.abc import Callable
from typing import Any

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from auction_app.config import Config
from auction_app.errors import PasskeyRefused
from auction_app.factors import passkeys
from auction_app.factors.relying_party import RelyingParty, relying_party
from tests.auction_app.accounts.authenticator import PRESENT, Authenticator
from tests.auction_app.accounts.two_factor import is_signed_in, set_up
from tests.auction_app.conftest import Browser, World, password_of, path_of

ORIGIN = "http://localhost:8000"
PARTY = RelyingParty(id="localhost", origin=ORIGIN)


@pytest.fixture
def world(make_world: Callable[..., World], config: Config) -> World:
    """A house that has a name, as passkeys want it."""
    return make_world(dataclasses.replace(config, public_url=ORIGIN))


@pytest.fixture
def ada(world: World) -> Browser:
    return world.member("Ada")


def device(**changes: Any) -> Authenticator:
    return Authenticator(**{"origin": ORIGIN, "rp_id": "localhost"} | changes)


def asked_to_add(browser: Browser, owner: str, name: str = "Laptop") -> Any:
    browser.get("/account/two-factor")
    form = {"passkey_name": name, "passkey_password": password_of(owner)}
    return browser.post("/account/passkeys/options", form)


def add(browser: Browser, owner: str, key: Authenticator, name: str = "Laptop") -> int:
    asked = asked_to_add(browser, owner, name).get_json()
    answer = {"credential": json.dumps(key.make(asked))}
    return browser.post("/account/passkeys", answer).status_code


def asked_to_sign_in(browser: Browser, **more: str) -> Any:
    browser.get("/sign-in")
    return browser.post("/sign-in/passkey/options", more)


def answered(browser: Browser, credential: Any, **more: str) -> Any:
    return browser.post("/sign-in/passkey", {"credential": json.dumps(credential)} | more)


def sign_in(browser: Browser, key: Authenticator, **more: str) -> Any:
    return answered(browser, key.sign(asked_to_sign_in(browser, **more).get_json()), **more)


def test_a_passkey_is_added_with_the_password_and_signs_in_alone(
    world: World, ada: Browser
) -> None:
    key = device()
    assert add(ada, "Ada", key) == 303
    shown = ada.get("/account/two-factor").text
    assert "Laptop" in shown

    other = world.browser()
    answer = sign_in(other, key, next="/my/bids")

    assert answer.headers["Location"] == "/my/bids"
    assert is_signed_in(other)
    assert "with a passkey" in other.get("/account/sessions").text


def test_an_account_has_several_and_each_is_removed_by_itself(world: World, ada: Browser) -> None:
    laptop, phone = device(), device()
    add(ada, "Ada", laptop)
    world.clock.pass_s(1)
    assert add(ada, "Ada", phone, "Phone") == 303
    first = re.findall(r"/account/passkeys/(\w+)/remove", ada.get("/account/two-factor").text)[0]

    path = f"/account/passkeys/{first}/remove"
    assert "Laptop" in ada.get(path).text
    assert ada.post(path, {"proof": "guess"}).status_code == 422
    assert ada.post(path, {"proof": password_of("Ada")}).status_code == 303

    assert sign_in(world.browser(), laptop).status_code == 422
    assert sign_in(world.browser(), phone).status_code == 303
    export = ada.get("/account/export").get_json()
    assert [one["name"] for one in export["passkeys"]] == ["Phone"]
    assert [one["what"] for one in export["sign_in_changes"]].count("passkey-added") == 2
    assert [one["what"] for one in export["sign_in_changes"]].count("passkey-removed") == 1


def test_what_is_wrong_is_said_to_the_script(ada: Browser) -> None:
    ada.get("/account/two-factor")

    for name, password, word in (
        ("Laptop", "guess", "This is not your password."),
        ("", "x", "Please fill this in."),
        ("x" * 61, "x", "This is too long."),
    ):
        form = {"passkey_name": name, "passkey_password": password}
        answer = ada.post("/account/passkeys/options", form)
        assert answer.status_code == 422
        assert answer.get_json()["title"] == word


def test_it_is_a_second_step_and_then_need_not_see_who_holds_it(world: World, ada: Browser) -> None:
    key = device()
    add(ada, "Ada", key)
    set_up(ada, "Ada")
    half = world.browser()
    half.sign_in("Ada")
    assert "Use a passkey" in half.get("/sign-in/code").text
    key.flags = PRESENT

    assert sign_in(half, key, second="1").status_code == 303

    assert is_signed_in(half)
    assert sign_in(world.browser(), key).status_code == 422  # alone it has to


def test_another_accounts_passkey_is_no_second_step(world: World, ada: Browser) -> None:
    eve, mine, hers = world.member("Eve"), device(), device()
    add(ada, "Ada", mine)
    add(eve, "Eve", hers)
    set_up(ada, "Ada")
    half = world.browser()
    half.sign_in("Ada")

    assert sign_in(half, hers, second="1").status_code == 422
    # Nor does a challenge for one purpose do for the other.
    asked = asked_to_sign_in(half, second="1").get_json()
    assert answered(half, hers.sign(asked)).status_code == 422
    assert answered(half, mine.sign(asked)).status_code == 422
    assert not is_signed_in(half)


def test_a_passkey_of_one_account_is_not_added_to_another(world: World, ada: Browser) -> None:
    key, eve = device(), world.member("Eve")
    add(ada, "Ada", key)

    assert add(eve, "Eve", key) == 422

    other = world.browser()
    assert sign_in(other, key).status_code == 422  # it thinks it is Eve's now
    key.user_handle = ""
    assert sign_in(other, key).status_code == 303
    assert "Ada" in other.get("/account").text


def test_a_challenge_is_answered_once_right_or_wrong_and_within_five_minutes(
    world: World, ada: Browser
) -> None:
    key = device()
    add(ada, "Ada", key)
    browser = world.browser()
    asked = asked_to_sign_in(browser).get_json()
    cookie = browser.client.get_cookie("gavel")
    assert cookie is not None

    def replayed(credential: Any) -> int:
        browser.client.set_cookie("gavel", cookie.value)
        return int(answered(browser, credential).status_code)

    browser.get("/sign-in")
    assert replayed(key.sign({"challenge": "AAAA"})) == 422
    assert replayed(key.sign(asked)) == 422

    asked = asked_to_sign_in(browser).get_json()
    world.clock.pass_s(301)
    assert answered(browser, key.sign(asked)).status_code == 422


def test_a_challenge_to_add_dies_with_the_password(world: World, ada: Browser) -> None:
    key = device()
    asked = asked_to_add(ada, "Ada").get_json()
    change = {"old_password": password_of("Ada"), "new_password": "another one 7"}
    ada.post("/account/password", change)

    answer = ada.post("/account/passkeys", {"credential": json.dumps(key.make(asked))})

    assert answer.status_code == 422
    assert "No passkeys yet." in answer.text


def test_a_copied_key_is_found_by_its_counter(world: World, ada: Browser) -> None:
    key = device()
    add(ada, "Ada", key)
    copy = dataclasses.replace(key)
    for _ in range(2):
        assert sign_in(world.browser(), key).status_code == 303

    assert sign_in(world.browser(), copy).status_code == 422


def test_what_was_made_for_another_site_or_without_its_owner_is_refused(
    world: World, ada: Browser
) -> None:
    key = device()
    add(ada, "Ada", key)
    changes: list[dict[str, Any]] = [
        {"origin": "http://localhost:9000"},
        {"origin": "https://gavel.example.evil.test"},
        {"rp_id": "evil.test"},
        {"flags": 0},
        {"flags": PRESENT},
    ]

    for wrong in changes:
        assert add(ada, "Ada", device(**wrong)) == 422, wrong
        answer = sign_in(world.browser(), dataclasses.replace(key, **wrong))
        assert answer.status_code == 422, wrong


def test_somebody_elses_signature_is_refused(world: World, ada: Browser) -> None:
    key, forger = device(), device()
    add(ada, "Ada", key)
    forger.id, forger.user_handle, forger.sign_count = key.id, key.user_handle, 99

    assert sign_in(world.browser(), forger).status_code == 422


RUBBISH: list[Any] = [
    None,
    [],
    "x",
    {},
    {"response": {}},
    {"id": "x", "rawId": "x", "type": "public-key", "response": {}},
    {"id": 7, "rawId": [], "type": "public-key", "response": {"clientDataJSON": {}}},
    {"id": "é", "rawId": "é", "type": "x", "response": {"clientDataJSON": "é", "signature": "!"}},
    {"id": "x" * 20_000, "response": {}},
]


def test_rubbish_is_refused_with_a_word(world: World, ada: Browser) -> None:
    for rubbish in RUBBISH:
        asked_to_sign_in(ada)
        assert answered(ada, rubbish).status_code == 422, rubbish
        asked_to_add(ada, "Ada")
        answer = ada.post("/account/passkeys", {"credential": json.dumps(rubbish)})
        assert answer.status_code == 422, rubbish
        assert "The passkey could not be added." in answer.text
        world.clock.pass_s(100)  # the password may be tried ten times in a quarter of an hour


BOMBS = [
    b"",
    b"\xff",
    b"\x9f" * 5000,
    b"\x81" * 8000 + b"\x00",
    b"\xbb\xff\xff\xff\xff\xff\xff\xff\xff",
    b"\x5b\x00\x00\x00\xff\xff\xff\xff\xff",
    b"\xc2\x58\x20" + b"\xff" * 32,
    cbor2.dumps({"fmt": "packed", "attStmt": {"x5c": [b"x"], "sig": b"x", "alg": -7}}),
    cbor2.dumps({"fmt": "tpm", "attStmt": {"ver": "2.0"}, "authData": b"x" * 200}),
    cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": b"\xff" * 300}),
    cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": 7}),
    cbor2.dumps({"fmt": 7, "attStmt": 7, "authData": []}),
]


@pytest.mark.parametrize("bomb", BOMBS)
def test_rubbish_in_cbor_is_refused(bomb: bytes) -> None:
    credential = device().make({"challenge": "AAAA", "user": {"id": "YWRh"}})
    credential["response"]["attestationObject"] = bytes_to_base64url(bomb)

    with pytest.raises(PasskeyRefused):
        passkeys.verified_new(PARTY, "AAAA", json.dumps(credential))


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_no_byte_that_is_changed_gets_anything_past(data: st.DataObject) -> None:
    """Whatever an answer holds, it is taken or it is refused, and refused by its one error."""
    key = device()
    asked = {"challenge": "AAAA", "user": {"id": "YWRh"}}
    credential = key.make(asked)
    name = data.draw(st.sampled_from(["clientDataJSON", "attestationObject"]))
    body = bytearray(base64url_to_bytes(credential["response"][name]))
    at = data.draw(st.integers(0, len(body) - 1))
    body[at : at + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4))
    credential["response"][name] = bytes_to_base64url(bytes(body))

    try:
        made = passkeys.verified_new(PARTY, "AAAA", json.dumps(credential))
    except PasskeyRefused:
        return
    assert made.credential_id


@pytest.mark.parametrize(
    ("public_url", "party"),
    [
        ("https://gavel.example", RelyingParty("gavel.example", "https://gavel.example")),
        (
            "https://gavel.example:8443/x",
            RelyingParty("gavel.example", "https://gavel.example:8443"),
        ),
        ("http://localhost:8000", RelyingParty("localhost", "http://localhost:8000")),
        ("http://gavel.example", None),
        ("http://127.0.0.1:8000", None),
        ("https://192.0.2.1", None),
        ("https://[2001:db8::1]", None),
    ],
)
def test_passkeys_are_there_where_browsers_have_them(
    public_url: str, party: RelyingParty | None
) -> None:
    assert relying_party(public_url) == party


def test_a_house_without_a_name_says_so_and_offers_none(
    make_world: Callable[..., World],
) -> None:
    bare = make_world()
    ada = bare.member("Ada")

    assert (
        "need this house to be reached by https and a name" in ada.get("/account/two-factor").text
    )
    assert "passkey" not in bare.browser().get("/sign-in").text
    assert asked_to_sign_in(bare.browser()).status_code == 404


def test_a_closed_account_is_told_so(world: World, ada: Browser) -> None:
    key = device()
    add(ada, "Ada", key)
    mo = world.moderator("Mo")
    account = path_of(world.customer_url("Ada"))
    mo.post(f"/moderation{account}", {"action": "ban", "note": "Rule 1."})

    answer = sign_in(world.browser(), key)

    assert answer.status_code == 403
    assert "This account was closed by the house." in answer.text


def test_challenges_are_limited_and_old_ones_are_forgotten(world: World) -> None:
    browser = world.browser()

    answers = [asked_to_sign_in(browser).status_code for _ in range(61)]

    assert answers == [200] * 60 + [429]

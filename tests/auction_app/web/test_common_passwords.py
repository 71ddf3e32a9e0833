"""Passwords that everybody tries first are nobody's."""

import pytest

from auction_app.web.common_passwords import is_common
from tests.auction_app.conftest import World, email_of

COMMON = """
    password Password1! P@ssw0rd passw0rd123 12345678 1234567890 87654321 qwertyuiop qwerty123
    1q2w3e4r q1w2e3r4 1qaz2wsx zaq12wsx asdf1234 abcd1234 a1b2c3d4 iloveyou iloveyou1 letmein1
    football sunshine princess starwars trustno1 whatever aaaaaaaa abababab abcabcabc monkeymonkey
    00000000 123123123 11223344 admin123 welcome1 superman1 Passwort1 hallo123 Summer2024! gavel123
    changeme secret!! computer !@#$%^&* dragonmaster 99999999 loveyou2 2020password2020
    zaq1@WSX schalke04 deutschland Borussia09 fussball1 roblox123 linkedin1 lol12345
    ilovemymom iloveyousomuch1 mybabygirl IloveMyDad! bestmanforever lovemenot
    aa123456 a12345678 qwe12345a 123456ab abc12345 1234567q zz987654
    motdepasse contraseña1 pass\u200bword1 \uff50assword1
    \u043f\u0430\u0440\u043e\u043b\u044c123 \u0439\u0446\u0443\u043a\u0435\u043d\u0433\u0448
""".split()


@pytest.mark.parametrize("password", COMMON)
def test_what_guessing_begins_with_is_common(password: str) -> None:
    assert is_common(password)


@pytest.mark.parametrize(
    "password",
    ["lamplight-1931", "green-bicycle", "quite another password", "Ada's long password",
     "tr0ub4dor&3", "kT7#pq2L", "das Haus am See 7", "пароль из леса", "bx7-12345-vq",
     "wegotlostnearporto", "mylampisolderthanme", "x" * 30 + "yz1234"],
)  # fmt: skip
def test_what_somebody_thought_of_is_not(password: str) -> None:
    assert not is_common(password)


@pytest.mark.parametrize(
    "password",
    ["lena.krause@posteo.example", "Lena.Krause", "lenakrause1987", "LENA_KRAUSE!", "posteo-1999",
     "posteo.example"],
)  # fmt: skip
def test_nobodys_password_is_their_address(world: World, password: str) -> None:
    address, secret = "lena.krause@posteo.example", "Ada's long password"
    form = {"name": "Lena", "email": address, "password": password}

    refused = world.browser().post("/sign-up", form)
    assert (refused.status_code, "Your e-mail address is tried first" in refused.text) == (
        422,
        True,
    )
    assert world.browser().post("/sign-up", form | {"password": secret}).status_code < 400


@pytest.mark.parametrize("path", ["/account/password", "reset"])
def test_nor_can_it_become_it(world: World, path: str) -> None:
    ada = world.member("Ada")
    own = email_of("Ada")
    if path == "reset":
        ada.post("/forgot-password", {"email": own})
        path = world.mailed_link("Ada", "reset-password")
    form = {"old_password": "Ada's long password", "new_password": own}

    assert ada.post(path, form).status_code == 422


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Many people use this"), ("de", "benutzen viele")]
)
def test_every_form_that_sets_a_password_refuses_it(
    world: World, language: str, words: str
) -> None:
    ada, stranger = world.member("Ada", language=language), world.browser()
    stranger.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    stranger.post("/forgot-password", {"email": email_of("Ada")})
    reset = world.mailed_link("Ada", "reset-password")

    answers = [
        stranger.post("/sign-up", {"name": "B", "email": "b@example.org", "password": "password"}),
        stranger.post(reset, {"new_password": "Passw0rd!"}),
        ada.post(
            "/account/password",
            {"old_password": "Ada's long password", "new_password": "12345678"},
        ),
    ]

    assert [answer.status_code for answer in answers] == [422] * 3
    assert all(words in answer.text for answer in answers)

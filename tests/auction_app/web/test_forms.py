"""What a form may hold, and what it says is wrong."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import pytest
from service_kit.money import Money

from auction_app.errors import BadInput
from auction_app.web.forms import (
    Form,
    Notation,
    as_typed,
    choice,
    email,
    known,
    line,
    local_time,
    money,
    new_password,
    paragraphs,
    price,
)

RIGHT_TO_LEFT_OVERRIDE, POP = "\u202e", "\u202c"


@dataclass(frozen=True, kw_only=True)
class Line(Form):
    title: str = line(longest=80)


@dataclass(frozen=True, kw_only=True)
class Paragraphs(Form):
    title: str = paragraphs(longest=80)


@dataclass(frozen=True, kw_only=True)
class Account(Form):
    name: str = line(longest=5)
    email: str = email()
    password: str = new_password()
    colour: str = choice(("red", "blue"), default="red")


@dataclass(frozen=True, kw_only=True)
class Offer(Form):
    asked: Money | None = price(optional=True)
    least: Money = money()
    until: int | None = local_time(optional=True)
    shade: str | None = known(("dark", "light"))
    secret: str = as_typed(repr=False)


def complaints(form: type[Form], typed: dict[str, str], notation: Notation) -> dict[str, str]:
    with pytest.raises(BadInput) as refused:
        form.read(typed, notation)
    return refused.value.fields


PLAIN = Notation(currency="EUR", decimal_mark=",", zone=ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize("text", ["", " \n", "\u200b\u200b", "\u00a0\u2060", "\u0301", "\x00"])
def test_a_text_that_shows_nothing_is_missing(text: str) -> None:
    for form in (Line, Paragraphs):
        assert complaints(form, {"title": text}, PLAIN) == {"title": "missing"}


def test_a_text_turns_no_other_words_around() -> None:
    typed = {"title": f"Lamp {RIGHT_TO_LEFT_OVERRIDE}gnp.exe{POP} 1931"}

    assert Line.read(typed).title == "Lamp gnp.exe 1931"


@pytest.mark.parametrize(
    "text", ["Ada", "\u05e9\u05dc\u05d5\u05dd", "\U0001f468\u200d\U0001f469", "!"]
)
def test_whatever_can_be_seen_is_a_text(text: str) -> None:
    assert Line.read({"title": text}).title == text


def test_all_that_is_wrong_is_said_at_once() -> None:
    typed = {"name": "Adelaide", "email": "ada", "password": "short", "colour": "green"}

    assert complaints(Account, typed, PLAIN) == {
        "name": "too_long",
        "email": "not_an_email",
        "password": "password_too_short",
        "colour": "not_a_choice",
    }


def test_white_space_is_no_choice_where_nothing_chosen_would_be_one() -> None:
    typed = {"name": "Ada", "email": "ada@example.com", "password": "long enough"}

    assert Account.read(typed | {"colour": ""}).colour == "red"
    assert complaints(Account, typed | {"colour": " "}, PLAIN) == {"colour": "not_a_choice"}


def test_what_is_right_beside_something_wrong_is_known() -> None:
    valid, errors = Account.examine({"name": " Ada ", "email": "ada@example.com"})

    assert valid == {"name": "Ada", "email": "ada@example.com", "colour": "red"}
    assert errors == {"password": "password_too_short"}


@pytest.mark.parametrize(
    "address",
    [
        *(
            "a@b",
            "a b@c.de",
            "a@b.de\n.",
            ".a@c.de",
            "a..b@c.de",
            "a@-b.de",
            '"a"@b.de',
            "a@b@c.de",
        ),
        *("a@[1.2.3.4]", "ü@b.de", "a@bü.de", "a,b@c.de", f"{'x' * 65}@b.de", f"a@{'b' * 64}.de"),
        *("a@b.c", "a@1.2.3.4"),
    ],
)
def test_an_address_that_no_mail_reaches_is_none(address: str) -> None:
    typed = {"name": "Ada", "email": address, "password": "long enough"}

    assert complaints(Account, typed, PLAIN) == {"email": "not_an_email"}


@pytest.mark.parametrize("address", [" ada@example.com ", "A+b@C.de", "o'neil@xn--b-eha.museum"])
def test_an_address_is_kept_as_it_was_typed(address: str) -> None:
    read = Account.read({"name": "Ada", "email": address, "password": "long enough"})

    assert read.email == address.strip()


def test_amounts_and_times_are_read_as_their_writer_writes_them() -> None:
    read = Offer.read({"least": "12,50", "until": "2026-07-01T12:00"}, PLAIN)

    assert (read.asked, read.least, read.shade) == (None, Money(1250, "EUR"), None)
    assert read.until == 1_782_900_000_000


@pytest.mark.parametrize(
    ("name", "text", "word"),
    [
        ("asked", "0", "amount_out_of_range"),
        ("asked", "100000000000", "amount_out_of_range"),
        ("asked", "1.234", "amount_unclear"),
        ("asked", "-1", "not_an_amount"),
        ("least", "", "not_an_amount"),
        ("until", "tomorrow", "not_a_time"),
        ("until", "2026-07-01", "not_a_time"),
        ("until", "2026-07-01T12:00+02:00", "not_a_time"),
        ("until", "2026-03-29T02:30", "no_such_time"),
    ],
)
def test_what_is_no_amount_or_time_is_said_in_a_word(name: str, text: str, word: str) -> None:
    typed = {"least": "1", "until": "2026-07-01T12:00"} | {name: text}

    assert complaints(Offer, typed, PLAIN) == {name: word}


@pytest.mark.parametrize("text", ["12.50", "0,5", "¥1,500.00"])
def test_of_a_currency_without_cents_a_whole_amount_is_asked_for(text: str) -> None:
    typed = {"least": text, "until": "2026-07-01T12:00"}

    assert complaints(Offer, typed, Notation(currency="JPY", symbol="¥")) == {
        "least": "amount_not_whole"
    }


def test_without_a_currency_no_amount_is_complained_about() -> None:
    assert Offer.read({"least": "1"}, Notation(currency="XXX")).least is None


def test_a_secret_is_kept_out_of_logs() -> None:
    read = Offer.read({"least": "1", "secret": "of mine", "shade": "dark"}, PLAIN)

    assert (read.secret, read.shade) == ("of mine", "dark")
    assert "of mine" not in repr(read)
    assert "long enough" not in repr(
        Account.read({"name": "Ada", "email": "ada@example.com", "password": "long enough"})
    )

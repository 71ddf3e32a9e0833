"""What stands in a mail's headers is what somebody wrote, and nothing more to any program."""

from __future__ import annotations

import re
from dataclasses import replace
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.utils import parseaddr

import pytest

from mailer_service.letters.compose_letter import Facts, compose_letter
from mailer_service.letters.compose_mail import compose_mail
from mailer_service.letters.render import render
from mailer_service.letters.samples import sample
from mailer_service.model.entities import Customer, PendingRequest
from mailer_service.model.kinds import SWITCHES
from mailer_service.model.mails import Letter, Notice

DECEIVING = [
    "=?utf-8?q?Your_account=2E?=",
    "=?UTF-8?B?SGVsbG8=?= and more",
    "a =?x?q?b?=",
    "Zoë =?utf-8?q?x?=",
    'Ada, Countess "of" Lovelace <ada@x>',
    "🎸" * 60,
    "ä" * 60,
    "\uff21\uff22" * 30,
    "\u202egnp.exe",
]
ENCODED_WORD = re.compile(rb"=\?[^?\s]+\?[bqBQ]\?[^?\s]*\?=")


def headers(letter: Letter) -> bytes:
    envelope = compose_mail(
        letter, key="k", sender="Gavel <mail@gavel.example>", written_at_ms=1_795_260_000_000
    )
    return envelope.content.partition(b"\r\n\r\n")[0]


def decoded(text: str) -> str:
    """As readers' programs do (RFC 2047, 6.2): between two encoded words there is nothing."""
    return str(make_header(decode_header(text)))


@pytest.mark.parametrize("words", DECEIVING)
def test_names_and_titles_are_read_as_they_were_written(words: str) -> None:
    head = headers(replace(sample("won", "en"), name=words, title=words))

    mail = message_from_bytes(head, policy=policy.compat32)
    name, address = parseaddr(mail["To"])
    assert decoded(name) == words
    assert address == sample("won", "en").address
    assert words in decoded(mail["Subject"])


@pytest.mark.parametrize("words", DECEIVING)
def test_an_encoded_word_has_75_characters_at_most_and_a_line_76(words: str) -> None:
    head = headers(replace(sample("won", "en"), name=words, title=words))

    assert head.isascii()
    lines = head.split(b"\r\n")
    assert all(len(word) <= 75 for word in ENCODED_WORD.findall(head))
    assert all(len(line) <= 76 for line in lines if b"=?" in line)


def customer(*, proven: bool) -> Customer:
    request = PendingRequest(id="r", link="https://gavel.example/link", to=None)
    return Customer(
        url="https://gavel.example/customers/1",
        name="You have WON, claim it",
        email="stranger@example.org",
        email_verified=proven,
        locale="en",
        time_zone="UTC",
        notices=dict.fromkeys(SWITCHES, "at_once"),
        verification=None if proven else request,
        password_reset=request,
        address_change=replace(request, to="new@example.org"),
        welcomed_id=None,
        preferences=None,
        unsubscribe=None,
    )


def composed(kind: str, address: str | None, *, proven: bool) -> Letter:
    recipient = customer(proven=proven)
    notice = Notice(
        entity_url=recipient.url, kind=f"{kind}:r", recipient_url=recipient.url, address=address
    )
    facts = Facts(recipient=recipient, auction=None, about=None, home_url="https://gavel.example")
    letter = compose_letter(notice, facts)
    assert letter is not None
    return letter


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize(
    ("kind", "address", "proven"),
    [
        ("verify-email", None, False),
        ("password-reset", None, False),
        ("confirm-address", "new@example.org", False),
        ("confirm-address", "new@example.org", True),
        ("address-warning", "stranger@example.org", False),
    ],
)
def test_a_mail_to_an_unproven_address_holds_nothing_that_its_account_wrote(
    kind: str, address: str | None, proven: bool, language: str
) -> None:
    letter = replace(composed(kind, address, proven=proven), locale=language)
    words = render(letter)

    for text in (words.subject, words.text, words.html, headers(letter).decode()):
        assert "WON" not in text
    assert " ," not in words.text


def test_a_mail_to_a_proven_address_greets_by_name() -> None:
    letter = composed("password-reset", None, proven=True)

    assert "Hello You have WON, claim it," in render(letter).text

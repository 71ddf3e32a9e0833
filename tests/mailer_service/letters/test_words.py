"""Every mail in every language, without a hole."""

from __future__ import annotations

import re
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

import mailer_service.letters
from mailer_service.letters.compose_mail import compose_mail
from mailer_service.letters.formats import LANGUAGES
from mailer_service.letters.render import render
from mailer_service.letters.samples import sample
from mailer_service.model.entities import Side
from mailer_service.model.kinds import KINDS, SWITCHES
from mailer_service.model.mails import Letter

TEMPLATES = Path(mailer_service.letters.__file__).parent / "templates"
ALL = [(kind, language) for kind in KINDS for language in LANGUAGES]


def blocks(language: str, name: str) -> set[str]:
    text = (TEMPLATES / language / f"{name}.j2").read_text()
    return set(re.findall(r"{% block (\w+) %}", text))


def mail(letter: Letter, **changes: object) -> EmailMessage:
    envelope = compose_mail(
        replace(letter, **changes),  # type: ignore[arg-type]
        key="k",
        sender="Gavel <mail@gavel.example>",
        written_at_ms=1_795_260_000_000,
    )
    return message_from_bytes(envelope.content, policy=policy.default)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_language_lacks_a_mail_and_none_has_one_too_many(language: str) -> None:
    files = {file.stem for file in (TEMPLATES / language).iterdir()}

    assert files == set(KINDS) | {"frame"}


@pytest.mark.parametrize("name", ["frame", *KINDS])
def test_no_language_lacks_a_part_of_a_mail(name: str) -> None:
    wanted = blocks(LANGUAGES[0], name)
    assert wanted

    assert {language: blocks(language, name) for language in LANGUAGES} == dict.fromkeys(
        LANGUAGES, wanted
    )


@pytest.mark.parametrize(("kind", "language"), ALL)
def test_each_mail_says_everything_in_text_and_html(kind: str, language: str) -> None:
    letter = sample(kind, language)

    words = render(letter)

    assert words.subject
    assert f'lang="{language}"' in words.html
    for body in (words.text, words.html):
        assert letter.link in body
        assert letter.name in body
        assert (letter.preferences or "") in body
        assert "None" not in body
        assert "{{" not in body
        assert "{%" not in body


@pytest.mark.parametrize("kind", KINDS)
def test_no_sentence_is_the_same_in_two_languages(kind: str) -> None:
    """A copied line that nobody translated."""
    english, german = (_sentences(render(sample(kind, language)).text) for language in LANGUAGES)

    assert not english & german


def _sentences(text: str) -> set[str]:
    lines = (line for line in text.splitlines() if not line.startswith((">", "* ")))
    return {line for line in lines if " " in line and "http" not in line and line != "-- "}


@pytest.mark.parametrize(("kind", "language"), ALL)
@pytest.mark.parametrize("side", ["buyer", "seller"])
def test_whoever_is_gone_leaves_no_hole(kind: str, language: str, side: Side) -> None:
    letter = replace(sample(kind, language), about=None, price=None, side=side, items=())

    words = render(letter)

    assert "None" not in words.text + words.html


@pytest.mark.parametrize(("kind", "language"), ALL)
def test_every_style_is_inline_and_nothing_is_fetched(kind: str, language: str) -> None:
    html = render(sample(kind, language)).html

    assert 'style="' in html
    assert re.search(r"<h1[^>]+style=", html)
    assert not re.search(r"<(img|link|script|iframe)|url\(|@import", html)


@pytest.mark.parametrize("kind", KINDS)
def test_news_can_be_unsubscribed_with_one_click_and_accounts_can_not(kind: str) -> None:
    letter = sample(kind)
    found = mail(letter)

    if KINDS[kind].is_about_the_account:
        assert found["List-Unsubscribe"] is None
    else:
        assert found["List-Unsubscribe"] == f"<{letter.unsubscribe}>"
        assert found["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_the_kinds_have_the_switches_of_the_protocol() -> None:
    protocol = (Path(__file__).parents[3] / "docs" / "protocol.md").read_text()
    (named,) = re.findall(r"Kinds in `notices`: (.*?);", protocol)

    assert set(re.findall(r"`([a-z-]+)`", named)) == set(SWITCHES)


def test_the_same_letter_is_the_same_bytes() -> None:
    first, second = (mail(sample("outbid")).as_bytes() for _ in range(2))

    assert first == second


def test_a_mail_is_ascii_and_short_lines_whatever_it_says() -> None:
    letter = replace(
        sample("question", "de"), title="Lämpchen ☂ " * 30, name="Zoë Ünal", text="ö" * 3_000
    )
    envelope = compose_mail(letter, key="k", sender="Gavél <mail@gavel.example>", written_at_ms=1)

    assert envelope.content.isascii()
    assert max(map(len, envelope.content.split(b"\r\n"))) <= 998
    assert b"\n" not in envelope.content.replace(b"\r\n", b"")
    found = message_from_bytes(envelope.content, policy=policy.default)
    assert str(found["Subject"]) == "Frage zu " + ("Lämpchen ☂ " * 30).strip()
    assert str(found["From"]) == "Gavél <mail@gavel.example>"
    assert found["To"].addresses[0].display_name == "Zoë Ünal"


def test_a_link_too_long_for_a_header_is_left_to_the_body() -> None:
    found = mail(sample("outbid"), unsubscribe="https://gavel.example/" + "u" * 950)

    assert found["List-Unsubscribe"] == "<https://gavel.example/notices/preferences>"
    assert "u" * 950 in found.as_string().replace("=\n", "")


def test_an_address_beyond_ascii_is_written_as_it_is() -> None:
    envelope = compose_mail(
        replace(sample("outbid"), address="zoe@exämple.org"),
        key="k",
        sender="mail@gavel.example",
        written_at_ms=1,
    )

    assert "<zoe@exämple.org>\r\n".encode() in envelope.content


@pytest.mark.parametrize("tag", ["fr", "de-AT", "en_GB", "nonsense-xx", ""])
def test_who_reads_another_language_reads_english_and_germans_german(tag: str) -> None:
    expected = "de" if tag.startswith("de") else "en"

    assert f'lang="{expected}"' in render(sample("won", tag)).html

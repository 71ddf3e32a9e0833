"""Where mail leaves."""

from __future__ import annotations

from typing import Any

import pytest

from mailer_service.errors import BadSmtpUrl
from mailer_service.smtp.url import SmtpServer


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://localhost:8025", ("localhost", 8025, "none", None, None)),
        ("smtp://mail.example/", ("mail.example", 25, "none", None, None)),
        ("smtp://a:b@127.0.0.1", ("127.0.0.1", 25, "none", "a", "b")),
        ("smtps://a:b@mail.example", ("mail.example", 465, "tls", "a", "b")),
        ("smtp+starttls://mail.example", ("mail.example", 587, "starttls", None, None)),
        (
            "smtp+starttls://me%40x.org:p%3A%2Fw@mail.example:2525",
            ("mail.example", 2525, "starttls", "me@x.org", "p:/w"),
        ),
    ],
)
def test_a_url_says_where_and_how(url: str, expected: tuple[Any, ...]) -> None:
    server = SmtpServer.parse(url)

    found = (server.host, server.port, server.security, server.user, server.password)
    assert found == expected


@pytest.mark.parametrize(
    "url",
    [
        "",
        "localhost:25",
        "http://localhost",
        "smtp://",
        "smtp://host:port",
        "smtp://host:99999",
        "smtp://host/path",
        "smtp://host?starttls=true",
        "smtp://user:hunter2@mail.example",
        "smtp://user:hunter2@[mail.example",
    ],
)
def test_another_url_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(BadSmtpUrl) as caught:
        SmtpServer.parse(url)

    assert "hunter2" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_the_password_shows_nowhere() -> None:
    assert "hunter2" not in repr(SmtpServer.parse("smtps://user:hunter2@mail.example"))

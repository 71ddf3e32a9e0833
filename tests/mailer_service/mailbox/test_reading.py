"""Taking mails apart, however broken they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer_service.mailbox.reading import summarize, take_apart

from .conftest import MAIL

ID = "1700000000000-abcdef01"


def test_a_mail_shows_its_headers_text_and_html_decoded() -> None:
    content = take_apart(ID, MAIL)

    assert content.summary == summarize(ID, MAIL)
    assert content.summary.subject == "Äpfel for you"
    assert content.summary.to == "Ada <ada@example.org>"
    assert content.text is not None
    assert content.text.strip() == "Grüße"
    assert content.html is not None
    assert 'href="http://localhost:8000/"' in content.html


def test_an_attachment_is_not_the_text() -> None:
    raw = MAIL.replace(b"Content-Type: text/html;", b'Content-Type: text/html; name="a.html";')

    assert take_apart(ID, raw).html is None


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00",
        b"Subject: =?no-such-charset?q?=FF?=\r\n\r\n",
        b"Subject: =?utf-8?b?!!!?=\r\n\r\n",
        b"Subject: \xff\xfe\r\nTo: \xe9\r\n\r\nx",
        b'Content-Type: text/html; charset="no-such"\r\n\r\n<b>\xff',
        b'Content-Type: text/html; charset="\x00"\r\n\r\n<b>\xff',
        b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!",
        b"Content-Type: text/plain; name*=utf-8''x; name*0=y\r\n\r\nx",
        b"Content-Disposition: inline; filename*=utf-8''x; filename*0=y\r\n\r\nx",
        b"Content-Disposition: inline; filename*=a\x00b''x\r\n\r\nx",
        b"Content-Type: text/plain; charset=unicode_escape\r\n\r\n\\ud800",
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--y",
        b"Content-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\nbody",
        b"".join(
            b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (n, n) for n in range(2000)
        ),
    ],
)
def test_a_broken_mail_is_shown_nevertheless(raw: bytes) -> None:
    content = take_apart(ID, raw)
    str(content.text).encode()  # a page can be made of it
    summarize(ID, raw)


@given(st.binary(max_size=300), st.sampled_from([b"Subject: ", b"Content-Type: ", b"To: ", b""]))
def test_no_bytes_at_all_break_the_reading(noise: bytes, header: bytes) -> None:
    take_apart(ID, header + noise)
    summarize(ID, header + noise)

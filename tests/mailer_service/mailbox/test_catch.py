"""The SMTP side of the mailbox."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator

import pytest
from aiosmtpd.controller import Controller

from mailer_service.mailbox.catch import smtp_server
from mailer_service.mailbox.folder import MailFolder
from tests.sockets import free_port

MAX_BYTES = 10_000


@pytest.fixture
def server(folder: MailFolder) -> Iterator[Controller]:
    controller = smtp_server(folder, free_port(), max_bytes=MAX_BYTES)
    controller.start()
    yield controller
    controller.stop()


@pytest.fixture
def smtp(server: Controller) -> Iterator[smtplib.SMTP]:
    with smtplib.SMTP("127.0.0.1", server.port, local_hostname="test", timeout=10) as session:
        yield session


def test_a_mail_to_anybody_is_kept_as_it_came(smtp: smtplib.SMTP, folder: MailFolder) -> None:
    smtp.sendmail("a@example.org", ["b@example.org"], b"Subject: x\r\n\r\nGr\xc3\xbc\xc3\x9fe\r\n")

    assert folder.read(folder.newest(1)[0]) == b"Subject: x\r\n\r\nGr\xc3\xbc\xc3\x9fe\r\n"


def test_a_mail_that_is_too_big_is_refused(smtp: smtplib.SMTP, folder: MailFolder) -> None:
    with pytest.raises(smtplib.SMTPException):
        smtp.sendmail(
            "a@example.org", ["b@example.org"], b"x" * 70 + b"\r\n" + b"y\r\n" * MAX_BYTES
        )

    assert folder.newest(1) == []


def test_without_room_the_sender_is_told_to_come_again(
    smtp: smtplib.SMTP, folder: MailFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_content: bytes) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folder, "keep", full)

    with pytest.raises(smtplib.SMTPDataError) as caught:
        smtp.sendmail("a@example.org", ["b@example.org"], b"Subject: x\r\n\r\n")
    assert caught.value.smtp_code == 452

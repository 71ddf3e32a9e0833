"""Handing a mail to a real SMTP server."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword

from mailer_service.errors import MailDeferred, MailRefused
from mailer_service.smtp import Smtp
from mailer_service.smtp_url import SmtpServer
from tests.needs import program
from tests.sockets import free_port

from .mail_server import Hanging, MailServer, server_tls


def mail(to: str = "ada@example.org") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "mail@gavel.example"
    message["To"] = to
    message["Subject"] = "Hello"
    message.set_content("Hello")
    return message


def smtp_to(port: int, timeout_ms: int = 5_000, **how: Any) -> Smtp:
    return Smtp(SmtpServer(how.pop("host", "127.0.0.1"), port, **how), timeout_ms=timeout_ms)


def test_a_mail_arrives(mail_server: MailServer) -> None:
    smtp_to(mail_server.port).send(mail())

    assert [str(m["Subject"]) for m in mail_server.mails] == ["Hello"]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ("550 no such user", MailRefused),
        ("553 not allowed", MailRefused),
        ("450 come again", MailDeferred),
        ("421 too busy", MailDeferred),
    ],
)
def test_an_answer_to_the_recipient_is_final_or_not(
    mail_server: MailServer, answer: str, error: type[Exception]
) -> None:
    mail_server.on_recipient = lambda _address: answer

    with pytest.raises(error):
        smtp_to(mail_server.port).send(mail())


@pytest.mark.parametrize(
    ("answer", "error"), [("554 spam", MailRefused), ("451 greylisted", MailDeferred)]
)
def test_an_answer_to_the_content_is_final_or_not(
    mail_server: MailServer, answer: str, error: type[Exception]
) -> None:
    mail_server.on_data = lambda: answer

    with pytest.raises(error):
        smtp_to(mail_server.port).send(mail())


def test_a_server_that_is_away_defers() -> None:
    with pytest.raises(MailDeferred, match="ConnectionRefusedError"):
        smtp_to(free_port()).send(mail())


def test_a_server_that_says_nothing_defers_within_the_deadline() -> None:
    server = Hanging(free_port())
    caller = threading.Thread(target=server.wait_for_caller)
    caller.start()

    with pytest.raises(MailDeferred):
        smtp_to(server.port, timeout_ms=200).send(mail())
    caller.join()
    server.stop()


def test_a_server_that_drips_is_cut_off_at_the_deadline() -> None:
    server = Hanging(free_port(), words=b"220 hello\r\n")
    dripped = threading.Event()
    stop = threading.Event()

    def drip() -> None:
        server.wait_for_caller()
        connection = server._connections[0]
        while not stop.wait(0.05):
            try:
                connection.sendall(b"250-more\r\n")
            except OSError:
                dripped.set()
                return

    caller = threading.Thread(target=drip)
    caller.start()
    with pytest.raises(MailDeferred):
        smtp_to(server.port, timeout_ms=500).send(mail())

    assert dripped.wait(10)
    stop.set()
    caller.join()
    server.stop()


def test_a_server_that_dies_after_its_250_has_the_mail(
    mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def die(server: Any, *_args: Any) -> str:
        server.transport.abort()
        return "221 never sent"

    monkeypatch.setattr(MailServer, "handle_QUIT", die, raising=False)

    smtp_to(mail_server.port).send(mail())

    assert len(mail_server.mails) == 1


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for localhost, signed by itself."""
    openssl = program("openssl")
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        [
            *(openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-keyout", "key.pem", "-out", "cert.pem", "-subj", "/CN=localhost"),
            *("-addext", "subjectAltName=DNS:localhost"),
        ],
        cwd=folder,
        check=True,
        capture_output=True,
        timeout=60,
    )
    return folder / "cert.pem", folder / "key.pem"


@pytest.fixture
def trusted(certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))


@pytest.fixture
def starttls_server(certificate: tuple[Path, Path]) -> Iterator[MailServer]:
    def check(
        _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any
    ) -> AuthResult:
        right = data == LoginPassword(b"me", b"hunter2")
        return AuthResult(success=right, handled=False)

    server = MailServer(
        options={
            "tls_context": server_tls(*certificate),
            "require_starttls": True,
            "authenticator": check,
        }
    )
    server.start()
    yield server
    server.stop()


@pytest.mark.usefixtures("trusted")
def test_starttls_and_login(starttls_server: MailServer) -> None:
    smtp = smtp_to(
        starttls_server.port, host="localhost", security="starttls", user="me", password="hunter2"
    )

    smtp.send(mail())

    assert len(starttls_server.mails) == 1


@pytest.mark.usefixtures("trusted")
def test_a_wrong_password_defers_because_it_is_ours_to_mend(starttls_server: MailServer) -> None:
    smtp = smtp_to(
        starttls_server.port, host="localhost", security="starttls", user="me", password="other"
    )

    with pytest.raises(MailDeferred, match="SMTPAuthenticationError 535"):
        smtp.send(mail())


def test_a_certificate_that_nobody_vouches_for_is_not_talked_to(
    starttls_server: MailServer,
) -> None:
    smtp = smtp_to(starttls_server.port, host="localhost", security="starttls")

    with pytest.raises(MailDeferred, match="SSLCertVerificationError"):
        smtp.send(mail())
    assert starttls_server.mails == []


@pytest.mark.usefixtures("trusted")
def test_a_certificate_for_another_name_is_not_talked_to(starttls_server: MailServer) -> None:
    smtp = smtp_to(starttls_server.port, host="127.0.0.1", security="starttls")

    with pytest.raises(MailDeferred, match="SSLCertVerificationError"):
        smtp.send(mail())


def test_a_server_without_starttls_is_not_talked_to_in_the_clear(mail_server: MailServer) -> None:
    smtp = smtp_to(mail_server.port, security="starttls")

    with pytest.raises(MailDeferred, match="SMTPNotSupportedError"):
        smtp.send(mail())
    assert mail_server.mails == []


@pytest.mark.usefixtures("trusted")
def test_tls_from_the_first_byte(certificate: tuple[Path, Path]) -> None:
    server = MailServer(options={"hostname": "localhost", "ssl_context": server_tls(*certificate)})
    server.start()
    try:
        smtp_to(server.port, host="localhost", security="tls").send(mail())
    finally:
        server.stop()

    assert len(server.mails) == 1

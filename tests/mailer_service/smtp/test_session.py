"""Handing a mail to a real SMTP server."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword

from mailer_service.errors import (
    MailDeferred,
    MailRefused,
    RecipientRefused,
    ServerUnavailable,
    Unanswered,
)
from mailer_service.model.mails import Envelope
from mailer_service.smtp.session import Session
from mailer_service.smtp.url import SmtpServer
from tests.needs import program
from tests.sockets import free_port

from ..mail_server import Hanging, MailServer, server_tls


def mail(to: str = "ada@example.org") -> Envelope:
    content = f"From: mail@gavel.example\r\nTo: {to}\r\nSubject: Hello\r\n\r\nHello\r\n"
    return Envelope("mail@gavel.example", to, content.encode())


def session_to(port: int, timeout_ms: int = 5_000, **how: Any) -> Session:
    return Session(SmtpServer(how.pop("host", "127.0.0.1"), port, **how), timeout_ms=timeout_ms)


def send(session: Session, *mails: Envelope) -> list[bytes]:
    """What the session has kept of the answers."""
    kept = [bytearray(3) for _ in mails or (mail(),)]
    session.open()
    try:
        for one, answer in zip(mails or (mail(),), kept, strict=True):
            session.send(one, memoryview(answer))
    finally:
        session.close()
    return [bytes(answer) for answer in kept]


def test_a_mail_arrives(mail_server: MailServer) -> None:
    assert send(session_to(mail_server.port)) == [b"250"]

    assert [str(m["Subject"]) for m in mail_server.mails] == ["Hello"]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ("550 no such user", RecipientRefused),
        ("553 5.1.2 no such host", RecipientRefused),
        ("550 5.1.10 null MX", RecipientRefused),
        ("550 Unknown user", RecipientRefused),
        ("550 The mailbox does not exist", RecipientRefused),
        ("550 5.7.1 you are on a list", MailRefused),
        ("550 5.1.8 no such domain, of the sender", MailRefused),
        ("554 no", MailRefused),
        ("550 HELO rejected: unknown host", MailRefused),
        ("553 sender address refused: unknown domain", MailRefused),
        ("550 reverse DNS of the client: no such host", MailRefused),
        ("552 5.2.2 mailbox full", MailDeferred),
        ("552 too much", MailDeferred),
        ("504 5.5.2 Helo command rejected", MailDeferred),
        ("550 5.4.1 no way", MailDeferred),
        ("450 come again", MailDeferred),
        ("421 too busy", MailDeferred),
    ],
)
def test_an_answer_to_the_recipient_is_final_or_not(
    mail_server: MailServer, answer: str, error: type[Exception]
) -> None:
    mail_server.on_recipient = lambda _address: answer

    with pytest.raises(MailDeferred if error is MailDeferred else MailRefused) as caught:
        send(session_to(mail_server.port))
    assert type(caught.value) is error


def test_each_mail_has_its_own_answer_kept(mail_server: MailServer) -> None:
    session, first, second = session_to(mail_server.port), bytearray(3), bytearray(3)
    answers = ["451 greylisted", "250 OK"]
    mail_server.on_data = lambda: answers.pop(0)
    session.open()
    with pytest.raises(MailDeferred):
        session.send(mail(), memoryview(first))
    session.send(mail(), memoryview(second))
    session.close()

    assert [bytes(first), bytes(second)] == [b"451", b"250"]


def test_a_server_that_never_answers_a_mail_is_cut_off_at_the_deadline(
    mail_server: MailServer,
) -> None:
    over, answer = threading.Event(), bytearray(b"---")
    mail_server.on_data = lambda: "250 OK" if over.wait(20) else "451 too late"
    session = session_to(mail_server.port, timeout_ms=500)
    session.open()

    with pytest.raises(Unanswered):
        session.send(mail(), memoryview(answer))
    over.set()

    assert (bytes(answer), session.is_open) == (b"---", False)


@pytest.mark.parametrize(
    ("answer", "error"), [("554 spam", MailRefused), ("451 greylisted", MailDeferred)]
)
def test_an_answer_to_the_content_is_final_or_not(
    mail_server: MailServer, answer: str, error: type[Exception]
) -> None:
    mail_server.on_data = lambda: answer

    with pytest.raises(error):
        send(session_to(mail_server.port))


def test_a_server_that_is_away_defers() -> None:
    with pytest.raises(ServerUnavailable, match="ConnectionRefusedError"):
        send(session_to(free_port()))


def test_a_server_that_says_nothing_defers_within_the_deadline() -> None:
    server = Hanging(free_port())
    caller = threading.Thread(target=server.wait_for_caller)
    caller.start()

    with pytest.raises(ServerUnavailable):
        send(session_to(server.port, timeout_ms=200))
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
    with pytest.raises(ServerUnavailable):
        send(session_to(server.port, timeout_ms=500))

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

    send(session_to(mail_server.port))

    assert len(mail_server.mails) == 1


def test_several_mails_share_a_session(mail_server: MailServer) -> None:
    send(session_to(mail_server.port), *(mail(f"{n}@example.org") for n in range(5)))

    assert mail_server.recipients == [f"{n}@example.org" for n in range(5)]
    assert mail_server.sessions == 1


def test_after_a_hundred_mails_a_session_is_renewed(mail_server: MailServer) -> None:
    session = session_to(mail_server.port)
    for _ in range(101):
        session.open()
        session.send(mail())
    session.close()

    assert (len(mail_server.mails), mail_server.sessions) == (101, 2)


def test_a_refused_recipient_does_not_end_the_session(mail_server: MailServer) -> None:
    mail_server.on_recipient = lambda to: "550 unknown user" if to.startswith("no") else "250 OK"
    session = session_to(mail_server.port)
    session.open()

    with pytest.raises(RecipientRefused):
        session.send(mail("no@example.org"))
    session.send(mail())
    session.close()

    assert (mail_server.recipients, mail_server.sessions) == (["ada@example.org"], 1)


def test_a_session_that_broke_says_so_and_can_be_opened_anew(mail_server: MailServer) -> None:
    mail_server.hang_up_after = 1
    session = session_to(mail_server.port)
    session.open()
    session.send(mail())
    with pytest.raises(MailDeferred) as caught:
        session.send(mail())
    assert (type(caught.value), session.is_open) == (MailDeferred, False)

    mail_server.hang_up_after = None
    session.open()
    session.send(mail())
    session.close()

    assert len(mail_server.mails) == 2


def test_a_server_that_says_421_is_left(mail_server: MailServer) -> None:
    mail_server.on_recipient = lambda _to: "421 closing"
    session = session_to(mail_server.port)
    session.open()

    with pytest.raises(MailDeferred):
        session.send(mail())

    assert not session.is_open


def test_a_session_that_has_carried_a_hundred_mails_is_left_for_another(
    mail_server: MailServer,
) -> None:
    session = session_to(mail_server.port)
    session.open()
    for _ in range(100):
        assert session.is_open
        session.send(mail())
    assert not session.is_open

    session.open()
    session.send(mail())
    session.close()

    assert (len(mail_server.mails), mail_server.sessions) == (101, 2)


def test_a_server_that_does_not_say_goodbye_is_hardly_waited_for() -> None:
    server = Hanging(free_port(), words=b"220 hello\r\n250 hello\r\n")
    caller = threading.Thread(target=server.wait_for_caller)
    caller.start()
    session = session_to(server.port, timeout_ms=30_000)
    session.open()
    caller.join()

    begun = time.monotonic()
    session.close()

    assert time.monotonic() - begun < 10
    server.stop()


def test_an_address_beyond_ascii_leaves_as_it_is(mail_server: MailServer) -> None:
    send(session_to(mail_server.port), mail("ada@ex\u00e4mple.org"))

    assert mail_server.recipients == ["ada@ex\u00e4mple.org"]


def test_an_address_beyond_ascii_needs_a_server_that_takes_it() -> None:
    server = MailServer(options={"enable_SMTPUTF8": False})
    server.start()
    try:
        with pytest.raises(MailRefused, match="SMTPUTF8"):
            send(session_to(server.port), mail("ada@ex\u00e4mple.org"))
    finally:
        server.stop()


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
    smtp = session_to(
        starttls_server.port, host="localhost", security="starttls", user="me", password="hunter2"
    )

    assert send(smtp) == [b"250"]

    assert len(starttls_server.mails) == 1


@pytest.mark.usefixtures("trusted")
def test_a_wrong_password_defers_because_it_is_ours_to_mend(starttls_server: MailServer) -> None:
    smtp = session_to(
        starttls_server.port, host="localhost", security="starttls", user="me", password="other"
    )

    with pytest.raises(ServerUnavailable, match="SMTPAuthenticationError 535"):
        send(smtp)


def test_a_certificate_that_nobody_vouches_for_is_not_talked_to(
    starttls_server: MailServer,
) -> None:
    smtp = session_to(starttls_server.port, host="localhost", security="starttls")

    with pytest.raises(ServerUnavailable, match="SSLCertVerificationError"):
        send(smtp)
    assert starttls_server.mails == []


@pytest.mark.usefixtures("trusted")
def test_a_certificate_for_another_name_is_not_talked_to(starttls_server: MailServer) -> None:
    smtp = session_to(starttls_server.port, host="127.0.0.1", security="starttls")

    with pytest.raises(ServerUnavailable, match="SSLCertVerificationError"):
        send(smtp)


def test_a_server_without_starttls_is_not_talked_to_in_the_clear(mail_server: MailServer) -> None:
    smtp = session_to(mail_server.port, security="starttls")

    with pytest.raises(ServerUnavailable, match="SMTPNotSupportedError"):
        send(smtp)
    assert mail_server.mails == []


@pytest.mark.usefixtures("trusted")
def test_tls_from_the_first_byte(certificate: tuple[Path, Path]) -> None:
    server = MailServer(options={"hostname": "localhost", "ssl_context": server_tls(*certificate)})
    server.start()
    try:
        assert send(session_to(server.port, host="localhost", security="tls")) == [b"250"]
    finally:
        server.stop()

    assert len(server.mails) == 1


def test_it_calls_itself_by_the_name_that_it_is_given(mail_server: MailServer) -> None:
    session = Session(
        SmtpServer("127.0.0.1", mail_server.port), timeout_ms=5_000, name="mail.example.org"
    )
    session.open()
    session.close()

    assert mail_server.greeted_as == ["mail.example.org"]

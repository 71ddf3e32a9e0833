"""The canary of service_kit/compat/smtplib.py."""

import contextlib
import smtplib
import socket
import ssl
import threading
from typing import Any

import pytest
from service_kit.compat.smtplib import unconnected

BROKEN = (
    "smtplib does not check the certificate against the host given to `unconnected`: mailer_service"
    " would accept any certificate, or none. Mend service_kit/compat/smtplib.py: what"
    " smtplib.SMTP.__init__ sets when it connects (once `_host`) has changed."
)


class Recorder:
    """Stands for a TLS context, and notes which name a certificate would have to bear."""

    name = ""

    def wrap_socket(self, sock: socket.socket, *, server_hostname: str) -> socket.socket:
        self.name = server_hostname
        return sock


def test_starttls_checks_the_certificate_of_the_host() -> None:
    recorder: Any = Recorder()
    ours, theirs = socket.socketpair()
    with ours, theirs:
        smtp = unconnected("mail.example", local_hostname="me", timeout_s=5, context=None)
        smtp.sock = ours
        theirs.sendall(b"250-mail.example\r\n250 STARTTLS\r\n220 go ahead\r\n")
        smtp.starttls(context=recorder)
        smtp.close()
    assert recorder.name == "mail.example", BROKEN


def test_tls_from_the_first_byte_does_too() -> None:
    recorder: Any = Recorder()
    with socket.create_server(("127.0.0.1", 0)) as server:
        smtp = unconnected("mail.example", local_hostname="me", timeout_s=5, context=recorder)
        smtp.timeout = 5
        theirs: list[socket.socket] = []

        def wrap(sock: socket.socket, *, server_hostname: str) -> socket.socket:
            theirs.append(server.accept()[0])
            theirs[0].sendall(b"220 mail.example\r\n")
            return Recorder.wrap_socket(recorder, sock, server_hostname=server_hostname)

        recorder.wrap_socket = wrap
        smtp.connect("127.0.0.1", server.getsockname()[1])
        smtp.close()
        theirs[0].close()
    assert recorder.name == "mail.example", BROKEN


@pytest.mark.parametrize("line", [b"220-x\r\n", b"220-" + b"x" * 500 + b"\r\n"])
def test_an_answer_without_end_ends_the_session(line: bytes) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        smtp = unconnected("mail.example", local_hostname="me", timeout_s=5, context=None)
        smtp.sock = ours
        said = threading.Thread(target=say_for_ever, args=(theirs, line))
        said.start()
        with pytest.raises(smtplib.SMTPServerDisconnected, match="more than 65536 bytes"):
            smtp.getreply()
        ours.close()
        said.join()
    assert smtp.sock is None


def test_many_answers_that_are_short_are_read() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        smtp = unconnected("mail.example", local_hostname="me", timeout_s=5, context=None)
        smtp.sock = ours
        for _ in range(3):
            theirs.sendall((b"250-" + b"x" * 996 + b"\r\n") * 40 + b"250 end\r\n")
            assert smtp.getreply()[0] == 250
        smtp.close()


def say_for_ever(to: socket.socket, line: bytes) -> None:
    with contextlib.suppress(OSError):
        while True:
            to.sendall(line * 100)


def test_nothing_is_connected_yet() -> None:
    context = ssl.create_default_context()
    for tls in (None, context):
        smtp = unconnected("mail.example", local_hostname="me", timeout_s=5, context=tls)
        assert smtp.sock is None, "smtplib connects without being told to: see compat/smtplib.py"


@pytest.mark.parametrize("said", [b"250 taken\r\n", b"250-taken\r\n250 as 7\r\n", b"554 no\r\n"])
def test_how_the_answer_to_a_mails_content_starts_is_kept_and_no_other(said: bytes) -> None:
    kept = bytearray(b"---")
    with socket.create_server(("127.0.0.1", 0)) as server:
        smtp = unconnected("mail.example", local_hostname="me", timeout_s=5, context=None)
        smtp.sock = socket.create_connection(server.getsockname())
        theirs, _ = server.accept()
        with theirs:
            theirs.sendall(b"220 hello\r\n")
            smtp.getreply()
            smtp.keep_answer(memoryview(kept))
            theirs.sendall(b"250 sender\r\n")
            assert smtp.mail("a@mail.example")[0] == 250
            theirs.sendall(b"354 go on\r\n")
            answering = threading.Thread(target=answer_content, args=(theirs, said))
            answering.start()
            assert smtp.data(b"hello\r\n")[0] == int(said[:3])
            answering.join()
            assert kept == said[:3]

            theirs.sendall(b"221 bye\r\n")
            smtp.quit()
    assert kept == said[:3]


def answer_content(to: socket.socket, said: bytes) -> None:
    with to.makefile("rb") as lines:
        while lines.readline() != b".\r\n":
            pass
    for byte in said:
        to.sendall(bytes([byte]))

"""A real SMTP server for tests, that can refuse, hang and be away."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from tests.sockets import free_port


@dataclass
class MailServer:
    """Listens on a free port of its own; keeps what it was sent."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    on_recipient: Callable[[str], str] = lambda _address: "250 OK"
    on_data: Callable[[], str] = lambda: "250 OK"
    options: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.port = self.port or free_port()
        self._arrived = threading.Condition()
        self._controller: Controller | None = None

    def start(self) -> None:
        options = {"hostname": "127.0.0.1"} | self.options
        self._controller = Controller(self, port=self.port, **options)
        self._controller.start()

    def stop(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def wait_for(self, count: int, deadline_s: float = 20.0) -> list[EmailMessage]:
        """The mails, once there are so many; fails at the deadline."""
        with self._arrived:
            there = self._arrived.wait_for(lambda: len(self.mails) >= count, deadline_s)
        assert there, f"{len(self.mails)} mails after {deadline_s} s, not {count}"
        return list(self.mails)

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        answer = self.on_recipient(address)
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        answer = self.on_data()
        if not answer.startswith("2"):
            return answer
        with self._arrived:
            self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
            self.recipients.extend(envelope.rcpt_tos)
            self._arrived.notify_all()
        return answer


@dataclass
class Hanging:
    """Accepts connections on a port and says `words`, then nothing more."""

    port: int
    words: bytes = b""

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self._connections: list[socket.socket] = []

    def wait_for_caller(self, deadline_s: float = 20.0) -> None:
        """Returns once somebody is on the line."""
        self._listener.settimeout(deadline_s)
        connection, _ = self._listener.accept()
        connection.sendall(self.words)
        self._connections.append(connection)

    def stop(self) -> None:
        for connection in self._connections:
            connection.close()
        self._listener.close()


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def html_of(mail: EmailMessage) -> str:
    part = mail.get_body(("html",))
    assert part is not None
    return str(part.get_content())


def server_tls(certificate: Any, key: Any) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context

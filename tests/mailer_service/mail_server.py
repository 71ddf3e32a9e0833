"""A real SMTP server for tests, that can refuse, hang and be away."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
import time
from collections.abc import Callable, Sequence
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
    arrived_at: list[float] = field(default_factory=list)
    """When each mail's 250 was in the socket, by the steady clock."""
    greeted_at: list[float] = field(default_factory=list)
    """When whoever sent each mail had greeted; that one was alive then."""
    on_recipient: Callable[[str], str] = lambda _address: "250 OK"
    on_data: Callable[[], str] = lambda: "250 OK"
    options: dict[str, Any] = field(default_factory=dict)
    sessions: int = 0
    greeted_as: list[str] = field(default_factory=list)
    hang_up_after: int | None = None
    after_answer: Callable[[], None] | None = None
    """Called once, when a 250 to a mail is on its way; nobody must be there to hear more."""

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
            there = self._arrived.wait_for(lambda: len(self.arrived_at) >= count, deadline_s)
        assert there, f"{len(self.mails)} mails after {deadline_s} s, not {count}"
        return list(self.mails)

    async def handle_EHLO(
        self, _server: Any, session: Any, _envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        session.greeted_at = time.monotonic()
        self.greeted_as.append(hostname)
        self.sessions += 1
        return responses

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        answer = self.on_recipient(address)
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        answer = self.on_data()
        if not answer.startswith("2"):
            return answer
        with self._arrived:
            self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
            self.greeted_at.append(session.greeted_at)
            self.recipients.extend(envelope.rcpt_tos)
        if self.hang_up_after and len(self.mails) % self.hang_up_after == 0:
            await server.push(answer)
            server.transport.close()
        if after_answer := self.after_answer:
            self.after_answer = None
            await server.push(answer)
            self._answered()
            after_answer()
        else:
            asyncio.get_running_loop().call_soon(self._answered)  # once what we return is written
        return answer

    def unheard(self, killed_at: Sequence[float]) -> list[bool]:
        """Of each mail that was answered, whether its sender was killed between its greeting and
        the answer, at one of these times: then nobody was there to hear that. A sender that was
        started since has greeted anew, and hears."""
        both = zip(list(self.greeted_at), list(self.arrived_at), strict=False)
        return [any(began < it <= at for it in killed_at) for began, at in both]

    def _answered(self) -> None:
        with self._arrived:
            self.arrived_at.append(time.monotonic())
            self._arrived.notify_all()


GREETING = b"220 hello\r\n"


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

    def wait_for_mail(self, deadline_s: float = 20.0) -> None:
        """Returns once somebody is about to hand over a mail."""
        self.wait_for_caller(deadline_s)
        with self._connections[-1].makefile("rwb") as lines:
            while not (line := lines.readline()).upper().startswith(b"MAIL"):
                assert line, "the caller hung up"
                lines.write(b"250 hello\r\n")
                lines.flush()

    def stop(self) -> None:
        for connection in self._connections:
            connection.close()
        self._listener.close()


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def html_of(mail: EmailMessage) -> str:
    part = mail.get_body(("html",))
    assert part is not None
    return str(part.get_content())


def server_tls(certificate: Any, key: Any) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context

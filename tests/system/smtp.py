"""A real SMTP server that keeps what it accepts, parsed."""

import asyncio
import email
import email.policy
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from tests.sockets import free_port


@dataclass
class Letters:
    """Every mail that was accepted (a 250 was sent), with its envelope's recipients."""

    port: int
    _all: list[tuple[list[str], EmailMessage]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _holding: threading.Event = field(default_factory=threading.Event)
    _in_hand: threading.Event = field(default_factory=threading.Event)
    _let_go: threading.Event = field(default_factory=threading.Event)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        if self._holding.is_set():
            self._in_hand.set()
            await asyncio.get_running_loop().run_in_executor(None, self._let_go.wait, 60)
            return "451 not now"
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        with self._lock:
            self._all.append((list(envelope.rcpt_tos), message))
        return "250 OK"

    def hold(self) -> None:
        """From now on hang after a mail's content, before the answer to it."""
        self._holding.set()

    def wait_for_one_in_hand(self) -> None:
        """Wait until a mail hangs."""
        assert self._in_hand.wait(60)

    def let_go(self) -> None:
        """Refuse what hangs, and accept from now on."""
        self._holding.clear()
        self._let_go.set()

    def to(self, address: str) -> list[EmailMessage]:
        """What this address received, oldest first."""
        with self._lock:
            return [message for recipients, message in self._all if address in recipients]

    def all(self) -> list[EmailMessage]:
        """Everything, oldest first."""
        with self._lock:
            return [message for _, message in self._all]


def text_of(message: EmailMessage) -> str:
    """The plain text part of a mail."""
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


@contextmanager
def smtp_server(port: int | None = None) -> Iterator[Letters]:
    """An SMTP server on this port of loopback, or on a free one."""
    letters = Letters(port or free_port())
    controller = Controller(letters, hostname="127.0.0.1", port=letters.port)
    controller.start()
    try:
        yield letters
    finally:
        controller.stop()

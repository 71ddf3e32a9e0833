"""An SMTP server that answers at once, slowly, never, or isn't there."""

import asyncio
import email
import email.policy
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal, NamedTuple

from aiosmtpd.controller import Controller

from tests.sockets import free_port

Mode = Literal["instant", "slow", "hanging", "refusing"]
SLOW_S = 0.2
_FOR_EVER_S = 3600.0


class _Arrival(NamedTuple):
    mail: str
    greeted_at_s: float
    at_s: float


class PostOffice:
    """Counts the mails that it took (a 250 was sent), by Message-ID."""

    def __init__(self) -> None:
        self.port = free_port()
        self._mode: Mode = "instant"
        self._taken: Counter[str] = Counter()
        self._subjects: Counter[str] = Counter()
        self._arrivals: list[_Arrival] = []
        self._lock = threading.Lock()
        self._arrival = threading.Condition(self._lock)
        self._controller: Controller | None = None

    def behave(self, mode: Mode) -> None:
        """From now on be like that."""
        self._mode = mode
        if mode == "refusing":
            self._stop()
        elif self._controller is None:
            self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
            self._controller.start()

    async def handle_EHLO(
        self, _server: Any, session: Any, _envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        """Somebody is there who will send."""
        session.host_name = hostname
        session.greeted_at_s = time.monotonic()
        return responses

    async def handle_DATA(self, _server: Any, session: Any, envelope: Any) -> str:
        """Take a mail, as the mode says."""
        await asyncio.sleep({"slow": SLOW_S, "hanging": _FOR_EVER_S}.get(self._mode, 0.0))
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        # Once what we return is written: who is killed before never heard of it.
        asyncio.get_running_loop().call_soon(
            self._note,
            str(message["Message-ID"]),
            str(message["Subject"]),
            session.greeted_at_s,
        )
        return "250 taken"

    def _note(self, mail: str, subject: str, greeted_at_s: float) -> None:
        with self._lock:
            if mail not in self._taken:
                self._subjects[subject] += 1
            self._taken[mail] += 1
            self._arrivals.append(_Arrival(mail, greeted_at_s, time.monotonic()))
            self._arrival.notify_all()

    @property
    def mails(self) -> int:
        """How many different mails came."""
        with self._lock:
            return len(self._taken)

    def subjects(self, begin: str) -> Counter[str]:
        """How many different mails came of each subject that begins so."""
        with self._lock:
            return Counter({it: n for it, n in self._subjects.items() if it.startswith(begin)})

    @property
    def doubles(self) -> int:
        """How many came once more than once."""
        with self._lock:
            return sum(self._taken.values()) - len(self._taken)

    def unheard(self, killed_at_s: Sequence[float]) -> int:
        """How many of the doubles had a copy whose sender was killed between its greeting and the
        250, at one of these times of the steady clock: nobody was there to hear it."""
        with self._lock:
            unheard = {
                it.mail
                for it in self._arrivals
                if any(it.greeted_at_s < killed <= it.at_s for killed in killed_at_s)
            }
            return sum(self._taken[mail] - 1 for mail in unheard)

    def wait_for_arrivals(self, count: int, *, within_s: float) -> None:
        """Come back when so many more have come, or after so many seconds."""
        with self._arrival:
            enough = self._taken.total() + count
            self._arrival.wait_for(lambda: self._taken.total() >= enough, within_s)

    def _stop(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None


@contextmanager
def post_office() -> Iterator[PostOffice]:
    """One on a free port of loopback, instant at first."""
    office = PostOffice()
    office.behave("instant")
    try:
        yield office
    finally:
        office.behave("refusing")

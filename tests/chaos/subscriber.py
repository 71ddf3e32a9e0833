"""`python -m tests.chaos.subscriber SETTINGS`: a cheap receiver that can be killed at any moment.

It subscribes when it starts and when it gets well, writes down what it receives before it
answers, and answers as the mood that its plan has for this moment.
"""

import asyncio
import base64
import contextlib
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.chaos.journal import Journal, Seen, seen
from tests.chaos.moods import MOODS
from tests.chaos.plan import WELL, Spell

_TRY_AGAIN_S = 0.1
_ANSWERED_WITHIN_S = 30.0
_LIMIT = 4 * 1024 * 1024


@dataclass(frozen=True)
class Settings:
    """What a subscriber is told; `epoch` is when the round began, by the machine's steady clock."""

    port: int
    bus_port: int
    token: str
    subscription_path: str
    subscription: dict[str, object]
    journal: str
    trap: str
    epoch: float
    spells: Sequence[Spell]

    def write(self, path: Path) -> None:
        """Put them where the process will read them."""
        path.write_text(json.dumps(asdict(self)))

    @classmethod
    def read(cls, path: Path) -> "Settings":
        """Get them back."""
        values = json.loads(path.read_text())
        return cls(**values | {"spells": [Spell(**spell) for spell in values["spells"]]})


class Subscriber:
    """Listens unless it refuses; answers as its mood is."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.journal = Journal(Path(settings.journal))
        self.mood = WELL
        self.mood_over = asyncio.Event()
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()

    async def run(self) -> None:
        """Follow the plan, then stay as it ends."""
        loop = asyncio.get_running_loop()
        now_s = loop.time() - self.settings.epoch
        await self._into(self._mood_at(now_s))
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._subscribe())
            for spell in self.settings.spells:
                if spell.at_s > now_s:
                    await asyncio.sleep(self.settings.epoch + spell.at_s - loop.time())
                    await self._into(spell.mood)
            await self._subscribe()  # a subscriber that calls is alive: the bus's back-off ends
        await asyncio.Event().wait()

    def _mood_at(self, elapsed_s: float) -> str:
        moods = [spell.mood for spell in self.settings.spells if spell.at_s <= elapsed_s]
        return moods[-1] if moods else WELL

    async def _into(self, mood: str) -> None:
        self.mood = mood
        over, self.mood_over = self.mood_over, asyncio.Event()
        over.set()
        if mood == "refusing":
            self._refuse()
        elif self._server is None:
            self._server = await asyncio.start_server(
                self._serve, "127.0.0.1", self.settings.port, limit=_LIMIT
            )

    def _refuse(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in self._open:
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while not writer.is_closing():
                await self._answer(await _read_events(reader), writer)
        self._open.discard(writer)
        writer.close()

    async def _answer(self, events: Sequence[Seen], writer: asyncio.StreamWriter) -> None:
        delivery = self.journal.received(events)
        if self.mood != "refusing":
            await MOODS[self.mood](_Exchange(self, writer, delivery, events))

    async def _subscribe(self) -> None:
        while True:
            try:
                if await asyncio.wait_for(_post_subscription(self.settings), _ANSWERED_WITHIN_S):
                    return
            except TimeoutError:
                print("the bus did not answer", flush=True)
            except OSError:
                pass  # the bus is down
            await asyncio.sleep(_TRY_AGAIN_S)


class _Exchange:
    """See `moods.Exchange`."""

    def __init__(
        self,
        subscriber: Subscriber,
        writer: asyncio.StreamWriter,
        delivery: str,
        events: Sequence[Seen],
    ) -> None:
        self.events = events
        self.trap = subscriber.settings.trap
        self._journal = subscriber.journal
        self._writer = writer
        self._delivery = delivery
        self._over = subscriber.mood_over

    async def say(self, part: bytes) -> None:
        if self._writer.is_closing():
            raise ConnectionResetError
        self._writer.write(part)
        await self._writer.drain()

    async def take(self, rest: bytes, *, whole: bool = True, refused: Sequence[Seen] = ()) -> None:
        self._journal.taking(self._delivery, [event.mark for event in refused])
        await self.say(rest)
        if whole and not self._writer.is_closing():
            self._journal.taken(self._delivery)

    async def pause(self, seconds: float | None = None) -> bool:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._over.wait(), seconds)
        return self._over.is_set()

    def hang_up(self) -> None:
        self._writer.close()


async def _read_events(reader: asyncio.StreamReader) -> list[Seen]:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
    events = json.loads(await reader.readexactly(length))
    return [seen(event) for event in events]


async def _post_subscription(settings: Settings) -> bool:
    body = json.dumps(settings.subscription).encode()
    credentials = base64.b64encode(f"{settings.token}:".encode()).decode()
    request = (
        f"PUT {settings.subscription_path} HTTP/1.1\r\nHost: bus\r\n"
        f"Authorization: Basic {credentials}\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    reader, writer = await asyncio.open_connection("127.0.0.1", settings.bus_port)
    try:
        writer.write(request.encode() + body)
        status = await reader.readline()
    finally:
        writer.close()
    return status.split()[1:2] in ([b"200"], [b"201"])


if __name__ == "__main__":
    asyncio.run(Subscriber(Settings.read(Path(sys.argv[1]))).run())

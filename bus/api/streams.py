"""`GET /events` where a reader that waits costs a task, not a thread: streams, and long polls."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from urllib.parse import parse_qs

from service_kit.errors import StoreUnavailable
from service_kit.logs import get_logger

from bus.api.asgi_answers import answer, refuse, token
from bus.api.log_pages import PATH, STREAM, page_body, read_log, wants_stream
from bus.api.pulled_batches import Place, pulled_body, pulled_place
from bus.api.query import Q, checked_query
from bus.bootstrap import Bus, ServedLog
from bus.errors import BadQuery, BusError, Unavailable
from bus.model.subscription import StartAt
from bus.model.token_scope import TokenScope, is_good_for
from bus.server import AsgiApp, Receive, Scope, Send
from bus.streams.loop_waits import LoopWaits
from bus.streams.page import Page, start
from bus.streams.processor_share import CALL_S, STREAM_S
from bus.streams.pull_wait import PullQuery, Tried, again_s, wait_beside, wait_no_more
from bus.streams.query import MAX_LIMIT, EventsQuery, LogQuery, log_query
from bus.streams.reader import LogReader
from bus.streams.sse import RETRY, clock_frame, page_frames
from bus.streams.turns import Turns

log = get_logger(__name__)

_MAX_FIELDS = 20
_PULLED = re.compile(r"/clients/([^/]+)/subscriptions/([^/]+)/events")


@dataclass(frozen=True, slots=True)
class _Call:
    """Who asks for what; `gone` is done once nobody is there any more."""

    token: str
    client: str
    query: LogQuery
    is_stream: bool
    gone: asyncio.Future[None] = field(repr=False)

    @property
    def cost_s(self) -> float:
        """What it costs the processor to tell it something."""
        return STREAM_S if self.is_stream else CALL_S


class Streams:
    """Serves readers of the log, and passes everything else on to `rest`.

    A stream tells the time so often, and asks so often whether its token is still good.
    """

    def __init__(
        self, bus: Bus, rest: AsgiApp, *, clock_every_s: float = 15.0, allowed_every_s: float = 5.0
    ) -> None:
        self._bus = bus
        self._clock_every_s = clock_every_s
        self._allowed_every_s = allowed_every_s
        self._rest = rest
        self._turns = Turns(bus.share)
        self._pulling = asyncio.Lock()

    @cached_property
    def _waits(self) -> LoopWaits:
        return LoopWaits()  # in the loop that serves

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        pulled = _PULLED.fullmatch(scope["path"])
        if scope["method"] != "GET" or not (pulled or scope["path"] == PATH):
            return await self._rest(scope, receive, send)
        gone = asyncio.ensure_future(_hung_up(receive))
        try:
            if pulled:
                await self._pull(scope, gone, send, *pulled.groups())
            else:
                await self._answer(scope, gone, send)
        except BusError as error:
            await refuse(send, error)
        except StoreUnavailable:
            await refuse(send, Unavailable("the store can't be asked now"))
        finally:
            gone.cancel()

    async def _answer(self, scope: Scope, gone: asyncio.Future[None], send: Send) -> None:
        call = await self._call(scope, gone)
        async with AsyncExitStack() as stack:
            stack.enter_context(self._bus.readers.admitted(call.client))
            at = self._bus.served[call.query.log]
            reader = await _join(at, call.query)
            stack.callback(at.follower.leave)
            if not call.is_stream:
                return await self._poll(call, reader, send)
            scope.get("state", {})["on_shutdown"] = gone.cancel
            return await self._stream(call, reader, send)

    async def _known(self, shown: str, asked: EventsQuery) -> tuple[str, str | None, str]:
        """Who shows a token, about whom it is told, and which log it means. Raises BusError,
        StoreUnavailable."""
        bus = self._bus
        client = bus.auth.recent_reader(shown)
        if client is None or len(bus.served) > 1:
            return await asyncio.to_thread(self._asked_for, shown, asked)
        return client, bus.auth.about(shown, client), read_log(bus, asked)

    def _asked_for(self, shown: str, asked: EventsQuery) -> tuple[str, str | None, str]:
        """The same, as the store knows it. Blocks."""
        client = self._bus.auth.reader(shown)
        return client, self._bus.auth.about(shown, client), read_log(self._bus, asked)

    async def _call(self, scope: Scope, gone: asyncio.Future[None]) -> _Call:
        """What is asked. Raises BusError, StoreUnavailable."""
        headers = dict(scope["headers"])
        shown = token(headers.get(b"authorization", b""))
        asked = _asked(scope, EventsQuery)
        client, about, log_name = await self._known(shown, asked)
        is_stream = wants_stream(headers.get(b"accept", b"").decode("latin-1"))
        last = headers.get(b"last-event-id", b"").decode("latin-1") if is_stream else None
        query = log_query(asked, about, last, log_name)
        if is_stream:  # which has no pages: what it costs to write is for as many as may be
            query = replace(query, limit=MAX_LIMIT)
        return _Call(shown, client, query, is_stream, gone)

    async def _poll(self, call: _Call, reader: LogReader, send: Send) -> None:
        until_s = time.monotonic() + call.query.wait_s
        is_behind = not (call.query.wait_s and reader.is_at_end)
        page = await self._next(call, reader, until_s, is_behind=is_behind)
        body = page_body(call.query, page, reader.identity, self._bus.path_prefix)
        await answer(send, body)

    async def _pull(
        self, scope: Scope, gone: asyncio.Future[None], send: Send, client: str, name: str
    ) -> None:
        bus, query = self._bus, _asked(scope, PullQuery)
        shown = token(dict(scope["headers"]).get(b"authorization", b""))
        ours = await asyncio.to_thread(pulled_place, bus, shown, client, name)
        until_s = time.monotonic() + query.wait
        with bus.readers.admitted(client):
            followed = await asyncio.to_thread(ours.reading)
            with followed:
                tried = await self._pull_once(ours, query)
                while tried[-1].pulled.lease is None and not gone.done():
                    left_s = until_s - time.monotonic()
                    if left_s <= 0:
                        break
                    await self._wait_beside(tried, gone, left_s)
                    tried = await self._pull_once(ours, query)
        await answer(send, pulled_body(bus, ours, tried[-1], bus.path_prefix))

    async def _pull_once(self, ours: Place, query: PullQuery) -> list[Tried]:
        async with self._pulling:
            return await asyncio.to_thread(ours.pull, query)

    async def _stream(self, call: _Call, reader: LogReader, send: Send) -> None:
        headers = [
            (b"content-type", STREAM.encode()),
            (b"cache-control", b"no-store"),
            (b"x-accel-buffering", b"no"),  # nginx would hold events back
            (b"x-content-type-options", b"nosniff"),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})

        async def write(frames: bytes) -> None:
            await send({"type": "http.response.body", "body": frames, "more_body": True})

        self._bus.share.spend(CALL_S)  # who is cut and comes again, over and over, is a crowd too
        try:
            await write(RETRY + self._clock(reader))
            await self._write_all(call, reader, write)
        except StoreUnavailable:
            log.warning("stream ended: the store is away", client=call.client)
        await send({"type": "http.response.body", "body": b""})

    async def _write_all(
        self, call: _Call, reader: LogReader, write: Callable[[bytes], Awaitable[None]]
    ) -> None:
        """What comes, as long as somebody is there who may read it."""
        now_s = time.monotonic()
        clock_s, allowed_s = now_s + self._clock_every_s, now_s + self._allowed_every_s
        is_behind = False
        while not call.gone.done():
            page = await self._next(call, reader, min(clock_s, allowed_s), is_behind=is_behind)
            is_behind = not page.is_end
            now_s = time.monotonic()
            if now_s >= allowed_s:
                if not await self._is_allowed(call):
                    return
                allowed_s = now_s + self._allowed_every_s
            if page.is_news:
                await write(self._frames(page, reader.identity))
            if now_s >= clock_s:
                await write(self._clock(reader))
                clock_s = now_s + self._clock_every_s

    def _frames(self, page: Page, identity: str) -> bytes:
        """The page as it is sent. Written once for all who get the same, so what it takes is of
        what they all may take."""
        begun_s = time.thread_time()
        frames = page_frames(page, identity)
        self._bus.share.spend(time.thread_time() - begun_s)
        return frames

    def _clock(self, reader: LogReader) -> bytes:
        return clock_frame(reader.identity, reader.position, self._bus.now_ms())

    async def _next(
        self, call: _Call, reader: LogReader, until_s: float, *, is_behind: bool
    ) -> Page:
        """What there is to read, or comes until then; else a page without news."""
        page = Page((), reader.position)
        while not page.is_news and not call.gone.done():
            left_s = until_s - time.monotonic()
            if is_behind:
                page = await self._turns.read(reader, call.cost_s, call.gone)
                is_behind = not page.is_end
            elif left_s <= 0:
                break
            else:
                is_behind = await self._wait(call, reader, left_s)
                page = page if is_behind else reader.news()
        return page

    async def _wait(self, call: _Call, reader: LogReader, left_s: float) -> bool:
        """Wait for news; whether there is something to read instead."""
        news = self._waits.begin()
        if not reader.wait(partial(self._waits.wake, news), cost_s=call.cost_s):
            return True
        await self._waits.wait(news, call.gone, left_s)
        return False

    async def _wait_beside(
        self, tried: list[Tried], gone: asyncio.Future[None], left_s: float
    ) -> None:
        """Wait until there may be more than was pulled."""
        news = self._waits.begin()
        beside = wait_beside(tried, partial(self._waits.wake, news))
        if beside is not None:
            await self._waits.wait(news, gone, min(left_s, again_s(tried)))
            wait_no_more(beside)

    async def _is_allowed(self, call: _Call) -> bool:
        """Whether the token is still good for it. While the store is away nobody is sent away."""
        known = self._bus.auth.remembered(call.token)
        if known is not None and not known.stale:
            return is_good_for(TokenScope.SUBSCRIBE, known.client.scopes)
        try:
            await asyncio.to_thread(self._bus.auth.reader, call.token)
        except BusError:
            return False
        except StoreUnavailable:
            return True
        return True


async def _hung_up(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _join(at: ServedLog, query: LogQuery) -> LogReader:
    """One reader more. Raises StoreUnavailable."""
    is_placed = query.after.at is StartAt.POSITION and query.identity is not None
    if is_placed and at.follower.join_others():
        return LogReader(at.log, at.follower, query, query.after.value)
    return await asyncio.to_thread(_joined, at, query)


def _joined(at: ServedLog, query: LogQuery) -> LogReader:
    """One reader more. Blocks. Raises StoreUnavailable."""
    at.follower.join()
    try:
        return LogReader(at.log, at.follower, query, start(at.log, query))
    except StoreUnavailable:
        at.follower.leave()
        raise


def _asked(scope: Scope, kind: type[Q]) -> Q:
    """The query. Raises BadQuery."""
    try:
        text = scope["query_string"].decode("ascii")
        found = parse_qs(text, keep_blank_values=True, max_num_fields=_MAX_FIELDS, errors="strict")
    except ValueError:
        raise BadQuery("the query can't be read") from None
    return checked_query(kind, found.items())

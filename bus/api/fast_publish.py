"""`POST /topics/{topic}` as a bare ASGI app: publishing without a web framework's price.

It answers what can be published right away. Whatever else comes (another path, a strange header,
a token or a body that isn't plainly good) goes the way of the Flask app, body and all, so there
is one place that words refusals.
"""

import asyncio
import time
from collections.abc import Awaitable

from service_kit.bodies import MAX_BODY_BYTES
from service_kit.errors import StoreUnavailable
from service_kit.problems import Problem
from service_kit.trace import continued, is_recording, record

from bus.api.asgi_answers import refuse, token
from bus.bootstrap import Bus
from bus.errors import BusError, Outdated, Unavailable
from bus.model.client import Client
from bus.model.event import Publication
from bus.publish.content_modes import attributes_in
from bus.publish.group_commit import TIMEOUT_S, Committer, LoopCommitter
from bus.publish.publisher import PublishCall
from bus.server import AsgiApp, Message, Receive, Scope, Send

_PREFIX = "/topics/"
_TAKEN = {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]}
_END = {"type": "http.response.body", "body": b""}


class FastPublish:
    """Publishes, and passes everything else on to `rest`."""

    def __init__(self, bus: Bus, rest: AsgiApp) -> None:
        self._access = bus.auth
        self._publisher = bus.publisher
        self._rest = rest
        self._seconds = bus.publish_seconds
        self._committers: dict[Committer, LoopCommitter] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request. Its body is read here whatever it is for: a thread would wait for it."""
        headers = dict(scope["headers"])
        body = await _Body.read(headers, receive)
        if body.is_cut_off:
            return None  # nobody is there to be answered
        if scope["method"] != "POST" or not scope["path"].startswith(_PREFIX):
            return await self._rest(scope, body.again, send)
        began_s = time.perf_counter()
        try:
            publication = await self._publication(scope, headers, body)
        except StoreUnavailable:
            return await refuse(send, Unavailable("the store can't be asked now"))
        if publication is None:
            return await self._rest(scope, body.again, send)
        refusal = await self._commit(publication)
        if isinstance(refusal, Outdated):  # which is learnt where the store may be waited for
            return await self._rest(scope, body.again, send)
        if refusal is None:
            took_s = time.perf_counter() - began_s
            self._seconds.observe(took_s)
            if is_recording():
                _record(publication, headers, took_s)
            await send(_TAKEN)
            await send(_END)
        else:
            await refuse(send, refusal)

    def _commit(self, publication: Publication) -> Awaitable[BusError | None]:
        committer = self._publisher.logs.committer(publication.topic)
        found = self._committers.get(committer)
        if found is None:  # only now is there a loop
            found = self._committers[committer] = LoopCommitter(committer)
        return found.commit(publication)

    async def _publication(
        self, scope: Scope, headers: dict[bytes, bytes], body: "_Body"
    ) -> Publication | None:
        """What is to be committed; None when it isn't plain that it can be. Raises
        StoreUnavailable."""
        if not body.whole or len(headers) != len(scope["headers"]) or scope["query_string"]:
            return None
        try:
            client = await self._client(headers.get(b"authorization", b""))
            return self._publisher.prepare(client, _call(scope["path"], headers, body.content))
        except (BusError, Problem, UnicodeDecodeError):
            return None

    async def _client(self, authorization: bytes) -> Client:
        shown = token(authorization)
        known = self._access.remembered(shown)
        if known is None:
            try:
                async with asyncio.timeout(TIMEOUT_S):
                    return await asyncio.to_thread(self._access.client, shown)
            except TimeoutError:
                raise StoreUnavailable("who calls could not be asked in time") from None
        if known.stale:
            asyncio.get_running_loop().run_in_executor(None, self._access.check_again, shown)
        return known.client


class _Body:
    """A request's body, read as far as it may be, and readable once more."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._messages: list[Message] = []
        self.content = b""
        self.whole = False
        self.is_cut_off = False

    @classmethod
    async def read(cls, headers: dict[bytes, bytes], receive: Receive) -> "_Body":
        """Read it, unless it is too large."""
        body = cls(receive)
        if not _too_large(headers.get(b"content-length", b"0")):
            await body._read()
        return body

    async def again(self) -> Message:
        """ASGI's `receive`, from the start of the body."""
        return self._messages.pop(0) if self._messages else await self._receive()

    async def _read(self) -> None:
        size = 0
        while not self.whole and size <= MAX_BODY_BYTES:
            message = await self._receive()
            self._messages.append(message)
            if message["type"] != "http.request":
                self.is_cut_off = True  # hung up, or was too slow
                return
            size += len(message.get("body", b""))
            self.whole = not message.get("more_body", False)
        self.whole = self.whole and size <= MAX_BODY_BYTES
        self.content = b"".join([message.get("body", b"") for message in self._messages])


def _too_large(length: bytes) -> bool:
    return length.isdigit() and int(length) > MAX_BODY_BYTES


def _record(publication: Publication, headers: dict[bytes, bytes], took_s: float) -> None:
    """The span of what was published in a trace."""
    if publication.traceparent is None:
        return
    ended_ns = time.time_ns()
    record(
        f"POST /topics/{publication.topic}",
        "server",
        ours=publication.traceparent,
        before=headers[b"traceparent"].decode("latin-1"),
        began_ns=ended_ns - int(took_s * 1e9),
        ended_ns=ended_ns,
        attributes={"events": len(publication.events)},
    )


def _call(path: str, headers: dict[bytes, bytes], content: bytes) -> PublishCall:
    trace, key = headers.get(b"traceparent"), headers.get(b"idempotency-key")
    return PublishCall(
        path.removeprefix(_PREFIX),
        content,
        headers.get(b"content-type", b"").decode("latin-1").partition(";")[0].strip().lower(),
        None if key is None else key.decode("latin-1"),
        None if trace is None else continued(trace.decode("latin-1")),
        attributes_in(headers),
    )

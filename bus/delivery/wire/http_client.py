"""Sends requests, thousands at a time, from one thread: libcurl's multi interface.

Its limits are those of docs/delivery.md D15.
"""

import select
import time
from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any

import certifi
import pycurl
from service_kit.content_coding import MAX_ANSWER_BYTES

from bus.delivery.answer import Answer, Timings
from bus.delivery.wire.poller import Poller, open_poller
from bus.delivery.wire.request import Request
from bus.delivery.wire.resolver import Addresses
from bus.delivery.wire.ssrf_guard import SsrfGuard
from bus.delivery.wire.unresolved import Unresolved

CONNECT_MS = 2_000
TOTAL_MS = 20_000
_IDLE_CONNECTIONS = 2_000
_END_OF_HEAD = frozenset({b"\r\n", b"\n"})
_UNREACHABLE = {
    pycurl.E_COULDNT_RESOLVE_HOST,
    pycurl.E_COULDNT_CONNECT,
    pycurl.E_SSL_CONNECT_ERROR,
    pycurl.E_PEER_FAILED_VERIFICATION,
}


class _Transfer:
    """One request on its way."""

    def __init__(self, key: int, request: Request, guard: SsrfGuard) -> None:
        self.key = key
        self.request = request
        self.guard = guard
        self.head: list[bytes] = []
        self.received = bytearray()
        self.full = False

    def receive(self, chunk: bytes) -> int:
        """libcurl's write callback: keep 16 KiB; anything beyond ends the transfer."""
        room = MAX_ANSWER_BYTES - len(self.received)
        self.received += chunk[:room]
        self.full = len(chunk) > room
        return room if self.full else len(chunk)


class HttpClient:
    """Starts requests and hands out their answers. For one thread.

    A peer that hangs costs a socket and nothing else (D21). Nothing is followed, no proxy is
    used, no answer is read beyond 16 KiB, and no request outlives its deadline of 20 s.
    """

    def __init__(
        self,
        trusted_hosts: Collection[str] = (),
        *,
        connect_ms: int = CONNECT_MS,
        total_ms: int = TOTAL_MS,
        poller: Poller | None = None,
    ) -> None:
        self._trusted_hosts = frozenset(trusted_hosts)
        self._connect_ms = connect_ms
        self._total_ms = total_ms
        self._poller = poller or open_poller()
        self._watched: dict[int, Callable[[], None]] = {}
        self._polled: set[int] = set()
        self._timer_at: float | None = None
        self._transfers: dict[Any, _Transfer] = {}
        self._spare: list[Any] = []
        self._answers: list[Answer] = []
        self._unresolved = Unresolved[_Transfer](connect_ms / 1000)
        self._found_names = self._unresolved.fileno()
        self._poller.register(self._found_names, select.POLLIN)
        self._multi = pycurl.CurlMulti()
        self._multi.setopt(pycurl.M_SOCKETFUNCTION, self._on_socket)
        self._multi.setopt(pycurl.M_TIMERFUNCTION, self._on_timer)
        self._multi.setopt(pycurl.M_MAXCONNECTS, _IDLE_CONNECTIONS)

    @property
    def in_flight(self) -> int:
        """How many requests were started whose answers have not come out of `wait` yet."""
        return len(self._transfers) + len(self._unresolved) + len(self._answers)

    def watch(self, descriptor: int, on_ready: Callable[[], None]) -> None:
        """Also wake from `wait`, and call `on_ready`, when this descriptor is readable."""
        self._poller.register(descriptor, select.POLLIN)
        self._watched[descriptor] = on_ready

    def unwatch(self, descriptor: int) -> None:
        """Don't wake for it any more."""
        del self._watched[descriptor]
        self._poller.unregister(descriptor)

    def start(self, key: int, request: Request) -> None:
        """Start a request; its answer comes out of `wait` under `key`. Never blocks.

        A name is looked up before, within the time for connecting: libcurl's look-ups share a few
        threads, and it waits for them when it is closed.
        """
        guard = SsrfGuard(request.url, self._trusted_hosts)
        if guard.refused is not None:
            self._answers.append(Answer(key, None, guard.refused, unreachable=True))
            return
        transfer = _Transfer(key, request, guard)
        known = () if guard.name is None else self._unresolved.known(guard.name)
        if known is None:
            self._unresolved.add(transfer, request.owner, str(guard.name))
        else:
            self._start(transfer, known)

    def _start(self, transfer: _Transfer, addresses: Addresses) -> None:
        request, guard = transfer.request, transfer.guard
        curl = self._spare.pop() if self._spare else self._new_handle()
        curl.setopt(pycurl.URL, request.url)
        curl.setopt(pycurl.HTTPHEADER, list(request.headers))
        curl.setopt(pycurl.POSTFIELDS, request.body)
        curl.setopt(pycurl.WRITEFUNCTION, transfer.receive)
        curl.setopt(pycurl.HEADERFUNCTION, transfer.head.append)
        curl.setopt(pycurl.OPENSOCKETFUNCTION, guard.open_socket)
        curl.setopt(pycurl.RESOLVE, guard.resolved(addresses))
        self._transfers[curl] = transfer
        self._multi.add_handle(curl)

    def kick(self) -> None:
        """Let what was started go out now, before there is time to wait for answers."""
        self._timer_at = None
        self._multi.socket_action(pycurl.SOCKET_TIMEOUT, 0)
        self._collect()

    def wait(self, seconds: float) -> list[Answer]:
        """Work until there are answers, a watched descriptor is ready, or the time is over."""
        deadline = time.monotonic() + seconds
        woken = False
        while not self._answers and not woken:
            left_s = max(0.0, deadline - time.monotonic())
            woken = self._turn(left_s)  # once at least: who is in a hurry has news to see too
            if not left_s:
                break
        else:
            if self._transfers:
                self._turn(0)  # take along what is ready by now
        answers, self._answers = self._answers, []
        return answers

    def close(self) -> None:
        """Drop what is in flight."""
        for curl in [*self._transfers]:
            self._multi.remove_handle(curl)
            curl.close()
        for curl in self._spare:
            curl.close()
        self._transfers.clear()
        self._spare.clear()
        self._multi.close()
        self._unresolved.close()
        self._poller.close()

    def _turn(self, left_s: float) -> bool:
        """One wait for sockets; True when a watched descriptor was among them."""
        if self._timer_at is not None:
            left_s = min(left_s, self._timer_at - time.monotonic())
        if self._unresolved:
            left_s = min(left_s, self._unresolved.left_s)
        woken = False
        for descriptor, events in self._poller.poll(max(0.0, left_s)):
            if descriptor == self._found_names:
                continue
            if descriptor in self._watched:
                self._watched[descriptor]()
                woken = True
            else:
                self._multi.socket_action(descriptor, _curl_events(events))
        if self._unresolved:
            self._take_resolved()
        if self._timer_at is not None and time.monotonic() >= self._timer_at:
            self._timer_at = None
            self._multi.socket_action(pycurl.SOCKET_TIMEOUT, 0)
        self._collect()
        return woken

    def _take_resolved(self) -> None:
        for transfer, addresses in self._unresolved.take():
            if addresses:
                self._start(transfer, addresses)
            else:
                word = "no answer in time" if addresses is None else "it means nothing"
                error = f"could not resolve the host's name: {word}"
                self._answers.append(Answer(transfer.key, None, error, unreachable=True))

    def _collect(self) -> None:
        while True:
            queued, done, broken = self._multi.info_read()
            for curl in done:
                self._finish(curl, None, "")
            for curl, code, message in broken:
                self._finish(curl, code, message)
            if not queued:
                return

    def _finish(self, curl: Any, code: int | None, message: str) -> None:
        transfer = self._transfers.pop(curl)
        status = curl.getinfo(pycurl.RESPONSE_CODE) or None
        if code == pycurl.E_OPERATION_TIMEDOUT and not curl.getinfo(pycurl.REQUEST_SIZE):
            code = pycurl.E_COULDNT_CONNECT  # nothing was sent: for libcurl all deadlines are one
        timings = _timings(curl)
        self._multi.remove_handle(curl)
        self._spare.append(curl)
        self._answers.append(replace(_answer(transfer, status, code, message), timings=timings))

    def _new_handle(self) -> Any:
        curl = pycurl.Curl()
        curl.setopt(pycurl.POST, 1)
        curl.setopt(pycurl.FOLLOWLOCATION, 0)
        curl.setopt(pycurl.PROTOCOLS, pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS)
        curl.setopt(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1)
        curl.setopt(pycurl.PROXY, "")  # the environment's proxy would dial for us, unguarded
        curl.setopt(pycurl.NOSIGNAL, 1)
        curl.setopt(pycurl.CONNECTTIMEOUT_MS, self._connect_ms)
        curl.setopt(pycurl.TIMEOUT_MS, self._total_ms)
        curl.setopt(pycurl.USERAGENT, "gavel-bus")
        curl.setopt(pycurl.CAINFO, certifi.where())
        return curl

    def _on_socket(self, event: int, descriptor: int, _multi: Any, _data: Any) -> None:
        if event == pycurl.POLL_REMOVE:
            self._forget(descriptor)
            return
        mask = (select.POLLIN if event & pycurl.POLL_IN else 0) | (
            select.POLLOUT if event & pycurl.POLL_OUT else 0
        )
        if descriptor in self._polled:
            self._poller.modify(descriptor, mask)
        else:
            self._polled.add(descriptor)
            self._poller.register(descriptor, mask)

    def _forget(self, descriptor: int) -> None:
        self._polled.discard(descriptor)
        try:
            self._poller.unregister(descriptor)
        except OSError:  # closed already: the kernel has forgotten it
            return

    def _on_timer(self, timeout_ms: int) -> None:
        self._timer_at = None if timeout_ms < 0 else time.monotonic() + timeout_ms / 1000


def _curl_events(events: int) -> int:
    mask = 0
    if events & (select.POLLIN | select.POLLHUP):
        mask |= pycurl.CSELECT_IN
    if events & select.POLLOUT:
        mask |= pycurl.CSELECT_OUT
    if events & select.POLLERR:
        mask |= pycurl.CSELECT_ERR
    return mask


def _answer(transfer: _Transfer, status: int | None, code: int | None, message: str) -> Answer:
    body = bytes(transfer.received)
    head = _last_head(transfer.head)
    if code is None and not _END_OF_HEAD.intersection(head):
        # libcurl takes a connection that is closed within the head for an answer without a body,
        # but a receiver that died while it answered has not answered.
        return Answer(transfer.key, None, "closed before the end of the answer's head")
    if code is None or transfer.full:  # who wants no more has ended it
        return Answer(transfer.key, status, None, body, head, cut_off=transfer.full)
    error = transfer.guard.refused or message or f"curl {code}"
    return Answer(transfer.key, None, error, body, unreachable=code in _UNREACHABLE)


def _timings(curl: Any) -> Timings:
    connect_s = max(curl.getinfo(pycurl.CONNECT_TIME), curl.getinfo(pycurl.APPCONNECT_TIME))
    first_byte_s = curl.getinfo(pycurl.STARTTRANSFER_TIME)
    # Where nothing could be sent libcurl gives the end of the attempt as that of the first byte.
    is_connected = bool(curl.getinfo(pycurl.REQUEST_SIZE))
    return Timings(
        _ms(connect_s) if is_connected else None,
        _ms(first_byte_s) if is_connected and first_byte_s > 0 else None,
        _ms(curl.getinfo(pycurl.TOTAL_TIME)),
    )


def _ms(seconds: float) -> int:
    return round(seconds * 1000)


def _last_head(lines: list[bytes]) -> list[bytes]:
    """The head of the answer itself: interim ones (1xx) came before it."""
    starts = [index for index, line in enumerate(lines) if line.startswith(b"HTTP/")]
    return lines[starts[-1] :] if len(starts) > 1 else lines

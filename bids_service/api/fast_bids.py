"""`POST /bids` without a web framework's price: a bid that is plainly well formed.

Whatever else comes (another path, a strange header, a token or a body that isn't plainly good)
goes the way of the Flask app, body and all, and so does what the command raises: there is one
place that words refusals. docs/decisions/0082-a-plain-bid-passes-the-framework-by.md, and where the
server offers it no thread waits for a bid: 0084-a-bid-waits-without-a-thread.md.
"""

import io
import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from service_kit.access import Caller, Tokens
from service_kit.bodies import MAX_BODY_BYTES
from service_kit.entrance.asynchronous import Environ, Settle, WholeAnswer, found_before
from service_kit.errors import NotAnAmount, StoreUnavailable
from service_kit.idempotency import StoredAnswer, fingerprint_of
from service_kit.metrics.histogram import Histogram
from service_kit.money import Money
from service_kit.trace import continued, is_recording, tracing
from service_kit.url import ENTITY_URL, MAX_URL_CHARACTERS

from bids_service.api.commands import KEY, RAISED
from bids_service.commands.accept import ACCEPTED
from bids_service.commands.group_commit import MOST_AT_ONCE, Outcome
from bids_service.commands.handler import CommandHandler
from bids_service.engine.bid import Bid
from bids_service.errors import UnknownAuction
from bids_service.model import CommandRequest, Key

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_PATH, _SCOPE, _BEARER = "/bids", "bids:write", "Bearer "
_STRANGE = ("QUERY_STRING", "HTTP_TRANSFER_ENCODING", "HTTP_PREFER")
_LENGTH = re.compile(r"[0-9]{1,7}", re.ASCII)
_Url = Annotated[str, msgspec.Meta(pattern=rf"^(?:{ENTITY_URL})\Z", max_length=MAX_URL_CHARACTERS)]
_NOT_PLAIN = (msgspec.DecodeError, UnicodeDecodeError, RecursionError, NotAnAmount)
_Begun = tuple[CommandRequest, Callable[[Outcome], None]]


class _Money(msgspec.Struct, forbid_unknown_fields=True):
    amount: str
    currency: str


class _PlainBid(msgspec.Struct, forbid_unknown_fields=True):
    auction: _Url
    bidder: _Url
    maximum: _Money


_decoder = msgspec.json.Decoder(_PlainBid)


class FastBids:
    """Takes plain bids, and passes everything else on to `rest`.

    As a WSGI app, in whose thread a bid waits for its transaction; and as one that is
    `Asynchronous`, where none does.
    """

    def __init__(
        self,
        rest: "WSGIApplication",
        handler: CommandHandler,
        tokens: Tokens,
        timings: Histogram,
    ) -> None:
        self._rest = rest
        self._handler = handler
        self._tokens = tokens
        self._timings = timings
        self._begun: list[_Begun] = []

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """One request."""
        began_s = time.perf_counter()
        who = self._who_bids(environ)
        if who is None:
            return self._rest(environ, start_response)
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        environ["wsgi.input"] = io.BytesIO(body)
        try:
            request = _request(who, environ["HTTP_IDEMPOTENCY_KEY"], body)
        except _NOT_PLAIN:
            return self._rest(environ, start_response)
        try:
            answer = self._execute(request, environ.get("HTTP_TRACEPARENT"))
        except Exception as error:  # noqa: BLE001 - whatever it is, the app says it
            environ[RAISED] = error
            return self._rest(environ, start_response)
        self._note(began_s, answer)
        return _sent(answer, start_response)

    def begin(self, environ: Environ, body: bytes, settle: Settle) -> bool:
        """Whether a request is a plain bid, which is answered later; see Asynchronous."""
        began_s = time.perf_counter()
        who = self._who_bids(environ)
        if who is None:
            return False
        try:
            request = _request(who, environ["HTTP_IDEMPOTENCY_KEY"], body)
        except _NOT_PLAIN:
            return False

        def settled(outcome: Outcome) -> None:  # on the committing thread
            if isinstance(outcome, UnknownAuction) or _is_accepted(outcome):
                settle(None)  # there is more to be waited for
            elif isinstance(outcome, Exception):
                settle(outcome)
            else:
                self._note(began_s, outcome)
                settle(WholeAnswer(outcome.status, outcome.headers, outcome.body.encode()))

        ours = continued(environ.get("HTTP_TRACEPARENT"))
        self._begun.append((replace(request, traceparent=ours), settled))
        return True

    def flush(self) -> None:
        """Hand over what has begun: what came in one turn shares a transaction."""
        begun, self._begun = self._begun, []
        for start in range(0, len(begun), MOST_AT_ONCE):
            self._hand_over(begun[start : start + MOST_AT_ONCE])

    def _hand_over(self, begun: Sequence[_Begun]) -> None:
        def settle(outcomes: Sequence[Outcome]) -> None:
            for (_, settled), outcome in zip(begun, outcomes, strict=True):
                settled(outcome)

        self._handler.hand_over([request for request, _ in begun], settle)

    def _who_bids(self, environ: Mapping[str, Any]) -> Caller | None:
        """None unless it is plain that this is a bid of somebody who may bid."""
        if environ["PATH_INFO"] != _PATH or environ["REQUEST_METHOD"] != "POST":
            return None
        length = environ.get("CONTENT_LENGTH", "")
        if not _LENGTH.fullmatch(length) or int(length) > MAX_BODY_BYTES:
            return None
        if any(environ.get(name) for name in _STRANGE) or is_recording():
            return None
        if not KEY.fullmatch(environ.get("HTTP_IDEMPOTENCY_KEY", "")):
            return None
        shown = environ.get("HTTP_AUTHORIZATION", "")
        who = self._tokens.find(shown.removeprefix(_BEARER)) if shown.startswith(_BEARER) else None
        return who if who is not None and _SCOPE in who.scopes else None

    def _execute(self, request: CommandRequest, traceparent: str | None) -> StoredAnswer:
        """Execute a bid, unless that was done before this thread came to it."""
        match found_before():
            case None:
                pass
            case TimeoutError():
                raise StoreUnavailable("the database did not answer in time")
            case error:
                raise error
        with tracing(traceparent, f"POST {_PATH}", "server") as ours:
            return self._handler.execute(replace(request, traceparent=ours))

    def _note(self, began_s: float, answer: StoredAnswer) -> None:
        took_s = time.perf_counter() - began_s
        self._timings.observe(took_s, ("bids", "POST", f"{answer.status // 100}xx"))


def _request(who: Caller, key: str, body: bytes) -> CommandRequest:
    """Raises what says that it isn't plain."""
    plain = _decoder.decode(body)
    maximum = {"amount": plain.maximum.amount, "currency": plain.maximum.currency}
    money = Money.parse(maximum)
    asked = {"auction": plain.auction, "bidder": plain.bidder, "maximum": maximum}
    return CommandRequest(
        auction=plain.auction,
        command=Bid(bidder=plain.bidder, maximum=money.amount_minor, currency=money.currency),
        key=Key(client=who.name, key=key, fingerprint=fingerprint_of([_PATH, asked])),
    )


def _is_accepted(outcome: Outcome) -> bool:
    return isinstance(outcome, StoredAnswer) and outcome.status == ACCEPTED


def _sent(answer: StoredAnswer, start_response: "StartResponse") -> Iterable[bytes]:
    body = answer.body.encode()
    headers = [*answer.headers.items(), ("Content-Length", str(len(body)))]
    start_response(f"{answer.status} {HTTPStatus(answer.status).phrase.upper()}", headers)
    return [body]

"""A payment provider that lies: it opens pages, and says of each what a test has it say."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any
from urllib.parse import parse_qsl

from auction_app.till.wire import nested
from tests.sockets import free_port

Document = dict[str, Any]
_A_BYTE_EVERY_S = 0.5


@dataclass(frozen=True)
class Answer:
    """What is sent; `slowly`: a byte now and then, without end. `cut`: before it is whole."""

    body: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    slowly: bool = False
    cut: bool = False


def honest(document: Document) -> Answer:
    """The truth."""
    return Answer(json.dumps(document).encode())


Lie = Callable[[Document], Answer]


class Liar:
    """Sessions by id, what is said of each, and of their refunds. Thread-safe enough for a test:
    what is said is replaced whole."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.sessions: dict[str, Document] = {}
        self.says: dict[str, Lie] = {}
        self.says_of_refunds: Lie = honest
        self.asked: list[str] = []
        self.over = threading.Event()
        self._numbers = count(1)

    def open(self, form: Mapping[str, str]) -> Document:
        """A session as the wire has it."""
        asked = nested(form)
        price = asked["line_items"]["0"]["price_data"]
        name = f"cs_{next(self._numbers)}"
        self.sessions[name] = {
            "id": name,
            "object": "checkout.session",
            "status": "open",
            "payment_status": "unpaid",
            "amount_total": int(price["unit_amount"]),
            "currency": price["currency"],
            "client_reference_id": asked["client_reference_id"],
            "metadata": asked["metadata"],
            "payment_intent": None,
            "url": f"{self.url}/pay/{name}",
        }
        return self.sessions[name]

    def paid(self, name: str) -> Document:
        """The session, when its buyer has paid what was asked for."""
        intent = {"id": f"pi_{name}", "object": "payment_intent", "last_payment_error": None}
        return self.sessions[name] | {
            "status": "complete",
            "payment_status": "paid",
            "payment_intent": intent,
        }

    def answer(self, method: str, path: str, form: Mapping[str, str]) -> Answer:
        """To a call of the house's."""
        self.asked.append(f"{method} {path}")
        path, _, _query = path.partition("?")
        if path == "/v1/checkout/sessions":
            return honest(self.open(form))
        if path == "/v1/refunds":
            if method == "GET":
                return honest({"object": "list", "data": []})
            name = form["payment_intent"].removeprefix("pi_")
            session = self.sessions[name]
            return self.says_of_refunds(
                {
                    "id": f"re_{name}",
                    "object": "refund",
                    "status": "succeeded",
                    "payment_intent": form["payment_intent"],
                    "amount": session["amount_total"],
                    "currency": session["currency"],
                }
            )
        name = path.split("/")[4]
        lie = self.says.get(name)
        return lie(self.paid(name)) if lie else honest(self.sessions[name])


@contextmanager
def liar() -> Iterator[Liar]:
    """One on a free port of loopback."""
    port = free_port()
    lying = Liar(f"http://127.0.0.1:{port}")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
            self._answer(dict(parse_qsl(body)))

        def _answer(self, form: Mapping[str, str]) -> None:
            answer = lying.answer(self.command, self.path, form)
            self.send_response(answer.status)
            told = len(answer.body) * (2 if answer.cut or answer.slowly else 1)
            for name, value in {"Content-Length": str(told), **answer.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            with suppress(OSError):  # the house has heard enough
                self._send(answer)
            if answer.cut or answer.slowly:
                self.close_connection = True

        def _send(self, answer: Answer) -> None:
            if not answer.slowly:
                self.wfile.write(answer.body)
                return
            for byte in answer.body:
                self.wfile.write(bytes([byte]))
                if lying.over.wait(_A_BYTE_EVERY_S):
                    return

        def log_message(self, *_: Any) -> None:
            """Tests say what was wrong."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    try:
        yield lying
    finally:
        lying.over.set()
        server.shutdown()
        serving.join()
        server.server_close()

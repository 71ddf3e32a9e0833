"""The other services as fakes that speak docs/protocol.md over real HTTP."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

BIDS_TOKEN = "bids-token-of-the-mailer"
AUCTIONS_TOKEN = "auctions-token-of-the-mailer"
BUS_TOKEN = "bus-token-of-the-mailer"


@dataclass
class FakeService:
    """Serves documents by path to whoever has the token."""

    server: HTTPServer
    token: str
    documents: dict[str, Any] = field(default_factory=dict)
    answers: dict[str, list[Response]] = field(default_factory=dict)
    requested: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.server.expect_request(re.compile("/.*")).respond_with_handler(self._answer)

    @property
    def url(self) -> str:
        return self.server.url_for("").rstrip("/")

    def put(self, path: str, document: Any) -> str:
        """Serve the document at path from now on; returns its URL."""
        self.documents[path] = document
        return self.url + path

    def remove(self, url: str) -> None:
        del self.documents[url.removeprefix(self.url)]

    def next_answer(self, url: str, response: Response) -> None:
        """Answer once with something else."""
        self.answers.setdefault(url.removeprefix(self.url), []).append(response)

    def _answer(self, request: Request) -> Response:
        self.requested.append(request.path)
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return Response("{}", 401)
        if waiting := self.answers.get(request.path):
            return waiting.pop(0)
        if request.path not in self.documents:
            return Response("{}", 404)
        body = json.dumps(self.documents[request.path])
        return Response(body, mimetype="application/hal+json")


@dataclass
class House:
    """An auction with a seller, and people who bid on it."""

    bids: FakeService
    auctions: FakeService

    def auction(self, title: str = "Brass lamp") -> str:
        return self.auctions.put("/auctions/1", {"title": title, "_links": {}})

    def customer(self, who: str, **changes: Any) -> str:
        path = f"/customers/{who.lower()}"
        return self.auctions.put(
            path,
            {
                "name": who,
                "email": f"{who.lower()}@example.org",
                "email_verified": True,
                "locale": "en",
                "_links": {"self": {"href": self.auctions.url + path}},
            }
            | changes,
        )

    def unverified(self, name: str, verification: str = "v1") -> str:
        return self.customer(
            name,
            email_verified=False,
            verification={"id": verification},
            _links={"verify-email": {"href": f"{self.auctions.url}/verify/{verification}"}},
        )

    def bid(self, number: int = 1, **changes: Any) -> str:
        """By Bob on Sally's lamp; `outbid` names a customer."""
        outbid = changes.pop("outbid", None)
        links = {
            "auction": {"href": self.auctions.url + "/auctions/1"},
            "seller": {"href": self.auctions.url + "/customers/sally"},
            "bidder": {"href": self.auctions.url + "/customers/bob"},
        }
        if outbid:
            links["outbid"] = {"href": f"{self.auctions.url}/customers/{outbid.lower()}"}
        return self.bids.put(
            f"/bids/{number}",
            {
                "outcome": "leading",
                "price": {"amount": "12.50", "currency": "USD"},
                "placed_at_ms": 1_700_000_000_000,
                "sequence": number,
                "_links": links,
            }
            | changes,
        )

    def bidding(self, **changes: Any) -> str:
        """Of Sally's lamp; `leader` names a customer."""
        leader = changes.pop("leader", None)
        links: dict[str, Any] = {
            "auction": {"href": self.auctions.url + "/auctions/1"},
            "seller": {"href": self.auctions.url + "/customers/sally"},
        }
        if leader:
            links["leader"] = {"href": f"{self.auctions.url}/customers/{leader.lower()}"}
        return self.bids.put(
            "/biddings/1",
            {
                "status": "open",
                "outcome": None,
                "price": {"amount": "99.00", "currency": "USD"} if leader else None,
                "_links": links,
            }
            | changes,
        )

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

    def auction(self, title: str = "Brass lamp", **changes: Any) -> str:
        return self.auctions.put("/auctions/1", {"title": title, "_links": {}} | changes)

    def customer(self, who: str, links: dict[str, str] | None = None, **changes: Any) -> str:
        """`links` leads to paths of the auction house."""
        path = f"/customers/{who.lower()}"
        paths = {
            "self": path,
            "preferences": "/notices/preferences",
            **(links or {}),
        }
        return self.auctions.put(
            path,
            {
                "name": who,
                "email": f"{who.lower()}@example.org",
                "email_verified": True,
                "locale": "en",
                "time_zone": "Europe/Berlin",
                "notices": {},
                "_links": {rel: {"href": self.auctions.url + path} for rel, path in paths.items()}
                | {
                    "unsubscribe": {
                        "href": f"{self.auctions.url}/unsubscribe/{who}/{{kind}}",
                        "templated": True,
                    }
                },
            }
            | changes,
        )

    def unverified(self, name: str, verification: str = "v1") -> str:
        return self.customer(
            name,
            email_verified=False,
            verification={"id": verification},
            links={"verify-email": f"/verify/{verification}"},
        )

    def question(self, answer: str | None = None) -> str:
        """Bob asks Sally about her lamp."""
        return self.auctions.put(
            "/questions/1",
            {
                "text": "Is it <old>?\nVery?",
                "answer": answer,
                "asked_at_ms": 1,
                "answered_at_ms": 2 if answer else None,
                "_links": self._people(auction="/auctions/1", seller="sally", asker="bob"),
            },
        )

    def order(self, *steps: tuple[str, str], number: int = 1) -> str:
        """Of Sally's lamp, sold to Bob; steps are (status, by)."""
        return self.auctions.put(
            f"/orders/{number}",
            {
                "price": {"amount": "99.00", "currency": "USD"},
                "status": steps[-1][0],
                "steps": [{"status": status, "at_ms": 1, "by": by} for status, by in steps],
                "_links": self._people(auction="/auctions/1", seller="sally", buyer="bob"),
            },
        )

    def message(self, text: str | None = "On <Monday>?", by: str = "seller") -> str:
        """Sally and Bob write to each other about her lamp."""
        author, addressee = ("sally", "bob") if by == "seller" else ("bob", "sally")
        links = self._people(auction="/auctions/1", author=author, addressee=addressee)
        return self.auctions.put(
            "/messages/1",
            {
                "text": text,
                "by": by,
                "removed": text is None,
                "at_ms": 1,
                "_links": links | {"order": {"href": f"{self.auctions.url}/orders/1"}},
            },
        )

    def reminder(self, ends_at_ms: int, kind: str = "ending-soon") -> str:
        """Ada watches Sally's lamp, or looks for one."""
        return self.auctions.put(
            "/reminders/1",
            {
                "kind": kind,
                "ends_at_ms": ends_at_ms,
                "_links": self._people(auction="/auctions/1", customer="ada"),
            },
        )

    def offer(self, expires_at_ms: int, status: str = "open") -> str:
        """Sally's lamp, to Ada."""
        return self.bids.put(
            "/offers/1",
            {
                "price": {"amount": "80.00", "currency": "USD"},
                "status": status,
                "expires_at_ms": expires_at_ms,
                "_links": self._people(auction="/auctions/1", seller="sally", bidder="ada"),
            },
        )

    def _people(self, auction: str, **links: str) -> dict[str, Any]:
        found = {rel: f"{self.auctions.url}/customers/{name}" for rel, name in links.items()}
        return {
            rel: {"href": href}
            for rel, href in (found | {"auction": self.auctions.url + auction}).items()
        }

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

    def bidding(self, *, bidders: tuple[str, ...] = (), page: int = 2, **changes: Any) -> str:
        """Of Sally's lamp; `leader` names a customer, `bidders` those whose bids are on pages of
        so many."""
        leader = changes.pop("leader", None)
        links: dict[str, Any] = {
            **self._people(auction="/auctions/1", seller="sally"),
            "bids": {"href": self._pages_of_bids(bidders or (leader,) if leader else (), page)},
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

    def _pages_of_bids(self, bidders: tuple[str, ...], size: int) -> str:
        pages = [bidders[i : i + size] for i in range(0, len(bidders), size)] or [()]
        for number, names in enumerate(pages):
            links = {"next": {"href": f"{self.bids.url}/bids-page/{number + 1}"}}
            self.bids.put(
                f"/bids-page/{number}",
                {
                    "_embedded": {
                        "bids": [
                            {"_links": self._people(auction="/auctions/1", bidder=name.lower())}
                            for name in names
                        ]
                    },
                    "_links": links if number + 1 < len(pages) else {},
                },
            )
        return f"{self.bids.url}/bids-page/0"

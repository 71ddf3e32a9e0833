"""The bus itself, the token, and which subscriptions there are."""

from collections.abc import Iterator

from service_kit.clock import now_ms

from bus_client.cli.connection import Connection
from bus_client.cli.doctor.finding import bad, fine, look
from bus_client.cli.words import duration
from bus_client.client import BusClient
from bus_client.entities import Finding, Subscription
from bus_client.errors import BusError, BusRefused

_CLOCKS_DIFFER_MS = 5_000
_SCOPES = {"publish": "publish", "subscriptions": "subscribe", "topics": "monitor"}


def look_at_bus(connection: Connection) -> Iterator[Finding]:
    """Whether it answers, and how its clock differs from this machine's."""
    asked_ms = now_ms()
    try:
        theirs_ms = connection.bus.clock_ms()
    except BusError as error:
        yield bad("bus", f"{connection.url}: {error}", "start it, or correct BUS_URL")
        return
    answered_ms = now_ms()
    yield fine("bus", f"{connection.url} answers in {duration(answered_ms - asked_ms)}")
    ahead_ms = theirs_ms - (asked_ms + answered_ms) // 2
    if abs(ahead_ms) <= _CLOCKS_DIFFER_MS:
        yield fine("clock", f"within {duration(_CLOCKS_DIFFER_MS)} of this machine's")
        return
    side = "ahead of" if ahead_ms > 0 else "behind"
    yield look(
        "clock",
        f"the bus's is {duration(abs(ahead_ms))} {side} this machine's",
        "set both by NTP: receivers refuse signatures that are 5 min off",
    )


def look_at_token(bus: BusClient) -> Iterator[Finding]:
    """Whose it is, and what it is good for."""
    try:
        entry = bus.entry
        if entry.is_operator:
            yield fine("token", "the root key, or as good: it sees everybody's")
            return
        scopes = [scope for relation, scope in _SCOPES.items() if entry.offers(relation)]
    except BusRefused:
        yield bad(
            "token",
            "the bus doesn't know it",
            "take the one that the bus's operator made (`bus tokens create NAME`)",
        )
        return
    if "subscribe" in scopes:
        yield fine("token", f"good for {', '.join(scopes)}")
    else:
        has = ", ".join(scopes) or "nothing here"
        yield bad("token", f"not good for subscribe, only for {has}", "ask for one with that scope")


def look_for(found: list[Subscription], name: str | None) -> Iterator[Finding]:
    """Whether there is one; with `name`, one of that name."""
    if not found:
        yield bad("subscription", "there is none", "`bus subscribe --help` says how to make one")
    elif name is not None and name not in {one.name for one in found}:
        names = ", ".join(sorted({one.name for one in found}))
        yield bad("subscription", f"there is no {name!r}, only: {names}", "take one of those")

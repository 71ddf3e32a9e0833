"""The bus itself, the token, and which subscriptions there are."""

import difflib
from collections.abc import Iterator

from service_kit.clock import now_ms

from bus_client.cli.connection import Connection
from bus_client.cli.doctor.finding import Finding, bad, fine, look
from bus_client.cli.words import duration
from bus_client.client import BusClient
from bus_client.entities import Subscription
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


def look_at_pushers(bus: BusClient) -> Iterator[Finding]:
    """Whether anybody delivers."""
    if not bus.entry.offers("overview"):
        return
    running = bus.pushers()
    if running:
        yield fine("pushers", f"{running} running")
    else:
        yield bad("pushers", "none runs: nobody delivers", "start one: `python -m bus.worker`")


def look_for(found: list[Subscription], name: str | None) -> Iterator[Finding]:
    """Whether the subscription is there; `chosen` picks it."""
    if not found:
        yield bad("subscription", "there is none", "`bus subscribe --help` says how to make one")
    elif name is not None and name not in {one.name for one in found}:
        names = ", ".join(sorted({one.name for one in found}))
        yield bad("subscription", f"there is no {name!r}, only: {names}", "take one of those")


def look_at_topics(one: Subscription, bus: BusClient) -> Iterator[Finding]:
    """Whether anybody publishes what is asked for."""
    if not bus.entry.offers("topics"):
        yield look("topics", "the token doesn't see them", "ask for one with scope monitor")
        return
    events = {str(row.get("name")): row.get("events") for row in bus.topics()}
    known = [name for name, number in events.items() if number]
    silent = [name for name in _names(one) if not events.get(name)]
    for name in silent:
        near = difflib.get_close_matches(name, known, n=1)
        do = f"did you mean {near[0]}?" if near else "it begins when somebody publishes to it"
        yield look("topics", f"nobody publishes {name} so far", do)
    if not silent:
        yield fine("topics", ", ".join(one.topics))


def _names(one: Subscription) -> list[str]:
    """The topics that its patterns name; `*` names none."""
    return sorted({pattern.partition(".")[0] for pattern in one.topics} - {"*"})

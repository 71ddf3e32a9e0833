"""Why a subscriber gets nothing, in plain words, and what would help: pure."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Document = Mapping[str, Any]

_BEHIND_MS = 60_000
_MEANINGS = {
    400: "Its endpoint says that the request is not as it wants it.",
    401: "Its endpoint does not accept the credentials: the user name (uuid) or the secret.",
    403: "Its endpoint refuses us: the credentials, or an address filter before it.",
    404: "Nothing is at this path of its host.",
    405: "Its endpoint takes no POST at this path.",
    408: "Its endpoint did not get the request in time.",
    413: "Its endpoint finds the request too large: a smaller `max` would help.",
    415: "Its endpoint does not take this content type: see `format`.",
    422: "Its endpoint does not accept what is in the request.",
    429: "Its endpoint asks for fewer requests.",
}
_ERRORS = (
    ("address", "The bus does not call private addresses, unless BUS_TRUSTED_HOSTS names them."),
    ("failed to connect", "Nothing answers at its host and port: does it run there?"),
    ("resolve", "Its host name is not known to the DNS: is the callback spelt right?"),
    ("certificate", "Its TLS certificate is not good: expired, of another name, or not trusted."),
    ("ssl", "TLS with its host does not work."),
    ("timed out", "It did not answer within 20 s."),
    ("closed", "It closed the connection before it had answered."),
)


@dataclass(frozen=True)
class Reason:
    """One thing that keeps events from a subscriber; `relation` is the link that would help, or ""
    where the help is elsewhere. What is no `trouble` is as it should be."""

    what: str
    help: str = ""
    relation: str = ""
    trouble: bool = True


def condition(one: Document) -> str:
    """A subscription's state in one word.

    | state    | failures | oldest event that waits | word     |
    |----------|----------|-------------------------|----------|
    | disabled |          |                         | disabled |
    | paused   |          |                         | paused   |
    | active   | some     |                         | failing  |
    | active   | 0        | over a minute old       | behind   |
    | active   | 0        | younger                 | busy     |
    | active   | 0        | none                    | idle     |
    """
    if one["state"] != "active":
        return str(one["state"])
    if one["failures"]:
        return "failing"
    oldest_ms = one["lag"]["oldest_ms"]
    if not one["lag"]["events"]:
        return "idle"
    return "behind" if oldest_ms is not None and oldest_ms > _BEHIND_MS else "busy"


def meaning(found: Document | None) -> str:
    """What an answer that was a failure says about the endpoint."""
    if found is None:
        return ""
    status, error = found["status"], (found["error"] or "").lower()
    if status is None:
        return next((words for sign, words in _ERRORS if sign in error), "It gave no answer.")
    if 200 <= status < 300:
        return "It said yes in a way that can't be read." if error else ""
    if 300 <= status < 400:
        return "Its endpoint redirects, and the bus follows no redirects: give the last address."
    broken = "Its endpoint broke down over the request: its own log says why."
    return _MEANINGS.get(status, broken if status >= 500 else "Its endpoint refuses the request.")


def why(one: Document, topics: Collection[Document], pushers: int) -> list[Reason]:
    """Why nothing reaches a subscriber, what is most in the way first; at the end, if nothing is,
    why there is nothing to get. `pushers` is how many are alive."""
    found = [*_of_the_bus(one, pushers), *_of_its_state(one), *_of_its_answers(one)]
    found += [*_left_aside(one), *_of_its_topics(one, topics)]
    return found or [_well(one)]


def _of_the_bus(one: Document, pushers: int) -> Iterator[Reason]:
    if not pushers and one["state"] == "active":
        yield Reason(
            "No pusher is running, so nobody gets anything.", "Start one: python -m bus.worker."
        )


def _of_its_state(one: Document) -> Iterator[Reason]:
    kept = "Its events are kept and wait."
    match one["state"], one["reason"]:
        case "paused", "snapshot":
            yield Reason("Its snapshot is being taken; then it begins.", kept, trouble=False)
        case "paused", _:
            yield Reason(f"Somebody has paused it. {kept}", "Resume it.", "resume")
        case "disabled", "gone":
            yield Reason(
                f"Its endpoint answered 410 Gone, so it was disabled. {kept}",
                "If that was not meant, mend the endpoint, then resume.",
                "resume",
            )
        case "disabled", _:
            yield Reason(
                f"Its endpoint failed for days, so it was disabled. {kept}",
                "Mend the endpoint, then resume.",
                "resume",
            )


def _of_its_answers(one: Document) -> Iterator[Reason]:
    if not one["failures"]:
        return
    help = "Mend it, or correct the subscription. Then resume: it is tried at once."
    yield Reason(meaning(one["last_answer"]) or "Its endpoint fails.", help, "resume")


def _left_aside(one: Document) -> Iterator[Reason]:
    if one["parked"]:
        yield Reason(
            "It could not take the events of some entities, which wait apart; the rest goes on.",
            "See which, and what it answered.",
            "parked",
        )
    if one["dead_letters"]:
        yield Reason(
            "Some events were given up after many attempts.",
            "Mend what refused them, then redrive them.",
            "dead-letters",
        )


def _of_its_topics(one: Document, topics: Collection[Document]) -> Iterator[Reason]:
    if not one["topics"]:
        yield Reason("It subscribes to no topic.", "Edit it.", "self")
        return
    published = {topic["name"] for topic in topics if topic["publisher"] is not None}
    names = {pattern.partition(".")[0] for pattern in one["topics"]} - {"*"}
    for name in sorted(names - published):
        yield Reason(f"Nobody publishes to {name}.", "Is the topic spelt right?", "self")


def _well(one: Document) -> Reason:
    if one["lag"]["events"]:
        limit = one["events_per_s"]
        slow = f" It may get {limit:,} events a second." if limit else ""
        return Reason(f"Events are on their way.{slow}", trouble=False)
    return Reason("It has got everything that was published to its topics.", trouble=False)

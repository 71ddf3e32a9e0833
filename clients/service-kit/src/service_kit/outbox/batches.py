"""What goes to the bus in one call, and what a refusal means: pure, the same for every engine."""

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from service_kit.errors import UnexpectedStatus
from service_kit.outbox.stored import StoredEvent

MOST_EVENTS = 1_000  # what the bus takes at once
_MOST_BYTES = 700_000
_FEW = 16
_BESIDE_THE_URL = 80
_CONTENT_AT_FAULT = frozenset({400, 413, 422})


@dataclass(slots=True)
class Settlement:
    """What became of a batch: ids that were published, ids that the bus will never take and why,
    topics that it does not take now and why, and topics that it takes again."""

    published: list[int] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)
    held: dict[str, str] = field(default_factory=dict)
    freed: set[str] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.published or self.refused or self.held or self.freed)


def calls_of(rows: Sequence[StoredEvent]) -> Iterator[list[StoredEvent]]:
    """The calls that publish these rows, each of one topic, in as few as keep the order of every
    topic and of every URL.

    Topics take turns. Each goes as far as it is the next for every URL, and for as much as the bus
    takes at once; a row that is too large for itself goes alone, for the bus to refuse. While few
    wait, what belongs to another trace goes in a call of its own, for a call has one.

    | rows, in order          | calls           |
    |-------------------------|-----------------|
    | a:1 b:2 a:3 b:4         | a:1 a:3, b:2 b:4 |
    | a:1 b:1 a:2 b:2         | a:1 a:2, b:1 b:2 |
    | a:1 b:1 b:2 a:2         | a:1, b:1 b:2, a:2 |
    """
    of_topic: dict[str, deque[StoredEvent]] = defaultdict(deque)
    of_url: dict[str, deque[str]] = defaultdict(deque)
    for row in rows:
        of_topic[row.topic].append(row)
        of_url[row.url].append(row.topic)
    while of_topic:
        for topic, left in list(of_topic.items()):
            if call := _next_call(left, of_url):
                yield call
            if not left:
                del of_topic[topic]


def _next_call(left: deque[StoredEvent], of_url: Mapping[str, deque[str]]) -> list[StoredEvent]:
    """Take what one topic may publish now."""
    call: list[StoredEvent] = []
    size, few = 0, len(left) <= _FEW
    while left and len(call) < MOST_EVENTS and of_url[left[0].url][0] == left[0].topic:
        size += len(left[0].url) + _BESIDE_THE_URL
        if call and (size > _MOST_BYTES or (few and left[0].traceparent != call[0].traceparent)):
            break
        row = left.popleft()
        of_url[row.url].popleft()
        call.append(row)
    return call


def trace_of(call: Sequence[StoredEvent]) -> str | None:
    """The trace that all rows of a call belong to; None when they don't."""
    traces = {row.traceparent for row in call}
    return traces.pop() if len(traces) == 1 else None


def faults_in(rows: Sequence[StoredEvent], error: UnexpectedStatus) -> dict[int, str]:
    """The places of the rows of a refused call that the bus says are at fault, each with its
    reason: nobody needs to ask again. Nothing where it isn't certain which those are.

    | refused with a problem document whose                      | at fault          |
    |------------------------------------------------------------|-------------------|
    | `errors` each have the `index` of a row, the first of which | those             |
    | is its `index`, and a `detail`                             |                   |
    | anything else                                              | see split_at_fault |
    """
    said = error.problem.get("errors") if error.problem and error.status == 400 else None
    if not isinstance(said, list) or not all(_names_a_row(one, len(rows)) for one in said):
        return {}
    faults = {one["index"]: reason_of(error, one) for one in said}
    agrees = len(faults) == len(said) and error.problem.get("index") == min(faults, default=None)
    return faults if agrees else {}


def _names_a_row(fault: object, count: int) -> bool:
    if not isinstance(fault, dict) or not fault.get("detail"):
        return False
    place = fault.get("index")
    return type(place) is int and 0 <= place < count


def split_at_fault(
    rows: Sequence[StoredEvent], error: UnexpectedStatus
) -> list[Sequence[StoredEvent]] | None:
    """The rows of a refused call in runs of their order: to call again with each, or if it was a
    lone row, to know that it is at fault.

    None: it isn't for what they hold, but for whose topic it is or who calls; or it is somebody
    else's word, for the bus says no with a problem document.

    | refused with                                   | runs                                     |
    |------------------------------------------------|------------------------------------------|
    | 400, 413, 422, a problem document and an index | those before it, the one, those after it |
    | the same without an index                      | the two halves                           |
    | anything else                                  | None                                     |
    """
    if error.status not in _CONTENT_AT_FAULT or not error.problem:
        return None
    index = error.problem.get("index")
    if isinstance(index, int) and 0 <= index < len(rows):
        cuts = [0, index, index + 1, len(rows)]
    else:
        cuts = [0, len(rows) // 2, len(rows)]
    return [rows[start:end] for start, end in pairwise(cuts) if start < end]


def reason_of(error: Exception, problem: Mapping[str, Any] | None = None) -> str:
    """One line that says why, of what anybody may have sent."""
    said = (problem or {}).get("detail") or str(error)
    return "".join(one if one.isprintable() else " " for one in str(said)) or "no reason given"

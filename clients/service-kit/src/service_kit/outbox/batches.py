"""What goes to the bus in one call, and what a refusal means: pure, the same for every engine."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Protocol

from service_kit.errors import UnexpectedStatus

MOST_EVENTS = 1_000  # what the bus takes at once
_MOST_BYTES = 700_000
_BESIDE_THE_URL = 80
_CONTENT_AT_FAULT = frozenset({400, 413, 422})


class Waiting(Protocol):
    """A row of the outbox."""

    @property
    def id(self) -> int: ...
    @property
    def topic(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def changed_at_ms(self) -> int: ...


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


def by_topic(rows: Iterable[Waiting]) -> dict[str, list[Waiting]]:
    """The first of some rows, as many as go out together, by topic and each topic in order.

    One topic goes after the other, so the rows end where a URL would come in a second one: its
    events shall arrive as they were announced. They end, too, where a call would become too large;
    a row that is too large for itself goes alone, for the bus to refuse.
    """
    runs: dict[str, list[Waiting]] = {}
    sizes: dict[str, int] = {}
    topic_of: dict[str, str] = {}
    for row in rows:
        run, topic = runs.setdefault(row.topic, []), row.topic
        size = sizes[topic] = sizes.get(topic, 0) + len(row.url) + _BESIDE_THE_URL
        is_full = len(run) == MOST_EVENTS or bool(run and size > _MOST_BYTES)
        if is_full or topic_of.setdefault(row.url, topic) != topic:
            break
        run.append(row)
    return {topic: run for topic, run in runs.items() if run}


def split_at_fault(
    rows: Sequence[Waiting], error: UnexpectedStatus
) -> list[Sequence[Waiting]] | None:
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

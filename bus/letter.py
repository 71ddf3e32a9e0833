"""The noun of what was given up."""

from dataclasses import dataclass, field

from bus.model import LogEvent
from bus.progress import LastAnswer


@dataclass(frozen=True, slots=True)
class Letter:
    """A dead letter as it is kept: the event, how often it was tried, the last answer."""

    id: int
    event: LogEvent
    attempts: int
    answer: LastAnswer
    answer_body: bytes = field(repr=False)

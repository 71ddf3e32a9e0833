"""A bus as a publisher sees one, in memory."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from service_kit.errors import HttpFailure, PartlyTaken, UnexpectedStatus


class SomeLeft(PartlyTaken):
    """The events at these places were not taken."""

    def __init__(self, *left: int) -> None:
        super().__init__("a listener failed")
        self.left = frozenset(left)


class Bus:
    """Takes what is published, unless it was told what to say instead.

    It refuses a whole call for the events whose URLs hold "bad", as the bus does: `says_which` is
    the first, and `says_all` which others are.
    """

    def __init__(self) -> None:
        self.log: list[tuple[str, str]] = []
        self.calls: list[int] = []
        self.no: dict[str, Callable[[list[Any]], HttpFailure]] = {}
        self.away: list[HttpFailure] = []
        self.says_which = self.says_all = True

    def publish(self, topic: str, events: list[Any]) -> None:
        self.calls.append(len(events))
        if self.away:
            raise self.away.pop(0)
        if topic in self.no:
            error = self.no[topic](events)
            left = getattr(error, "left", range(len(events)))
            self.log += [
                (topic, event["url"]) for place, event in enumerate(events) if place not in left
            ]
            raise error
        if bad := [index for index, event in enumerate(events) if "bad" in event["url"]]:
            raise UnexpectedStatus(400, self._problem(bad))
        self.log += [(topic, event["url"]) for event in events]

    def _problem(self, bad: list[int]) -> dict[str, Any]:
        problem: dict[str, Any] = {"title": "No", "detail": f"event {bad[0]}: no good"}
        if self.says_which:
            problem["index"] = bad[0]
        if self.says_all:
            problem["errors"] = [{"index": at, "detail": "no good"} for at in bad[:100]]
        return problem

    def by_topic(self) -> dict[str, list[str]]:
        """The URLs that it has, in order."""
        found: dict[str, list[str]] = defaultdict(list)
        for topic, url in self.log:
            found[topic].append(url)
        return dict(found)


def taken(_events: list[Any]) -> HttpFailure:
    """What a topic is answered that belongs to another client."""
    return UnexpectedStatus(403, {"title": "Not your topic", "detail": "it has another publisher"})

"""Publish: from a parsed body to events on disk, without any web framework."""

from typing import Any

from service_kit.clock import Clock

from bus.event_json import event_head
from bus.model import Client, NewEvent, Publication
from bus.publish.check import CheckedEvent, Limits, check_events
from bus.publish.committer import Committer
from bus.topic_name import check_topic


class Publisher:
    """Takes what clients publish. May be called from any number of threads."""

    def __init__(self, committer: Committer, limits: Limits, now_ms: Clock) -> None:
        self._committer = committer
        self._limits = limits
        self._now_ms = now_ms

    def publish(
        self, client: Client, topic: str, body: Any, traceparent: str | None = None
    ) -> None:
        """Store the events in `body` (one, or an array, parsed) and return once they are on disk.

        All or nothing. Raises BadTopic, BadEvent, TopicTaken or Unavailable. Repeating it
        publishes the events again.
        """
        check_topic(topic)
        checked = check_events(body, self._limits)
        now_ms = self._now_ms()
        events = [_new_event(topic, event, now_ms) for event in checked]
        self._committer.commit(Publication(topic, client.id, events, traceparent))


def _new_event(topic: str, event: CheckedEvent, now_ms: int) -> NewEvent:
    t_ms = now_ms if event.timestamp_ms is None else event.timestamp_ms
    head = event_head(topic, event.type, event.url, t_ms, event.data)
    return NewEvent(event.type, event.url, head)

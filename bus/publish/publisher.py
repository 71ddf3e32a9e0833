"""Publish: from the bytes of a request to events on disk (docs/delivery.md D5)."""

from dataclasses import dataclass

from service_kit.clock import Clock

from bus.auth import check_may_publish
from bus.model.client import Client
from bus.model.event import NewEvent, Publication, event_head
from bus.model.topic import check_topic
from bus.publish.group_commit import Committer
from bus.publish.read import read_events
from bus.publish.validation import CheckedEvent, Limits, publish_key


@dataclass(frozen=True, slots=True)
class PublishCall:
    """One call to publish, as it came: the body's media type matters only for CloudEvents."""

    topic: str
    body: bytes
    media_type: str = ""
    key: str | None = None
    traceparent: str | None = None


class Publisher:
    """Takes what clients publish. May be called from any number of threads."""

    def __init__(self, committer: Committer, limits: Limits, now_ms: Clock) -> None:
        self.committer = committer
        self._limits = limits
        self._now_ms = now_ms

    def publish(self, client: Client, call: PublishCall) -> None:
        """Store the events of a call and return once they are on disk.

        All or nothing. Raises NotAllowed, BadTopic, BadEvent, BadKey, TopicTaken, KeyReused,
        Unavailable, or the kit's Problem for a body that isn't JSON. Repeating it publishes the
        events again, unless the call has an idempotency key.
        """
        self.committer.commit(self.prepare(client, call))

    def prepare(self, client: Client, call: PublishCall) -> Publication:
        """What is to be committed. Raises what `publish` raises before it touches the log."""
        check_may_publish(client)
        check_topic(call.topic)
        checked = read_events(call.body, call.media_type, call.topic, self._limits)
        now_ms = self._now_ms()
        events = [_new_event(call.topic, event, now_ms) for event in checked]
        key = None if call.key is None else publish_key(call.key, call.topic, checked)
        return Publication(call.topic, client.id, events, call.traceparent, key)


def _new_event(topic: str, event: CheckedEvent, now_ms: int) -> NewEvent:
    t_ms = now_ms if event.timestamp_ms is None else event.timestamp_ms
    head = event_head(topic, event.type, event.url, t_ms, event.data)
    return NewEvent(event.type, event.url, head)

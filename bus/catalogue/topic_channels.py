"""The channels, operations and schemas of one topic in an AsyncAPI document: pure."""

from typing import Any

from bus.catalogue.draft07 import as_draft_07
from bus.catalogue.event_schemas import FAILED, OF_BINARY_MODE
from bus.catalogue.examples import examples_of
from bus.model.data_schema import DataSchema, text_of
from bus.model.event import TYPES
from bus.model.media_types import CLOUDEVENT, CLOUDEVENTS_BATCH
from bus.model.topic import SYSTEM_TOPIC, Topic, TopicAbout
from bus.publish.validation import MAX_EVENTS

Document = dict[str, Any]

_JSON = "application/json"
_BINDING = {"bindingVersion": "0.3.0"}
_POST = {"http": {"method": "POST", **_BINDING}}
_IDEMPOTENT = {
    "type": "object",
    "properties": {
        "Idempotency-Key": {
            "type": "string",
            "pattern": "^[!-~]{1,255}$",
            "description": "Publish once a day, however often it is sent",
        },
        "traceparent": {"type": "string", "description": "W3C Trace Context"},
    },
}


class TopicInDocument:
    """One topic in the document."""

    def __init__(
        self, topic: Topic, about: TopicAbout, max_data_bytes: int, *, is_any: bool = False
    ) -> None:
        self._topic = topic
        self._name = topic.name
        self._is_any = is_any
        self._about = about
        self._schema = about.schema or None
        self._examples = examples_of(topic.name, self._schema, max_data_bytes)
        self._deliveries = f"{topic.name}-deliveries"

    def schemas(self) -> Document:
        """The schema of its data, where it has one."""
        if not self._schema:
            return {}
        name = f"{self._name}-data"
        return {name: as_draft_07(self._schema, f"#/components/schemas/{name}")}

    def channels(self) -> Document:
        """Where it is published, but for the bus's own, and where it is delivered."""
        said = {"title": self._name, "description": self._description()}
        delivered = {
            self._deliveries: said
            | {
                "address": None,
                "servers": [ref_to("servers", "subscriber")],
                "messages": self._delivered(),
            }
        }
        if self._name == SYSTEM_TOPIC:
            return delivered
        published = said | {
            "address": f"/topics/{self._name}",
            "servers": [ref_to("servers", "bus")],
            "messages": self._published(),
        }
        return {self._name: published} | delivered

    def operations(self) -> Document:
        """The bus receives publications, and sends deliveries."""
        answer = ref_to("channels", self._deliveries, "messages", "answer")
        deliver = {
            "action": "send",
            "channel": ref_to("channels", self._deliveries),
            "title": f"Deliver {self._name}",
            "summary": "To the callback of each subscription, in its `format`; any 2xx takes it.",
            "messages": [
                ref_to("channels", self._deliveries, "messages", name)
                for name in self._delivered()
                if name != "answer"
            ],
            "bindings": _POST,
            "reply": {"channel": ref_to("channels", self._deliveries), "messages": [answer]},
        }
        if self._name == SYSTEM_TOPIC:
            return {f"deliver-{self._name}": deliver}
        publish = {
            "action": "receive",
            "channel": ref_to("channels", self._name),
            "title": f"Publish {self._name}",
            "summary": "Stored before it is answered 200: all of it or nothing.",
            "bindings": _POST,
        }
        return {f"publish-{self._name}": publish, f"deliver-{self._name}": deliver}

    def _description(self) -> str:
        said = self._about.description or "Its publisher has said nothing of it."
        if self._name == SYSTEM_TOPIC:
            return f"{said} Published by the bus itself."
        return f"{said} Published by {self._topic.publisher or 'nobody yet'}."

    def _published(self) -> Document:
        event = self._narrowed("NewEvent", {})
        cloud_event = self._narrowed("CloudEvent", self._of_cloud_event())
        example = self._examples["cloudevent"]
        headers = {f"ce-{name}": {"type": "string"} for name in OF_BINARY_MODE}
        needed = [f"ce-{name}" for name in ("specversion", "id", "source", "type", "subject")]
        return {
            "events": _message(
                "One event, or an array of them",
                _JSON,
                {"oneOf": [event, {**_array(event), "minItems": 1, "maxItems": MAX_EVENTS}]},
                self._examples["published"],
                headers=_IDEMPOTENT,
            ),
            "cloudEvent": _message(
                "A CloudEvent, structured", CLOUDEVENT, cloud_event, example, headers=_IDEMPOTENT
            ),
            "cloudEvents": _message(
                "A batch of CloudEvents",
                CLOUDEVENTS_BATCH,
                {**_array(cloud_event), "maxItems": MAX_EVENTS},
                [example],
                headers=_IDEMPOTENT,
            ),
            "cloudEventBinary": _message(
                "A CloudEvent, binary: the body is its data",
                _JSON,
                self._of_cloud_event()["data"],
                example["data"],
                headers={"type": "object", "required": needed, "properties": headers},
            ),
        }

    def _delivered(self) -> Document:
        event = self._narrowed("Event", self._of_event())
        cloud_event = self._narrowed("CloudEvent", self._of_cloud_event())
        example = self._examples["cloudevent"]
        delivered = {
            "events": _message(
                "Events, with `format` routemaster", _JSON, _array(event), [self._examples["event"]]
            ),
            "cloudEvents": _message(
                "Events, with `format` cloudevents",
                CLOUDEVENTS_BATCH,
                _array(cloud_event),
                [example],
            ),
            "cloudEvent": _message(
                "An event, with `format` cloudevents-structured", CLOUDEVENT, cloud_event, example
            ),
        }
        for message in delivered.values():
            message["traits"] = [ref_to("components", "messageTraits", "delivery")]
        answer = _message("A 2xx: taken, but for these", _JSON, FAILED, {"failed": []})
        return delivered | {"answer": answer}

    def _narrowed(self, general: str, properties: Document) -> Document:
        """The general schema, and what holds for this topic beside it."""
        base = ref_to("components", "schemas", general)
        if general == "NewEvent" and self._schema:
            properties = {"data": self._data()}
        if not properties:
            return base
        own: Document = {"type": "object", "properties": properties}
        if general != "CloudEvent" and self._needs_data():
            own["required"] = ["data"]
        return {"allOf": [base, own]}

    def _of_event(self) -> Document:
        said: Document = {} if self._is_any else {"topic": {"const": self._name}}
        return said | ({"data": self._data()} if self._schema else {})

    def _of_cloud_event(self) -> Document:
        data: Document = {"type": "object"}
        if self._schema:
            data |= {"properties": {"data": self._data()}}
        if self._needs_data():
            data["required"] = ["data"]
        if self._is_any:
            return {"data": data}
        types = [f"gavel.{self._name}.{type}" for type in sorted(TYPES)]
        return {"type": {"enum": types}, "data": data}

    def _data(self) -> Document:
        return ref_to("components", "schemas", f"{self._name}-data")

    def _needs_data(self) -> bool:
        return self._schema is not None and not DataSchema(text_of(self._schema)).takes(None)


def _message(
    title: str,
    content_type: str,
    payload: Document,
    example: Any,
    *,
    headers: Document | None = None,
) -> Document:
    said = {
        "title": title,
        "contentType": content_type,
        "payload": payload,
        "examples": [{"payload": example}],
        "bindings": {"http": _BINDING},
    }
    return said if headers is None else said | {"headers": headers}


def _array(items: Document) -> Document:
    return {"type": "array", "items": items}


def ref_to(*path: str) -> Document:
    return {"$ref": "#/" + "/".join(path)}

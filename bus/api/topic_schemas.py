"""What OpenAPI says about topics and the documents about them."""

import marshmallow as ma

from bus.api.schemas import ResourceSchema


class TopicSchema(ma.Schema):
    """A topic."""

    name = ma.fields.String(required=True)
    publisher = ma.fields.String(required=True, allow_none=True)
    events = ma.fields.Integer(required=True)


class FieldSchema(ma.Schema):
    """A part of `data`: `name` is the way to it, `type` and `rules` are for people."""

    name = ma.fields.String(required=True)
    type = ma.fields.String(required=True)
    required = ma.fields.Boolean(required=True)
    rules = ma.fields.String(required=True)
    description = ma.fields.String(required=True, allow_none=True)


class TopicResourceSchema(ResourceSchema):
    """A topic, with what it is about and the JSON Schema of its events' `data`, which `fields` has
    as rows; `examples` of an event as it is `published`, delivered (`event`), and a `cloudevent`.
    `events_per_s` in the last hour, null for others' topics."""

    name = ma.fields.String(required=True)
    publisher = ma.fields.String(required=True, allow_none=True)
    events = ma.fields.Integer(required=True)
    events_per_s = ma.fields.Float(required=True, allow_none=True)
    description = ma.fields.String(required=True, allow_none=True)
    log = ma.fields.String(metadata={"description": "Where there are several"})
    schema = ma.fields.Dict(required=True, allow_none=True)
    fields_of_data = ma.fields.List(
        ma.fields.Nested(FieldSchema), required=True, allow_none=True, data_key="fields"
    )
    examples = ma.fields.Dict(ma.fields.String(), ma.fields.Dict(), required=True)


class AsyncApiSchema(ma.Schema):
    """An AsyncAPI 3.0 document."""

    class Meta:
        unknown = ma.INCLUDE

    asyncapi = ma.fields.String(required=True)

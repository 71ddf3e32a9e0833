"""`GET /asyncapi.json`: the events of this bus, for programs and for people who write them."""

import msgspec
from flask import Response, jsonify, request
from service_kit.access import shown_token
from service_kit.openapi import Blueprint
from service_kit.paging import cut

from bus.api.endpoint import endpoint
from bus.api.pages import link_to_next
from bus.api.query import Limit
from bus.api.topic_schemas import AsyncApiSchema
from bus.bootstrap import Bus
from bus.catalogue.asyncapi import Address, asyncapi
from bus.errors import NotAllowed
from bus.model.topic import Topic, TopicAbout, TopicName

_PAGE = 200


class AsyncApiQuery(msgspec.Struct, forbid_unknown_fields=True):
    """Of which topics: one, or so many after a name."""

    topic: TopicName | None = None
    limit: Limit = _PAGE
    after: TopicName | None = None


def asyncapi_blueprint(bus: Bus) -> Blueprint:
    """The AsyncAPI document."""
    blueprint = Blueprint("asyncapi", __name__, description="What is published, as AsyncAPI")

    @endpoint(
        blueprint,
        "GET",
        "/asyncapi.json",
        query=AsyncApiQuery,
        answers=(200, AsyncApiSchema),
        refuses=(401, 404),
        public=True,
    )
    def show_asyncapi(query: AsyncApiQuery) -> Response:
        """The AsyncAPI 3.0 document. For a token that may monitor with channels of each topic, 200
        of them unless `limit` says otherwise, and the rest behind the header `Link`; for anybody
        else of any topic, without a name."""
        some, following = _topics(query)
        address = Address(request.host, bus.path_prefix, request.scheme)
        response = jsonify(asyncapi(some, address, bus.max_data_bytes))
        response.headers["Vary"] = "Authorization"
        return link_to_next(response, after=following)

    def _topics(query: AsyncApiQuery) -> tuple[list[tuple[Topic, TopicAbout]], str | None]:
        token = shown_token(request)
        if token is None or not _may_see(token):
            return [], None
        if query.topic is not None:
            return [bus.storage.topics.one(query.topic)], None
        found = bus.storage.topics.described(after=query.after or "", limit=query.limit + 1)
        shown, last = cut(found, query.limit)
        return list(shown), last[0].name if last else None

    def _may_see(token: str) -> bool:
        try:
            bus.auth.monitor(token)
        except NotAllowed:
            return False
        return True

    return blueprint

"""`seek` of a subscription: what it would bring, and doing it."""

from flask import Response, request
from service_kit.bodies import read_json
from service_kit.hal import MEDIA_TYPE, respond
from service_kit.openapi import Blueprint

from bus.api.acting import acting
from bus.api.endpoint import endpoint
from bus.api.ownership import owned_in_log
from bus.api.representations import preview_resource
from bus.api.schemas import SeekPreviewSchema, SubscriptionResourceSchema
from bus.api.standing import standing
from bus.bootstrap import Bus
from bus.subscriptions import every_log, lifecycle
from bus.subscriptions.places import Seek, SeekQuery, check_seek, check_seek_word

_SEEK = "/clients/<client>/subscriptions/<name>/seek"


def seek_blueprint(bus: Bus) -> Blueprint:
    """Move a subscription in the log."""
    blueprint = Blueprint("seek", __name__, description="Where a subscription goes on")

    @endpoint(
        blueprint,
        "GET",
        _SEEK,
        query=SeekQuery,
        answers=(200, SeekPreviewSchema),
        refuses=(403, 404),
        media_type=MEDIA_TYPE,
    )
    def preview(client: str, name: str, query: SeekQuery) -> Response:
        """What a seek would bring, without doing it; a snapshot is taken for that. Of a whole
        subscription: what it would bring in the log `main`."""
        ours = owned_in_log(bus, client, name)
        found = ours.store.seeks.preview(ours.id, check_seek_word(query.to))
        return respond(preview_resource(found, ours.path, query.to))

    @endpoint(
        blueprint,
        "POST",
        _SEEK,
        takes=Seek,
        answers=(200, SubscriptionResourceSchema),
        refuses=(403, 404),
        media_type=MEDIA_TYPE,
    )
    def seek(client: str, name: str) -> Response:
        """Go on from somewhere else in the log: in every one, or in that of `NAME@LOG`."""
        ours = owned_in_log(bus, client, name)
        body = read_json(request)
        place = check_seek(body)
        with acting(bus, "subscription.seek", client, on=ours.path, to=body["to"]):
            if ours.log is None:
                every_log.seek(bus.logs, ours.id, place)
            else:
                lifecycle.seek(ours.store, ours.id, place)
        return respond(standing(bus, ours))

    return blueprint

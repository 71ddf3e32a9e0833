"""`GET …/events` and `POST …/ack`: a subscription that is pulled (docs/delivery.md D34)."""

from typing import Annotated

import msgspec
from flask import Response, request
from msgspec import Meta
from service_kit.access import shown_token
from service_kit.bodies import read_json
from service_kit.bulkhead import Bulkhead
from service_kit.hal import MEDIA_TYPE
from service_kit.openapi import Blueprint

from bus.api.endpoint import endpoint
from bus.api.pulled_batches import Place, pulled_body, pulled_place
from bus.api.schemas import AcknowledgedSchema, PulledSchema
from bus.bootstrap import Bus
from bus.errors import BadQuery
from bus.streams.pull_wait import PullQuery, Tried, wait_for_batch
from bus.wire_rules import check, complaint

_ONE = "/clients/<client>/subscriptions/<name>"
_WAITING_THREADS = 8
_MAX_FAILED = 1_000


class Acknowledgement(msgspec.Struct, forbid_unknown_fields=True):
    """What was taken: a lease, or everything up to a position; but for the events with these ids,
    which are parked."""

    lease: Annotated[str, complaint("lease is not a string")] | None = None
    position: Annotated[int, Meta(ge=0, le=2**53 - 1)] | None = None
    failed: Annotated[
        list[str],
        complaint(f"failed is not an array of at most {_MAX_FAILED} ids", max_length=_MAX_FAILED),
    ] = []


def pulls_blueprint(bus: Bus) -> Blueprint:
    """Pull, and acknowledge."""
    blueprint = Blueprint("pulls", __name__, description="Subscriptions that are pulled")
    waiting = Bulkhead(at_once=_WAITING_THREADS, waiting=0)

    @endpoint(
        blueprint,
        "GET",
        f"{_ONE}/events",
        answers=(200, PulledSchema),
        refuses=(403, 404, 409, 429, 503),
        query=PullQuery,
        media_type=MEDIA_TYPE,
    )
    def pull(client: str, name: str, query: PullQuery) -> Response:
        """The next batch, leased: nobody else gets it until it is acknowledged, or the lease
        lapses."""
        ours = pulled_place(bus, shown_token(request), client, name)
        with bus.readers.admitted(client):
            tried = _pulled(ours, query)
        body = pulled_body(bus, ours, tried, request.script_root)
        return Response(body, mimetype=MEDIA_TYPE)

    @endpoint(
        blueprint,
        "POST",
        f"{_ONE}/ack",
        takes=Acknowledgement,
        answers=(200, AcknowledgedSchema),
        refuses=(403, 404, 409, 413),
    )
    def acknowledge(client: str, name: str) -> dict[str, int]:
        """A batch was taken. May be repeated while its lease would have lasted."""
        ours = pulled_place(bus, shown_token(request), client, name)
        asked: Acknowledgement = check(Acknowledgement, read_json(request), BadQuery)
        match asked.lease, asked.position:
            case str(lease), None:
                position = ours.acknowledge(lease, asked.failed)
            case None, int(upto):
                position = ours.acknowledge_upto(upto, asked.failed)
            case _:
                raise BadQuery('the body is {"lease", "failed"?} or {"position", "failed"?}')
        return {"position": position}

    def _pulled(ours: Place, query: PullQuery) -> Tried:
        if not query.wait:
            return ours.pull(query)[-1]
        with waiting, ours.reading():
            return wait_for_batch(lambda: ours.pull(query), query.wait)

    return blueprint

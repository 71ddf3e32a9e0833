"""The attempts log of a subscription, and attempts made again."""

from typing import Annotated

import msgspec
from flask import Response
from service_kit.hal import MEDIA_TYPE, respond
from service_kit.openapi import Blueprint
from service_kit.paging import cut

from bus.api.acting import acting
from bus.api.endpoint import endpoint
from bus.api.ownership import may_change, owned_in_log
from bus.api.pages import page
from bus.api.query import PAGE, Limit, Number
from bus.api.representations import attempt_resource
from bus.api.schemas import AttemptSchema, ListSchema
from bus.bootstrap import Bus
from bus.model.delivery import AttemptFilter
from bus.wire_rules import complaint

_ALL = "/clients/<client>/subscriptions/<name>/attempts"
_ONE = f"{_ALL}/<int:attempt_id>"


class AttemptsQuery(msgspec.Struct, forbid_unknown_fields=True):
    """So many attempts before one: of a status, about a URL, since a time, until another."""

    status: (
        Annotated[
            str,
            complaint(
                "status is none of 1xx to 5xx, 100 to 599, error",
                pattern=r"^([1-5]xx|[1-5][0-9][0-9]|error)\Z",
            ),
        ]
        | None
    ) = None
    url: Annotated[str, complaint("url is too long", max_length=1024)] | None = None
    since_ms: Number | None = None
    until_ms: Number | None = None
    limit: Limit = PAGE
    before: Number | None = None


def attempts_blueprint(bus: Bus) -> Blueprint:
    """The attempts log."""
    blueprint = Blueprint("attempts", __name__, description="What was sent, and what came back")

    @endpoint(
        blueprint,
        "GET",
        _ALL,
        query=AttemptsQuery,
        answers=(200, ListSchema),
        refuses=(403, 404),
        media_type=MEDIA_TYPE,
    )
    def attempts(client: str, name: str, query: AttemptsQuery) -> Response:
        """The last deliveries, newest first: all that failed; of those that passed within one
        second the last two. `status`: `2xx`, `404` or the like, or `error`: no answer, or none
        that can be taken."""
        ours = owned_in_log(bus, client, name)
        wanted = AttemptFilter(query.status, query.url, query.since_ms, query.until_ms)
        found = ours.store.attempts.all(ours.id, query.before, query.limit + 1, wanted)
        shown, last = cut(found, query.limit)
        acts = may_change(bus, client)
        items = [attempt_resource(one, ours.path, acts=acts) for one in shown]
        return respond(page("attempts", items, query, before=last.id if last else None))

    @endpoint(
        blueprint,
        "GET",
        _ONE,
        answers=(200, AttemptSchema),
        refuses=(403, 404),
        media_type=MEDIA_TYPE,
    )
    def attempt(client: str, name: str, attempt_id: int) -> Response:
        """A delivery: heads without credentials, and the first 4 KiB of the bodies."""
        ours = owned_in_log(bus, client, name)
        found = ours.store.attempts.one(ours.id, attempt_id)
        acts = may_change(bus, client)
        return respond(attempt_resource(found, ours.path, acts=acts, whole=True))

    @endpoint(
        blueprint,
        "POST",
        f"{_ONE}/resend",
        answers=(202, AttemptSchema),
        refuses=(403, 404, 409, 410),
        media_type=MEDIA_TYPE,
    )
    def resend(client: str, name: str, attempt_id: int) -> Response:
        """Have its events sent once more, now, whatever the state is; see the attempts for the
        answer, which changes nothing else."""
        ours = owned_in_log(bus, client, name)
        found = ours.store.attempts.one(ours.id, attempt_id)
        subscription = ours.store.overviews.one(client, name).subscription
        with acting(bus, "attempt.resend", client, on=ours.path, attempt=attempt_id):
            ours.store.resends.want(found, subscription.format.max_events)
        return respond(attempt_resource(found, ours.path, acts=True), 202)

    return blueprint

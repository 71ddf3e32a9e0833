"""What a subscription has beside its cursor: parked entities and dead letters."""

from typing import Any

import msgspec
from flask import Response, request
from service_kit.bodies import read_json
from service_kit.hal import MEDIA_TYPE, respond
from service_kit.openapi import Blueprint
from service_kit.paging import cut

from bus.api.acting import acting
from bus.api.endpoint import Endpoint, endpoint
from bus.api.ownership import may_change, owned_in_log
from bus.api.pages import page
from bus.api.query import PAGE, Limit, PageQuery
from bus.api.representations import letter_resource, parked_resource
from bus.api.schemas import LetterSchema, ListSchema, RedrivenSchema, RetriedSchema
from bus.bootstrap import Bus
from bus.subscriptions.redrive import Redriven, redrive
from bus.subscriptions.validation import Redrive, RetryNow, check_redrive, check_retry_now

_ONE = "/clients/<client>/subscriptions/<name>"
_PAGE = (200, ListSchema)


class ParkedQuery(msgspec.Struct, forbid_unknown_fields=True):
    """So many parked entities, after a URL."""

    limit: Limit = PAGE
    after: str = ""


def exceptions_blueprint(bus: Bus) -> Blueprint:
    """Parked entities and dead letters."""
    blueprint = Blueprint("exceptions", __name__, description="What could not be delivered")

    def listing(path: str, **how: Any) -> Endpoint:
        return endpoint(
            blueprint, "GET", path, refuses=(400, 403, 404), media_type=MEDIA_TYPE, **how
        )

    @listing(f"{_ONE}/parked", answers=_PAGE, query=ParkedQuery)
    def parked(client: str, name: str, query: ParkedQuery) -> Response:
        """Entities that failed while others passed, by URL, with when each is tried next."""
        ours = owned_in_log(bus, client, name)
        found = ours.store.parked.all(ours.id, query.after, query.limit + 1)
        shown, last = cut(found, query.limit)
        items = [parked_resource(one) for one in shown]
        return respond(page("parked", items, query, after=last.url if last else None))

    @endpoint(
        blueprint,
        "POST",
        f"{_ONE}/parked/retry",
        takes=RetryNow,
        answers=(200, RetriedSchema),
        refuses=(403, 404, 413),
    )
    def retry_parked(client: str, name: str) -> dict[str, int]:
        """Have all parked entities tried now, or those in `urls`."""
        ours = owned_in_log(bus, client, name)
        urls = check_retry_now(read_json(request, empty={}))
        with acting(bus, "parked.retry", client, on=ours.path):
            return {"retried": ours.store.parked.retry(ours.id, urls)}

    @listing(f"{_ONE}/dead-letters", answers=_PAGE, query=PageQuery)
    def letters(client: str, name: str, query: PageQuery) -> Response:
        """Events that were given up, oldest first."""
        ours = owned_in_log(bus, client, name)
        found = ours.store.dead_letters.all(ours.id, query.after, query.limit + 1)
        shown, last = cut(found, query.limit)
        acts = may_change(bus, client)
        items = [letter_resource(one, ours.path, acts=acts) for one in shown]
        return respond(page("dead-letters", items, query, after=last.id if last else None))

    @listing(f"{_ONE}/dead-letters/<int:letter_id>", answers=(200, LetterSchema))
    def letter(client: str, name: str, letter_id: int) -> Response:
        """A dead letter with the beginning of the last answer."""
        ours = owned_in_log(bus, client, name)
        found = ours.store.dead_letters.one(ours.id, letter_id)
        acts = may_change(bus, client)
        return respond(letter_resource(found, ours.path, acts=acts, whole=True))

    @endpoint(
        blueprint,
        "POST",
        f"{_ONE}/dead-letters/redrive",
        takes=Redrive,
        answers=(200, RedrivenSchema),
        refuses=(400, 403, 404, 413),
    )
    def redrive_some(client: str, name: str) -> Redriven:
        """Have all dead letters delivered again, or those in `ids`."""
        ours = owned_in_log(bus, client, name)
        ids = check_redrive(read_json(request, empty={}))
        with acting(bus, "dead-letters.redrive", client, on=ours.path):
            return redrive(ours.store, ours.id, ids)

    @endpoint(
        blueprint,
        "POST",
        f"{_ONE}/dead-letters/<int:letter_id>/redrive",
        answers=(200, RedrivenSchema),
        refuses=(400, 403, 404),
    )
    def redrive_one(client: str, name: str, letter_id: int) -> Redriven:
        """Have one dead letter delivered again."""
        ours = owned_in_log(bus, client, name)
        with acting(bus, "dead-letters.redrive", client, on=ours.path, id=letter_id):
            return redrive(ours.store, ours.id, [letter_id])

    return blueprint

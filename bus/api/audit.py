"""`GET /audit`: who did what."""

from dataclasses import asdict

import msgspec
from flask import Response, request
from service_kit.access import shown_token
from service_kit.hal import MEDIA_TYPE, respond
from service_kit.openapi import Blueprint
from service_kit.paging import cut

from bus.api.endpoint import endpoint
from bus.api.pages import page
from bus.api.query import PAGE, Limit, Number
from bus.api.schemas import ListSchema
from bus.bootstrap import Bus
from bus.model.audit import ActName
from bus.model.client import ClientName
from bus.model.log_name import MAIN, LogName


class AuditQuery(msgspec.Struct, forbid_unknown_fields=True):
    """So many acts before one: of a client, of a kind (`subscription.pause`), since a time; with
    `log` what was done in that one alone."""

    client: ClientName | None = None
    act: ActName | None = None
    since_ms: Number | None = None
    limit: Limit = PAGE
    before: Number | None = None
    log: LogName = MAIN


def audit_blueprint(bus: Bus) -> Blueprint:
    """The audit."""
    blueprint = Blueprint("audit", __name__, description="Who did what")

    @endpoint(
        blueprint,
        "GET",
        "/audit",
        query=AuditQuery,
        answers=(200, ListSchema),
        refuses=(404,),
        media_type=MEDIA_TYPE,
    )
    def audit(query: AuditQuery) -> Response:
        """What was done by others than publishing, the newest first: by the caller, or to what is
        the caller's; all for the root key. `logs` are those whose own there are, where there are
        several."""
        viewer = bus.auth.monitor(shown_token(request))
        found = bus.logs.store(query.log).audit.page(
            viewer=viewer,
            client=query.client,
            act=query.act,
            since_ms=query.since_ms,
            before=query.before,
            limit=query.limit + 1,
        )
        shown, last = cut(found, query.limit)
        rows = [asdict(one) for one in shown]
        listed = page("acts", rows, query, before=last.id if last else None)
        return respond(listed | ({"logs": bus.logs.names} if bus.logs.others else {}))

    return blueprint

"""A receiver of events for the demo's subscriptions: it keeps none, and lets one see why another
gets nothing."""

from typing import Any

import msgspec
from flask import Flask, Response, jsonify, request
from service_kit.logs import get_logger
from werkzeug.exceptions import MethodNotAllowed, NotFound

log = get_logger(__name__)

PATH = "/receiver"


class _Event(msgspec.Struct):
    url: str
    id: str


_EVENTS = msgspec.json.Decoder(list[_Event])


def add_receiver(app: Flask) -> None:
    """`/receiver` takes all events, whoever calls. `/receiver/refuses/X` refuses those of URLs
    that end with X until they are redriven, as one would that was mended meanwhile."""

    @app.post(PATH)
    @app.post(f"{PATH}/refuses/<ending>")
    def receive(ending: str | None = None) -> Response | tuple[str, int]:
        try:
            events = _EVENTS.decode(request.get_data())
        except (msgspec.MsgspecError, RecursionError):
            return "This is no array of events.\n", 400
        is_redriven = request.headers.get("bus-replay", "0") != "0"
        refused = [] if is_redriven or not ending else _ending_with(ending, events)
        log.info("events received", events=len(events), refused=len(refused))
        return jsonify(failed=refused) if refused else Response(status=204)

    @app.errorhandler(NotFound)
    @app.errorhandler(MethodNotAllowed)
    def nothing_here(error: NotFound | MethodNotAllowed) -> Any:
        if request.method != "POST":
            return error
        here = f"{request.host_url.rstrip('/')}{PATH}"
        words = f"Nothing takes events at {request.path}: the demo's receiver is {here}"
        return f"{words} (with any user name).\n", error.code


def _ending_with(ending: str, events: list[_Event]) -> list[str]:
    return [one.id for one in events if one.url.endswith(ending)]

"""What all commands have in common: a key, somebody to answer for it, an answer now or later."""

import re
from collections.abc import Callable
from typing import Any

from flask import Response, request
from marshmallow import Schema
from service_kit.access import Caller, caller, require, unauthorized
from service_kit.hal import MEDIA_TYPE
from service_kit.idempotency import StoredAnswer, fingerprint_of
from service_kit.openapi import Blueprint
from service_kit.problems import Problem
from service_kit.trace import traceparent_at_work

from bids_service.commands.accept import ACCEPTED
from bids_service.commands.handler import CommandHandler
from bids_service.engine.book import Command
from bids_service.model import CommandRequest, Key

View = Callable[..., Any]

KEY = re.compile(r"[!-~]{1,255}")
RAISED = "bids_service.raised"
"""What a command raised that was executed before the app was asked: the app says it."""

_HEADERS = [
    {
        "in": "header",
        "name": "Idempotency-Key",
        "required": True,
        "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
        "description": "The same key and body get the same answer again.",
    },
    {
        "in": "header",
        "name": "Prefer",
        "schema": {"type": "string", "pattern": "^respond-async$"},
        "description": "respond-async: 202 at once, with the URL of the outcome.",
    },
]


def answer(
    handler: CommandHandler, auction: str, command: Command, body: dict[str, Any]
) -> Response:
    """Execute a command that came with `body`, or accept it for later if the caller prefers that.

    Raises Problem 400 without a usable key, and what the handler raises.
    """
    if (error := request.environ.get(RAISED)) is not None:
        raise error
    command_request = CommandRequest(
        auction=auction, command=command, key=_key(body), traceparent=traceparent_at_work()
    )
    if prefers_async(request.headers.get("Prefer", "")):
        return _response(handler.accept(command_request))
    return _response(handler.execute(command_request))


def takes_command(
    blueprint: Blueprint, body: type[Schema], *, status: int, answer: type[Schema]
) -> Callable[[View], View]:
    """Mark a view that executes a command: who may call it, with what, and what it may answer."""

    def mark(view: View) -> View:
        for decorator in (
            blueprint.alt_response(400, "BAD_REQUEST"),
            blueprint.alt_response(401, "UNAUTHORIZED"),
            blueprint.alt_response(403, "FORBIDDEN"),
            blueprint.alt_response(404, "NOT_FOUND"),
            blueprint.alt_response(409, "CONFLICT"),
            blueprint.alt_response(202, description="Taken in; the outcome will be at Location"),
            blueprint.response(status, answer, content_type=MEDIA_TYPE),
            blueprint.arguments(body()),
            blueprint.doc(parameters=_HEADERS),
            require("bids:write"),
        ):
            view = decorator(view)
        return view

    return mark


def prefers_async(header: str) -> bool:
    """Whether a Prefer header (RFC 7240) asks for `respond-async`."""
    return any(part.split(";")[0].strip().lower() == "respond-async" for part in header.split(","))


def who_calls() -> Caller:
    """The program whose token this is. Raises Problem 401 without one."""
    who = caller()
    if who is None:
        raise unauthorized("A token is needed")
    return who


def _key(body: dict[str, Any]) -> Key:
    key = request.headers.get("Idempotency-Key")
    if key is None or not KEY.fullmatch(key):
        raise Problem(
            400,
            "An idempotency key is needed",
            detail="Send the header Idempotency-Key: 1 to 255 visible ASCII characters.",
        )
    fingerprint = fingerprint_of([request.path, body])
    return Key(client=who_calls().name, key=key, fingerprint=fingerprint)


def _response(stored: StoredAnswer) -> Response:
    response = Response(stored.body, stored.status, headers=dict(stored.headers))
    if stored.status == ACCEPTED:
        response.headers["Preference-Applied"] = "respond-async"
    return response

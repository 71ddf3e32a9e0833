"""Which status each error of the bus has."""

from collections.abc import Callable, Mapping
from typing import Any

from service_kit.access import unauthorized
from service_kit.problems import Problem

from bus.errors import (
    BadData,
    BadEvent,
    BadMediaType,
    BadSchema,
    CannotResend,
    EventsGone,
    KeyReused,
    LeaseLapsed,
    NotAllowed,
    NotAuthenticated,
    NotFound,
    NotServedHere,
    NotYours,
    OtherMode,
    Refused,
    TooManyReaders,
    TooManySecrets,
    TopicTaken,
    Unavailable,
)


def _refused(error: Refused) -> Problem:
    extra = {} if error.index is None else {"index": error.index}
    return Problem(400, "The bus can't take this", detail=str(error), extra=extra)


def _bad_event(error: BadEvent) -> Problem:
    problem = _refused(error)
    if error.faults:
        faults = [{"index": index, "detail": why} for index, why in error.faults.items()]
        problem.extra = {**problem.extra, "errors": faults}
    return problem


def _bad_data(error: BadData) -> Problem:
    extra = {} if error.index is None else {"index": error.index}
    return Problem(
        422,
        "Not as the topic's schema says",
        reason="schema",
        detail=str(error),
        extra=extra | {"pointer": error.pointer},
    )


def _too_many_readers(error: TooManyReaders) -> Problem:
    status = 429 if error.of_client else 503
    headers = {"Retry-After": "5"}
    return Problem(status, "Too many readers", detail=str(error).capitalize(), headers=headers)


TRANSLATIONS: Mapping[type[Exception], Callable[[Any], Problem]] = {
    Refused: _refused,
    BadEvent: _bad_event,
    BadSchema: lambda error: Problem(422, "Not a schema for events", detail=str(error)),
    BadData: _bad_data,
    BadMediaType: lambda error: Problem(415, "Not in this form", detail=str(error)),
    NotAuthenticated: lambda error: unauthorized(str(error).capitalize()),
    NotAllowed: lambda error: Problem(
        403, "Not with this token", reason="scope", detail=str(error)
    ),
    TopicTaken: lambda error: Problem(403, "Not your topic", detail=str(error)),
    KeyReused: lambda error: Problem(
        422, "Key used before", reason="idempotency_key_reused", detail=str(error)
    ),
    NotYours: lambda error: Problem(403, "Not your subscription", detail=str(error)),
    TooManySecrets: lambda error: Problem(409, "Too many secrets", detail=str(error)),
    OtherMode: lambda error: Problem(409, "Not so delivered", reason="mode", detail=str(error)),
    LeaseLapsed: lambda error: Problem(
        409, "Not leased any more", reason="lease_lapsed", detail=str(error)
    ),
    TooManyReaders: _too_many_readers,
    NotServedHere: lambda error: Problem(406, "No stream here", detail=str(error)),
    CannotResend: lambda error: Problem(409, "Not to be made again", detail=str(error)),
    EventsGone: lambda error: Problem(410, "Events are gone", detail=str(error)),
    NotFound: lambda error: Problem(404, "Not found", detail=str(error)),
    Unavailable: lambda error: Problem(
        503, "Not stored", detail=str(error), headers={"Retry-After": "1"}
    ),
}

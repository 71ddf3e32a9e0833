"""Every error of the console, as a problem that a page can tell in plain words."""

from collections.abc import Callable, Mapping
from typing import Any

from service_kit.errors import StoreUnavailable
from service_kit.logs import get_logger
from service_kit.problems import Problem, from_http
from werkzeug.exceptions import HTTPException
from werkzeug.exceptions import NotFound as UnknownAddress

from bus.console.api_call import ApiAnswer
from bus.console.sessions import TooManySignIns
from bus.errors import NotAllowed, NotAuthenticated

log = get_logger(__name__)


def problem_of(error: Exception) -> Problem:
    """What to say of an error; an unknown one is logged, and says nothing."""
    for kind in type(error).__mro__:
        if kind in _TRANSLATIONS:
            return _TRANSLATIONS[kind](error)
    log.error("unexpected error", exc_info=error)
    return Problem(500, "Something went wrong on our side", detail="It is in the bus's log.")


def refused(answer: ApiAnswer) -> Problem:
    """What the API has said no to, and why."""
    document: dict[str, Any] = answer.document if isinstance(answer.document, dict) else {}
    return Problem(
        answer.status,
        document.get("title", "The bus refused this"),
        detail=document.get("detail"),
        reason=document.get("reason"),
        headers={} if answer.retry_after is None else {"Retry-After": answer.retry_after},
    )


def not_offered(relation: str) -> Problem:
    """A page for something that can't be done, or not by this token."""
    return Problem(
        403,
        "Not possible here",
        detail=f"The bus offers no {relation!r}: not for this subscription, or not to this token.",
    )


def _too_many(error: TooManySignIns) -> Problem:
    minutes = -(-error.wait_ms // 60_000)
    return Problem(
        429,
        "Too many attempts to sign in",
        detail=f"None of the tokens shown from your network was known. Try again in {minutes} min.",
        headers={"Retry-After": str(-(-error.wait_ms // 1000))},
    )


def _store_unavailable(_error: StoreUnavailable) -> Problem:
    return Problem(
        503,
        "The bus's database does not answer",
        detail="What you asked for may or may not have been done. Look again in a moment.",
        headers={"Retry-After": "2"},
    )


_TRANSLATIONS: Mapping[type[Any], Callable[[Any], Problem]] = {
    Problem: lambda problem: problem,
    NotAuthenticated: lambda _: Problem(
        401, "Please sign in", headers={"WWW-Authenticate": 'Cookie realm="console"'}
    ),
    NotAllowed: lambda _: Problem(
        403, "This token may not look around", detail="It lacks the scope monitor."
    ),
    TooManySignIns: _too_many,
    StoreUnavailable: _store_unavailable,
    UnknownAddress: lambda _: Problem(404, "There is nothing at this address"),
    HTTPException: from_http,
}

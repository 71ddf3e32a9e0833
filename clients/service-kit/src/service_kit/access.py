"""Who may call: static tokens with scopes, compared in constant time."""

import functools
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from service_kit.problems import Problem
from service_kit.tokens import TOKEN_RULE, digest, is_token

if TYPE_CHECKING:
    from flask import Flask, Request

P = ParamSpec("P")
R = TypeVar("R")
_EXTENSION = "service_kit.tokens"
_RULE = f"must be name:scope+scope:token,… with tokens of {TOKEN_RULE}"


@dataclass(frozen=True)
class Caller:
    """A program that showed a token: its name and what it may do."""

    name: str
    scopes: frozenset[str]


@dataclass(frozen=True)
class Tokens:
    """The tokens a service accepts. Only their digests are kept, so no repr or dump shows one."""

    callers: tuple[tuple[str, Caller], ...] = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> "Tokens":
        """Read `name:scope+scope:token,…`; scopes may hold colons. Raises ValueError."""
        entries = [item.strip() for item in text.split(",") if item.strip()]
        if not entries:
            raise ValueError(_RULE)
        return cls(tuple(map(_entry, entries)))

    def find(self, token: str) -> Caller | None:
        """The caller that this token belongs to. Takes the same time for every token."""
        found = None
        shown = digest(token)
        for known, caller in self.callers:
            if hmac.compare_digest(known, shown):
                found = caller
        return found


def install_access(app: "Flask", tokens: Tokens) -> None:
    """Let `caller` and `require` know the tokens of this app."""
    app.extensions[_EXTENSION] = tokens


def has_tokens(app: "Flask") -> bool:
    """Whether an app knows any tokens at all."""
    return _EXTENSION in app.extensions


def caller() -> Caller | None:
    """Who makes the current request; None without credentials.

    Raises Problem 401 for wrong ones.
    """
    from flask import current_app, request

    token = shown_token(request)
    if token is None:
        return None
    found: Caller | None = current_app.extensions[_EXTENSION].find(token)
    if found is None:
        raise unauthorized("The token is not known here")
    return found


def permitted(scope: str) -> bool:
    """Whether the current request's caller has a scope. Raises Problem 401 for a wrong token."""
    found = caller()
    return found is not None and scope in found.scopes


def require(scope: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let a view be called only with a token of this scope: 401 without a token, 403 without it."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            found = caller()
            if found is None:
                raise unauthorized("A token is needed")
            if scope not in found.scopes:
                raise Problem(403, "This token may not do that", detail=f"It lacks {scope}.")
            return view(*args, **kwargs)

        return guarded

    return decorate


def shown_token(request: "Request") -> str | None:
    """The bearer token, or the user name of Basic credentials; None without either."""
    try:
        authorization = request.authorization
    except ValueError:  # werkzeug decodes base64 that is no ASCII
        return None
    if authorization is None:
        return None
    if authorization.type == "bearer":
        return authorization.token
    return authorization.username if authorization.type == "basic" else None


def unauthorized(title: str) -> Problem:
    """The 401 that asks for credentials."""
    return Problem(401, title, headers={"WWW-Authenticate": 'Basic realm="gavel", Bearer'})


def _entry(item: str) -> tuple[str, Caller]:
    name, _, rest = item.partition(":")
    scopes, _, token = rest.rpartition(":")
    if not name or not scopes or not is_token(token):
        raise ValueError(_RULE)
    return digest(token), Caller(name, frozenset(scopes.split("+")))

"""What people type into forms, as the bodies of the API's calls. The API says what is wrong."""

from collections.abc import Callable, Mapping
from typing import Any

from service_kit.problems import Problem
from werkzeug.datastructures import MultiDict

from bus.console.fields import (
    Form,
    is_number,
    moment,
    number,
    optional_json,
    optional_number,
    optional_text,
    whole_number,
    words,
)

Body = dict[str, Any] | None


Asks = Callable[[Mapping[str, str]], dict[str, str]]
"""Makes the query of a document of a page's."""


def nothing_more(_args: Mapping[str, str]) -> dict[str, str]:
    """No query."""
    return {}


def only(*names: str) -> Asks:
    """These parameters, as they are, where something was typed into them."""
    return lambda args: {name: args[name] for name in names if args.get(name)}


def attempts(args: Mapping[str, str]) -> dict[str, str]:
    """Which attempts: the times are typed as dates. Raises Problem 400."""
    asked = only("status", "url", "before", "since_ms", "until_ms")(args)
    times = {f"{name}_ms": str(moment(args, name)) for name in ("since", "until") if args.get(name)}
    return asked | times


def history(args: Mapping[str, str], client: str = "", name: str = "") -> dict[str, str]:
    """Which history: of a subscription or, without one, of all."""
    which = {"subscription": f"{client}/{name}"} if client else {}
    return which | {"span": args.get("span", "hour")}


def audit(args: Mapping[str, str]) -> dict[str, str]:
    """Which acts: the time is typed as a date. Raises Problem 400."""
    since = {"since_ms": str(moment(args, "since"))} if args.get("since") else {}
    return only("before", "client", "act", "since_ms", "log")(args) | since


def nothing(_form: Form) -> Body:
    """A call without a body."""
    return None


def place(args: Mapping[str, str]) -> str | None:
    """Where to seek to, as the one word of the API's: of what was typed, what was chosen; None when
    nothing was yet. Raises Problem 400.

    | chosen   | and typed                    | word               |
    |----------|------------------------------|--------------------|
    | now      |                              | now                |
    | position | position=7                   | position:7         |
    | time     | time=2026-11-30T08:15        | time_ms:1795…      |
    | back     | events=3                     | events:-3          |
    | forth    | events=3                     | events:3           |
    """
    match args.get("to"):
        case "position":
            return f"position:{number(args, 'position')}"
        case "time":
            return f"time_ms:{moment(args, 'time')}"
        case "back":
            return f"events:-{number(args, 'events')}"
        case "forth":
            return f"events:{number(args, 'events')}"
    return args.get("to")


def seek(form: Form) -> Body:
    """Where to go on: a word that was previewed."""
    name, _, value = form.get("to", "").partition(":")
    is_point = is_number(value.removeprefix("-"))
    return {"to": {name: int(value)} if is_point else form.get("to")}


def dead_letters(form: Form) -> Body:
    """The dead letters that are ticked, or all."""
    return _chosen(form, "ids", [int(text) for text in form.getlist("id") if is_number(text)])


def parked(form: Form) -> Body:
    """The parked entities that are ticked, or all."""
    return _chosen(form, "urls", form.getlist("url"))


def subscription(form: Form) -> Body:
    """A subscription as PUT takes it: what was left empty is as by default, or stays where it is
    kept. Without a callback nothing is said that is for pushing."""
    body: dict[str, Any] = {
        "topics": words(form, "topics"),
        "timeout": optional_number(form, "timeout"),
        "max": optional_number(form, "max"),
        "concurrency": optional_number(form, "concurrency"),
        "coalesce": form.get("coalesce") == "on",
        "retry": _retry(form),
    }
    callback = optional_text(form, "callback")
    if callback is None:
        return body
    return body | {
        "callback": callback,
        "uuid": optional_text(form, "uuid"),
        "format": optional_text(form, "format"),
        "events_per_s": optional_number(form, "events_per_s"),
    }


def new_subscription(form: Form) -> Body:
    """The same, with what counts for a new one only: where it begins, and a secret that is had."""
    start = seek(MultiDict({"to": place(form) or "now"})) or {}
    secret = {"secret": optional_text(form, "secret")} if optional_text(form, "callback") else {}
    return (subscription(form) or {}) | {"from": start["to"]} | secret


def secret(form: Form) -> Body:
    """The secret to sign with: one is made, where none was typed."""
    return {"secret": optional_text(form, "secret")}


def about(form: Form) -> Body:
    """What a topic is about."""
    description = optional_text(form, "description")
    return {"description": description, "schema": optional_json(form, "schema")}


def event(form: Form) -> Body:
    """One event to publish."""
    body = {"type": form.get("type", ""), "url": form.get("url", "").strip()}
    data = optional_json(form, "data")
    return body if data is None else body | {"data": data}


def token(form: Form) -> Body:
    """A new token for a client, good for the scopes that are ticked and topics that are named."""
    topics = words(form, "topics")
    return {
        "name": form.get("name", "").strip(),
        "scopes": [*form.getlist("scope"), *(f"publish:{topic}" for topic in topics)],
        "token": optional_text(form, "token"),
    }


def _retry(form: Form) -> dict[str, Any] | None:
    """How it is tried again, as far as that was typed; `none` are no tries apart."""
    asked: dict[str, Any] = {}
    for name in ("first_ms", "longest_ms", "give_up_ms"):
        if (wait_ms := optional_number(form, name)) is not None:
            asked[name] = wait_ms
    waits = words(form, "parked_ms")
    if waits:
        numbers = [] if waits == ["none"] else waits
        asked["parked_ms"] = [whole_number("parked_ms", each) for each in numbers]
    return asked or None


def _chosen(form: Form, name: str, ticked: list[Any]) -> Body:
    if form.get("which") == "all":
        return {}
    if not ticked:
        raise Problem(400, "Nothing is ticked", detail="Tick what it is to be done with.")
    return {name: ticked}

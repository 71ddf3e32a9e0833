"""What people type into forms, as the bodies of the API's calls. The API says what is wrong."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from service_kit.problems import Problem
from werkzeug.datastructures import MultiDict

Form = MultiDict[str, str]
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
    is_number = _is_number(value.removeprefix("-"))
    return {"to": {name: int(value)} if is_number else form.get("to")}


def letters(form: Form) -> Body:
    """The dead letters that are ticked, or all."""
    return _chosen(form, "ids", [int(text) for text in form.getlist("id") if _is_number(text)])


def parked(form: Form) -> Body:
    """The parked entities that are ticked, or all."""
    return _chosen(form, "urls", form.getlist("url"))


def subscription(form: Form) -> Body:
    """A subscription as PUT takes it: what was left empty is as by default."""
    return {
        "topics": words(form, "topics"),
        "callback": form.get("callback", "").strip(),
        "uuid": form.get("uuid", "").strip(),
        "timeout": optional_number(form, "timeout"),
        "max": optional_number(form, "max"),
        "concurrency": optional_number(form, "concurrency"),
        "coalesce": form.get("coalesce") == "on",
        "format": form.get("format") or None,
        "events_per_s": optional_number(form, "events_per_s"),
    }


def token(form: Form) -> Body:
    """A new token for a client, good for the scopes that are ticked and topics that are named."""
    topics = words(form, "topics")
    return {
        "name": form.get("name", "").strip(),
        "scopes": [*form.getlist("scope"), *(f"publish:{topic}" for topic in topics)],
    }


def words(form: Mapping[str, str], name: str) -> list[str]:
    """Words with commas or spaces between them."""
    return form.get(name, "").replace(",", " ").split()


def number(form: Mapping[str, str], name: str) -> int:
    """A whole number that must be there. Raises Problem 400."""
    text = form.get(name, "").strip().replace(",", "")
    if not _is_number(text):
        raise Problem(400, "A number is needed", detail=f"{name}: {text!r} is not a whole number.")
    return int(text)


def optional_number(form: Mapping[str, str], name: str) -> int | None:
    """A whole number; None for a field that was left empty. Raises Problem 400."""
    return number(form, name) if form.get(name, "").strip() else None


def moment(form: Mapping[str, str], name: str) -> int:
    """A moment in UTC as browsers send it, in ms since the epoch. Raises Problem 400."""
    text = form.get(name, "").strip()
    try:
        return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)
    except (ValueError, OverflowError) as error:
        raise Problem(
            400,
            "A time is needed",
            detail=f"{text!r} is not a date and a time, as 2026-11-30T08:15.",
        ) from error


def _chosen(form: Form, name: str, ticked: list[Any]) -> Body:
    if form.get("which") == "all":
        return {}
    if not ticked:
        raise Problem(400, "Nothing is ticked", detail="Tick what it is to be done with.")
    return {name: ticked}


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18

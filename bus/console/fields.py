"""What is typed into fields: text, words, numbers, times, JSON. Each raises Problem 400 where it is
not what it is to be."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
from service_kit.problems import Problem
from werkzeug.datastructures import MultiDict

Form = MultiDict[str, str]


def named(*names: str) -> Callable[[Form], dict[str, str]]:
    """What a form names, for the address of the call."""

    def read(form: Form) -> dict[str, str]:
        found = {name: form.get(name, "").strip() for name in names}
        for name, value in found.items():
            if not value:
                raise Problem(400, "A name is needed", detail=f"{name} is empty.")
        return found

    return read


def words(form: Mapping[str, str], name: str) -> list[str]:
    """Words with commas or spaces between them."""
    return form.get(name, "").replace(",", " ").split()


def number(form: Mapping[str, str], name: str) -> int:
    """A whole number that must be there."""
    return whole_number(name, form.get(name, "").strip().replace(",", ""))


def whole_number(name: str, text: str) -> int:
    """The number that a text is."""
    if not is_number(text):
        raise Problem(400, "A number is needed", detail=f"{name}: {text!r} is not a whole number.")
    return int(text)


def optional_number(form: Mapping[str, str], name: str) -> int | None:
    """A whole number; None for a field that was left empty."""
    return number(form, name) if form.get(name, "").strip() else None


def optional_text(form: Mapping[str, str], name: str) -> str | None:
    """What was typed; None for a field that was left empty."""
    return form.get(name, "").strip() or None


def optional_json(form: Mapping[str, str], name: str) -> Any:
    """What was typed as JSON; None for a field that was left empty."""
    text = optional_text(form, name)
    if text is None:
        return None
    try:
        return msgspec.json.decode(text)
    except (ValueError, RecursionError) as error:
        raise Problem(400, "JSON is needed", detail=f"{name} is not JSON: {error}") from error


def moment(form: Mapping[str, str], name: str) -> int:
    """A moment in UTC as browsers send it, in ms since the epoch."""
    text = form.get(name, "").strip()
    try:
        return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)
    except (ValueError, OverflowError) as error:
        raise Problem(
            400,
            "A time is needed",
            detail=f"{text!r} is not a date and a time, as 2026-11-30T08:15.",
        ) from error


def is_number(text: str) -> bool:
    """Whether it is a whole number that is none too large."""
    return text.isascii() and text.isdigit() and len(text) <= 18

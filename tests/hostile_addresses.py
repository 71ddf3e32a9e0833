"""Addresses with what databases don't take, for every rule of an app: never a 5xx."""

from collections.abc import Callable, Iterator
from itertools import chain

from flask import Flask

HOSTILE = [
    "%00",
    "1%00b",
    "%ED%A0%80",
    "%FF",
    "-1",
    "9223372036854775808",
    "9" * 5000,
    "%D9%A3",
    "'",
]
PARAMETERS = "after before since state q auction bidder next"


def addresses(app: Flask) -> Iterator[str]:
    """A path for every rule that takes something, with each of the values; and queries."""
    for rule in app.url_map.iter_rules():
        for value in HOSTILE:
            if rule.arguments:
                yield _filled(rule.rule, value)
        if "GET" in (rule.methods or ()) and not rule.arguments:
            for value in HOSTILE:
                yield rule.rule + "?" + "&".join(f"{name}={value}" for name in PARAMETERS.split())


def answered_5xx(app: Flask, call: Callable[[str, str], int], methods: str = "GET") -> list[str]:
    """What was answered 5xx. `call` makes a call, method and address, and returns its status."""
    calls = chain.from_iterable(
        ((method, one) for one in addresses(app)) for method in methods.split()
    )
    return [f"{method} {one[:120]}" for method, one in calls if call(method, one) >= 500]


def _filled(rule: str, value: str) -> str:
    parts = rule.split("<")
    return parts[0] + "".join(value + part.partition(">")[2] for part in parts[1:])

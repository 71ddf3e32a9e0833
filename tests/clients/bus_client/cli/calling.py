"""Calls the command `bus` in this process, and says what it printed."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

from bus_client.cli import main
from click.testing import CliRunner

from tests.bus.serving import Served

URL = "http://bus.example"
TOKEN = "a-client's-token"


class Said(NamedTuple):
    """The exit status, and what came on which stream."""

    status: int
    out: str
    err: str


def bus(
    *arguments: str, env: dict[str, str | None] | None = None, stdin: str | None = None
) -> Said:
    """Run `bus` with these arguments. What it raises beyond SystemExit fails the test."""
    surroundings: dict[str, str | None] = {"BUS_URL": None, "BUS_TOKEN": None, "BUS_PROFILE": None}
    done = CliRunner().invoke(
        main, list(arguments), env=surroundings | (env or {}), input=stdin, catch_exceptions=False
    )
    return Said(done.exit_code, done.stdout, done.stderr)


Call = Callable[..., Said]


def calls(served: Served, token: str) -> Call:
    """`bus` with the settings of who has this token."""
    return partial(bus, env={"BUS_URL": served.url, "BUS_TOKEN": token})


def rows(said: Said) -> list[dict[str, Any]]:
    """What `--json` printed."""
    assert said.status == 0, said
    return [json.loads(line) for line in said.out.splitlines()]


def every_verb() -> list[Sequence[str]]:
    """Each verb that talks to a bus, with arguments that nothing is wrong with."""
    return [
        ("publish", "widgets", "create", "https://shop.example/widgets/1"),
        ("topics",),
        ("topics", "list", "--json"),
        ("topics", "claim", "widgets"),
        ("topics", "show", "widgets"),
        ("topics", "asyncapi"),
        ("topics", "delete", "widgets"),
        ("subscribe", "--topic", "widgets", "--callback", "https://x.example/e", "--uuid", "u"),
        ("unsubscribe", "main", "--yes"),
        ("subscriptions",),
        ("subscriptions", "show", "main"),
        ("subscriptions", "pause", "main"),
        ("subscriptions", "resume", "main"),
        ("subscriptions", "seek", "main", "beginning"),
        ("subscriptions", "test", "main"),
        ("subscriptions", "rotate", "main"),
        ("subscriptions", "edit", "main", "--uuid", "u"),
        ("subscriptions", "remove", "main", "--yes"),
        ("attempts", "main"),
        ("attempts", "show", "main", "1"),
        ("attempts", "resend", "main", "1"),
        ("parked", "main"),
        ("parked", "retry", "main", "--all"),
        ("dead-letters", "main"),
        ("dead-letters", "show", "main", "1"),
        ("redrive", "main", "--all"),
        ("tokens",),
        ("tokens", "create", "shop"),
        ("tokens", "revoke", "12"),
        ("tail", "--for", "1"),
        ("listen", "--forward", "http://localhost:3000/hook"),
        ("history", "main"),
        ("audit",),
        ("history", "--span", "day"),
        ("metrics",),
        ("doctor",),
    ]


def named(verb: Sequence[str]) -> str:
    """A test's id for a verb."""
    return "-".join(verb[:2])

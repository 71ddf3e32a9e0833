"""Calls the command `bus` in this process, and says what it printed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from bus_client.cli import main
from click.testing import CliRunner

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


def every_verb() -> list[Sequence[str]]:
    """Each verb that talks to a bus, with arguments that nothing is wrong with."""
    return [
        ("publish", "widgets", "create", "https://shop.example/widgets/1"),
        ("topics",),
        ("topics", "list", "--json"),
        ("topics", "claim", "widgets"),
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
        ("parked", "main"),
        ("dead-letters", "main"),
        ("dead-letters", "show", "main", "1"),
        ("redrive", "main", "--all"),
        ("tokens",),
        ("tokens", "create", "shop"),
        ("tokens", "revoke", "12"),
        ("metrics",),
        ("doctor",),
    ]


def named(verb: Sequence[str]) -> str:
    """A test's id for a verb."""
    return "-".join(verb[:2])

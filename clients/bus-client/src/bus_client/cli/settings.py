"""The options of a subscription, for those who make one and those who change one."""

from collections.abc import Callable
from typing import Any, TypeVar, get_args

import click

from bus_client.entities import Format, Settings

F = TypeVar("F", bound=Callable[..., Any])

_OPTIONS = (
    click.option("--max", type=int, help="Events a batch, 1 to 10 000 [the bus: 100]."),
    click.option("--timeout", type=int, help="How long an event waits for company, in ms."),
    click.option("--concurrency", type=int, help="Batches in flight, 1 to 64 [the bus: 1]."),
    click.option(
        "--coalesce/--no-coalesce",
        default=None,
        help="Of the events that wait for one entity only the last.",
    ),
    click.option("--format", type=click.Choice(get_args(Format))),
    click.option("--events-per-s", type=int, help="At most so many."),
)
NAMES = ("max", "timeout", "concurrency", "coalesce", "format", "events_per_s")


def settings_options(command: F) -> F:
    """Give a command the options of NAMES."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def given(settings: dict[str, Any]) -> Settings:
    """Those of the options that were given."""
    said: Settings = {name: value for name, value in settings.items() if value is not None}  # type: ignore[assignment]
    return said

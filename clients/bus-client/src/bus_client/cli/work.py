"""`bus work` and `bus waiting`: for a bus inside a program that has a worker process."""

import logging
import pkgutil
import sys
import threading

import click
from service_kit.stop_signals import stop_signals

from bus_client.bus import Bus
from bus_client.errors import BusError


def _load(_context: click.Context, _parameter: click.Parameter, target: str) -> Bus:
    sys.path.insert(0, "")
    try:
        found = pkgutil.resolve_name(target if ":" in target else f"{target}:bus")
        made = found() if callable(found) else found
    except BusError:
        raise
    except (ImportError, AttributeError) as error:
        raise click.BadParameter(str(error)) from error
    except (Exception, SystemExit) as error:  # whatever a program of others does
        raise click.BadParameter(f"{target} raises {type(error).__name__}: {error}") from error
    if not isinstance(made, Bus):
        raise click.BadParameter(f"{target} is no bus, and makes none")
    return made


@click.command()
@click.argument("bus", metavar="MODULE:BUS", callback=_load)
def waiting(bus: Bus) -> None:
    """Say how many events MODULE's bus has that somebody has not taken; exit status 1 for some.

    Leave a bus for another only when there are none. An outbox may hold what it likes.
    """
    count = bus.waiting()
    click.echo(f"{count} waiting")
    sys.exit(1 if count else 0)


@click.command()
@click.argument("bus", metavar="MODULE:BUS", callback=_load)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=2,
    show_default=True,
    help="Deliveries at the same time.",
)
def work(bus: Bus, workers: int) -> None:
    """Do what MODULE's bus leaves to a process of its own, until SIGTERM or Ctrl-C.

    BUS is what `bus_client.connect` returned, or a function that returns it.
    """
    stopping = threading.Event()
    if not logging.getLogger().handlers:
        logging.basicConfig(level=logging.INFO, format="%(message)s")
        logging.getLogger("huey").setLevel(logging.WARNING)
    with stop_signals(stopping.set):
        bus.run(stopping, workers=workers)

"""`bus-drain`: walk a collection with a progress bar, see the runs, run the jobs."""

import importlib
import signal
import sys

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bus_drain.jobs.walk import FINISHED
from bus_drain.jobs.walks import Walks
from bus_drain.jobs.work import work
from bus_drain.state import Run


def _load(_context: click.Context, _parameter: click.Parameter, value: str) -> Walks:
    module, _, attribute = value.partition(":")
    sys.path.insert(0, "")
    try:
        found = getattr(importlib.import_module(module), attribute or "walks")
    except (ImportError, AttributeError) as error:
        raise click.BadParameter(str(error)) from error
    made = found() if callable(found) else found
    if not isinstance(made, Walks):
        raise click.BadParameter(f"{value} is no Walks, and makes none")
    return made


_TARGET = click.argument("walks", metavar="MODULE:WALKS", callback=_load)


@click.group()
def main() -> None:
    """Walks through large collections that can be stopped at any moment."""


@main.command()
@_TARGET
@click.argument("name")
@click.argument("collection", default="")
def walk(walks: Walks, name: str, collection: str) -> None:
    """Walk COLLECTION here, showing progress; Ctrl-C stops it, the same command goes on."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: walks.stop())
    with _progress() as progress:
        bar = progress.add_task(name, total=None)

        def show(run: Run) -> None:
            progress.update(bar, completed=run.done, total=run.total)

        try:
            run = walks.perform_here(name, collection, show)
        except KeyError:
            raise click.BadParameter(f"no walk is named {name}") from None
    click.echo(_line(run))
    sys.exit(0 if run.status == FINISHED else 1)


@main.command()
@_TARGET
def runs(walks: Walks) -> None:
    """List every run, a line each."""
    for run in walks.runs():
        click.echo(_line(run))


@main.command(name="work")
@_TARGET
@click.option("--workers", default=2, show_default=True)
def work_(walks: Walks, workers: int) -> None:
    """Perform jobs until SIGTERM."""
    work(walks, workers=workers)


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),  # says nothing where it is no terminal
        transient=True,
    )


def _line(run: Run) -> str:
    done = f"{run.done} of {run.total}" if run.total is not None else f"{run.done}"
    return f"{run.id}: {run.status}, {done} done" + (f", last: {run.error}" if run.error else "")

"""`bus-drain`: iterate over a collection with a progress bar, see the runs, run the jobs; give a
state to a drain with another uuid."""

import importlib
import sys
from contextlib import closing

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from service_kit.stop_signals import stop_signals

from bus_drain.errors import DrainError
from bus_drain.jobs.checkpoint import FINISHED
from bus_drain.jobs.iterations import Iterations
from bus_drain.jobs.work import work
from bus_drain.state import JobRun
from bus_drain.storage import open_state


def _load(_context: click.Context, _parameter: click.Parameter, value: str) -> Iterations:
    module, _, attribute = value.partition(":")
    sys.path.insert(0, "")
    try:
        found = getattr(importlib.import_module(module), attribute or "iterations")
    except (ImportError, AttributeError) as error:
        raise click.BadParameter(str(error)) from error
    made = found() if callable(found) else found
    if not isinstance(made, Iterations):
        raise click.BadParameter(f"{value} is no Iterations, and makes none")
    return made


_TARGET = click.argument("iterations", metavar="MODULE:ITERATIONS", callback=_load)


@click.group()
def main() -> None:
    """Iterations over large collections that can be stopped at any moment."""


@main.command()
@_TARGET
@click.argument("name")
@click.argument("collection", default="")
def iterate(iterations: Iterations, name: str, collection: str) -> None:
    """Iterate over COLLECTION here, showing progress; Ctrl-C stops it, the same command goes on."""
    with stop_signals(iterations.stop), _progress() as progress:
        bar = progress.add_task(name, total=None)

        def show(run: JobRun) -> None:
            progress.update(bar, completed=run.done, total=run.total)

        try:
            run = iterations.perform_here(name, collection, show)
        except KeyError:
            raise click.BadParameter(f"no iteration is named {name}") from None
    click.echo(_line(run))
    sys.exit(0 if run.status == FINISHED else 1)


@main.command()
@_TARGET
def runs(iterations: Iterations) -> None:
    """List every run, a line each."""
    for run in iterations.runs():
        click.echo(_line(run))


@main.command(name="work")
@_TARGET
@click.option("--workers", default=2, show_default=True)
def work_(iterations: Iterations, workers: int) -> None:
    """Perform jobs until SIGTERM."""
    work(iterations, workers=workers)


@main.command()
@click.argument("url")
@click.option("--drain", default="", help="The drain's name, if it has one.")
def release(url: str, drain: str) -> None:
    """Let the state at URL be claimed anew: by a drain that has got another uuid."""
    try:
        with closing(open_state(url, drain=drain)) as state:
            state.owner.release()
    except DrainError as error:
        raise click.ClickException(str(error)) from None


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),  # says nothing where it is no terminal
        transient=True,
    )


def _line(run: JobRun) -> str:
    done = f"{run.done} of {run.total}" if run.total is not None else f"{run.done}"
    return f"{run.id}: {run.status}, {done} done" + (f", last: {run.error}" if run.error else "")

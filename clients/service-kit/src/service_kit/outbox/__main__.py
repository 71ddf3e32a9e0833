"""`python -m service_kit.outbox PACKAGE`: see what the bus would not take, and settle it."""

import importlib
import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from typing import Any

import click
from sqlalchemy import MetaData, inspect

from service_kit.config import exit_with, or_exit
from service_kit.database import connect
from service_kit.notify import NotifyChannel
from service_kit.outbox.store import Outbox
from service_kit.outbox.tables import outbox_table
from service_kit.schema import check_migrated


@click.group()
def main() -> None:
    """The events of a service that the bus refused, and the topics that it does not take."""


@main.command()
@click.argument("package")
def show(package: str) -> None:
    """List them with their reasons, a JSON object a line."""
    with _opened(package) as outbox:
        waiting = outbox.counts()[0]
        for topic, reason in outbox.held().items():
            _say(topic=topic, waiting=waiting.get(topic, 0), reason=reason)
        for one in outbox.refused():
            _say(**asdict(one))


@main.command()
@click.argument("package")
@click.argument("ids", nargs=-1, type=int)
def retry(package: str, ids: tuple[int, ...]) -> None:
    """Publish refused events again (all without IDS), and topics that are held."""
    with _opened(package) as outbox:
        _say(retried=outbox.retry(ids or None))
        with closing(NotifyChannel.for_database(str(outbox.engine.url))) as channel:
            channel.notify()


@main.command()
@click.argument("package")
@click.argument("ids", nargs=-1, type=int)
@click.option("--all", "everything", is_flag=True, help="Every event that was refused.")
@click.option("--topic", help="Every event that waits for this topic, which is held.")
def drop(package: str, ids: tuple[int, ...], everything: bool, topic: str | None) -> None:
    """Forget refused events, or those of a topic that is held: nobody will hear of them."""
    if [bool(ids), everything, topic is not None].count(True) != 1:
        raise click.UsageError("name IDS, --all or --topic")
    with _opened(package) as outbox:
        dropped = outbox.drop_topic(topic) if topic else outbox.drop(ids or None)
        _say(dropped=dropped)


@contextmanager
def _opened(package: str) -> Iterator[Outbox]:
    """The outbox in the database at the URL that the package's `config.read()` finds."""
    try:
        read = importlib.import_module(f"{package}.config").read
    except (ImportError, TypeError, ValueError):
        exit_with((f"{package} is no service with an outbox",))
    engine = connect(or_exit(read).database_url)
    try:
        or_exit(lambda: check_migrated(package, engine))
        if not inspect(engine).has_table("outbox"):
            exit_with((f"{package} is no service with an outbox",))
        yield Outbox(engine, outbox_table(MetaData()))
    finally:
        engine.dispose()


def _say(**facts: Any) -> None:
    click.echo(json.dumps(facts))


if __name__ == "__main__":
    main()

"""The verb: from the log to the address, and what a person sees of it."""

import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from service_kit.url import are_entity_urls
from service_kit.webhooks import check_secret, new_secret

from bus_client.cli.connection import Connection, pass_connection
from bus_client.cli.listen.forward import Forwarded, Forwarder
from bus_client.cli.listen.keys import Keys
from bus_client.cli.listen.place import Place, usual_file
from bus_client.cli.listen.session import Session
from bus_client.cli.listen.sources import from_log, from_subscription, pulled
from bus_client.cli.output import json_option, print_json
from bus_client.cli.starts import AFTER
from bus_client.cli.words import answer_in_words, count, printable
from bus_client.entities import Json
from bus_client.follow import After


@click.command()
@click.argument("topics", nargs=-1)
@click.option(
    "--forward", "url", required=True, help="Where to POST, as http://localhost:3000/hook."
)
@click.option(
    "--after", type=AFTER, default="now", help="Where the first start begins: now, beginning, 12."
)
@click.option("--subscription", help="Pull this one, instead of reading the log by yourself.")
@click.option(
    "--saved",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file that keeps the place [default: one of your own for this bus and address].",
)
@click.option("--anew", is_flag=True, help="Forget the kept place: begin where --after says.")
@click.option("--max", "most", type=click.IntRange(1, 1000), default=100, help="Events a batch.")
@click.option("--uuid", default="listen", help="The Basic user name of deliveries.")
@click.option("--secret", envvar="WEBHOOK_SECRET", help="Signs deliveries [default: a new one].")
@json_option
@pass_connection
def listen(
    connection: Connection,
    /,
    *,
    topics: tuple[str, ...],
    url: str,
    after: After,
    subscription: str | None,
    saved: Path | None,
    anew: bool,
    most: int,
    uuid: str,
    secret: str | None,
    as_json: bool,
) -> None:
    """POST what is published (of TOPICS, or all) to an address on this machine, without a tunnel.

    Each batch comes exactly as the bus would push it: headers, signature, Basic credentials. What
    isn't answered 2xx is repeated until it is, after 1 s, 2 s, 4 s, … 10 s; in a terminal r
    repeats at once (also the last one taken), s skips and q quits.

    The place is kept in a file: killed and started again it goes on from there, nothing is
    missing, and at most the batch in hand comes twice. --anew begins where --after says, and
    what comes again then says so to who drops what it knows (bus-replay).

    With --subscription a pulled subscription is moved instead of a place of your own: what was
    in hand when it was killed comes again once its lease of 60 s has lapsed.
    """
    _check(url, uuid, secret)
    if subscription is not None and (topics or saved or anew or after != "now"):
        raise click.UsageError("--subscription has its own topics and its own place")
    connection.bus.entry.link("events")  # says at once what a follower would wait out
    stopping = threading.Event()
    if subscription is None:
        file = saved or _usual_file(connection.url, topics, url)
        place, begin = _begin(file, after, anew=anew)
        batches = from_log(connection.bus, topics, begin, most, place, stopping)
    else:
        own = connection.subscriptions
        batches = from_subscription(own, pulled(own, subscription), most, stopping)
    signing = secret or new_secret()
    if secret is None and not as_json:
        click.echo(f"signed with {signing} (WEBHOOK_SECRET or --secret sets another)", err=True)
    with (
        Forwarder(url, name=subscription or "listen", uuid=uuid, secret=signing) as forwarder,
        Keys() as keys,
    ):
        session = Session(forwarder, keys, _show_json if as_json else _show, stopping)
        try:
            session.run(batches)
        except KeyboardInterrupt:
            click.echo(err=True)
    skipped = f", {session.skipped:,} skipped" if session.skipped else ""
    click.echo(f"{count(session.delivered, 'event')} delivered{skipped}", err=True)


def _usual_file(bus_url: str, topics: Sequence[str], url: str) -> Path:
    try:
        return usual_file(bus_url, topics, url)
    except (OSError, RuntimeError) as error:
        raise click.UsageError(f"the place can't be kept, give --saved: {error}") from error


def _begin(file: Path, after: After, *, anew: bool) -> tuple[Place, After]:
    """The place that a file keeps, and where to begin. Raises click.UsageError."""
    try:
        place = Place(file)
        begin = place.begin(after, anew=anew)
    except (OSError, ValueError) as error:
        raise click.UsageError(f"--saved: the place can't be kept: {error}") from error
    if begin == place.after:
        click.echo(f"going on after {begin}, as kept in {file}", err=True)
    return place, begin


def _check(url: str, uuid: str, secret: str | None) -> None:
    """Raises click.UsageError for what the pusher would not deliver with."""
    if not are_entity_urls([url]) or "#" in url:
        raise click.UsageError("--forward: an http(s) URL is wanted, without query and user")
    if not uuid.isascii() or not uuid.isprintable() or ":" in uuid:
        raise click.UsageError("--uuid: visible ASCII characters without a colon are wanted")
    try:
        check_secret(secret or new_secret())
    except ValueError as error:
        raise click.UsageError(f"--secret: {error}") from error


def _show(events: Sequence[Json], outcome: Forwarded, attempt: int) -> None:
    at = datetime.now(UTC).astimezone().strftime("%H:%M:%S")
    again = f", attempt {attempt}" if attempt > 1 else ""
    refused = f", {len(outcome.failed)} of them refused" if outcome.failed else ""
    answer = answer_in_words(outcome.status, outcome.error)
    what = f"{count(len(events), 'event')} ({_span(events)}: {_kinds(events)})"
    click.echo(printable(f"{at}  {answer}  {outcome.duration_ms} ms  {what}{refused}{again}"))
    if not outcome.taken:
        click.echo("  it comes again; in a terminal: r at once, s skip, q quit", err=True)


def _show_json(events: Sequence[Json], outcome: Forwarded, attempt: int) -> None:
    document: dict[str, Any] = {
        "status": outcome.status,
        "error": outcome.error,
        "duration_ms": outcome.duration_ms,
        "attempt": attempt,
        "events": len(events),
        "first_position": events[0]["position"],
        "last_position": events[-1]["position"],
        "failed": sorted(outcome.failed),
    }
    print_json(document)


def _span(events: Sequence[Json]) -> str:
    return f"{events[0]['position']:,} to {events[-1]['position']:,}"


def _kinds(events: Sequence[Json]) -> str:
    found = sorted({f"{event.get('topic')}.{event.get('type')}" for event in events})
    return ", ".join(found[:3]) + (", …" if len(found) > 3 else "")

"""`bus subscriptions`: see them, and do what they can."""

from typing import Any, cast

import click
from service_kit.clock import now_ms

from bus_client.cli.connection import Connection, pass_connection
from bus_client.cli.delivery_test import outcome_of_test, tell_outcome
from bus_client.cli.listed import ListedByDefault
from bus_client.cli.output import Column, json_option, print_facts, print_json, print_rows
from bus_client.cli.settings import given, settings_options
from bus_client.cli.starts import PLACE, step_in
from bus_client.cli.subscribe import remove
from bus_client.cli.words import count, duration, since
from bus_client.entities import Json, SeekPreview, Settings, Start, Steps, Subscription


def state_in_a_word(one: Subscription) -> str:
    """`active`, `failing`, `paused` or `disabled`."""
    return "failing" if one.state == "active" and one.failures else one.state


def _last_answer(one: Subscription) -> str | None:
    answer = one.last_answer
    if answer is None:
        return None
    return f"{answer.status or answer.error}, {since(answer.at_ms, now_ms())}"


_OF_PUSHED = ("events_per_s", "format")
_COLUMNS = (
    Column("client", lambda one: one.client),
    Column("name", lambda one: one.name),
    Column("state", state_in_a_word),
    Column("waiting", lambda one: one.waiting),
    Column("oldest", lambda one: None if one.oldest_ms is None else duration(one.oldest_ms)),
    Column("parked", lambda one: one.parked),
    Column("dead", lambda one: one.dead_letters),
    Column("last answer", _last_answer),
    Column("topics", lambda one: ", ".join(one.topics)),
    Column("callback", lambda one: one.callback),
)


@click.group(cls=ListedByDefault)
def subscriptions() -> None:
    """Subscriptions: where events go, how far they are, and how the endpoints fare."""


@subscriptions.command("list")
@json_option
@pass_connection
def list_subscriptions(connection: Connection, as_json: bool) -> None:
    """List the subscriptions of this client; of all for the root key."""
    rows = connection.subscriptions.all()
    empty = "no subscription yet: `bus subscribe --help` says how to make one"
    print_rows(rows, _COLUMNS, as_json=as_json, empty=empty)


@subscriptions.command()
@click.argument("name")
@json_option
@pass_connection
def show(connection: Connection, name: str, as_json: bool) -> None:
    """Show one: its settings, its place, its endpoint's health."""
    found = connection.subscriptions.get(name)
    if as_json:
        print_json(found)
    else:
        print_facts(_facts(found))


@subscriptions.command()
@click.argument("name")
@pass_connection
def pause(connection: Connection, name: str) -> None:
    """Have nothing more sent; the place in the log is kept."""
    own = connection.subscriptions
    found = own.get(name)
    paused = own.pause(found) if found.state == "active" else found
    click.echo(f"{name} is {paused.state}; `bus subscriptions resume {name}` goes on from there")


@subscriptions.command()
@click.argument("name")
@pass_connection
def resume(connection: Connection, name: str) -> None:
    """Have events sent again, at once: after a pause, a back-off, or when it was disabled."""
    own = connection.subscriptions
    found = own.get(name)
    resumed = found if found.state == "active" else own.resume(found)
    click.echo(f"{name} is {resumed.state}, {count(resumed.waiting, 'event')} ahead of it")


@subscriptions.command(context_settings={"ignore_unknown_options": True})
@click.argument("name")
@click.argument("to")
@click.option("--dry-run", is_flag=True, help="Say what it would bring, and leave it where it is.")
@json_option
@pass_connection
def seek(connection: Connection, name: str, to: str, dry_run: bool, as_json: bool) -> None:
    """Go on from elsewhere in the log.

    TO is now, beginning, snapshot, a position, +N or -N of its events from where it is, a time
    (2026-11-30T06:00Z) or an age (2h, 3d).
    """
    own = connection.subscriptions
    found = own.get(name)
    place = _place(to)
    if dry_run:
        preview = own.preview(found, place)
        print_json(preview) if as_json else print_facts(_brought(preview))
        return
    moved = own.seek(found, place)
    if as_json:
        print_json(moved)
        return
    click.echo(
        f"{name} was at {found.position:,} and is at {moved.position:,};"
        f" {count(moved.waiting, 'event')} ahead"
    )


@subscriptions.command()
@click.argument("name")
@json_option
@pass_connection
def test(connection: Connection, name: str, as_json: bool) -> None:
    """Have a test event sent, and wait for what comes of it; exit status 1 unless it was taken."""
    own = connection.subscriptions
    attempt = outcome_of_test(own, own.get(name))
    tell_outcome(attempt, name, "the test event", as_json=as_json)


@subscriptions.command()
@click.argument("name")
@click.option("--secret", help="whsec_ and base64 [default: one that the bus makes].")
@json_option
@pass_connection
def rotate(connection: Connection, name: str, secret: str | None, as_json: bool) -> None:
    """Sign with another secret; the one before stays valid for a day."""
    own = connection.subscriptions
    made = own.rotate_secret(own.get(name), secret)
    if as_json:
        print_json({"secret": made})
        return
    click.echo(made)
    click.echo("signs from now on; the receiver has a day to take both", err=True)


@subscriptions.command()
@click.argument("name")
@click.option("--topic", "topics", multiple=True, help="Instead of those it has; may be repeated.")
@click.option("--callback", help="Where batches are POSTed.")
@click.option("--uuid", help="The Basic user name: kept, unless the callback's host changes.")
@settings_options
@json_option
@pass_connection
def edit(
    connection: Connection,
    /,
    *,
    name: str,
    topics: tuple[str, ...],
    callback: str | None,
    uuid: str | None,
    as_json: bool,
    **settings: Any,
) -> None:
    """Change some of a subscription; what isn't given stays as it is."""
    own = connection.subscriptions
    found = own.get(name)
    target = found.callback if callback is None else callback
    changed = own.put(
        name,
        topics=topics or found.topics,
        callback=target,
        uuid=uuid,
        **(_kept(found, target) | given(settings)),
    )
    if as_json:
        print_json(changed)
    else:
        print_facts(_facts(changed))


@subscriptions.command("remove")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Don't ask.")
@pass_connection
def remove_subscription(connection: Connection, name: str, yes: bool) -> None:
    """End one, with what waits, is parked or dead in it."""
    remove(connection, name, sure=yes)


def _kept(found: Subscription, callback: str | None) -> Settings:
    """The settings that it has; what is for pushing only is left out of what is pulled."""
    if callback is not None:
        return found.settings
    kept = {name: one for name, one in found.settings.items() if name not in _OF_PUSHED}
    return cast("Settings", kept)


def _place(to: str) -> Start | Steps:
    events = step_in(to)
    if events is not None:
        return {"events": events}
    place: Start = PLACE.convert(to, None, click.get_current_context())
    return place


def _brought(preview: SeekPreview) -> dict[str, object]:
    return {
        "position": f"{preview.position:,}",
        "brings": count(preview.events, "event"),
        "oldest": preview.oldest and _event(preview.oldest),
        "newest": preview.newest and _event(preview.newest),
        "lost": f"{count(preview.lost, 'position')} gone from the log" if preview.lost else None,
    }


def _event(event: Json) -> str:
    words = ("position", "topic", "type", "url")
    return " ".join(str(event.get(word)) for word in words)


def _facts(one: Subscription) -> dict[str, object]:
    now = now_ms()
    settings = {name: value for name, value in one.settings.items() if value is not None}
    return {
        "client": one.client,
        "name": one.name,
        "state": state_in_a_word(one),
        "reason": one.reason,
        "topics": ", ".join(one.topics),
        "callback": one.callback or "none: it is pulled",
        "position": f"{one.position:,}",
        "waiting": count(one.waiting, "event"),
        "oldest": None if one.oldest_ms is None else duration(one.oldest_ms),
        "sent": count(one.sent, "event"),
        "parked": count(one.parked, "event"),
        "dead": count(one.dead_letters, "letter"),
        "failures": f"{one.failures} in a row" if one.failures else None,
        "failing": since(one.failing_since_ms, now) if one.failing_since_ms else None,
        "next try": since(one.retry_at_ms, now) if one.retry_at_ms else None,
        "last answer": _last_answer(one),
    } | settings

"""`bus`: publish and look around from a shell."""

import json
import sys

import click

from bus_client.client import BusClient, EventType
from bus_client.errors import BusError


class _OneLineErrors(click.Group):
    """Says what the bus said in one line on stderr, with exit status 1."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except BusError as error:
            click.echo(f"bus: {error}", err=True)
            sys.exit(1)


@click.group(cls=_OneLineErrors)
@click.option("--url", envvar="BUS_URL", required=True, help="Where the bus is (BUS_URL).")
@click.option("--token", envvar="BUS_TOKEN", required=True, help="A client's token (BUS_TOKEN).")
@click.pass_context
def main(context: click.Context, url: str, token: str) -> None:
    """Publish thin events to a Gavel bus, and see who listens."""
    context.obj = BusClient(url, token)


@main.command()
@click.argument("topic")
@click.argument("type", type=click.Choice(["create", "update", "delete", "noop"]))
@click.argument("url")
@click.pass_obj
def publish(client: BusClient, topic: str, type: EventType, url: str) -> None:
    """Announce that the entity at URL was created, updated or deleted."""
    client.publish(topic, [{"type": type, "url": url}])


@main.command()
@click.option("--topic", "topics", multiple=True, required=True, help="May be repeated.")
@click.option("--callback", required=True, help="Where batches are POSTed.")
@click.option("--uuid", required=True, help="The Basic user name of deliveries.")
@click.option("--secret", help="Signs deliveries: whsec_ and base64.")
@click.pass_obj
def subscribe(
    client: BusClient, topics: tuple[str, ...], callback: str, uuid: str, secret: str | None
) -> None:
    """Have events pushed to a callback; replaces this client's subscription."""
    client.subscriptions.put("default", topics=topics, callback=callback, uuid=uuid, secret=secret)


@main.command()
@click.pass_obj
def subscriptions(client: BusClient) -> None:
    """List who listens to what, and how much waits, a JSON object a line."""
    for row in client.subscribers():
        click.echo(json.dumps(row))


@main.command()
@click.pass_obj
def topics(client: BusClient) -> None:
    """List the topics, a JSON object a line."""
    for row in client.topics():
        click.echo(json.dumps(row))

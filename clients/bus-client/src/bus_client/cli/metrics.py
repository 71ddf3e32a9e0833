"""`bus metrics`: the bus's counts, as Prometheus has them."""

import re
from collections.abc import Iterator
from typing import Any

import click

from bus_client.cli.connection import Connection, pass_connection
from bus_client.cli.output import json_option, print_json

_SAMPLE = re.compile(r"(?P<name>[a-zA-Z_:][\w:]*)(?:\{(?P<labels>.*)\})? (?P<value>\S+)")
_LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
_ESCAPES = {r"\\": "\\", r"\"": '"', r"\n": "\n"}


@click.command()
@json_option
@pass_connection
def metrics(connection: Connection, as_json: bool) -> None:
    """Print counts and lags: of your own topics and subscriptions, of all for the root key."""
    text = connection.bus.metrics()
    if as_json:
        for sample in samples(text):
            print_json(sample)
    else:
        click.echo(text, nl=False)


def samples(text: str) -> Iterator[dict[str, Any]]:
    """Each line of Prometheus's text format as name, labels and value."""
    for line in text.splitlines():
        found = None if line.startswith("#") else _SAMPLE.match(line)
        if found is not None:
            labels = {
                name: _unescaped(value) for name, value in _LABEL.findall(found["labels"] or "")
            }
            yield {"name": found["name"], "labels": labels, "value": _number(found["value"])}


def _number(text: str) -> float | str:
    """JSON has no infinities and no NaN; those stay texts."""
    return float(text) if re.fullmatch(r"[-+0-9.eE]+", text) else text


def _unescaped(value: str) -> str:
    return re.sub(r"\\.", lambda found: _ESCAPES.get(found[0], found[0]), value)

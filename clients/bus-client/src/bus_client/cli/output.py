"""What verbs print: tables for people, a JSON object a line for programs."""

import json
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from importlib.util import find_spec
from itertools import islice
from typing import Any, NamedTuple

import click

from bus_client.cli.words import printable

json_option = click.option(
    "--json", "as_json", is_flag=True, help="For programs: a JSON object a line."
)
_PAGE = 500
_NOT_SHOWN = ("links",)


class Column(NamedTuple):
    """The head of a column, and what it shows of a row."""

    title: str
    show: Callable[[Any], object]


def print_rows(
    rows: Iterable[Any], columns: Sequence[Column], *, as_json: bool, empty: str
) -> None:
    """Print rows as they come, or `empty` (on stderr, for it is no row) when there is none."""
    if as_json:
        for row in rows:
            print_json(row)
        return
    left, page = iter(rows), list[Any]()
    while page := list(islice(left, _PAGE)):
        _print_table(page, columns)
        empty = ""
    if empty:
        click.echo(empty, err=True)


def print_facts(facts: Mapping[str, object]) -> None:
    """Print names and values, one a line; what is None is left out."""
    shown = {name: value for name, value in facts.items() if value is not None}
    width = max(map(len, shown), default=0)
    for name, value in shown.items():
        click.echo(f"{name:<{width}}  {printable(value)}")


def print_json(value: Any) -> None:
    """Print an object on one line."""
    click.echo(json.dumps(as_document(value), separators=(",", ":")))


def as_document(value: Any) -> Any:
    """An entity as JSON has it: without links, and without a secret that it doesn't hold."""
    if not is_dataclass(value) or isinstance(value, type):
        return value
    said = {name: one for name, one in asdict(value).items() if name not in _NOT_SHOWN}
    return {name: one for name, one in said.items() if name != "secret" or one is not None}


def _print_table(rows: Sequence[Any], columns: Sequence[Column]) -> None:
    titles = [column.title for column in columns]
    cells = [[_cell(column.show(row)) for column in columns] for row in rows]
    lines = _boxed(titles, cells) if _for_a_person() else _plain(titles, cells)
    for line in lines:
        click.echo(line)


def _cell(value: object) -> str:
    return "-" if value is None else printable(f"{value:,}" if type(value) is int else value)


def _for_a_person() -> bool:
    return sys.stdout.isatty() and find_spec("rich") is not None


def _plain(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Columns that grep and awk can take: two spaces at least between them."""
    widths = [max(map(len, column)) for column in zip(titles, *rows, strict=True)]
    for row in (titles, *rows):
        padded = (f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
        yield "  ".join(padded).rstrip()


def _boxed(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*titles, box=SIMPLE_HEAD, header_style="bold")
    for row in rows:
        table.add_row(*map(Text, row))  # as it is: nothing in it is markup
    console = Console(width=shutil.get_terminal_size().columns, force_terminal=True)
    with console.capture() as drawn:
        console.print(table)
    yield drawn.get().rstrip("\n")

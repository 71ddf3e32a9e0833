"""`python -m bus_client.cli.reference PAGE`: write the help of every verb into a page."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from bus_client.cli.command import main

MARK = "<!-- What follows is made by `python -m bus_client.cli.reference`. -->\n"
_WIDTH = 100


def written(page: str) -> str:
    """The page with the present help after its mark. Raises ValueError for a page without one."""
    head, mark, _ = page.partition(MARK)
    if not mark:
        raise ValueError("the page has no mark")
    return head + mark + "".join(_sections(main, "bus", None))


def _sections(command: click.Command, path: str, parent: click.Context | None) -> Iterator[str]:
    context = click.Context(
        command,
        parent,
        info_name=path.rsplit(maxsplit=1)[-1],
        terminal_width=_WIDTH,
        max_content_width=_WIDTH,
    )
    yield f"\n## `{path}`\n```\n{command.get_help(context)}\n```\n"
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            yield from _sections(command.commands[name], f"{path} {name}", context)


if __name__ == "__main__":
    file = Path(sys.argv[1])
    file.write_text(written(file.read_text()))

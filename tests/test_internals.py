"""INTERNALS.md names files where they are and tables that exist, and leaves no table out.

The first line of a drawing says whose each column is: a file in it belongs to that package.
Elsewhere a file is named from the root on.
"""

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "INTERNALS.md").read_text()
TABLES = [
    "accounting_service.storage.tables",
    "bus.storage.tables",
    "bids_service.storage.tables",
    "auction_app.db.tables",
    "mailer_service.storage.tables",
]
FENCE = re.compile(r"^## (.+?)\n```\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"[a-z_][a-z_0-9/]*\.py\b")


def folder(package: str) -> Path:
    """Where a package's files are; a name that is none is nobody's."""
    clients = [*(ROOT / "clients").glob(f"*/src/{package}")]
    return clients[0] if clients else ROOT / package


def files_of(drawing: str) -> Iterator[str]:
    """`package/file` for each file in a drawing, by the column that it begins in."""
    header, *lines = drawing.splitlines()
    columns = [(found.start(), found[0]) for found in re.finditer(r"\S+(?: \S+)*", header)]
    for line in lines:
        for file in FILE.finditer(line):
            package = [name for start, name in columns if start <= file.start()][-1]
            yield f"{package}/{file[0]}"


def exists(file: str) -> bool:
    package, _, rest = file.partition("/")
    return (folder(package) / rest).is_file()


WALKS = dict(FENCE.findall(TEXT))
DRAWN = [(walk, file) for walk, drawing in WALKS.items() for file in files_of(drawing)]
WRITTEN = FILE.findall(FENCE.sub("", TEXT))


def test_five_walks_are_drawn() -> None:
    assert list(WALKS) == ["A bid", "An event", "A batch", "A mail", "A decision of a moderator"]
    assert {walk for walk, _ in DRAWN} == set(WALKS)


@pytest.mark.parametrize(("walk", "file"), DRAWN)
def test_a_file_in_a_drawing_is_there_in_its_column(walk: str, file: str) -> None:
    assert exists(file)


@pytest.mark.parametrize("file", WRITTEN)
def test_a_file_that_is_named_is_there(file: str) -> None:
    assert exists(file)


def test_a_file_of_another_column_is_not_found() -> None:
    drawing = "bus        mailer_service\nasgi.py     asgi.py\n        asgi.py\n"
    found = list(files_of(drawing))
    assert found == ["bus/asgi.py", "mailer_service/asgi.py", "bus/asgi.py"]
    assert [exists(file) for file in found] == [True, False, True]


@pytest.mark.parametrize("module", TABLES)
def test_every_table_has_its_line(module: str) -> None:
    tables = import_module(module).metadata.tables
    left_out = {name for name in tables if f"`{name}`" not in TEXT}
    assert left_out == set()

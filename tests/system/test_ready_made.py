"""A house whose first release was copied is one that was released at its own addresses."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.system.house import House

ANY_PORT = re.compile(rb"://localhost:(\d+)")


@pytest.mark.parametrize("stage", ["mvp", "background", "bus", "soa"])
def test_it_holds_what_a_release_leaves_at_its_own_addresses(tmp_path: Path, stage: str) -> None:
    copied = House(tmp_path / "copied" / "var", {"STAGE": stage})
    released = House(tmp_path / "released" / "var", {"STAGE": stage}, released=True)

    made = {path.name for path in databases(released)}
    assert {path.name for path in databases(copied)} == made
    for house in (copied, released):
        stored = b"".join(file.read_bytes() for file in databases(house))
        ports = {int(port) for port in ANY_PORT.findall(stored)}
        assert ports <= set(house.ports.values())
        assert house.ports["auctions"] in ports
    for name in made:
        assert rows(copied, name) == rows(released, name)
    assert copied.run("python -m auction_app.demo") == released.run("python -m auction_app.demo")


def databases(house: House) -> list[Path]:
    return sorted(Path(house.settings["VAR_DIR"]).glob("*.sqlite3"))


def rows(house: House, name: str) -> dict[str, int]:
    """How many each table has; the file is whole, and its indexes are in order."""
    with closing(sqlite3.connect(Path(house.settings["VAR_DIR"]) / name)) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        tables = db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {
            table: db.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]
            for (table,) in tables
        }

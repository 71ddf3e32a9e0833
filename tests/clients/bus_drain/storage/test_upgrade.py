"""A state that an older bus-drain made is brought up to date where it lies."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from bus_drain import BadSettings, StateUnavailable
from bus_drain.state import JobRun, Known, Mark
from bus_drain.storage import open_state
from bus_drain.storage.sql.tables import tables_of
from bus_drain.storage.sql.upgrade import NEWEST, STEPS
from service_kit.database import connect, reading, writing
from sqlalchemy import inspect, select, text

A = "https://a.example/a"
VERSIONS = tables_of("").versions
SQL_ENGINES = pytest.mark.parametrize("state_url", ["sqlite", "postgresql"], indirect=True)


def older(url: str) -> None:
    """Tables and rows as version 1 left them."""
    engine = connect(url)
    statements = Path(__file__).with_name("version_1.sql").read_text().split(";\n")
    with writing(engine) as connection:
        for statement in filter(str.strip, statements):
            connection.execute(text(statement))
    engine.dispose()


def shape(url: str) -> dict[str, Any]:
    """Columns and indexes of each table."""
    engine = connect(url)
    there = inspect(engine)
    found = {
        table: (
            [(column["name"], column["nullable"]) for column in there.get_columns(table)],
            there.get_pk_constraint(table)["constrained_columns"],
            sorted(str(index["name"]) for index in there.get_indexes(table)),
        )
        for table in there.get_table_names()
    }
    engine.dispose()
    return found


@SQL_ENGINES
def test_what_it_remembers_is_kept(state_url: str) -> None:
    older(state_url)
    state = open_state(state_url)

    assert state.seen.which(["9f3a-1", "9f3a-2"]) == {"9f3a-1"}
    assert state.newest.of([A]) == {A: Known(7, 100)}
    assert list(state.marks.waiting()) == [Mark(A, "token")]
    assert state.runs.get("r") == JobRun(
        id="r",
        iteration="w",
        argument="https://a.example/all",
        status="waiting",
        cursor="here",
        done=5,
        version=3,
    )
    state.close()


def test_its_tables_become_those_of_a_new_state(tmp_path: Path) -> None:
    old, new = (f"sqlite:///{tmp_path}/{name}.sqlite3" for name in ("old", "new"))
    older(old)
    before = shape(old)
    for url in (old, new, old):  # the second time there is nothing left to do
        open_state(url).close()

    assert before != shape(old) == shape(new)


@SQL_ENGINES
def test_the_version_is_noted(state_url: str) -> None:
    older(state_url)
    open_state(state_url).close()

    engine = connect(state_url)
    with reading(engine) as connection:
        assert connection.execute(select(VERSIONS.c.number)).scalars().all() == [NEWEST]
    engine.dispose()


@SQL_ENGINES
def test_a_failing_step_leaves_everything_as_it_was(
    state_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    older(state_url)
    before = shape(state_url)
    monkeypatch.setitem(STEPS, NEWEST, (*STEPS[NEWEST], "DROP TABLE bus_drain_nothing"))

    with pytest.raises(StateUnavailable):
        open_state(state_url)
    assert shape(state_url) == before


@SQL_ENGINES
def test_the_state_of_a_newer_bus_drain_is_left_alone(state_url: str) -> None:
    open_state(state_url).close()
    engine = connect(state_url)
    with writing(engine) as connection:
        connection.execute(VERSIONS.update().values(number=NEWEST + 1))
    engine.dispose()

    with pytest.raises(BadSettings, match=f"version {NEWEST + 1}"):
        open_state(state_url)

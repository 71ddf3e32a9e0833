"""Runs of iterations."""

from collections.abc import Sequence
from dataclasses import asdict, replace

from service_kit.dialects import insert_or
from sqlalchemy import Engine, Table, select, update

from bus_drain.state import JobRun
from bus_drain.storage.sql.transactions import reading, writing


class SqlJobRuns:
    """bus_drain.state.JobRuns in a table."""

    def __init__(self, engine: Engine, runs: Table) -> None:
        self._engine = engine
        self._runs = runs

    def add(self, run: JobRun) -> bool:
        """Keep a new run; False when one of this id is there already."""
        insert = insert_or(self._engine, self._runs).values(**asdict(run)).on_conflict_do_nothing()
        with writing(self._engine) as connection:
            added = connection.execute(insert.returning(self._runs.c.id))
            return added.scalar_one_or_none() is not None

    def get(self, run_id: str) -> JobRun | None:
        """The run, as it is now."""
        with reading(self._engine) as connection:
            query = select(self._runs).where(self._runs.c.id == run_id)
            row = connection.execute(query).one_or_none()
        return JobRun(*row) if row else None

    def swap(self, before: JobRun, after: JobRun) -> bool:
        """Replace the run if its version is still `before.version`; `after` gets the next one."""
        runs = self._runs
        unchanged = (runs.c.id == before.id) & (runs.c.version == before.version)
        values = asdict(replace(after, version=before.version + 1))
        with writing(self._engine) as connection:
            return connection.execute(update(runs).where(unchanged).values(values)).rowcount == 1

    def all(self) -> Sequence[JobRun]:
        """Every run, by id."""
        with reading(self._engine) as connection:
            query = select(self._runs).order_by(self._runs.c.id)
            return [JobRun(*row) for row in connection.execute(query)]

"""What all the workers of a test run share: the first that needs a thing makes it."""

import fcntl
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from service_kit.schema import migrate


class Shared:
    """Things by name, kept in a folder that every worker of the run sees."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def migrated_file(self, service: str) -> Path:
        """An empty migrated SQLite file, to copy from."""
        path = self._folder / f"{service}.sqlite3"
        with self._alone(service):
            if not path.exists():
                making = path.with_suffix(".making")
                migrate(service, f"sqlite:///{making}")
                making.rename(path)
        return path

    @contextmanager
    def used(
        self, name: str, *, start: Callable[[], Any], stop: Callable[[Any], None]
    ) -> Iterator[Any]:
        """What `start` returned (JSON) to the first who uses it; the last who does stops it.

        A worker that dies stops using it too: its lock goes with it.
        """
        started = self._folder / f"{name}.json"
        with (self._folder / f"{name}.users").open("w") as users:
            with self._alone(name):
                if not started.exists():
                    started.write_text(json.dumps(start()))
                fcntl.flock(users, fcntl.LOCK_SH)
            value = json.loads(started.read_text())
            try:
                yield value
            finally:
                with self._alone(name):
                    if _is_last(users):
                        started.unlink()
                        stop(value)

    @contextmanager
    def _alone(self, name: str) -> Iterator[None]:
        with (self._folder / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _is_last(users: Any) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@pytest.fixture(scope="session")
def shared(worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> Shared:
    """What this run's workers share."""
    own = tmp_path_factory.getbasetemp()
    return Shared(own if worker_id == "master" else own.parent)


@pytest.fixture
def sqlite_copy(shared: Shared, tmp_path: Path) -> Callable[[str], str]:
    """Makes the URL of a SQLite file of the test's own with the tables of a service."""

    def copy(service: str) -> str:
        return f"sqlite:///{shutil.copy(shared.migrated_file(service), tmp_path)}"

    return copy

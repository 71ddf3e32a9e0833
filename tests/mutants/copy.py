"""A copy of a commit to change at will, and pytest in it."""

import importlib
import os
import select
import signal
import subprocess
import sys
import tarfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path

import pytest

from tests.mutants.changes import Change

_ROOT = Path(__file__).parents[2]
_FOR_EVER = 24 * 3600.0
# What nearly every test imports and nobody changes: loaded once, so that a run begins at once.
_DEAR = (
    "alembic",
    "flask_smorest",
    "hypothesis.strategies",
    "playwright.sync_api",
    "psycopg",
    "requests",
    "sqlalchemy.orm",
)
_QUIETLY = ("-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning")


class Copy:
    """The files of `commit`, unpacked below `var/mutants`."""

    def __init__(self, commit: str) -> None:
        self.commit = _git("rev-parse", "--short=12", f"{commit}^{{commit}}").decode().strip()
        self._folder = _ROOT / "var" / "mutants" / self.commit
        self.root = self._folder / "copy"
        self._folder.mkdir(parents=True, exist_ok=True)
        # Once more, for who was killed has left a change in it. The times are the commit's.
        with tarfile.open(fileobj=BytesIO(_git("archive", self.commit))) as archive:
            archive.extractall(self.root, filter="data")

    def beside(self, name: str) -> Path:
        """A file that belongs to the copy and is not in it."""
        return self._folder / name

    @contextmanager
    def changed(self, change: Change) -> Iterator[None]:
        """The copy with a change, for a while."""
        path = self.root / change.path
        source, times = path.read_bytes(), path.stat()
        path.write_bytes(change.apply(source))
        try:
            yield
        finally:
            path.write_bytes(source)
            # Python trusts compiled files by the time of their source: ours must stay what it was.
            os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))

    def pytest(self, arguments: Sequence[str], told: Path, *, seconds: float = _FOR_EVER) -> int:
        """The status of pytest in the copy, which tells a file. Raises TimeoutError."""
        for name in _DEAR:
            importlib.import_module(name)
        sys.stdout.flush()
        if not (child := os.fork()):
            self._become_pytest([*_QUIETLY, *arguments], told)
        ended = os.pidfd_open(child)
        try:
            if not select.select([ended], [], [], seconds)[0]:
                raise TimeoutError
        finally:
            # With whatever it has started.
            with suppress(ProcessLookupError):
                os.killpg(child, signal.SIGKILL)
            os.close(ended)
            status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        return status

    def _become_pytest(self, arguments: Sequence[str], told: Path) -> None:
        os.setsid()
        output = os.open(told, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        for stream in (1, 2):
            os.dup2(output, stream)
        os.chdir(self.root)
        # Ahead of the installed ones, which are the tree's own; and of what runs here, none.
        paths = [str(it) for it in (self.root, *self.root.glob("clients/*/src"))]
        os.environ["PYTHONPATH"] = os.pathsep.join(paths)
        sys.path[:] = [
            *paths,
            *(it for it in sys.path if not it.startswith(str(_ROOT / "clients"))),
        ]
        for name in [it for it in sys.modules if it.partition(".")[0] == "tests"]:
            del sys.modules[name]
        status = 1
        try:
            status = int(pytest.main(list(arguments)))
        finally:
            sys.stdout.flush()
            os._exit(status)


def _git(*arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], cwd=_ROOT, check=True, stdout=subprocess.PIPE).stdout

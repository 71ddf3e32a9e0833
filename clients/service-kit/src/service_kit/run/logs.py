"""The logs of a run: a file a process, bounded in size, and no full disk stops anybody; or one
stream of all."""

import os
from contextlib import suppress
from pathlib import Path
from typing import IO, Protocol

MOST_BYTES = 16 * 1024 * 1024
"""Of one file; with the one before it a process has twice as much."""
_LAST_LINES = 5


class Logs(Protocol):
    """Where what processes say goes."""

    def write(self, name: str, output: bytes) -> None:
        """Take what a process said. Never raises."""

    def last_lines(self, name: str) -> str:
        """What a process said last, as far as nobody has seen it yet."""


class LogStream:
    """All to one stream, each line after the name of who said it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def write(self, name: str, output: bytes) -> None:
        """Pass it on; what nobody takes any more is dropped."""
        with suppress(OSError):
            self._stream.writelines(
                b"%s | %s" % (name.encode(), line) for line in output.splitlines(keepends=True)
            )
            self._stream.flush()

    def last_lines(self, name: str) -> str:
        """None: they have been seen."""
        return f"(see the lines of {name} above)"


class LogFiles:
    """A file for each process under `folder`."""

    def __init__(self, folder: Path, *, most_bytes: int = MOST_BYTES) -> None:
        self._folder = folder
        self._most_bytes = most_bytes
        self._files: dict[str, LogFile] = {}
        self._begun_at = {file.stem: file.stat().st_size for file in folder.glob("*.log")}
        folder.mkdir(exist_ok=True)

    def write(self, name: str, output: bytes) -> None:
        """Append what a process said to its file. Never raises: what has no room is dropped, a
        line at a time, and counted before the next that has."""
        if name not in self._files:
            self._files[name] = LogFile(self.path(name), self._most_bytes)
        for line in output.splitlines(keepends=True):
            self._files[name].append(line)

    def path(self, name: str) -> Path:
        """The log file of a process."""
        return self._folder / f"{name}.log"

    def last_lines(self, name: str) -> str:
        """The newest lines of a process's log, none of a run before."""
        try:
            log = self.path(name).read_bytes()
        except OSError as error:
            return f"(no log: {error.strerror})"
        begun_at = self._begun_at.get(name, 0)
        ours = log[begun_at:] if begun_at <= len(log) else log  # else it was begun anew since
        return "\n".join(ours.decode(errors="replace").splitlines()[-_LAST_LINES:])


class LogFile:
    """A file that is appended to, and begun anew when it is full; the one before it is kept."""

    def __init__(self, path: Path, most_bytes: int) -> None:
        self._path = path
        self._most_bytes = most_bytes
        self._file: int | None = None
        self._bytes = 0
        self._dropped = 0
        self._is_cut = False

    def append(self, line: bytes) -> None:
        """Write a line, and before it how many were dropped; or drop it."""
        try:
            if self._dropped:
                end = b"\n" if self._is_cut else b""
                self._write(b"%s[%d lines dropped: no room]\n" % (end, self._dropped))
                self._dropped, self._is_cut = 0, False
            self._write(line)
        except OSError:
            self._dropped += 1

    def _write(self, data: bytes) -> None:
        if self._file is not None and not os.fstat(self._file).st_nlink:
            self._close()  # somebody has tidied up: what goes on there nobody ever reads
        if self._file is None or self._bytes >= self._most_bytes:
            self._open()
        assert self._file is not None
        written = os.write(self._file, data)
        self._bytes += written
        if written < len(data):
            self._is_cut = written > 0
            raise OSError("no room for all of it")

    def _open(self) -> None:
        if self._file is not None:
            self._close()
            self._path.replace(self._path.with_suffix(".log.1"))
        self._path.parent.mkdir(exist_ok=True)
        self._file = os.open(
            self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600
        )
        self._bytes = os.fstat(self._file).st_size
        if self._bytes >= self._most_bytes:  # of a run before
            self._open()

    def _close(self) -> None:
        assert self._file is not None
        os.close(self._file)
        self._file = None

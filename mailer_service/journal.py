"""What the SMTP server has answered, where the kill of a sender doesn't reach: in files."""

import contextlib
import fcntl
import mmap
import os
import re
import secrets
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import NamedTuple

from service_kit.logs import get_logger

log = get_logger(__name__)

PAGE_ENTRIES = 100
"""Mails a file: a killed sender leaves so many behind at most."""

_ENTRY = b"%19d %15d %3b\n"  # id, created_at_ms, answer
_ENTRY_BYTES = len(_ENTRY % (0, 0, b""))
_ANSWER = slice(_ENTRY_BYTES - 4, _ENTRY_BYTES - 1)
_PAGE_BYTES = PAGE_ENTRIES * _ENTRY_BYTES
_TAKEN = re.compile(rb"^ *(\d{1,18}) +(\d{1,15}) 250$", re.MULTILINE)
_SUFFIX = ".taken"


class MailKey(NamedTuple):
    """A mail of the ledger; both, because another database has mails with these ids too."""

    id: int
    created_at_ms: int


class Journal:
    """The files of one folder, one for each sender at work, which is one thread; several processes
    may share the folder. Without a folder nothing is kept.

    Each mail gets an entry; the system itself writes the answer there, into memory that is the
    file's (`Smtp.keep_answer`). An entry serves one mail, so whoever reads it may believe it at
    any time. A file whose owner is gone isn't locked any more.

    A folder that can't be used is no error: a mail whose sender is killed may come twice then.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._page: _Page | None = None
        self._is_well = True

    def begin(self, mail: MailKey) -> memoryview | None:
        """Where the start of the answer to this mail belongs; None where none can be kept."""
        if self._folder is None:
            return None
        try:
            if self._page is None or self._page.is_full:
                self.close()
                self._page = _Page(self._folder)
            answer = self._page.begin(mail)
        except OSError as error:
            self._fail(error)
            return None
        self._is_well = True
        return answer

    def recorded(self, mail: MailKey) -> None:
        """The ledger has it."""
        if self._page is not None:
            self._page.recorded.add(mail)

    def close(self) -> None:
        """No mail is about to be handed over. What the ledger hasn't stays for `left_behind`."""
        if self._page is not None:
            self._page.close()
            self._page = None

    def taken(self) -> frozenset[MailKey]:
        """All mails that a server has taken, as far as the files tell."""
        found: set[MailKey] = set()
        for path in self._paths():
            with self._as_far_as_possible():
                found.update(_taken_by(path.read_bytes()))
        return frozenset(found)

    def left_behind(self, record: Callable[[Collection[MailKey]], None]) -> None:
        """Have `record` record what senders that are gone have left, and forget it. Raises what
        that raises; then it stays."""
        for path in self._paths():
            with self._as_far_as_possible(), _abandoned(path):
                if taken := _taken_by(path.read_bytes()):
                    record(taken)
                path.unlink()

    def _paths(self) -> list[Path]:
        if self._folder is None:
            return []
        with self._as_far_as_possible(), os.scandir(self._folder) as entries:
            return [
                Path(entry.path)
                for entry in entries
                if entry.name.endswith(_SUFFIX) and entry.is_file(follow_symlinks=False)
            ]
        return []

    @contextlib.contextmanager
    def _as_far_as_possible(self) -> Iterator[None]:
        try:
            yield
        except (FileNotFoundError, BlockingIOError):
            pass  # somebody else was as quick, or is at work
        except OSError as error:
            self._fail(error)

    def _fail(self, error: OSError) -> None:
        if self._is_well:
            log.warning("journal unusable: a mail may come twice after a kill", why=str(error))
        self._is_well = False


class _Page:
    """One file, locked by its owner."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.recorded: set[MailKey] = set()
        self._entries = 0
        self._path, self._file = _new_file(folder)
        try:
            # It takes its room now: a disk that fills up later doesn't matter.
            os.pwrite(self._file, b"\n" * _PAGE_BYTES, 0)
            self._memory = memoryview(mmap.mmap(self._file, _PAGE_BYTES))
        except (OSError, ValueError) as error:  # ValueError: there was room for a part
            self.close()
            raise OSError(str(error)) from error

    @property
    def is_full(self) -> bool:
        return self._entries == PAGE_ENTRIES

    def begin(self, mail: MailKey) -> memoryview:
        start = self._entries * _ENTRY_BYTES
        self._entries += 1
        os.pwrite(self._file, _ENTRY % (*mail, b"---"), start)
        entry = self._memory[start : start + _ENTRY_BYTES]
        entry[0] = entry[0]  # so that the system need not make it writable when the answer comes
        return entry[_ANSWER]

    def close(self) -> None:
        with contextlib.suppress(OSError):
            if self.recorded.issuperset(_taken_by(os.pread(self._file, _PAGE_BYTES, 0))):
                self._path.unlink()
        os.close(self._file)  # and with it the lock


def _new_file(folder: Path) -> tuple[Path, int]:
    path = folder / f"{secrets.token_hex(8)}{_SUFFIX}"
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if not os.fstat(file).st_nlink:
            raise FileNotFoundError("taken for abandoned before it was locked")
    except OSError:
        os.close(file)
        path.unlink(missing_ok=True)
        raise
    return path, file


@contextlib.contextmanager
def _abandoned(path: Path) -> Iterator[None]:
    """Raises BlockingIOError while its owner lives, or somebody else is here."""
    file = os.open(path, os.O_RDWR | os.O_NOFOLLOW)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(file)


def _taken_by(content: bytes) -> set[MailKey]:
    """The mails that a page says were taken, whatever else may be in it."""
    found = _TAKEN.findall(content[:_PAGE_BYTES])
    return {MailKey(int(mail), int(created)) for mail, created in found}

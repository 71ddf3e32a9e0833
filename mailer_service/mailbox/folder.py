"""Mails as .eml files in a folder, named by the time they came."""

import os
import re
import secrets
from collections.abc import Callable
from pathlib import Path

from service_kit.write_probe import try_to_write

_PROBE_BYTES = 1024 * 1024  # with room for less somebody's mail is refused
_ID = re.compile(r"[0-9]{13}-[0-9a-f]{8}", re.ASCII)


class MailFolder:
    """Keeps mails over restarts. An id sorts by time: 13 digits of ms since the epoch first."""

    def __init__(self, path: Path, clock: Callable[[], int]) -> None:
        path.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._clock = clock

    def keep(self, content: bytes) -> str:
        """Returns the mail's id once it is on disk."""
        mail_id = f"{self._clock():013d}-{secrets.token_hex(4)}"
        unfinished = self._path / f".{mail_id}"
        try:
            with open(unfinished, "xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            unfinished.unlink(missing_ok=True)  # it takes room of which there is none
            raise
        unfinished.rename(self._path / f"{mail_id}.eml")
        return mail_id

    def newest(self, limit: int, before: str | None = None) -> list[str]:
        """Ids of up to `limit` mails, the newest first, that came before the id `before`."""
        found = [entry.stem for entry in self._path.glob("*.eml") if _ID.fullmatch(entry.stem)]
        older = [mail_id for mail_id in found if before is None or mail_id < before]
        return sorted(older, reverse=True)[:limit]

    def read(self, mail_id: str) -> bytes | None:
        """The mail as it came; None when there is none of that id."""
        if not _ID.fullmatch(mail_id):
            return None
        try:
            return (self._path / f"{mail_id}.eml").read_bytes()
        except FileNotFoundError:
            return None

    def check(self) -> None:
        """A readiness check: raises OSError when nothing can be written."""
        try_to_write(self._path, _PROBE_BYTES)

"""All that the till knows, each a file of JSON: who is killed has forgotten nothing."""

import json
import os
import re
import threading
from pathlib import Path
from typing import Any

from service_kit.write_probe import try_to_write

Document = dict[str, Any]
_PROBE_BYTES = 64 * 1024  # as large as what it takes
_NAME = re.compile(r"[a-z]+_[0-9a-zA-Z_-]{1,80}", re.ASCII)


class Ledger:
    """Documents by `id`, in the order in which they were first kept. Thread-safe; who changes
    several holds `lock`."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self.lock = threading.RLock()
        found = [json.loads(file.read_bytes()) for file in folder.glob("*.json")]
        self._documents: dict[str, Document] = {
            one["id"]: one for one in sorted(found, key=lambda one: one["number"])
        }
        self._last = max((one["number"] for one in found), default=0)

    def keep(self, document: Document) -> Document:
        """Store a document, on disk when it returns; the first time it gets its number."""
        with self.lock:
            if "number" not in document:
                self._last += 1
                document["number"] = self._last
            _write(self._folder / f"{document['id']}.json", json.dumps(document).encode())
            self._documents[document["id"]] = document
        return document

    def find(self, name: str) -> Document | None:
        """The document of that id, if there is one."""
        with self.lock:
            return self._documents.get(name) if _NAME.fullmatch(name) else None

    def all_of(self, kind: str) -> list[Document]:
        """All documents whose `object` is that kind, the oldest first."""
        with self.lock:
            return [one for one in self._documents.values() if one["object"] == kind]

    def check(self) -> None:
        """A readiness check: raises OSError when nothing can be written."""
        try_to_write(self._folder, _PROBE_BYTES)


def _write(file: Path, content: bytes) -> None:
    unfinished = file.with_suffix(".new")
    with open(unfinished, "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    unfinished.rename(file)

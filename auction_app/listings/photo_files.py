"""The folder of photo files."""

import contextlib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path


class PhotoFiles:
    """JPEG files `<photo id>-<longest side>.jpg`, written once and never changed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, photo_id: str, sizes: Mapping[int, bytes]) -> None:
        """Store a photo's files, on disk when it returns; write them before the row that names
        them is committed, so that no page ever shows a photo that isn't there."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for size, content in sizes.items():
            _write_durably(self.folder / f"{photo_id}-{size}.jpg", content)

    def has(self, photo_id: str, sizes: Iterable[int]) -> bool:
        """Whether a photo's files are there, all of them."""
        return all((self.folder / f"{photo_id}-{size}.jpg").exists() for size in sizes)

    def keep_upload(self, photo_id: str, content: bytes) -> None:
        """Store a file as it came, on disk when it returns, where no page shows it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        _write_durably(self._upload(photo_id), content)

    def read_upload(self, photo_id: str) -> bytes:
        """The file as it came; nothing when it is gone."""
        try:
            return self._upload(photo_id).read_bytes()
        except FileNotFoundError:
            return b""

    def forget_upload(self, photo_id: str) -> None:
        """Throw the file away that a photo was made of."""
        self._upload(photo_id).unlink(missing_ok=True)

    def share(self, photo_id: str, other_id: str) -> None:
        """Give another photo the same files."""
        for path in self.folder.glob(f"{photo_id}-*.jpg"):
            with contextlib.suppress(FileExistsError):
                os.link(path, self.folder / path.name.replace(photo_id, other_id))

    def remove(self, photo_id: str) -> None:
        """Throw a photo's files away."""
        self.forget_upload(photo_id)
        for path in self.folder.glob(f"{photo_id}-*.jpg"):
            path.unlink(missing_ok=True)

    def _upload(self, photo_id: str) -> Path:
        return self.folder / f"{photo_id}.upload"


def _write_durably(path: Path, content: bytes) -> None:
    partial = path.with_suffix(".part")
    with partial.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.rename(path)

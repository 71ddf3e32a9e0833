"""The folder of photo files."""

import os
from collections.abc import Mapping
from pathlib import Path


class PhotoFiles:
    """JPEG files `<photo id>-<longest side>.jpg`, written once and never changed."""

    def __init__(self, folder: str) -> None:
        self.folder = Path(folder)

    def write(self, photo_id: str, sizes: Mapping[int, bytes]) -> None:
        """Store a photo's files, on disk when it returns; write them before the row that names
        them is committed, so that no page ever shows a photo that isn't there."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for size, content in sizes.items():
            _write_durably(self.folder / f"{photo_id}-{size}.jpg", content)


def _write_durably(path: Path, content: bytes) -> None:
    partial = path.with_suffix(".part")
    with partial.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.rename(path)

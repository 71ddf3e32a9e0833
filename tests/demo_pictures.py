"""The demo's pictures, painted once for all the houses of this machine: that took longer than the
rest of a house's first release."""

import hashlib
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

from auction_app.demo.load import ITEMS
from auction_app.listings.photo_files import PhotoFiles
from auction_app.photo_store.folder import Folder
from auction_app.selling.take_photo import take_photo

ROOT = Path(__file__).parents[1]


def hang_pictures(photos: Path) -> None:
    """Put them into a house's folder of photos, where its release finds them; private, as a house
    keeps its files."""
    photos.mkdir(mode=0o700, parents=True, exist_ok=True)
    for picture in _painted().iterdir():
        if not (photos / picture.name).exists():
            Path(shutil.copy(picture, photos)).chmod(0o600)


@cache
def _painted() -> Path:
    folder = Path(tempfile.gettempdir()) / f"gavel-pictures-{os.getuid()}-{_version()}"
    if not folder.exists():
        making = Path(tempfile.mkdtemp(dir=folder.parent))
        for item in ITEMS:
            PhotoFiles(Folder(making)).write(f"{item.id}photo", take_photo(item.draw())[1])
        try:
            making.rename(folder)
        except OSError:  # somebody else was quicker
            shutil.rmtree(making)
    return folder


def _version() -> str:
    painters = [
        *(ROOT / "auction_app/demo").glob("*.py"),
        ROOT / "auction_app/selling/take_photo.py",
    ]
    text = b"".join(painter.read_bytes() for painter in sorted(painters))
    return hashlib.sha256(text).hexdigest()[:12]

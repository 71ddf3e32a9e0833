"""The files of photos."""

from collections.abc import Iterable, Mapping

from auction_app.listings.model import LARGE, THUMBNAIL
from auction_app.photo_store import Files


class PhotoFiles:
    """JPEG files `<photo id>-<longest side>.jpg`, written once and never changed, and beside them
    `<photo id>.upload`, what a photo is to be made of. Raises StoreUnavailable."""

    def __init__(self, files: Files) -> None:
        self._files = files

    def write(self, photo_id: str, sizes: Mapping[int, bytes]) -> None:
        """Store a photo's files; write them before the row that names them is committed, so that
        no page ever shows a photo that isn't there."""
        for size, content in sizes.items():
            self._files.put(_name(photo_id, size), content)

    def read(self, photo_id: str, size: int) -> bytes | None:
        """A photo's file; None when it is gone."""
        return self._files.get(_name(photo_id, size))

    def has(self, photo_id: str, sizes: Iterable[int]) -> bool:
        """Whether a photo's files are there, all of them."""
        return all(self._files.has(_name(photo_id, size)) for size in sizes)

    def keep_upload(self, photo_id: str, content: bytes) -> None:
        """Store a file as it came, where no page shows it."""
        self._files.put(_upload(photo_id), content)

    def read_upload(self, photo_id: str) -> bytes:
        """The file as it came; nothing when it is gone."""
        return self._files.get(_upload(photo_id)) or b""

    def forget_upload(self, photo_id: str) -> None:
        """Throw the file away that a photo was made of."""
        self._files.delete(_upload(photo_id))

    def share(self, photo_id: str, other_id: str) -> None:
        """Give another photo the same files."""
        for size in (LARGE, THUMBNAIL):
            self._files.copy(_name(photo_id, size), _name(other_id, size))

    def remove(self, photo_id: str) -> None:
        """Throw a photo's files away."""
        self.forget_upload(photo_id)
        for size in (LARGE, THUMBNAIL):
            self._files.delete(_name(photo_id, size))


def _name(photo_id: str, size: int) -> str:
    return f"{photo_id}-{size}.jpg"


def _upload(photo_id: str) -> str:
    return f"{photo_id}.upload"

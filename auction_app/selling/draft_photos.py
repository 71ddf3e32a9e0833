"""The photos of a draft: take them in, arrange them, and prepare them in a job."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from service_kit.errors import StoreUnavailable

from auction_app.accounts.model import Customer
from auction_app.db.ids import new_key
from auction_app.db.store import Store
from auction_app.errors import PhotoRefused
from auction_app.listings.photo_files import PhotoFiles
from auction_app.selling.forms import LONGEST_ALT
from auction_app.selling.model import READY, REFUSED, WAITING, Draft, DraftPhoto
from auction_app.selling.repository import drafts
from auction_app.selling.take_photo import look_at_photo
from auction_app.selling.take_photo_apart import TakePhoto
from auction_app.web.fields import cut_line

MOST_PHOTOS = 12
MOST_ATTEMPTS = 3
"""A photo that was begun so often, and never came to anything, ended whoever began it."""
_LONGEST_NAME = 100


@dataclass(frozen=True)
class Upload:
    """A file as it came, with the name it had on the seller's machine."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Arrangement:
    """What a seller wants done: descriptions by photo id, and at most one move or removal."""

    alts: Mapping[str, str]
    up: str | None = None
    down: str | None = None
    remove: str | None = None


def add_photos(
    store: Store, files: PhotoFiles, seller: Customer, draft_id: str, uploads: Iterable[Upload]
) -> dict[str, str]:
    """Take files in for the job to prepare; returns {file name: word} of those refused at once.

    Raises NotFound. A file is on disk before the row that names it is committed.
    """
    with store.reading() as conn:
        room = MOST_PHOTOS - len(drafts.of_seller(conn, seller.id, draft_id).photos)
    refused: dict[str, str] = {}
    for upload in uploads:
        try:
            if room <= 0:
                raise PhotoRefused("one_too_many")
            look_at_photo(upload.content)
        except PhotoRefused as error:
            refused[upload.name] = f"photo_{error.reason}"
            continue
        room -= 1
        _take_in(store, files, seller, draft_id, upload)
    return refused


def arrange_photos(
    store: Store, files: PhotoFiles, seller: Customer, draft_id: str, wanted: Arrangement
) -> None:
    """Move one photo a place up or down, or take it out, and keep the descriptions.

    Raises NotFound.
    """
    with store.begin() as act:
        draft = drafts.of_seller(act.conn, seller.id, draft_id)
        ids = moved([photo.id for photo in draft.photos], wanted)
        drafts.arrange(act.conn, draft_id, ids, _alts(draft, wanted.alts))
    if wanted.remove in {photo.id for photo in draft.photos}:
        files.remove(wanted.remove or "")


def moved(ids: list[str], wanted: Arrangement) -> list[str]:
    """The ids in their new order.

    | a b c | up c | down a | up a | remove b |
    |-------|------|--------|------|----------|
    |       | a c b | b a c | a b c | a c     |
    """
    kept = [id for id in ids if id != wanted.remove]
    for id, step in ((wanted.up, -1), (wanted.down, 1)):
        if id in kept and 0 <= kept.index(id) + step < len(kept):
            place = kept.index(id)
            kept[place], kept[place + step] = kept[place + step], kept[place]
    return kept


def prepare_photos(store: Store, files: PhotoFiles, take: TakePhoto) -> int:
    """Turn what waits into photos with `take`, or note why not: one of each seller, so that they
    take turns. Returns how many were looked at.

    May be killed at any point and repeated: a photo that was begun before comes after those that
    were not, and one that was begun too often is refused. Blocks while it decodes.
    """
    with store.reading() as conn:
        waiting = drafts.next_of_each_seller(conn)
    for photo_id in waiting:
        _prepare(store, files, take, photo_id)
    return len(waiting)


def _prepare(store: Store, files: PhotoFiles, take: TakePhoto, photo_id: str) -> None:
    upload = files.read_upload(photo_id)
    with store.begin() as act:
        begun = drafts.begin_photo(act.conn, photo_id)
    try:
        if begun > MOST_ATTEMPTS:
            raise PhotoRefused("too_costly")
        (width, height), sizes = take(upload)
    except PhotoRefused as error:
        result: dict[str, str | int] = {"state": REFUSED, "reason": error.reason}
    else:
        _write(store, files, photo_id, sizes)
        result = {"state": READY, "width": width, "height": height}
    with store.begin() as act:
        drafts.settle(act.conn, photo_id, **result)
    files.forget_upload(photo_id)


def _write(store: Store, files: PhotoFiles, photo_id: str, sizes: Mapping[int, bytes]) -> None:
    try:
        files.write(photo_id, sizes)
    except StoreUnavailable:  # which is not the photo's fault
        with store.begin() as act:
            drafts.forgive_photo(act.conn, photo_id)
        raise


def _take_in(
    store: Store, files: PhotoFiles, seller: Customer, draft_id: str, upload: Upload
) -> None:
    photo = DraftPhoto(
        id=new_key(),
        draft_id=draft_id,
        name=cut_line(upload.name, _LONGEST_NAME),
        alt="",
        state=WAITING,
        reason=None,
        width=None,
        height=None,
    )
    files.keep_upload(photo.id, upload.content)
    with store.begin() as act:
        drafts.of_seller(act.conn, seller.id, draft_id)
        drafts.add_photo(act.conn, photo)


def _alts(draft: Draft, typed: Mapping[str, str]) -> dict[str, str]:
    return {
        photo.id: cut_line(typed.get(photo.id, photo.alt), LONGEST_ALT) for photo in draft.photos
    }

"""Every place for photos does the same."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from service_kit.errors import StoreUnavailable

from auction_app.listings.model import LARGE, THUMBNAIL
from auction_app.listings.photo_files import PhotoFiles
from auction_app.photo_store import Files, FolderLocation, location, open_files
from tests.auction_app.photo_store.small_s3 import small_s3
from tests.sockets import free_port


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """Where S3's API is spoken."""
    with small_s3() as at:
        yield at


@pytest.fixture(params=["folder", "bucket"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "folder":
        return (tmp_path / "photos").as_uri()
    return f"s3+http://ID:secret@{request.getfixturevalue('s3')}/photos/{tmp_path.name}"


@pytest.fixture
def files(url: str) -> Files:
    return open_files(location(url))


def test_what_is_put_is_there_for_other_hosts_until_it_is_deleted(files: Files, url: str) -> None:
    assert not files.has("a.jpg")
    assert files.get("a.jpg") is None
    files.put("a.jpg", b"\xff\xd8 first")
    files.put("a.jpg", b"\xff\xd8 second")
    elsewhere = open_files(location(url))
    assert elsewhere.has("a.jpg")
    assert elsewhere.get("a.jpg") == b"\xff\xd8 second"
    for _ in range(2):
        elsewhere.delete("a.jpg")
    assert files.get("a.jpg") is None


def test_a_copy_outlives_what_it_was_made_of(files: Files) -> None:
    photos = PhotoFiles(files)
    photos.write("one", {LARGE: b"large", THUMBNAIL: b"small"})
    for _ in range(2):
        photos.share("one", "two")
    photos.share("nobody", "three")
    photos.remove("one")
    assert not photos.has("one", (LARGE,))
    assert photos.has("two", (LARGE, THUMBNAIL))
    assert photos.read("two", THUMBNAIL) == b"small"
    assert not photos.has("three", (LARGE,))


def test_a_place_that_is_away_is_that_and_not_empty(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    nobody = location(f"s3+http://ID:secret@127.0.0.1:{free_port()}/photos")
    for place in (FolderLocation(tmp_path / "file"), nobody):
        away = open_files(place)
        with pytest.raises(StoreUnavailable):
            away.put("a.jpg", b"")
        with pytest.raises(StoreUnavailable):
            away.get("a.jpg")


def test_a_bucket_that_is_not_there_or_refuses_us_holds_no_less_than_nothing(s3: str) -> None:
    missing = open_files(location(f"s3+http://ID:secret@{s3}/nobodys"))
    with pytest.raises(StoreUnavailable):
        missing.put("a.jpg", b"")

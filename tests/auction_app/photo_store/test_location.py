"""Where photos are, as a URL says it."""

from pathlib import Path

import pytest

from auction_app.photo_store import BucketLocation, FolderLocation, location


def test_a_folder_is_named_by_its_whole_path(tmp_path: Path) -> None:
    folder = tmp_path / "my photos"
    assert location(folder.as_uri()) == FolderLocation(folder)


def test_a_bucket_is_named_with_who_may_use_it() -> None:
    assert location("s3://ID:a%2Fb@s3.eu-west-1.amazonaws.com/photos?region=eu-west-1") == (
        BucketLocation(
            endpoint="https://s3.eu-west-1.amazonaws.com",
            bucket="photos",
            prefix="",
            region="eu-west-1",
            key_id="ID",
            secret="a/b",
        )
    )
    inside = location("s3+http://ID:x@minio:9000/gavel/shop/photos/")
    assert isinstance(inside, BucketLocation)
    assert (inside.endpoint, inside.bucket, inside.prefix) == (
        "http://minio:9000",
        "gavel",
        "shop/photos",
    )
    assert "x" not in repr(inside).replace("prefix", "")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        *((text, "must begin with") for text in ("/photos", "photos", "ftp://h/b", "gs://b/x", "")),
        *(
            (text, "the whole path of a folder")
            for text in ("file://photos", "file://host/photos", "file:photos", "file:///a?b=c")
        ),
        *(
            (text, "must be s3://ID:SECRET@HOST/BUCKET")
            for text in (
                *("s3://bucket", "s3://host/bucket", "s3://ID@host/bucket", "s3://ID:se/cret@h/b"),
                *("s3://ID:secret@host/", "s3://ID:secret@/b", "s3://ID:secret@h:port/b"),
                *("s3://ID:secret@h:0/b", "s3://ID:secret@h/b#c", "s3://[x/b"),
            )
        ),
        ("s3://ID:secret@host/bucket?acl=public", "knows one parameter"),
    ],
)
def test_what_names_no_place_is_refused_without_its_secret(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint) as raised:
        location(text)
    assert "secret@" not in str(raised.value).replace("ID:SECRET@HOST", "")

"""What a setting says of where photos are."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from service_kit.places import folder

_FOLDER = "file"
_BUCKET = {"s3": "https", "s3+http": "http"}
_REGION = "region"
_AS_A_BUCKET = "must be s3://ID:SECRET@HOST/BUCKET, a secret percent-encoded"


@dataclass(frozen=True)
class FolderLocation:
    """A folder: of this machine, or one that all hosts have mounted."""

    path: Path


@dataclass(frozen=True, kw_only=True)
class BucketLocation:
    """A bucket at an endpoint that speaks S3's API; names of files begin with `prefix`."""

    endpoint: str
    bucket: str
    prefix: str
    region: str
    key_id: str = field(repr=False)
    secret: str = field(repr=False)


Location = FolderLocation | BucketLocation


def location(text: str) -> Location:
    """Read a URL. Raises ValueError, which repeats no secret.

    | URL                                            | where                                    |
    |------------------------------------------------|------------------------------------------|
    | `file:///var/lib/gavel/photos`                 | that folder                              |
    | `s3://ID:SECRET@s3.example/photos?region=eu-1` | the bucket `photos`                      |
    | `s3+http://ID:SECRET@minio:9000/gavel/photos`  | in the bucket `gavel`, under `photos/`,  |
    |                                                | without TLS                              |

    What is special in an id or a secret is percent-encoded.
    """
    scheme = text.partition(":")[0]
    if scheme == _FOLDER:
        return _folder(text)
    if scheme not in _BUCKET:
        raise ValueError("must begin with file:///, s3:// or s3+http://")
    return _bucket(text, _BUCKET[scheme])


def _folder(text: str) -> FolderLocation:
    url = urlsplit(text)
    path = unquote(url.path)
    if url.netloc or url.query or url.fragment or not path.startswith("/") or "\0" in path:
        raise ValueError("must be file:/// and the whole path of a folder")
    return FolderLocation(folder(path))


def _bucket(text: str, scheme: str) -> BucketLocation:
    try:
        url = urlsplit(text)
        has_bad_port = url.port == 0
    except ValueError as error:
        raise ValueError(_AS_A_BUCKET) from error
    bucket, _, prefix = unquote(url.path).strip("/").partition("/")
    query = dict(parse_qsl(url.query))
    has_all = url.hostname and url.username and url.password and bucket
    if not has_all or has_bad_port or url.fragment:
        raise ValueError(_AS_A_BUCKET)
    if query.keys() - {_REGION}:
        raise ValueError(f"knows one parameter: {_REGION}")
    return BucketLocation(
        endpoint=f"{scheme}://{url.netloc.rpartition('@')[2]}",
        bucket=bucket,
        prefix=prefix,
        region=query.get(_REGION, "us-east-1"),
        key_id=unquote(url.username or ""),
        secret=unquote(url.password or ""),
    )

"""Files in a bucket of S3's API."""

from contextlib import AbstractContextManager, suppress
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from auction_app.photo_store.files import unavailable
from auction_app.photo_store.location import BucketLocation

if TYPE_CHECKING:
    from obstore.store import S3Store

_CONNECT, _REQUEST = timedelta(seconds=2), timedelta(seconds=5)
_ALL_ATTEMPTS = timedelta(seconds=8)
_ATTEMPTS_MORE = 2


class Bucket:
    """What S3 has answered is durable."""

    def __init__(self, location: BucketLocation) -> None:
        self._location = location

    def put(self, name: str, content: bytes) -> None:
        """In one request."""
        with _or_unavailable():
            self._store.put(name, content)

    def get(self, name: str) -> bytes | None:
        """The whole file, into memory."""
        with _or_unavailable(), suppress(FileNotFoundError):
            return bytes(self._store.get(name).bytes())
        return None

    def has(self, name: str) -> bool:
        """Without reading it."""
        with _or_unavailable(), suppress(FileNotFoundError):
            self._store.head(name)
            return True
        return False

    def copy(self, name: str, other: str) -> None:
        """Within the bucket."""
        with _or_unavailable(), suppress(FileNotFoundError):
            self._store.copy(name, other)

    def delete(self, name: str) -> None:
        """S3 does not mind when there is none; others that speak its API may."""
        with _or_unavailable(), suppress(FileNotFoundError):
            self._store.delete(name)

    @cached_property
    def _store(self) -> "S3Store":
        """Made when it is needed: its threads don't survive a fork, and who has photos in a folder
        need not load it."""
        from obstore.store import S3Store

        where = self._location
        return S3Store(
            where.bucket,
            prefix=where.prefix or None,
            endpoint=where.endpoint,
            region=where.region,
            access_key_id=where.key_id,
            secret_access_key=where.secret,
            virtual_hosted_style_request=False,
            client_options={
                "allow_http": where.endpoint.startswith("http:"),
                "connect_timeout": _CONNECT,
                "timeout": _REQUEST,
            },
            retry_config={"max_retries": _ATTEMPTS_MORE, "retry_timeout": _ALL_ATTEMPTS},
        )


def _or_unavailable() -> AbstractContextManager[None]:
    from obstore.exceptions import BaseError

    return unavailable("bucket", BaseError, OSError)

"""Where photos are kept, by URL: a folder, or a bucket of S3's API."""

from auction_app.photo_store.bucket import Bucket
from auction_app.photo_store.files import Files
from auction_app.photo_store.folder import Folder
from auction_app.photo_store.location import BucketLocation, FolderLocation, Location, location

__all__ = ["BucketLocation", "Files", "FolderLocation", "Location", "location", "open_files"]


def open_files(location: Location) -> Files:
    """The files there. Opens no connection yet."""
    if isinstance(location, FolderLocation):
        return Folder(location.path)
    return Bucket(location)

"""The item page, what stands beside it, and its photos."""

from collections.abc import Iterator

from flask import Blueprint

from auction_app.items.views import item, photos
from auction_app.listings.photo_files import PhotoFiles
from auction_app.parts import Parts


def blueprints(parts: Parts, files: PhotoFiles) -> Iterator[Blueprint]:
    """All addresses of the feature."""
    yield item.api(parts)
    yield item.pages(parts)
    yield photos.pages(parts, files)
    yield item.beside(parts)

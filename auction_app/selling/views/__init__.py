"""The listing wizard, and what a seller does with what is listed."""

from collections.abc import Iterator

from flask import Blueprint
from service_kit.notify import Channel

from auction_app.listings.photo_files import PhotoFiles
from auction_app.parts import Parts
from auction_app.selling.simulate import Simulate
from auction_app.selling.views import editing, my_sales, photos, wizard


def blueprints(
    parts: Parts, files: PhotoFiles, simulate: Simulate, photo_channel: Channel
) -> Iterator[Blueprint]:
    """All addresses of the feature."""
    yield my_sales.api(parts)
    yield wizard.pages(parts, files, simulate)
    yield photos.pages(parts, files, photo_channel)
    yield editing.pages(parts, files)

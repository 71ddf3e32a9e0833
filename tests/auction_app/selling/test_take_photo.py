"""Turning a file into a photo: upright, whatever else its camera wrote."""

import random
from contextlib import suppress
from io import BytesIO

import pytest
from PIL import Image, ImageOps

from auction_app.errors import PhotoRefused
from auction_app.listings.model import THUMBNAIL
from auction_app.selling.take_photo import take_photo

ORIENTATION, X_RESOLUTION = 0x0112, 0x011A
RATIONAL, ASCII = b"\x01\x1a\x00\x05", b"\x01\x1a\x00\x02"


def photo_with_exif(orientation: int) -> bytes:
    """A photo that is white but for one black corner."""
    picture, out, exif = Image.new("RGB", (320, 240), "white"), BytesIO(), Image.Exif()
    picture.paste("black", (0, 0, 80, 60))
    exif[ORIENTATION], exif[X_RESOLUTION] = orientation, 72.0
    picture.save(out, "JPEG", exif=exif)
    return out.getvalue()


def corner(upload: bytes) -> tuple[tuple[int, int], tuple[bool, ...]]:
    """The size of what comes of it, and which of its corners are black."""
    size, sizes = take_photo(upload)
    shown = Image.open(BytesIO(sizes[THUMBNAIL])).convert("L")
    right, low = shown.width - 5, shown.height - 5
    places = ((5, 5), (right, 5), (5, low), (right, low))
    return size, tuple(int(shown.getpixel(place) or 0) < 128 for place in places)  # type: ignore[arg-type]


@pytest.mark.parametrize("orientation", range(9))
def test_a_photo_is_turned_upright(orientation: int) -> None:
    upload = photo_with_exif(orientation)
    upright = BytesIO()
    ImageOps.exif_transpose(Image.open(BytesIO(upload))).save(upright, "PNG")

    assert corner(upload) == corner(upright.getvalue())


def test_a_photo_is_turned_though_its_camera_wrote_something_wrongly() -> None:
    upload = photo_with_exif(6)
    bent = upload.replace(RATIONAL, ASCII)
    assert bent != upload

    assert corner(bent) == corner(upload)


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow's own, about what it skips
@pytest.mark.parametrize("seed", range(4))
def test_a_file_that_is_bent_anywhere_is_a_photo_or_refused(seed: int) -> None:
    chance, upload = random.Random(seed), photo_with_exif(6)
    for _ in range(300):
        bent = bytearray(upload)
        for _ in range(chance.randrange(1, 4)):
            bent[chance.randrange(200)] = chance.choice([0, 1, 2, 5, 7, 12, 255])
        with suppress(PhotoRefused):
            take_photo(bytes(bent))

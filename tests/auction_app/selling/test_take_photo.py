"""Turning a file into a photo: upright, whatever else its camera wrote."""

import random
import struct
from contextlib import suppress
from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageOps

from auction_app.errors import PhotoRefused
from auction_app.listings.model import LARGE, THUMBNAIL
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


def display_p3() -> bytes:
    """A small profile with the primaries of phones' photos (ICC.1:2022, 8.3)."""

    def numbers(*values: float) -> bytes:
        return b"".join(struct.pack(">i", round(value * 65536)) for value in values)

    curve = struct.pack(">4sIIH", b"curv", 0, 1, round(2.2 * 256)) + bytes(2)
    primaries = {
        b"wtpt": (0.9642, 1, 0.8249),
        b"rXYZ": (0.51512, 0.24120, -0.00105),
        b"gXYZ": (0.29198, 0.69225, 0.04189),
        b"bXYZ": (0.15710, 0.06657, 0.78407),
    }
    tags = {name: b"XYZ " + bytes(4) + numbers(*of) for name, of in primaries.items()}
    tags |= dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve)
    table, content = struct.pack(">I", len(tags)), b""
    for name, tag in tags.items():
        table += struct.pack(">4sII", name, 132 + 12 * len(tags) + len(content), len(tag))
        content += tag
    body = table + content
    head = struct.pack(
        ">I4sI4s4s4s", 128 + len(body), bytes(4), 0x02400000, b"mntr", b"RGB ", b"XYZ "
    )
    head += bytes(12) + b"acsp" + bytes(28) + numbers(0.9642, 1, 0.8249)
    return head.ljust(128, bytes(1)) + body


def as_file(picture: Image.Image, kind: str, **options: Any) -> bytes:
    out = BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def shown(upload: bytes, place: tuple[int, int] = (50, 50)) -> tuple[int, int, int]:
    """The colour of a place of the photo that comes of a file."""
    _, sizes = take_photo(upload)
    red, green, blue = Image.open(BytesIO(sizes[LARGE])).convert("RGB").getpixel(place)  # type: ignore[misc]
    return red, green, blue


@pytest.mark.parametrize(("mode", "kind"), [("RGB", "JPEG"), ("RGB", "PNG"), ("RGBA", "WEBP")])
def test_colours_are_those_that_the_profile_means(mode: str, kind: str) -> None:
    picture = Image.new(mode, (200, 200), (200, 100, 100))
    plain, rich = (
        shown(as_file(picture, kind, **profile)) for profile in ({}, {"icc_profile": display_p3()})
    )

    assert rich[0] > plain[0] + 5
    assert rich[1] < plain[1] - 3


@pytest.mark.parametrize("profile", [b"rubbish", display_p3()[:200]])
def test_a_profile_that_is_broken_changes_nothing(profile: bytes) -> None:
    picture = Image.new("RGB", (200, 200), (200, 100, 100))
    assert shown(as_file(picture, "PNG", icc_profile=profile)) == shown(as_file(picture, "PNG"))


def test_a_scan_of_16_bits_keeps_its_greys() -> None:
    row = struct.pack("<H", 0x2000) * 100 + struct.pack("<H", 0xC000) * 100
    scan = Image.frombytes("I;16", (200, 200), row * 200)

    upload = as_file(scan, "PNG")

    assert 28 < shown(upload)[0] < 36
    assert 188 < shown(upload, (150, 150))[0] < 196


@pytest.mark.parametrize("mode", ["1", "P"])
def test_thin_lines_are_kept_when_a_drawing_is_shrunk(mode: str) -> None:
    drawing = Image.new("L", (4001, 400), 255)
    for column in range(0, 4001, 10):
        drawing.paste(0, (column, 0, column + 1, 400))
    _, sizes = take_photo(as_file(drawing.convert(mode), "PNG"))

    row = Image.open(BytesIO(sizes[LARGE])).convert("L").crop((0, 50, 1600, 51)).tobytes()
    assert sum(255 - grey for grey in row) > 10_000


def test_a_phones_large_photo_is_taken() -> None:
    phone = Image.new("RGB", (8064, 6048), (10, 120, 10))
    assert abs(shown(as_file(phone, "JPEG"))[1] - 120) < 4

    with pytest.raises(PhotoRefused, match="too_many_pixels"):
        take_photo(as_file(phone, "PNG"))

"""No file costs the house more than a photo may, nor another seller more than a turn."""

import struct
import sys
import time
from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image

from auction_app.errors import PhotoRefused
from auction_app.selling.draft_photos import prepare_photos
from auction_app.selling.take_photo import look_at_photo, take_photo
from auction_app.selling.take_photo_apart import Photo, take_photo_apart
from tests.auction_app.conftest import Browser, World
from tests.auction_app.listing import photo_file

pytestmark = pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")

BOUNDED = "from auction_app.selling import photo_child as child; child._set_bounds(); "


def progressive(scans: int) -> bytes:
    out = BytesIO()
    Image.new("RGB", (600, 600), "teal").save(out, "JPEG", progressive=True)
    whole = out.getvalue()
    last = whole.rindex(b"\xff\xda")
    scan = whole[last : whole.rindex(b"\xff\xd9")]
    return whole[:last] + scan * scans + b"\xff\xd9"


def reason(act: Callable[[], object]) -> str:
    with pytest.raises(PhotoRefused) as refusal:
        act()
    return refusal.value.reason


@pytest.mark.parametrize("scans", [101, 3000])
def test_a_jpeg_of_very_many_scans_is_refused_before_it_is_read(scans: int) -> None:
    upload = progressive(scans)

    assert reason(lambda: look_at_photo(upload)) == "too_costly"
    assert reason(lambda: take_photo(upload)) == "too_costly"


def test_a_jpeg_of_as_many_scans_as_encoders_write_is_a_photo() -> None:
    assert take_photo(progressive(20))[0] == (600, 600)


def plain(format: str) -> bytes:
    out = BytesIO()
    Image.new("RGB", (600, 400), "teal").save(out, format)
    return out.getvalue()


def beside(head: bytes, *, format: str = "JPEG") -> bytes:
    """A photo with this between its first bytes and the rest."""
    upload = plain(format)
    at = 2 if format == "JPEG" else 33
    return upload[:at] + head + upload[at:]


def exif_that_says_one_thing_often() -> bytes:
    tags = b"".join(struct.pack("<HHII", tag, 7, 60_000, 8) for tag in range(1, 5001))
    exif = b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<H", 5000) + tags + b"\0" * 5000
    return b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif


@pytest.mark.parametrize(
    "upload",
    [
        beside((b"\xff\xe1\x00\x20Exif\0\0" + b"a" * 24) * 250_000),
        beside(b"\xff\xe0\x00\x02" * 2_000_000),
        beside(b"\xff\xfe\x00\x02" * 2_000_000),
        beside(b"\xff" * 9_000_000),
        beside(b"\xff\xd0" * 4_000_000),
        beside(b"\0\0\0\0abCd\0\0\0\0" * 700_000, format="PNG"),
    ],
    ids=["EXIF", "empty parts", "comments", "fill bytes", "restarts", "chunks"],
)
def test_a_photo_of_very_many_parts_is_refused_before_it_is_read(upload: bytes) -> None:
    begin = time.process_time()

    assert reason(lambda: look_at_photo(upload)) == "too_costly"
    assert time.process_time() - begin < 0.5


@pytest.mark.filterwarnings("error")
def test_no_metadata_is_read_in_a_page() -> None:
    look_at_photo(beside(exif_that_says_one_thing_often()))
    look_at_photo(beside(struct.pack(">I", 5) + b"iCCPbad\0\0\0\0\0\0", format="PNG"))


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_a_photo_with_metadata_is_still_a_photo_and_half_of_its_head_is_none(format: str) -> None:
    look_at_photo(plain(format))
    look_at_photo(photo_file(format=format).getvalue())
    for length in range(2, 30):
        assert reason(lambda: look_at_photo(plain(format)[:length])) == "not_an_image"  # noqa: B023


@pytest.mark.slow
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_a_photo_made_apart_is_the_same_photo(format: str) -> None:
    upload = photo_file(format=format).getvalue()

    assert take_photo_apart(upload) == take_photo(upload)


@pytest.mark.slow
@pytest.mark.parametrize("upload", [b"", b"no photo", b"\x89PNG\r\n\x1a\n"])
def test_what_is_refused_apart_is_refused_by_the_same_word(upload: bytes) -> None:
    assert reason(lambda: take_photo_apart(upload)) == reason(lambda: take_photo(upload))


@pytest.mark.slow
@pytest.mark.parametrize(
    "code",
    [
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
        "raise SystemExit(3)",
        "while True: pass",
        BOUNDED + "bytearray(2 << 30)",
    ],
)
def test_a_child_that_dies_or_does_not_come_back_costs_its_photo_only(code: str) -> None:
    program = (sys.executable, "-c", code)

    assert reason(lambda: take_photo_apart(b"x", program=program, deadline_s=5)) == "too_costly"


@pytest.mark.slow
def test_a_child_has_ten_seconds_and_a_gibibyte_and_none_of_our_settings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AUCTIONS_SECRET_KEY", "hidden")
    code = BOUNDED + (
        "import os, resource as r; assert 'AUCTIONS_SECRET_KEY' not in os.environ;"
        " child._answer({'size': [r.getrlimit(r.RLIMIT_CPU)[0], r.getrlimit(r.RLIMIT_AS)[0]],"
        " 'files': {}}, [])"
    )

    assert take_photo_apart(b"x", program=(sys.executable, "-c", code)) == ((10, 2**30), {})


def upload_photos(browser: Browser, colours: list[str]) -> str:
    """Start a draft with photos of these colours; returns its path."""
    path = str(browser.post("/sell").headers["Location"]).rsplit("/", 1)[0]
    for colour in colours:
        out = BytesIO()
        Image.new("RGB", (120, 120), colour).save(out, "PNG")
        photo = (BytesIO(out.getvalue()), f"{colour}.png")
        assert browser.post(f"{path}/photos/change", {"photos": photo}).status_code == 303
    return path


class Taken:
    """Remembers by its colour which photo it was given; what is `deadly` ends the process."""

    def __init__(self, deadly: str = "none") -> None:
        self.deadly, self.colours = deadly, list[str]()
        self._names = {(255, 0, 0): "red", (0, 0, 255): "blue", (0, 128, 0): "green"}

    def __call__(self, upload: bytes) -> Photo:
        pixel = Image.open(BytesIO(upload)).getpixel((5, 5))
        self.colours.append(self._names[pixel])
        if self.colours[-1] == self.deadly:
            raise KeyboardInterrupt
        return take_photo(upload)


def prepare_all(world: World, take: Taken) -> None:
    while True:
        try:
            if not prepare_photos(world.parts.store, world.parts.files, take):
                return
        except KeyboardInterrupt:
            continue  # the worker is started again


def test_sellers_take_turns(world: World) -> None:
    sam, ada = world.member("Sam"), world.member("Ada")
    upload_photos(sam, ["red", "red", "red"])
    upload_photos(ada, ["blue"])
    upload_photos(sam, ["red"])
    take = Taken()

    prepare_all(world, take)

    assert sorted(take.colours[:2]) == ["blue", "red"]
    assert take.colours.count("red") == 4


def test_a_photo_that_ends_the_worker_is_not_taken_first_again_and_given_up_in_the_end(
    world: World,
) -> None:
    sam = world.member("Sam")
    draft = upload_photos(sam, ["red", "blue", "green"])
    take = Taken(deadly="red")

    prepare_all(world, take)

    assert take.colours == ["red", "blue", "green", "red", "red"]
    page = sam.get(f"{draft}/photos").text
    assert page.count("takes too much work") == 1
    assert sam.get(f"{draft}/photos/waiting").status_code == 204

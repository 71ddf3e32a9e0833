"""Listing an item."""

from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from auction_app.verbs.take_photo import LARGE, THUMBNAIL
from tests.auction_app.conftest import (
    BIDS_TOKEN,
    World,
    as_program,
    listing_form,
    path_of,
    photo_file,
)


def test_a_listing_is_shown_announced_and_its_terms_are_fixed(world: World) -> None:
    sam = world.member("Sam")

    item = sam.list_item(start_price="12.50", currency="EUR", ends="2026-10-01T12:30:15")

    page = sam.get(item)
    assert "<h1>Brass desk lamp</h1>" in page.text
    assert "€12.50" in page.text
    assert 'datetime="2026-10-01T12:30:15.000Z"' in page.text
    url = world.parts.urls.public_url + item
    assert world.announced()[-1] == ("auctions", "create", url)
    document = sam.client.get(item, headers=as_program(BIDS_TOKEN)).get_json()
    assert document["status"] == "running"
    assert document["terms"]["start_price"] == {"amount": "12.50", "currency": "EUR"}
    assert document["terms"]["increments"][:3] == [[1, 5], [100, 25], [500, 50]]
    assert document["terms"]["reserve"] is None
    assert document["terms"]["blocked"] == []
    assert document["_links"]["photos"][0]["title"] == "A brass lamp on a table"


def test_the_end_is_read_in_the_zone_that_the_form_was_shown_in(world: World) -> None:
    sam = world.member("Sam")
    sam.client.set_cookie("gavel_zone", "Europe/Berlin")

    assert "Europe/Berlin" in sam.get("/sell").text
    item = sam.list_item(ends="2026-10-01T12:00", zone="Europe/Berlin")

    page = sam.get(item).text
    assert 'datetime="2026-10-01T10:00:00.000Z"' in page
    assert "12:00" in page


def test_a_photo_is_served_in_two_sizes_and_without_its_secrets(world: World) -> None:
    upload = BytesIO()
    picture = Image.new("RGB", (2000, 1000), "teal")
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif[0x010E] = "taken at home"
    picture.save(upload, "JPEG", exif=exif, comment=b"my address")
    upload.seek(0)
    sam = world.member("Sam")

    item = sam.list_item(photo=(upload, "x.jpg"))

    links = sam.client.get(item, headers=as_program()).get_json()["_links"]["photos"]
    large = sam.client.get(path_of(links[0]["href"]), buffered=True)
    assert large.mimetype == "image/jpeg"
    assert "immutable" in large.headers["Cache-Control"]
    shown = Image.open(BytesIO(large.data))
    assert shown.size == (LARGE // 2, LARGE)
    assert not shown.getexif()
    assert b"my address" not in large.data
    small = sam.client.get(
        path_of(links[0]["href"]).replace(str(LARGE), str(THUMBNAIL)), buffered=True
    )
    assert max(Image.open(BytesIO(small.data)).size) == THUMBNAIL


@pytest.mark.parametrize("format", ["PNG", "WEBP", "JPEG"])
def test_the_usual_formats_are_taken(world: World, format: str) -> None:
    world.member("Sam").list_item(photo=(photo_file(format=format), "photo"))


def bomb() -> BytesIO:
    """A PNG of 900 million pixels in a few kilobytes."""
    out = BytesIO()
    Image.new("1", (30_000, 30_000)).save(out, "PNG")
    out.seek(0)
    return out


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "choose a photo"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "not a photo"),
        (b"<html><script>alert(1)</script></html>", "not a photo"),
        (b"GIF89a" + b"\x00" * 200, "not a photo"),
        (photo_file().getvalue()[:500], "not a photo"),
        (b"\xff\xd8\xff" + b"\x00" * 1000, "not a photo"),
        (photo_file(40, 40).getvalue(), "too small"),
        (b"\xff\xd8" + b"\x00" * (10 * 1024 * 1024), "too big"),
        (bomb().getvalue(), "too many pixels"),
    ],
    ids=["none", "svg", "html", "gif", "cut", "zeros", "small", "big", "bomb"],
)
def test_a_hostile_file_is_refused_with_a_clear_word(
    world: World, content: bytes, word: str
) -> None:
    sam = world.member("Sam")
    before = world.announced()

    answer = sam.post("/sell", listing_form(sam, photo=(BytesIO(content), "photo.jpg")))

    assert answer.status_code == 422
    assert word in answer.text
    assert world.announced() == before


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 81}, "title"),
        ({"description": ""}, "description"),
        ({"description": "x" * 10_001}, "description"),
        ({"photo_description": ""}, "photo_description"),
        ({"start_price": "1.234"}, "start_price"),
        ({"start_price": "0"}, "start_price"),
        ({"start_price": "-1"}, "start_price"),
        ({"start_price": "99999999999999999"}, "start_price"),
        ({"start_price": "NaN"}, "start_price"),
        ({"ends": "2026-09-21T14:13:20"}, "ends"),
        ({"ends": "2026-09-21T14:20"}, "ends"),
        ({"ends": "2027-09-21T14:20"}, "ends"),
        ({"ends": "99999-01-01T00:00"}, "ends"),
        ({"ends": "soon"}, "ends"),
        ({"ends": "2026-10-01"}, "ends"),
        ({"ends": "2026-10-01T12:00:00+02:00"}, "ends"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    world: World, changes: dict[str, str], field: str
) -> None:
    sam = world.member("Sam")

    answer = sam.post("/sell", listing_form(sam, **changes))

    assert answer.status_code == 422
    assert f'id="error-{field}"' in answer.text
    assert 'value="Brass desk lamp"' in answer.text or field == "title"


def test_an_unknown_currency_is_refused(world: World) -> None:
    sam = world.member("Sam")

    answer = sam.post("/sell", listing_form(sam, currency="XXX"))

    assert answer.status_code == 422
    assert "do not trade in this currency" in answer.text


def test_an_hour_that_the_clocks_skip_is_refused(world: World) -> None:
    sam = world.member("Sam")
    world.clock.now_ms = 1_774_000_000_000  # March 2026
    sam.sign_in("Sam")

    form: dict[str, Any] = listing_form(sam, ends="2026-03-29T02:30", zone="Europe/Berlin")

    assert "The clocks skip this hour" in sam.post("/sell", form).text


def test_a_form_sent_twice_lists_once(world: World) -> None:
    sam = world.member("Sam")
    form = listing_form(sam)
    first = sam.post("/sell", form)

    second = sam.post("/sell", form | {"photo": (photo_file(), "lamp.jpg")})

    assert first.headers["Location"] == second.headers["Location"]
    assert sum(topic == "auctions" for topic, _, _ in world.announced()) == 1


def test_nobody_takes_the_form_of_another_seller(world: World) -> None:
    sam, eve = world.member("Sam"), world.member("Eve")
    first = sam.post("/sell", form := listing_form(sam))

    mine = listing_form(eve) | {"listing": form["listing"]}
    second = eve.post("/sell", mine)

    assert second.status_code == 303
    assert first.headers["Location"] != second.headers["Location"]


def test_selling_needs_a_verified_address(world: World) -> None:
    ada = world.browser()
    ada.sign_up("Ada")
    assert ada.get("/sell").status_code == 401
    ada.sign_in("Ada")

    assert "List item" not in ada.get("/sell").text
    assert ada.post("/sell", listing_form(ada)).status_code == 403


def test_a_form_larger_than_any_photo_is_refused(world: World) -> None:
    sam = world.member("Sam")

    huge = sam.post("/sell", listing_form(sam, photo=(BytesIO(b"x" * (33 << 20)), "x.jpg")))
    long = sam.post("/sign-in", {"email": "x" * (2 << 20)})

    assert huge.status_code == 413
    assert "too much at once" in huge.text
    assert long.status_code == 413


def test_my_sales_and_the_sellers_page_list_what_was_listed(world: World) -> None:
    sam = world.member("Sam")
    item = sam.list_item()

    assert "Brass desk lamp" in sam.get("/my/sales").text
    listed = sam.client.get("/my/sales", headers=as_program()).get_json()
    assert path_of(listed["_embedded"]["auctions"][0]["_links"]["self"]["href"]) == item
    assert "Brass desk lamp" in world.browser().get(path_of(world.customer_url("Sam"))).text


def test_home_pages_through_running_auctions_by_their_end(world: World) -> None:
    sam = world.member("Sam")
    for day in range(1, 27):
        sam.list_item(title=f"Item {day:02}", ends=f"2026-09-22T12:{59 - day:02}:00")

    first = world.browser().get("/", headers=as_program()).get_json()
    titles = [auction["title"] for auction in first["_embedded"]["auctions"]]
    second = (
        world.browser()
        .get(path_of(first["_links"]["next"]["href"]), headers=as_program())
        .get_json()
    )

    assert titles == [f"Item {day:02}" for day in range(26, 2, -1)]
    assert [a["title"] for a in second["_embedded"]["auctions"]] == ["Item 02", "Item 01"]
    assert "next" not in second["_links"]
    page = world.browser().get("/").text
    assert "Ending soon" in page
    assert "Item 26" in page

"""The listing wizard: drafts, photos, preview, publishing."""

from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from auction_app.listings.model import LARGE, THUMBNAIL
from auction_app.selling.draft_photos import Arrangement, moved, prepare_photos
from auction_app.selling.take_photo import take_photo
from auction_app.selling.write_draft import MOST_DRAFTS
from tests.auction_app.conftest import BIDS_TOKEN, World, as_program, path_of
from tests.auction_app.listing import photo_file


def test_a_listing_is_shown_announced_and_its_terms_are_fixed(world: World) -> None:
    sam = world.member("Sam")

    item = sam.list_by_wizard(start_price="12.50", currency="EUR", ends="2026-10-01T12:30:15")

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


def test_reserve_buy_now_and_soft_close_reach_bids_and_the_reserve_nobody_else(
    world: World,
) -> None:
    sam = world.member("Sam")
    item = sam.list_by_wizard(reserve="55.55", buy_now="99.00", soft_close="120")

    told = sam.client.get(item, headers=as_program(BIDS_TOKEN)).get_json()["terms"]
    public = world.browser().get(item, headers=as_program()).get_json()

    assert told["reserve"] == {"amount": "55.55", "currency": "USD"}
    assert told["buy_now"] == {"amount": "99.00", "currency": "USD"}
    assert told["soft_close"] == {"window_ms": 120_000, "extension_ms": 120_000}
    assert told["hard_end_at_ms"] == told["ends_at_ms"] + 24 * 3600 * 1000
    assert "reserve" not in public["terms"]
    for page in (world.browser().get(item).text, world.browser().get("/search").text):
        assert "55.55" not in page
    assert "2 min" in world.browser().get(item).text


def test_details_are_shown_and_listed(world: World) -> None:
    sam = world.member("Sam")

    item = sam.list_by_wizard(
        category="home", condition="worn", postage="5 dollars, EU only", returns="14_days"
    )

    page = sam.get(item).text
    assert "Home and garden" in page
    assert "Worn" in page
    assert "5 dollars, EU only" in page
    assert "Within 14 days" in page
    document = sam.client.get(item, headers=as_program()).get_json()
    assert (document["category"], document["returns"]) == ("home", "14_days")


def test_an_auction_can_be_set_to_start_later(world: World) -> None:
    sam, ada = world.member("Sam"), world.member("Ada")

    item = sam.list_by_wizard(starts="2026-09-25T08:00:00")

    assert "Starts" in ada.get(item).text
    card = sam.get("/my/sales").text.split("card-title")[1]
    assert "Starts" in card
    assert "ends in" not in card
    assert ada.client.get(item, headers=as_program()).get_json()["status"] == "scheduled"
    assert "Brass desk lamp" not in ada.get("/").text.split('id="ending"')[1]
    assert "not started" in ada.review(item, "20").text


def test_the_end_is_read_in_the_zone_that_the_form_was_shown_in(world: World) -> None:
    sam = world.member("Sam")
    sam.client.set_cookie("gavel_zone", "Europe/Berlin")

    draft = sam.write_draft(ends="2026-10-01T12:00", zone="Europe/Berlin")
    assert "Europe/Berlin" in sam.get(f"{draft}/time").text
    page = sam.follow(sam.publish(draft)).text

    assert 'datetime="2026-10-01T10:00:00.000Z"' in page
    assert "12:00" in page


def test_what_is_typed_is_saved_right_or_wrong(world: World) -> None:
    sam = world.member("Sam")
    draft = sam.write_draft(title="", start_price="1.234")

    page = sam.get(f"{draft}/price").text

    assert 'value="1.234"' in page
    assert "error-start_price" not in page
    assert "two ways" in sam.get(f"{draft}/price?check=1").text
    assert draft in sam.get("/sell").text


def test_a_step_saves_itself_quietly_and_keeps_the_others(world: World) -> None:
    sam = world.member("Sam")
    draft = sam.write_draft()
    headers = {"X-Autosave": "1"}
    form = {"csrf_token": sam.token, "title": "Lamp, mended"}

    assert sam.client.post(f"{draft}/item", data=form, headers=headers).status_code == 204

    assert 'value="Lamp, mended"' in sam.get(f"{draft}/item").text
    assert 'value="10.00"' in sam.get(f"{draft}/price").text


def test_the_preview_shows_the_item_and_works_an_example(world: World) -> None:
    sam = world.member("Sam")
    draft = sam.write_draft(reserve="40.00", buy_now="99.00", soft_close="300")

    page = sam.get(f"{draft}/preview").text

    assert "A brass lamp on a table" in page
    assert page.count('<ul class="gallery">') == 1  # as on the item's page, however many there are
    assert "Ada sets $30.00 as the maximum." in page
    assert "Ben sets $20.00 as the maximum." in page
    assert "Until the reserve is met somebody may buy at once for $99.00" in page
    assert "last 5 min" in page


def test_the_preview_says_that_there_is_no_example_while_bids_is_down(world: World) -> None:
    sam = world.member("Sam")
    draft = sam.write_draft()
    world.bids.down = True

    for _ in range(2):
        page = sam.get(f"{draft}/preview")
        assert page.status_code == 200
        assert "the bidding service does not answer" in page.text
        assert "Ada sets" not in page.text
    assert world.bids.calls.count("simulate") == 1  # known to be silent, it is not asked again
    assert sam.publish(draft).status_code == 303


@pytest.mark.parametrize("person", ["Eve", None])
def test_a_draft_is_its_sellers_alone(world: World, person: str | None) -> None:
    draft = world.member("Sam").write_draft()
    other = world.member(person) if person else world.browser()
    denied = 404 if person else 401

    for path in ("item", "photos", "preview", "photos/waiting"):
        assert other.get(f"{draft}/{path}").status_code == denied
    for path in ("item", "photos/change", "publish", "discard"):
        assert other.post(f"{draft}/{path}", {"title": "Mine"}).status_code == denied


def test_a_draft_can_be_thrown_away(world: World) -> None:
    sam = world.member("Sam")
    draft = sam.write_draft()

    assert "The draft is gone" in sam.follow(sam.post(f"{draft}/discard")).text

    assert sam.get(f"{draft}/item").status_code == 404
    assert list(world.photos.iterdir()) == []


def test_there_is_an_end_to_drafts(world: World) -> None:
    sam = world.member("Sam")
    item = sam.list_by_wizard()
    for _ in range(MOST_DRAFTS):
        sam.post("/sell")

    assert "drafts already" in sam.follow(sam.post("/sell")).text
    assert "drafts already" in sam.follow(sam.post(f"{item}/relist")).text


def test_a_photo_is_served_in_two_sizes_and_without_its_secrets(world: World) -> None:
    upload = BytesIO()
    picture = Image.new("RGB", (2000, 1000), "teal")
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif[0x010E] = "taken at home"
    picture.save(upload, "JPEG", exif=exif, comment=b"my address")
    upload.seek(0)
    sam = world.member("Sam")

    item = sam.list_by_wizard(photo=(upload, "x.jpg"))

    links = sam.client.get(item, headers=as_program()).get_json()["_links"]["photos"]
    large = sam.client.get(path_of(links[0]["href"]), buffered=True)
    assert large.mimetype == "image/jpeg"
    assert large.headers["Cache-Control"] == "public, max-age=3600"
    shown = Image.open(BytesIO(large.data))
    assert shown.size == (LARGE // 2, LARGE)
    assert not shown.getexif()
    assert b"my address" not in large.data
    small = sam.client.get(
        path_of(links[0]["href"]).replace(str(LARGE), str(THUMBNAIL)), buffered=True
    )
    assert max(Image.open(BytesIO(small.data)).size) == THUMBNAIL
    assert not list(world.photos.glob("*.upload"))


PAGE_AND_ARCHIVE = b"<html><script>alert(1)</script></html>PK\x03\x04"


@pytest.mark.parametrize("where", ["behind", "comment", "text chunk"])
def test_a_photo_that_is_something_else_as_well_is_only_its_pixels(
    world: World, where: str
) -> None:
    upload, picture = BytesIO(), Image.new("RGB", (300, 200), "teal")
    if where == "text chunk":
        chunks = PngInfo()
        chunks.add_text("Comment", PAGE_AND_ARCHIVE.decode())
        picture.save(upload, "PNG", pnginfo=chunks)
    else:
        picture.save(upload, "JPEG", comment=PAGE_AND_ARCHIVE if where == "comment" else b"")
        upload.write(PAGE_AND_ARCHIVE if where == "behind" else b"")
    assert b"<script>" in upload.getvalue()
    upload.seek(0)
    item = world.member("Sam").list_by_wizard(photo=(upload, "photo.html"))

    (photo,) = world.browser().get(item, headers=as_program()).get_json()["_links"]["photos"]
    shown = world.app.test_client().get(path_of(photo["href"]), buffered=True)

    assert shown.mimetype == "image/jpeg"
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert b"<script>" not in shown.data
    assert b"PK\x03\x04" not in shown.data


@pytest.mark.parametrize("format", ["PNG", "WEBP", "JPEG"])
def test_the_usual_formats_are_taken(world: World, format: str) -> None:
    world.member("Sam").list_by_wizard(photo=(photo_file(format=format), "photo"))


def bomb() -> bytes:
    """A PNG of 900 million pixels in a few kilobytes."""
    out = BytesIO()
    Image.new("1", (30_000, 30_000)).save(out, "PNG")
    return out.getvalue()


HOSTILE: dict[str, tuple[bytes | Callable[[], bytes], str]] = {
    "none": (b"", "choose a photo"),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "not a photo"),
    "html": (b"<html><script>alert(1)</script></html>", "not a photo"),
    "gif": (b"GIF89a" + b"\x00" * 200, "not a photo"),
    "cut": (photo_file().getvalue()[:500], "not a photo"),
    "late": (photo_file(600, 600, "PNG").getvalue()[:-300], "not a photo"),
    "zeros": (b"\xff\xd8\xff" + b"\x00" * 1000, "not a photo"),
    "small": (photo_file(40, 40).getvalue(), "too small"),
    "big": (b"\xff\xd8" + b"\x00" * (10 * 1024 * 1024), "too big"),
    "bomb": (bomb, "too many pixels"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_is_refused_with_a_clear_word(world: World, kind: str) -> None:
    made, word = HOSTILE[kind]
    content = made() if callable(made) else made
    sam = world.member("Sam")
    draft = sam.write_draft()

    answer = sam.post(f"{draft}/photos/change", {"photos": (BytesIO(content), "evil.jpg")})
    prepare_photos(world.parts.store, world.parts.files, take_photo)

    page = answer.text if answer.status_code == 422 else sam.follow(answer).text
    assert word in page
    assert "evil.jpg" in page
    item = sam.follow(sam.publish(draft))
    assert item.text.count('<img src="/photos/') == 2


def photo_ids(page: str) -> list[str]:
    return [part[:32] for part in page.split('id="photo-')[1:]]


def test_photos_are_put_in_order_and_removed_with_buttons(world: World) -> None:
    sam = world.member("Sam")
    draft = sam.write_draft()
    sam.add_photo(draft, (photo_file(), "b.jpg"), "Side")
    sam.add_photo(draft, (photo_file(), "c.jpg"), "Back")
    first, second, third = photo_ids(sam.get(f"{draft}/photos").text)

    sam.post(f"{draft}/photos/change", {"up": third, f"alt-{third}": "The back"})
    assert photo_ids(sam.get(f"{draft}/photos").text) == [first, third, second]
    sam.post(f"{draft}/photos/change", {"remove": first})

    page = sam.get(f"{draft}/photos").text
    assert photo_ids(page) == [third, second]
    assert 'value="The back"' in page
    assert not list(world.photos.glob(f"{first}*"))


def test_moving_at_the_edge_changes_nothing() -> None:
    ids = ["a", "b", "c"]

    assert moved(ids, Arrangement(alts={}, up="a")) == ids
    assert moved(ids, Arrangement(alts={}, down="c")) == ids
    assert moved(ids, Arrangement(alts={}, down="a")) == ["b", "a", "c"]
    assert moved(ids, Arrangement(alts={}, remove="b")) == ["a", "c"]


def test_publishing_waits_for_the_photos_and_their_descriptions(world: World) -> None:
    sam = world.member("Sam")
    draft = sam.write_draft(photo_description="")
    assert sam.publish(draft).status_code == 422
    assert "Please fill this in." in sam.get(f"{draft}/photos?check=1").text

    sam.post(f"{draft}/photos/change", {"photos": (photo_file(), "second.jpg")})

    assert sam.get(f"{draft}/photos/waiting").text == "1"
    assert "being prepared" in sam.get(f"{draft}/photos?check=1").text
    prepare_photos(world.parts.store, world.parts.files, take_photo)
    assert sam.get(f"{draft}/photos/waiting").status_code == 204


def test_a_draft_holds_twelve_photos(world: World) -> None:
    sam = world.member("Sam")
    draft = sam.write_draft()
    for n in range(11):
        sam.post(f"{draft}/photos/change", {"photos": (photo_file(), f"{n}.jpg")})

    answer = sam.post(f"{draft}/photos/change", {"photos": (photo_file(), "last.jpg")})

    assert answer.status_code == 422
    assert "too many photos" in answer.text


@pytest.mark.parametrize(
    ("changes", "step", "field"),
    [
        ({"title": " "}, "item", "title"),
        ({"title": "x" * 81}, "item", "title"),
        ({"description": ""}, "item", "description"),
        ({"description": "x" * 10_001}, "item", "description"),
        ({"category": "nonsense"}, "item", "category"),
        ({"postage": "x" * 301}, "price", "postage"),
        ({"start_price": "1.234"}, "price", "start_price"),
        ({"start_price": "0"}, "price", "start_price"),
        ({"start_price": "-1"}, "price", "start_price"),
        ({"start_price": "99999999999999999"}, "price", "start_price"),
        ({"start_price": "NaN"}, "price", "start_price"),
        ({"currency": "XXX"}, "price", "currency"),
        ({"reserve": "10.00"}, "price", "reserve"),
        ({"reserve": "much"}, "price", "reserve"),
        ({"buy_now": "10.00"}, "price", "buy_now"),
        ({"reserve": "50", "buy_now": "40"}, "price", "buy_now"),
        ({"ends": "2026-09-21T14:13:20"}, "time", "ends"),
        ({"ends": "2026-09-21T14:20"}, "time", "ends"),
        ({"ends": "2027-09-21T14:20"}, "time", "ends"),
        ({"ends": "99999-01-01T00:00"}, "time", "ends"),
        ({"ends": "soon"}, "time", "ends"),
        ({"ends": "2026-10-01"}, "time", "ends"),
        ({"ends": "2026-10-01T12:00:00+02:00"}, "time", "ends"),
        ({"ends": "2026-10-25T02:30", "starts": "2027-10-01T12:00"}, "time", "starts"),
        ({"soft_close": "7"}, "time", "soft_close"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    world: World, changes: dict[str, str], step: str, field: str
) -> None:
    sam = world.member("Sam")
    before = world.announced()
    draft = sam.write_draft(**changes)

    answer = sam.publish(draft)

    assert answer.status_code == 422
    assert f"{draft}/{step}?check=1" in answer.text
    assert f'id="error-{field}"' in sam.get(f"{draft}/{step}?check=1").text
    assert world.announced() == before


def test_an_hour_that_the_clocks_skip_is_refused(world: World) -> None:
    sam = world.member("Sam")
    world.clock.now_ms = 1_774_000_000_000  # March 2026
    sam.sign_in("Sam")

    draft = sam.write_draft(ends="2026-03-29T02:30", zone="Europe/Berlin")

    assert sam.publish(draft).status_code == 422
    assert "The clocks skip this hour" in sam.get(f"{draft}/time?check=1").text


def test_a_draft_published_twice_is_listed_once(world: World) -> None:
    sam = world.member("Sam")
    draft = sam.write_draft()

    first, second = sam.publish(draft), sam.publish(draft)

    assert first.headers["Location"] == second.headers["Location"]
    assert sum(topic == "auctions" for topic, _, _ in world.announced()) == 1


def test_selling_needs_a_verified_address(world: World) -> None:
    ada = world.browser()
    ada.sign_up("Ada")
    assert ada.get("/sell").status_code == 401
    ada.sign_in("Ada")

    assert "Start a listing" not in ada.get("/sell").text
    assert ada.post("/sell").status_code == 403


def test_a_form_larger_than_any_photo_is_refused(world: World) -> None:
    sam = world.member("Sam")
    draft = sam.write_draft()

    answer = sam.client.post(
        f"{draft}/photos/change",
        data=b"--x",
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": str(251 << 20)},
    )
    long = sam.post("/sign-in", {"email": "x" * (2 << 20)})

    assert answer.status_code == 413
    assert "too much at once" in answer.text
    assert f'href="{draft}/photos"' in answer.text
    assert long.status_code == 413


def test_my_sales_and_the_sellers_page_list_what_was_listed(world: World) -> None:
    sam = world.member("Sam")
    item = sam.list_by_wizard()

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


def test_next_stays_on_a_step_that_is_wrong_and_says_why_there(world: World) -> None:
    sam = world.member("Sam")
    draft = str(sam.post("/sell").headers["Location"]).rsplit("/", 1)[0]

    item = sam.post(f"{draft}/item", {"title": "", "description": "Brass", "go": "next"})
    price = sam.post(f"{draft}/price", {"start_price": "1.234", "currency": "USD", "go": "next"})
    photos = sam.post(f"{draft}/photos/change", {"go": "next"})
    time = sam.post(f"{draft}/time", {"ends": "soon", "go": "next"})

    assert [answer.status_code for answer in (item, price, photos, time)] == [422] * 4
    assert 'id="error-title"' in item.text
    assert 'id="error-description"' not in item.text
    assert 'id="error-start_price"' in price.text
    assert "Please choose a photo." in photos.text
    assert 'id="error-ends"' in time.text
    assert sam.post(f"{draft}/item", {"title": "", "go": "save"}).status_code == 303


def test_a_draft_is_discarded_only_after_a_question(world: World) -> None:
    sam = world.member("Sam")
    draft = sam.write_draft()
    assert f"{draft}/discard" in sam.get(f"{draft}/preview").text

    asked = sam.get(f"{draft}/discard")
    assert "Discard this draft?" in asked.text
    assert sam.get(f"{draft}/item").status_code == 200
    assert sam.post(f"{draft}/discard").status_code == 303
    assert sam.get(f"{draft}/item").status_code == 404


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("chosen", [{}, {"category": ""}])
def test_a_category_has_to_be_chosen(world: World, chosen: dict[str, str], language: str) -> None:
    sam = world.member("Sam", language=language)
    draft = sam.post("/sell").headers["Location"].rsplit("/", 1)[0]
    first = {"en": "Choose a category", "de": "Kategorie wählen"}[language]
    blank = f'<option value="" selected>{first}</option>'
    assert blank in sam.get(f"{draft}/item").text
    typed = {"title": "Lamp", "description": "Brass", "go": "next"} | chosen
    answer = sam.post(f"{draft}/item", typed)
    said = {"en": "Please choose a category.", "de": "Bitte wählen Sie eine Kategorie."}[language]
    assert (answer.status_code, said in answer.text) == (422, True)
    assert sam.post(f"{draft}/item", typed | {"category": "home"}).status_code == 303
    assert blank not in sam.get(f"{draft}/item").text

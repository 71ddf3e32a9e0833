"""An item that somebody lists: what is typed of it, its photo, and how it is listed by the verbs
that the wizard's pages call, which have tests of their own."""

from collections.abc import Mapping
from functools import cache
from io import BytesIO
from typing import Any

from PIL import Image
from service_kit.local_time import zone_named

from auction_app.accounts.model import Customer
from auction_app.bootstrap import House
from auction_app.db.ids import new_id, new_key
from auction_app.listings.model import Auction, Photo
from auction_app.selling.forms import read_listing
from auction_app.selling.list_auction import list_auction
from auction_app.selling.take_photo import take_photo
from auction_app.selling.views.wizard_context import rules
from auction_app.web.forms import Notation
from auction_app.web.i18n import HOUSE_ZONE

LISTING: dict[str, Any] = {
    "zone": "UTC",
    "title": "Brass desk lamp",
    "description": "From 1931, rewired.",
    "category": "other",
    "photo_description": "A brass lamp on a table",
    "start_price": "10.00",
    "currency": "USD",
    "ends": "2026-10-01T12:00:00",
}


def list_by_verbs(house: House, seller: Customer, fields: Mapping[str, Any]) -> Auction:
    """Publish an item, written as the house writes amounts, with its photo."""
    typed = {name: value for name, value in fields.items() if isinstance(value, str)}
    notation = Notation(zone=zone_named(typed.get("zone"), HOUSE_ZONE))
    listing = read_listing(typed, notation, rules(house), now_ms=house.clock())
    upload, _name = fields.get("photo", (photo_file(), "lamp.jpg"))
    (width, height), sizes = take_photo_once(upload.read())
    photo = Photo(id=new_key(), alt=typed["photo_description"], width=width, height=height)
    house.files.write(photo.id, sizes)
    with house.begin() as act:
        return list_auction(act, listing, [photo], auction_id=new_id(), seller=seller)


def photo_file(
    width: int = 320, height: int = 240, format: str = "JPEG", *, noise: bool = False
) -> BytesIO:
    """A picture as it comes from a seller's machine."""
    return BytesIO(_photo(width, height, format, noise))


@cache
def _photo(width: int, height: int, format: str, noise: bool) -> bytes:
    out = BytesIO()
    photo = Image.new("RGB", (width, height), "teal")
    if noise:  # what no compression makes small
        photo = Image.effect_noise((width, height), 90).convert("RGB")
    photo.save(out, format)
    return out.getvalue()


take_photo_once = cache(take_photo)
"""The same upload comes in test after test, and becomes the same photo."""

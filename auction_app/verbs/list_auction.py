"""Put an item up for auction."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from service_kit.errors import NotAnAmount
from service_kit.money import Money, exponent_of

from auction_app.amounts import read_amount
from auction_app.errors import AmountUnclear, BadInput, NotFound, NotVerified, PhotoRefused
from auction_app.fields import Fields
from auction_app.ids import new_key
from auction_app.increments import default_increments
from auction_app.local_time import read_local
from auction_app.model import Auction, Customer, Photo
from auction_app.storage import auctions
from auction_app.storage.announce import announce
from auction_app.storage.photo_files import PhotoFiles
from auction_app.storage.search import entries
from auction_app.storage.store import Store
from auction_app.terms import Terms
from auction_app.urls import Urls
from auction_app.verbs.take_photo import take_photo

TITLE, DESCRIPTION, ALT = 80, 10_000, 200
HIGHEST_START_PRICE_MINOR = 10**12


@dataclass(frozen=True, kw_only=True)
class ListingRules:
    """How short and how long an auction may run, in ms."""

    shortest_ms: int
    longest_ms: int


@dataclass(frozen=True, kw_only=True)
class ListingForm:
    """What the seller filled in, as typed, and how they write numbers and times."""

    fields: Mapping[str, str]
    photo: bytes = field(repr=False)
    decimal_mark: str
    symbol: str
    zone: ZoneInfo


def list_auction(
    store: Store,
    files: PhotoFiles,
    urls: Urls,
    form: ListingForm,
    *,
    auction_id: str,
    seller: Customer,
    rules: ListingRules,
    now_ms: int,
) -> Auction:
    """Publish a listing under an id that was chosen when the form was shown: sent twice, it is
    listed once. Its terms never change from here on. Raises NotVerified, BadInput."""
    if not seller.verified:
        raise NotVerified("sellers need a verified address")
    if already := _listed(store, auction_id):
        return already
    auction, sizes = _read(form, auction_id, seller, rules, now_ms)
    files.write(auction.photos[0].id, sizes)
    with store.writing() as conn:
        auctions.add(conn, auction)
        entries.put(conn, auction)
        announce(conn, "auctions", "create", urls.auction(auction.id), now_ms=now_ms)
    return auction


def _listed(store: Store, auction_id: str) -> Auction | None:
    with store.reading() as conn:
        try:
            return auctions.by_id(conn, auction_id)
        except NotFound:
            return None


def _read(
    form: ListingForm, auction_id: str, seller: Customer, rules: ListingRules, now_ms: int
) -> tuple[Auction, dict[int, bytes]]:
    fields = Fields(form.fields)
    title = fields.line("title", longest=TITLE)
    description = fields.paragraphs("description", longest=DESCRIPTION)
    alt = fields.line("photo_description", longest=ALT)
    terms = _read_terms(fields, form, rules, now_ms)
    photo = _read_photo(fields, form.photo)
    fields.finish()
    if terms is None or photo is None:
        raise BadInput(fields.errors)
    (width, height), sizes = photo
    auction = Auction(
        id=auction_id,
        seller_id=seller.id,
        seller_name=seller.name,
        title=title,
        description=description,
        terms=terms,
        created_at_ms=now_ms,
        photos=(Photo(id=new_key(), alt=alt, width=width, height=height),),
        bidding=None,
    )
    return auction, sizes


def _read_terms(
    fields: Fields, form: ListingForm, rules: ListingRules, now_ms: int
) -> Terms | None:
    start_price = _read_start_price(fields, form)
    ends_at_ms = _read_end(fields, form.zone, rules, now_ms)
    if start_price is None or ends_at_ms is None:
        return None
    return Terms(
        start_price=start_price,
        increments=default_increments(start_price.currency),
        starts_at_ms=now_ms,
        ends_at_ms=ends_at_ms,
    )


def _read_start_price(fields: Fields, form: ListingForm) -> Money | None:
    currency = fields.raw("currency")
    try:
        exponent_of(currency)
    except NotAnAmount:
        fields.refuse("currency", "not_a_currency")
        return None
    try:
        price = read_amount(
            fields.raw("start_price"),
            currency,
            decimal_mark=form.decimal_mark,
            symbol=form.symbol,
        )
    except AmountUnclear:
        fields.refuse("start_price", "amount_unclear")
        return None
    except NotAnAmount:
        fields.refuse("start_price", "not_an_amount")
        return None
    if not 0 < price.amount_minor <= HIGHEST_START_PRICE_MINOR:
        fields.refuse("start_price", "amount_out_of_range")
    return price


def _read_end(fields: Fields, zone: ZoneInfo, rules: ListingRules, now_ms: int) -> int | None:
    try:
        ends_at_ms = read_local(fields.raw("ends"), zone, field="ends")
    except BadInput as error:
        fields.refuse("ends", error.fields["ends"])
        return None
    if ends_at_ms < now_ms + rules.shortest_ms:
        fields.refuse("ends", "ends_too_soon")
    elif ends_at_ms > now_ms + rules.longest_ms:
        fields.refuse("ends", "ends_too_late")
    return ends_at_ms


def _read_photo(fields: Fields, upload: bytes) -> tuple[tuple[int, int], dict[int, bytes]] | None:
    try:
        return take_photo(upload)
    except PhotoRefused as error:
        fields.refuse("photo", f"photo_{error.reason}")
        return None

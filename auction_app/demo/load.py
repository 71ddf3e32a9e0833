"""Load the demo through the app's own verbs, so that it is announced like anything else."""

from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from auction_app.accounts.forms import SignUpForm
from auction_app.accounts.model import Customer
from auction_app.accounts.published import ACCOUNTS, Account
from auction_app.accounts.repository import customers
from auction_app.accounts.sign_up import sign_up
from auction_app.accounts.verify_email import USE, verify_email
from auction_app.bootstrap import House
from auction_app.demo import pictures
from auction_app.demo.paint import HEIGHT, WIDTH
from auction_app.errors import NotFound
from auction_app.house_pages.terms import terms_version
from auction_app.listings.model import LARGE, THUMBNAIL, Photo
from auction_app.listings.repository import auctions
from auction_app.selling.forms import ListingRules, read_listing
from auction_app.selling.list_auction import list_auction
from auction_app.selling.take_photo import take_photo
from auction_app.web.fields import write_local_time
from auction_app.web.forms import PLAIN

HOUR_MS = 3_600_000
_RULES = ListingRules(shortest_ms=0, longest_ms=31 * 24 * HOUR_MS)


@dataclass(frozen=True)
class DemoItem:
    """Something that is up for auction; its fixed id makes loading it twice harmless. With a
    price in `buy_now` nobody has to wait for its end to see what follows."""

    id: str
    seller: str
    title: str
    description: str
    draw: Callable[[], bytes]
    alt: str
    price: str
    currency: str
    hours: float
    category: str
    buy_now: str = ""


ITEMS = (
    DemoItem(
        "demabrasslmp",
        "Martha",
        "Brass desk lamp with green shade",
        "From the reading room of a town library, about 1931. Solid brass, enamelled shade.\n\n"
        "Rewired last year with a fabric cable; the pull switch is the old one and works."
        " One small dent at the foot.",
        pictures.lamp,
        "A lit brass lamp with a green shade on a wooden table",
        "45.00",
        "USD",
        2,
        "home-lamps",
    ),
    DemoItem(
        "demabicycle2",
        "Tomas",
        "Green touring bicycle, 56 cm",
        "Steel frame, brazed by hand, leather saddle and bar tape.\n\n"
        "Ridden from Brno to Trieste and back. New chain and brake pads; the rear wheel has"
        " been trued. To be collected, or sent in a box.",
        pictures.bicycle,
        "A green bicycle with brown leather saddle leaning against a pale wall",
        "180.00",
        "EUR",
        6,
        "sports-bicycles",
    ),
    DemoItem(
        "demacamera56",
        "Martha",
        "Rangefinder camera, 1956",
        "A 35 mm rangefinder with a 50 mm f/2 lens. Shutter times sound right down to a second,"
        " the viewfinder is clear and the focus patch bright.\n\n"
        "Comes with its cap and a film inside, half of it unexposed.",
        pictures.camera,
        "A chrome and black camera with a large lens on a wooden table",
        "120.00",
        "USD",
        26,
        "cameras-film",
    ),
    DemoItem(
        "demabluevase",
        "Martha",
        "Blue vase with a white band",
        "Stoneware, glazed in cobalt, 28 cm high, signed at the bottom. No chips, no cracks."
        "\n\nThe poppies are from the garden and not part of the sale.",
        pictures.vase,
        "A round blue vase with a pattern of white triangles, holding three red poppies",
        "30.00",
        "USD",
        50,
        "collectables-ceramics",
        buy_now="48.00",
    ),
    DemoItem(
        "demaguitar78",
        "Tomas",
        "Acoustic guitar with spruce top",
        "Spruce top, mahogany back, ebony fingerboard. Built in 1978, played every week since."
        "\n\nLow action, frets levelled two years ago. A hairline crack near the bridge has"
        " been glued and has not moved.",
        pictures.guitar,
        "A guitar with a golden wooden top lying on dark cloth",
        "240.00",
        "EUR",
        75,
        "instruments-guitars",
    ),
    DemoItem(
        "demawatchgld",
        "Tomas",
        "Hand-wound wrist watch, gilt case",
        "Seventeen jewels, small seconds, leather strap that is nearly new.\n\n"
        "Serviced in spring; gains about eight seconds a day. The crystal has two fine"
        " scratches near four o'clock.",
        pictures.watch,
        "A round golden watch with a brown leather strap showing ten past ten",
        "90.00",
        "GBP",
        120,
        "jewellery-watches",
        buy_now="140.00",
    ),
)


def load_demo(house: House) -> tuple[Account, ...]:
    """Load what is not there yet; returns the accounts if there was anything. May be killed and
    repeated at any point."""
    found = [_account(house, account) for account in ACCOUNTS]
    sellers = {account.name: _customer(house, account) for account in ACCOUNTS}
    listed = [_list(house, item, sellers[item.seller]) for item in ITEMS]
    return ACCOUNTS if any(found) or any(listed) else ()


def _account(house: House, account: Account) -> bool:
    """Open and verify an account; False when there was nothing to do."""
    terms = terms_version(house.store)
    form = SignUpForm(
        name=account.name, email=account.email, password=account.password, terms=terms
    )
    with house.store.reading() as conn:
        known = customers.by_email(conn, account.email)
    if known is None:
        sign_up(house.store, house.passwords, form, locale="en", terms=terms)
    customer = _customer(house, account)
    if account.role == "moderator" and not customer.moderator:
        with house.begin() as act:
            customers.appoint(act.conn, customer.id)
    if customer.verified:
        return known is None
    token = house.signatures.link_token(USE, customer.id, customer.verification_id or "")
    verify_email(house.store, house.signatures, token, visitor=customer)
    return True


def _customer(house: House, account: Account) -> Customer:
    with house.store.reading() as conn:
        found = customers.by_email(conn, account.email)
    if found is None:
        raise NotFound(f"{account.name} was not signed up")
    return found[0]


def _list(house: House, item: DemoItem, seller: Customer) -> bool:
    """List an item; False when it was listed before."""
    with house.store.reading() as conn:
        if auctions.exists(conn, item.id):
            return False
    now_ms = house.clock()
    photo = Photo(id=f"{item.id}photo", alt=item.alt, width=WIDTH, height=HEIGHT)
    if not house.files.has(photo.id, (LARGE, THUMBNAIL)):  # painting takes most of the time
        house.files.write(photo.id, take_photo(item.draw())[1])
    listing = read_listing(_typed(item, now_ms), PLAIN, _RULES, now_ms=now_ms)
    with house.begin() as act:
        list_auction(act, listing, [photo], auction_id=item.id, seller=seller)
    return True


def _typed(item: DemoItem, now_ms: int) -> dict[str, str]:
    return {
        "title": item.title,
        "description": item.description,
        "category": item.category,
        "start_price": item.price,
        "buy_now": item.buy_now,
        "currency": item.currency,
        "delivery": "priced",
        "postage_cost": "12",
        "location": "Brno, Czechia",
        "payment": "Bank transfer",
        "ends": write_local_time(now_ms + round(item.hours * HOUR_MS), ZoneInfo("UTC")),
    }

"""What happens in the seeded app before anybody looks at it."""

import re
from dataclasses import dataclass, field
from io import BytesIO
from zoneinfo import ZoneInfo

from service_kit.money import Money

from auction_app.accounts.published import ACCOUNTS
from auction_app.bidding.projection import keep_bidding
from auction_app.demo.load import ITEMS, load_demo
from auction_app.listings.repository import auctions
from auction_app.moderation.appeal import appeal_token
from auction_app.moderation.model import Decision
from auction_app.moderation.repository import decisions
from auction_app.web.fields import write_local_time
from tests.auction_app.conftest import (
    MAILER_TOKEN,
    Browser,
    World,
    as_program,
    path_of,
    ticket_in,
)
from tests.auction_app.listing import photo_file
from tests.auction_app.sale import offer_again

LAMP, BICYCLE, CAMERA, VASE, GUITAR, WATCH = (f"/auctions/{item.id}" for item in ITEMS)
PEOPLE = (*(account.name for account in ACCOUNTS), "Uma")
_HOUR_S = 3600


@dataclass
class Played:
    """Who is signed in, and the paths of what came of the play, by name."""

    cookies: dict[str, str] = field(default_factory=dict)
    paths: dict[str, str] = field(default_factory=dict)


def play(world: World) -> Played:
    """Play it all, and say what came of it."""
    people = _people(world)
    played = Played()
    _list_and_bid(world, people, played)
    _talk(people)
    _close(world)
    _deal(world, people, played)
    _moderate(people, played)
    _write_drafts(world, people["Tomas"], played)
    _mail(world, people, played)
    for browser in people.values():
        browser.get("/")  # what flashes is seen by now
    played.cookies = {name: _cookie(browser) for name, browser in people.items()}
    return played


def _people(world: World) -> dict[str, Browser]:
    """Those of the demo, and Uma, who has not answered her mail yet."""
    load_demo(world.parts)
    for item in ITEMS:
        world.bids.open(
            world.parts.urls.auction(item.id),
            start=Money.parse({"amount": item.price, "currency": item.currency}),
            ends_at_ms=world.clock() + round(item.hours * 3_600_000),
        )
    people = {}
    for account in ACCOUNTS:
        people[account.name] = browser = _at_a_desk(world)
        form = {"email": account.email, "password": account.password}
        assert browser.post("/sign-in", form).status_code == 303
        browser.token = ""
    people["Uma"] = _at_a_desk(world)
    people["Uma"].sign_up("Uma")
    people["Uma"].sign_in("Uma")
    return people


def _at_a_desk(world: World) -> Browser:
    browser = world.browser()
    browser.client.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 (X11; Linux) Firefox/140.0"
    return browser


def _list_and_bid(world: World, people: dict[str, Browser], played: Played) -> None:
    ada, bela, tomas = people["Ada"], people["Bela"], people["Tomas"]
    played.paths["clock"] = tomas.list_item(
        title="Station clock, two faces",
        description="From a platform in Brno. Runs on 24 volts, with its transformer.",
        photo=_picture(WATCH),
        photo_description="A round dial with black hands",
        category="collectables",
        condition="worn",
        postage="18 euros within the EU, in a crate",
        returns="14_days",
        currency="EUR",
        start_price="120",
        reserve="200",
        buy_now="350",
        soft_close="300",
        ends=_in(world, 30),
    )
    played.paths["later"] = tomas.list_item(
        title="Poppies, with their vase",
        photo=_picture(VASE),
        starts=_in(world, 20),
        ends=_in(world, 80),
    )
    ada.bid(LAMP, "60")
    played.paths["led"] = _result(bela, LAMP, "95")
    ada.bid(BICYCLE, "210")
    ada.bid(CAMERA, "150")
    bela.bid(CAMERA, "140")
    bela.bid(GUITAR, "300")
    played.paths["outbid"] = _result(ada, LAMP, "70")
    ada.post(f"{BICYCLE}/watch", {"watch": "1"})
    ada.post(f"{played.paths['clock']}/watch", {"watch": "1"})


def _talk(people: dict[str, Browser]) -> None:
    asked = people["Ada"].post(
        f"{BICYCLE}/questions", {"question": "Would it fit somebody of 1.65 m?"}
    )
    question = asked.headers["Location"].rsplit("question-", 1)[1]
    answer = {"answer": "With the saddle down, just so."}
    people["Tomas"].post(f"/questions/{question}/answer", answer)
    people["Bela"].post(f"{BICYCLE}/questions", {"question": "Do you send it to Portugal?"})


def _close(world: World) -> None:
    for item in (CAMERA, GUITAR, VASE):
        told = world.bids.close(world.parts.urls.public_url + item)
        with world.parts.begin() as act:
            keep_bidding(act, told)


def _deal(world: World, people: dict[str, Browser], played: Played) -> None:
    """Ada's order is open, Bela's is finished; Martha offers Bela the camera, too."""
    bela, tomas, martha = people["Bela"], people["Tomas"], people["Martha"]
    for name in ("Ada", "Bela"):
        page = people[name].get("/my/orders").text
        played.paths[f"order of {name}"] = re.findall(r'href="(/orders/\w+)"', page)[0]
    done = played.paths["order of Bela"]
    for person, status in ((bela, "paid"), (tomas, "shipped"), (bela, "received")):
        world.clock.pass_s(3)
        person.post(f"{done}/steps", {"status": status})
    tomas.post(f"{done}/feedback", {"rating": "good", "text": "Paid within the hour."})
    offer_again(martha, CAMERA)
    notices = bela.get("/my/notices").text
    played.paths["chance"] = re.findall(r'href="(/second-chances/\w+)"', notices)[0]


def _moderate(people: dict[str, Browser], played: Played) -> None:
    """One report waits; of two other items the house has thought less, of one it is to think
    again."""
    ada, nora, tomas = people["Ada"], people["Nora"], people["Tomas"]
    fake, bow = (
        tomas.list_item(title=title, photo=_picture(GUITAR), ends=_in(ada.world, 90))
        for title in ("Genuine Stradivarius", "Its bow")
    )
    ada.post(f"{WATCH}/report", {"reason": "misleading", "text": "The hands are painted on."})
    ada.post(f"{fake}/report", {"reason": "counterfeit", "text": "It is made of plywood."})
    act = {"action": "hide", "note": "Plywood, said by a luthier."}
    for item in (fake, bow):
        nora.post(f"/moderation{item}", act)
    ada.world.carry_out()
    played.paths["hidden"] = fake
    decided, appealed = (_decision(ada.world, item) for item in (fake, bow))
    played.paths["decision"] = f"/decisions/{decided.id}"
    token = appeal_token(ada.world.parts.signatures, decided)
    played.paths["appeal by link"] = f"/appeals/{token}"
    played.paths["appealed"] = f"/decisions/{appealed.id}"
    tomas.post(played.paths["appealed"], {"text": "It is of pernambuco: the bill says so."})


def _decision(world: World, item: str) -> Decision:
    with world.parts.store.reading() as conn:
        auction = auctions.by_id(conn, item.rpartition("/")[2])
        return decisions.in_force_on(conn, auction.id, auction.seller_id)[0]


def _write_drafts(world: World, tomas: Browser, played: Played) -> None:
    """One that is empty, one that is ready, one with a photo of each kind."""
    played.paths["empty draft"] = str(tomas.post("/sell").headers["Location"]).rsplit("/", 1)[0]
    ready = tomas.write_draft(
        title="Travel camera",
        description="With its leather case. The shutter sticks in the cold.",
        photo=_picture(CAMERA),
        photo_description="A camera on a table",
        reserve="25",
        buy_now="60",
        soft_close="300",
        ends=_in(world, 50),
    )
    played.paths["ready draft"] = ready
    mixed = tomas.write_draft(
        title="Reading lamp", photo=_picture(LAMP), photo_description="A lamp"
    )
    tomas.add_photo(mixed, (BytesIO(photo_file(600, 600, "PNG").getvalue()[:-300]), "b.png"), "")
    tomas.post(f"{mixed}/photos/change", {"photos": (photo_file(), "third.jpg")})
    played.paths["draft with photos"] = mixed


def _mail(world: World, people: dict[str, Browser], played: Played) -> None:
    """The links that mails hold, and the public pages of people."""
    world.clock.pass_s(90)
    world.browser().post("/forgot-password", {"email": "bela@example.org"})
    for name in people:
        played.paths[name] = path_of(world.customer_url(name))
    program = world.app.test_client()
    answer = program.get(played.paths["Bela"], headers=as_program(MAILER_TOKEN))
    links = answer.get_json()["_links"]
    played.paths |= {use: path_of(links[use]["href"]) for use in ("reset-password", "unsubscribe")}
    new = {"email": "ada.l@example.org", "password": ACCOUNTS[2].password}
    assert people["Ada"].post("/account/address", new).status_code == 303
    played.paths["confirm-address"] = world.mailed_link("Ada", "confirm-address")
    played.paths["verify-email"] = world.mailed_link("Uma", "verify-email")


def _picture(item: str) -> tuple[BytesIO, str]:
    (draw,) = (known.draw for known in ITEMS if item.endswith(known.id))
    return BytesIO(draw()), "photo.jpg"


def _in(world: World, hours: int) -> str:
    return write_local_time(
        (world.clock() + hours * _HOUR_S * 1000) // 60_000 * 60_000, ZoneInfo("UTC")
    )


def _result(browser: Browser, item: str, maximum: str) -> str:
    """Where the bidder reads what became of a bid."""
    ticket = ticket_in(browser.review(item, maximum))
    return str(browser.confirm(item, ticket).headers["Location"])


def _cookie(browser: Browser) -> str:
    cookie = browser.client.get_cookie("gavel")
    assert cookie
    return cookie.value

"""Where to look: every page, as whoever sees the most on it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.auction_app.browser.seed import BICYCLE, CAMERA, GUITAR, LAMP, VASE, WATCH, Played

_FORM = "main form button[type=submit]"


@dataclass(frozen=True)
class Stop:
    """A page to look at: a name for its picture, who looks, and where. What is `typed` goes into
    the fields of these names, then what these selectors find is pressed. What is folded away in
    this window is unfolded. Some pages are there only while bids_service is silent."""

    name: str
    who: str | None
    path: str
    typed: Mapping[str, str] = field(default_factory=dict)
    press: tuple[str, ...] = ()
    unfold: str = ""
    silent: bool = False


def stops(played: Played) -> tuple[Stop, ...]:
    """Every page of the site."""
    paths = played.paths
    plain = {
        None: _of_everybody(paths),
        "Ada": _of_ada(paths),
        "Bela": _of_bela(paths),
        "Martha": {"item-own-unsold": VASE, "second-chances": f"{CAMERA}/second-chances"},
        "Tomas": _of_tomas(paths),
        "Nora": _of_nora(paths),
        "Uma": {
            "unverified-home": "/",
            "unverified-item": LAMP,
            "unverified-sell": "/sell",
            "verify-email": paths["verify-email"],
        },
    }
    return (
        *(Stop(name, who, path) for who, pages in plain.items() for name, path in pages.items()),
        *_with_words_typed(paths),
        *_in_silence(),
    )


def _of_everybody(paths: Mapping[str, str]) -> dict[str, str]:
    return {
        "home": "/",
        "search": "/search?q=lamp",
        "search-empty": "/search?q=unicorn",
        "search-filtered": "/search?category=home&price_from=10&sort=price",
        "search-price-unclear": "/search?price_from=ten",
        "category": "/categories/home",
        "item": LAMP,
        "item-rich": paths["clock"],
        "item-scheduled": paths["later"],
        "item-sold": CAMERA,
        "item-unsold": VASE,
        "seller": paths["Martha"],
        "buyer-with-feedback": paths["Bela"],
        "customer-new": paths["Uma"],
        "sign-in": "/sign-in",
        "sign-up": "/sign-up",
        "forgot-password": "/forgot-password",
        "reset-password": paths["reset-password"],
        "unsubscribe": paths["unsubscribe"].replace("{kind}", "outbid"),
        "dead-link": "/reset-password/forged",
        "appeal": paths["appeal by link"],
        "dead-verification": "/verify-email/forged",
        "rules": "/rules",
        "help": "/help",
        "contact": "/contact",
        "terms": "/terms",
        "privacy": "/privacy",
        "imprint": "/imprint",
        "old-terms": "/terms/versions/0",
        "languages": "/language",
        "nothing-here": "/nothing",
        "sign-in-first": "/my/bids",
    }


def _of_ada(paths: Mapping[str, str]) -> dict[str, str]:
    return {
        "item-outbid": LAMP,
        "confirm-address": paths["confirm-address"],
        "item-winning": BICYCLE,
        "item-won": CAMERA,
        "item-buyable": paths["clock"],
        "buy-now": f"{paths['clock']}/buy-now",
        "retract": f"{BICYCLE}/retract",
        "bid-result-outbid": paths["outbid"],
        "own-maximum": BICYCLE.replace("/auctions/", "/my/bids/"),
        "own-maximum-none": VASE.replace("/auctions/", "/my/bids/"),
        "my-bids": "/my/bids",
        "my-bids-lost": "/my/bids?state=lost",
        "my-sales-empty": "/my/sales",
        "watchlist": "/my/watchlist",
        "saved-searches": "/my/searches",
        "my-orders": "/my/orders",
        "order-to-pay": paths["order of Ada"],
        "notices": "/my/notices",
        "account": "/account",
        "mails": "/account/notices",
        "sessions": "/account/sessions",
        "devices": "/account/devices",
        "two-factor": "/account/two-factor",
        "delete-account": "/account/delete",
        "report": f"{WATCH}/report",
        "home-signed-in": "/",
    }


def _of_bela(paths: Mapping[str, str]) -> dict[str, str]:
    return {
        "order-feedback": paths["order of Bela"],
        "receipt": f"{paths['order of Bela']}/receipt",
        "bid-result-leading": paths["led"],
        "second-chance": paths["chance"],
        "item-lost": CAMERA,
        "watchlist-empty": "/my/watchlist",
    }


def _of_tomas(paths: Mapping[str, str]) -> dict[str, str]:
    empty, ready = paths["empty draft"], paths["ready draft"]
    return {
        "item-own": BICYCLE,
        "item-own-sold": GUITAR,
        "item-own-hidden": paths["hidden"],
        "decision": paths["decision"],
        "decision-appealed": paths["appealed"],
        "edit": f"{WATCH}/edit",
        "edit-with-bids": f"{BICYCLE}/edit",
        "end-early": f"{WATCH}/end",
        "my-sales": "/my/sales",
        "sell": "/sell",
        "sell-item": f"{ready}/item",
        "sell-photos": f"{paths['draft with photos']}/photos",
        "sell-price": f"{ready}/price",
        "sell-time": f"{ready}/time",
        "sell-preview": f"{ready}/preview",
        "sell-empty-item": f"{empty}/item?check=1",
        "sell-empty-photos": f"{empty}/photos?check=1",
        "sell-empty-price": f"{empty}/price?check=1",
        "sell-empty-preview": f"{empty}/preview",
    }


def _of_nora(paths: Mapping[str, str]) -> dict[str, str]:
    return {
        "moderation": "/moderation",
        "moderate-item": f"/moderation{WATCH}",
        "moderate-hidden": f"/moderation{paths['hidden']}",
        "moderate-account": f"/moderation{paths['Martha']}",
        "moderate-account-with-past": f"/moderation{paths['Tomas']}",
        "moderate-appeal": f"/moderation{paths['appealed']}",
        "trail": "/moderation/trail",
        "house-pages": "/moderation/pages",
        "edit-house-page": "/moderation/pages/contact",
        "my-bids-empty": "/my/bids",
        "my-orders-empty": "/my/orders",
        "notices-empty": "/my/notices",
        "delete-account-free": "/account/delete",
    }


def _with_words_typed(paths: Mapping[str, str]) -> tuple[Stop, ...]:
    nobody = {"email": "nobody@nowhere", "password": "long enough"}
    new = {"name": "Eve", "email": "eve@example.org", "password": "long enough"}
    confirm = ("#bid-form button", _FORM)
    return (
        Stop("menu-open", "Ada", "/", unfold="button.fold"),
        Stop("filters-open", None, "/search", unfold="form.filters summary"),
        Stop("sign-in-wrong", None, "/sign-in", nobody, (_FORM,)),
        Stop("sign-up-wrong", None, "/sign-up", nobody | {"name": "Eve"}, (_FORM,)),
        Stop("check-mail", None, "/sign-up", new, (_FORM,)),
        Stop("reset-sent", None, "/forgot-password", {"email": new["email"]}, (_FORM,)),
        Stop("unsubscribed", None, paths["unsubscribe"].replace("{kind}", "won"), {}, (_FORM,)),
        Stop("question-missing", "Bela", LAMP, {"question": " "}, ("#questions ~ form button",)),
        Stop("bid-review", "Bela", BICYCLE, {"maximum": "2500"}, ("#bid-form button",)),
        Stop("bid-too-low", "Bela", BICYCLE, {"maximum": "3"}, ("#bid-form button",)),
        Stop("bid-unclear", "Bela", BICYCLE, {"maximum": "1,234"}, ("#bid-form button",)),
        Stop("bid-refused", "Bela", LAMP, {"maximum": "80"}, confirm),
        Stop("account-wrong", "Ada", "/account", ADDRESS, ("form[action$=address] button",)),
        Stop(
            "order-feedback-missing",
            "Bela",
            paths["order of Bela"],
            {"rating": "good", "text": " "},
            ("form[action$=feedback] button",),
        ),
        Stop(
            "report-missing",
            "Ada",
            f"{WATCH}/report",
            {"reason": "counterfeit", "text": " "},
            (_FORM,),
        ),
        Stop(
            "moderate-why",
            "Nora",
            f"/moderation{WATCH}",
            {"action": "hide", "note": " "},
            (_FORM,),
        ),
    )


ADDRESS = {"email": "ada@nowhere", "password": "not hers"}


def _in_silence() -> tuple[Stop, ...]:
    confirm = ("#bid-form button", _FORM)
    return (
        Stop("silent-item", "Ada", BICYCLE, silent=True),
        Stop("silent-bid", "Ada", LAMP, {"maximum": "99"}, confirm, silent=True),
        Stop("silent-maximum", "Ada", BICYCLE.replace("/auctions/", "/my/bids/"), silent=True),
        Stop("silent-export", "Ada", "/account/export", silent=True),
    )

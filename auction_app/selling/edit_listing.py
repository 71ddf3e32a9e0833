"""Change what may change of a published listing, and list it again."""

from collections.abc import Mapping
from dataclasses import replace

from service_kit.money import Money

from auction_app.accounts.model import Customer
from auction_app.db.ids import new_key
from auction_app.db.unit_of_work import UnitOfWork
from auction_app.errors import BadInput, CommandRefused
from auction_app.listings.model import Auction, Status
from auction_app.listings.outcomes import ListingEdited
from auction_app.listings.photo_files import PhotoFiles
from auction_app.listings.repository import auctions
from auction_app.selling.forms import (
    LONGEST_DESCRIPTION,
    AdditionForm,
    DescriptionForm,
    about_postage,
)
from auction_app.selling.model import READY, DraftPhoto
from auction_app.selling.repository import drafts
from auction_app.selling.write_draft import start_draft
from auction_app.web.forms import Notation


def edit_listing(
    act: UnitOfWork,
    auction_id: str,
    typed: Mapping[str, str],
    notation: Notation,
    *,
    seller: Customer,
) -> None:
    """While nobody has bid: title, description and details. Once bids exist, only an addition to
    the description, because bidders have relied on the rest. The terms never change. So which
    form was `typed` is known only here.

    Raises NotFound, BadInput, CommandRefused (ended).
    """
    auction = auctions.own(act.conn, auction_id, seller)
    if auction.status(act.now_ms) is Status.ENDED:
        raise CommandRefused("ended")
    changes: dict[str, str | int | None] = (
        _addition(auction, typed)
        if auction.bid_count
        else _anything(typed, replace(notation, currency=auction.terms.currency))
    )
    with act.performing(ListingEdited(auction, changes)):
        auctions.change(act.conn, auction.id, **changes)


def relist(
    act: UnitOfWork,
    files: PhotoFiles,
    auction: Auction,
    times: Mapping[str, str],
    *,
    seller: Customer,
) -> str:
    """Start a draft that holds all of an auction, but other `times`; returns the draft's id.

    Raises NotVerified, TooMany.
    """
    terms = auction.terms
    first = {
        "title": auction.title,
        "description": auction.description,
        **typed_details(auction),
        "currency": terms.currency,
        "start_price": terms.start_price.amount,
        "reserve": terms.reserve.amount if terms.reserve else "",
        "buy_now": terms.buy_now.amount if terms.buy_now else "",
        "soft_close": str(terms.soft_close.window_ms // 1000) if terms.soft_close else "",
        "decimal_mark": ".",
        **times,
    }
    draft_id = start_draft(act, seller, first)
    for photo in auction.photos:
        copy = new_key()
        files.share(photo.id, copy)
        drafts.add_photo(
            act.conn,
            DraftPhoto(
                id=copy,
                draft_id=draft_id,
                name="",
                alt=photo.alt,
                state=READY,
                reason=None,
                width=photo.width,
                height=photo.height,
            ),
        )
    return draft_id


def typed_details(auction: Auction) -> dict[str, str]:
    """The details as a form has them."""
    details = auction.details
    cost = Money(details.postage_minor, auction.terms.currency) if details.postage_minor else None
    return {
        "category": details.category,
        "condition": details.condition,
        "postage": details.postage,
        "returns": details.returns,
        "delivery": details.delivery,
        "postage_cost": cost.amount if cost else "",
        "location": details.location,
        "payment": details.payment,
    }


def _anything(typed: Mapping[str, str], notation: Notation) -> dict[str, str | int | None]:
    valid, errors = DescriptionForm.examine(typed, notation)
    if errors := about_postage(valid) | errors:
        raise BadInput(errors)
    form = DescriptionForm(**valid)
    return {"title": form.title, "description": form.description, **vars(form.details)}


def _addition(auction: Auction, typed: Mapping[str, str]) -> dict[str, str | int | None]:
    description = f"{auction.description}\n\n+ {AdditionForm.read(typed).addition}"
    if len(description) > LONGEST_DESCRIPTION:
        raise BadInput({"addition": "too_long"})
    return {"description": description}

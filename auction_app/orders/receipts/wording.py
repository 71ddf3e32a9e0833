"""A receipt in the reader's words, for the page and the PDF alike."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from service_kit.local_time import written

from auction_app.orders.countries import country_word
from auction_app.orders.labels import status_word
from auction_app.orders.model import Address, Order, Side
from auction_app.orders.receipts.receipt import Receipt
from auction_app.web.formats import money
from auction_app.web.i18n import _, language, style, viewer_zone

Row = tuple[str, str]
"""A label and what it says, of one line or several."""


@dataclass(frozen=True, kw_only=True)
class Wording:
    """All that is on it, from top to bottom; the last of the `sums` is the total. `language` is
    the one it is in; `gaps` is for where some characters cannot be printed."""

    title: str
    language: str
    sides: Sequence[Row]
    sums: Sequence[Row]
    paid: Sequence[Row]
    note: str
    gaps: str


def put_into_words(receipt: Receipt, side: Side, *, page_url: str) -> Wording:
    """The receipt for one side of the order, in the language and zone of the current request;
    `page_url` is that of its page."""
    order = receipt.order
    return Wording(
        title=_("Receipt") if side == "buyer" else _("Sales receipt"),
        language=language(),
        sides=[*_sides(receipt)],
        sums=[*_sums(order)],
        paid=[*_paid(receipt)],
        note=_("Gavel is not a party to this sale. VAT is not shown."),
        gaps=_(
            "Characters that cannot be printed here are shown as □. All of them are at %(url)s",
            url=page_url,
        ),
    )


def _sides(receipt: Receipt) -> Iterator[Row]:
    order = receipt.order
    yield _("Receipt number"), order.id
    yield _("Paid on"), _moment(receipt.paid_at_ms)
    yield _("Seller"), order.seller_name
    yield _("Buyer"), order.buyer_name
    if order.address is not None and not order.is_collected:
        yield _("Delivery address"), _address(order.address)


def _sums(order: Order) -> Iterator[Row]:
    yield order.title, money(order.price)
    yield _("Postage"), _postage(order)
    yield _("Total"), money(order.total) if order.total else _("Price and postage")


def _postage(order: Order) -> str:
    if order.is_collected:
        return _("Collected in person")
    return _("Agreed by both sides") if order.postage is None else money(order.postage)


def _paid(receipt: Receipt) -> Iterator[Row]:
    yield _("How it was paid"), _way(receipt)
    if receipt.undone is not None:
        yield status_word(receipt.undone.status), _moment(receipt.undone.at_ms)
    if receipt.refund == "refunding":
        yield _("Refund"), _("The payment is being refunded.")
    if receipt.refund == "refunded":
        assert receipt.order.total is not None
        assert receipt.refunded_at_ms is not None
        when = _moment(receipt.refunded_at_ms)
        yield _("Refund"), _("%(amount)s on %(when)s", amount=money(receipt.order.total), when=when)


def _way(receipt: Receipt) -> str:
    if receipt.noted_by == "buyer":
        return _("Directly to the seller, as the buyer has noted")
    if receipt.noted_by == "seller":
        return _("Directly to the seller, who has noted it")
    return _("Online, through Gavel")


def _address(address: Address) -> str:
    town = f"{address.postal_code} {address.city}".strip()
    return "\n".join([address.name, address.street, town, country_word(address.country)])


def _moment(at_ms: int) -> str:
    return written(at_ms, viewer_zone(), style())

"""Say where an order is sent, and what that costs."""

from auction_app.accounts.model import Customer
from auction_app.db.unit_of_work import UnitOfWork
from auction_app.errors import BadInput, NotFound, NotPossible
from auction_app.notifications.notify import notify
from auction_app.orders.forms import AddressForm, PostageForm
from auction_app.orders.model import Address, may_name_postage, may_set_address
from auction_app.orders.repository import addresses, orders
from auction_app.web.fields import HIGHEST_PRICE_MINOR


def set_address(act: UnitOfWork, order_id: str, buyer: Customer, form: AddressForm) -> None:
    """Have an order sent there, and the buyer's next one too. May be repeated.

    Raises NotFound (also to strangers and the seller), NotPossible.
    """
    order = orders.locked(act.conn, order_id)
    if order is None or order.buyer_id != buyer.id:
        raise NotFound("no such order")
    address = Address(**vars(form))
    if address == order.address:
        return
    if not may_set_address(order):
        raise NotPossible("address")
    addresses.set_of_order(act.conn, order.id, address)
    addresses.keep(act.conn, buyer.id, address)
    act.announce("orders", "update", act.urls.order(order.id))


def name_postage(act: UnitOfWork, order_id: str, seller: Customer, form: PostageForm) -> None:
    """Say what the delivery costs where the listing has left that open; once, sent twice too.

    Raises NotFound (also to strangers and the buyer), NotPossible, BadInput.
    """
    order, cost = orders.locked(act.conn, order_id), form.postage
    if order is None or order.seller_id != seller.id:
        raise NotFound("no such order")
    if order.is_named_later and cost == order.postage:
        return
    if not may_name_postage(order):
        raise NotPossible("postage")
    if cost.amount_minor > HIGHEST_PRICE_MINOR:
        raise BadInput({"postage": "amount_out_of_range"})
    orders.name_postage(act.conn, order.id, cost.amount_minor)
    url = act.urls.order(order.id)
    notify(
        act,
        order.buyer_id,
        "order",
        about=f"{url}#postage",
        auction_id=order.auction_id,
        path=f"/orders/{order.id}",
    )
    act.announce("orders", "update", url)

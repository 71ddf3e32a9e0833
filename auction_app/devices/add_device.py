"""Add a device to an account, and take it away."""

from service_kit.tokens import digest, new_token

from auction_app.accounts.model import Customer
from auction_app.accounts.repository import customers
from auction_app.db.ids import new_id
from auction_app.db.unit_of_work import UnitOfWork
from auction_app.devices import repository as devices
from auction_app.devices.forms import DeviceForm
from auction_app.devices.model import MOST, PREFIX, DeviceToken
from auction_app.errors import NotFound, TooMany


def add_device(act: UnitOfWork, owner: Customer, form: DeviceForm) -> str:
    """Returns its token, which nobody can be shown again. It hears of what is sold from now on.
    Raises TooMany, NoSession."""
    customers.locked(act.conn, owner.id)
    if devices.count(act.conn, owner.id) >= MOST:
        raise TooMany(MOST)
    token = PREFIX + new_token()
    device = DeviceToken(
        id=new_id(),
        owner_id=owner.id,
        name=form.name,
        begins_after=devices.latest_sale(act.conn, owner.id),
        added_at_ms=act.now_ms,
    )
    devices.add(act.conn, device, token_digest=digest(token))
    return token


def revoke_device(act: UnitOfWork, owner: Customer, device_id: str) -> None:
    """From now on its token is nobody's; a stream that it has open ends. Raises NotFound."""
    if not devices.remove(act.conn, owner.id, device_id):
        raise NotFound("no such device")
    act.announce("notices", "update", act.urls.customer(owner.id))

"""A browser in which somebody has signed in before: it gets through when strangers keep an account
busy with guesses (OWASP, slow down online guessing attacks with device cookies)."""

from dataclasses import dataclass, field

from auction_app.db.ids import new_key
from auction_app.signatures import Signatures

_USE = "device"
_MOST_CUSTOMERS = 8


@dataclass(frozen=True, kw_only=True)
class Device:
    """`id` is a secret of the browser's; `customer_ids` are those who signed in, the last first."""

    id: str = field(repr=False)
    customer_ids: tuple[str, ...] = ()

    def knows(self, customer_id: str) -> bool:
        """Whether the customer has signed in here."""
        return customer_id in self.customer_ids

    def after(self, customer_id: str) -> "Device":
        """The device once the customer has signed in; a family shares it."""
        others = [id for id in self.customer_ids if id != customer_id]
        return Device(id=self.id, customer_ids=(customer_id, *others)[:_MOST_CUSTOMERS])


def read_device(signatures: Signatures, cookie: str | None) -> Device:
    """The device of a cookie; a new one without a cookie, or with one that we did not write."""
    try:
        id, *customer_ids = signatures.read(_USE, cookie or "")
    except (ValueError, TypeError):
        return Device(id=new_key())
    return Device(id=id, customer_ids=tuple(customer_ids))


def write_device(signatures: Signatures, device: Device) -> str:
    """What its cookie holds."""
    return signatures.sign(_USE, [device.id, *device.customer_ids])

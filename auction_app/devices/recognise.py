"""Know a device by its token."""

from service_kit.access import unauthorized
from service_kit.tokens import digest

from auction_app.db.store import Store
from auction_app.devices import repository as devices
from auction_app.devices.model import PREFIX, DeviceToken

_NOTED_EVERY_MS = 60_000


def recognise(store: Store, token: str | None) -> DeviceToken | None:
    """The device that shows a token; None for what is no device's token, a service's for one.

    When it was seen is noted once a minute. Raises Problem 401 for one that was revoked, or that
    never was.
    """
    if token is None or not token.startswith(PREFIX):
        return None
    with store.reading() as conn:
        device = devices.find(conn, digest(token))
    if device is None:
        raise unauthorized("The token is not known here")
    due_ms = store.clock() - _NOTED_EVERY_MS
    if device.last_seen_at_ms is None or device.last_seen_at_ms < due_ms:
        with store.begin() as act:
            devices.seen(act.conn, device.id, before_ms=due_ms, now_ms=act.now_ms)
    return device

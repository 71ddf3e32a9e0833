"""The devices of an account."""

from collections.abc import Iterator

from flask import Blueprint, Response, flash, request, url_for

from auction_app.accounts.visitor import signed_in
from auction_app.devices import repository as stored
from auction_app.devices.add_device import add_device, revoke_device
from auction_app.devices.forms import DeviceForm
from auction_app.devices.model import MOST
from auction_app.errors import BadInput, TooMany
from auction_app.parts import Parts
from auction_app.web.i18n import _
from auction_app.web.negotiation import page, see_other


def pages(parts: Parts) -> Blueprint:
    """The list, and the forms that add to it and take away from it."""
    views = Blueprint("devices", __name__)

    @views.get("/account/devices")
    def show() -> Response:
        return _page(parts)

    @views.post("/account/devices")
    def add() -> Response:
        """Shows the token on this very page: nowhere else is there one to show."""
        me = signed_in(parts)
        try:
            form = DeviceForm.read(request.form)
            with parts.begin() as act:
                token = add_device(act, me, form)
        except BadInput as error:
            return _page(parts, errors=error.fields)
        except TooMany:
            return _page(parts, errors={"name": "too_many"})
        return _page(parts, token=token)

    @views.post("/account/devices/<string:device_id>/revoke")
    def revoke(device_id: str) -> Response:
        me = signed_in(parts)
        with parts.begin() as act:
            revoke_device(act, me, device_id)
        flash(_("That device is cut off."))
        return see_other(url_for("devices.show"))

    return views


def _page(
    parts: Parts, *, token: str | None = None, errors: dict[str, str] | None = None
) -> Response:
    me = signed_in(parts)
    with parts.store.reading() as conn:
        found = stored.of_customer(conn, me.id)
    return page(
        "devices/devices.html",
        422 if errors else 200,
        devices=found,
        token=token,
        may_add=len(found) < MOST,
        orders_url=parts.urls.absolute("/my/orders"),
        form=request.form if errors else {},
        errors=errors or {},
    )


def blueprints(parts: Parts) -> Iterator[Blueprint]:
    """All addresses of the feature."""
    yield pages(parts)

"""Customers, as auction_app shows them to a token that may see addresses."""

from collections.abc import Mapping

from bus_drain.fetch import Entity

from mailer_service.entities.fields import identifier, line, link_at_home
from mailer_service.model.entities import Customer, PendingRequest, SignInChange
from mailer_service.model.kinds import SIGN_IN_CHANGES, SWITCHES, Preference

_PREFERENCES = ("at_once", "daily", "off", None)


def customer_from(entity: Entity) -> Customer:
    """One customer. What only newer versions of auction_app say may be missing."""
    welcomed = entity.optional_part("welcomed")
    return Customer(
        url=entity.url,
        name=line(entity, "name"),
        email=line(entity, "email"),
        email_verified=bool(entity.get("email_verified")),
        locale=line(entity, "locale"),
        time_zone=line(entity, "time_zone") if entity.get("time_zone") else "UTC",
        notices=_notices(entity),
        verification=_verification(entity),
        password_reset=_pending(entity, "password_reset", "reset-password"),
        address_change=_pending(entity, "address_change", "confirm-address"),
        signed_up_again=_pending(entity, "signed_up_again", "sign-in"),
        welcomed_id=identifier(welcomed, "id") if welcomed else None,
        sign_in_changes=_sign_in_changes(entity),
        security=_optional_link_at_home(entity, "security"),
        preferences=_optional_link_at_home(entity, "preferences"),
        unsubscribe=_optional_link_at_home(entity, "unsubscribe"),
    )


def _notices(entity: Entity) -> Mapping[str, Preference]:
    notices = entity.optional_part("notices")
    if notices is None:
        return dict.fromkeys(SWITCHES, "at_once")
    return {kind: notices.one_of(kind, *_PREFERENCES) or "at_once" for kind in SWITCHES}


def _verification(entity: Entity) -> PendingRequest | None:
    if entity.get("email_verified"):
        return None
    return _pending(entity, "verification", "verify-email")


def _pending(entity: Entity, name: str, relation: str) -> PendingRequest | None:
    request = entity.optional_part(name)
    if request is None:
        return None
    return PendingRequest(
        id=identifier(request, "id"),
        link=link_at_home(entity, relation),
        to=line(request, "to") if name == "address_change" else None,
    )


def _sign_in_changes(entity: Entity) -> tuple[SignInChange, ...]:
    """Those that this version has words for."""
    found = entity.parts("sign_in_changes") if entity.get("sign_in_changes") else ()
    return tuple(
        SignInChange(id=identifier(change, "id"), what=change["what"])
        for change in found
        if change.get("what") in SIGN_IN_CHANGES
    )


def _optional_link_at_home(entity: Entity, relation: str) -> str | None:
    return link_at_home(entity, relation) if entity.offers(relation) else None

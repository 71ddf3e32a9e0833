"""What a customer hears about the own account."""

from __future__ import annotations

from typing import Any

from bus_drain.fetch import Entity

from mailer_service.entities.customers import customer_from
from mailer_service.model.entities import Customer
from mailer_service.notices.accounts import notices_of_customer

URL = "https://a.example/customers/1"
LINKS = {
    rel: {"href": f"https://a.example/{rel}"}
    for rel in ("verify-email", "reset-password", "confirm-address", "sign-in", "security")
}


def customer(**changes: Any) -> Customer:
    document = {
        "name": "Ada",
        "email": "ada@example.org",
        "email_verified": True,
        "locale": "en",
        "_links": LINKS,
    }
    return customer_from(Entity(URL, document | changes))


def told(customer: Customer) -> list[tuple[str, str | None]]:
    notices = notices_of_customer(customer)
    assert {notice.recipient_url for notice in notices} <= {URL}
    return [(notice.kind, notice.address) for notice in notices]


def test_an_address_that_waits_is_asked_once_a_request() -> None:
    for request in ("1", "2"):
        waiting = customer(email_verified=False, verification={"id": request})
        assert told(waiting) == [(f"verify-email:{request}", None)]


def test_a_verified_customer_is_not_asked() -> None:
    assert told(customer(verification={"id": "1"})) == []


def test_a_password_reset_is_told_once_a_request() -> None:
    assert told(customer(password_reset={"id": "7"})) == [("password-reset:7", None)]


def test_a_change_of_address_is_confirmed_by_the_new_and_told_to_the_old() -> None:
    waiting = customer(address_change={"id": "3", "to": "ada@new.example"})

    assert told(waiting) == [
        ("confirm-address:3", "ada@new.example"),
        ("address-warning:3", "ada@example.org"),
    ]


def test_an_account_under_whose_address_somebody_signs_up_is_told_once_a_request() -> None:
    for request in ("1", "2"):
        again = customer(signed_up_again={"id": request})
        assert told(again) == [(f"account-exists:{request}", None)]


def test_whoever_is_welcome_hears_it_once() -> None:
    assert told(customer(welcomed={"id": "w"})) == [("welcome:w", None)]


def test_each_change_of_how_one_signs_in_is_told_once_and_leads_to_where_it_is_changed() -> None:
    changed = [
        {"id": "b", "what": "passkey-added", "at_ms": 2},
        {"id": "a", "what": "two-factor-on", "at_ms": 1},
        {"id": "c", "what": "a word of a newer version", "at_ms": 3},
    ]

    notices = notices_of_customer(customer(sign_in_changes=changed))

    assert [(it.kind, it.text, it.link) for it in notices] == [
        ("sign-in-changed:b", "passkey-added", "https://a.example/security"),
        ("sign-in-changed:a", "two-factor-on", "https://a.example/security"),
    ]

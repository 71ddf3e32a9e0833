"""What a customer hears about the own account."""

from collections.abc import Iterator, Sequence

from mailer_service.model.entities import Customer
from mailer_service.model.mails import Notice


def notices_of_customer(customer: Customer) -> Sequence[Notice]:
    """What waits for the customer is told once a request; so each key holds the request's id.

    | waits           | told                                                      |
    |-----------------|-----------------------------------------------------------|
    | verification    | verify-email                                              |
    | password_reset  | password-reset                                            |
    | address_change  | confirm-address to the new address, a warning to the old  |
    | signed_up_again | account-exists                                            |
    | welcomed        | welcome, once the first address is verified               |
    | sign_in_changes | sign-in-changed, one for each                             |
    """
    asked = [
        Notice(entity_url=customer.url, kind=kind, recipient_url=customer.url, address=address)
        for kind, address in _told(customer)
    ]
    changed = [
        Notice(
            entity_url=customer.url,
            kind=f"sign-in-changed:{change.id}",
            recipient_url=customer.url,
            text=change.what,
            link=customer.security,
        )
        for change in customer.sign_in_changes
    ]
    return (*asked, *changed)


def _told(customer: Customer) -> Iterator[tuple[str, str | None]]:
    if customer.verification:
        yield f"verify-email:{customer.verification.id}", None
    if customer.password_reset:
        yield f"password-reset:{customer.password_reset.id}", None
    if customer.address_change:
        yield f"confirm-address:{customer.address_change.id}", customer.address_change.to
        # To the address of this moment: who is quick to confirm must not escape the warning.
        yield f"address-warning:{customer.address_change.id}", customer.email
    if customer.signed_up_again:
        yield f"account-exists:{customer.signed_up_again.id}", None
    if customer.welcomed_id:
        yield f"welcome:{customer.welcomed_id}", None

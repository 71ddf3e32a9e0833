"""Change how an account is shown and spoken to."""

from collections.abc import Collection, Mapping
from zoneinfo import available_timezones

from auction_app.accounts.model import Customer
from auction_app.accounts.repository import customers
from auction_app.db.announce import announce
from auction_app.db.store import Store
from auction_app.urls import Urls
from auction_app.web.forms import Fields


def edit_profile(
    store: Store,
    urls: Urls,
    customer: Customer,
    form: Mapping[str, str],
    *,
    languages: Collection[str],
    now_ms: int,
) -> None:
    """Set name, language and time zone; an empty zone means whatever the browser says.

    Raises BadInput.
    """
    fields = Fields(form)
    name = fields.line("name", longest=60)
    locale, zone = fields.raw("locale"), fields.raw("time_zone")
    if locale not in languages:
        fields.refuse("locale", "not_a_language")
    if zone and zone not in available_timezones():
        fields.refuse("time_zone", "not_a_zone")
    fields.finish()
    with store.writing() as conn:
        customers.edit(conn, customer.id, name=name, locale=locale, time_zone=zone or None)
        announce(conn, "customers", "update", urls.customer(customer.id), now_ms=now_ms)

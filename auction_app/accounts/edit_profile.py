"""Change how an account is shown and spoken to."""

from collections.abc import Collection, Mapping
from zoneinfo import available_timezones

from auction_app.accounts.model import Customer
from auction_app.accounts.repository import customers
from auction_app.db.unit_of_work import UnitOfWork
from auction_app.web.forms import Fields


def edit_profile(
    act: UnitOfWork,
    customer: Customer,
    form: Mapping[str, str],
    *,
    languages: Collection[str],
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
    customers.edit(act.conn, customer.id, name=name, locale=locale, time_zone=zone or None)
    act.announce("customers", "update", act.urls.customer(customer.id))

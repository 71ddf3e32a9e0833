"""Change how an account is shown and spoken to."""

from auction_app.accounts.forms import ProfileForm
from auction_app.accounts.model import Customer
from auction_app.accounts.repository import customers
from auction_app.db.unit_of_work import UnitOfWork


def edit_profile(act: UnitOfWork, customer: Customer, form: ProfileForm) -> None:
    """Set name, language and time zone."""
    customers.edit(
        act.conn, customer.id, name=form.name, locale=form.locale, time_zone=form.time_zone
    )
    act.announce("customers", "update", act.urls.customer(customer.id))

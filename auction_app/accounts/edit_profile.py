"""Change how an account is shown and spoken to."""

from auction_app.accounts.forms import ProfileForm
from auction_app.accounts.model import Customer
from auction_app.accounts.repository import customers
from auction_app.db.store import Transaction
from auction_app.db.unit_of_work import UnitOfWork
from auction_app.errors import BadInput
from auction_app.web.names import is_of_the_house


def edit_profile(act: UnitOfWork, customer: Customer, form: ProfileForm) -> None:
    """Set name, language and time zone. Raises BadInput for a name that looks like one of the
    house's."""
    check_own_name(act.conn, form.name, but_for=customer)
    customers.edit(
        act.conn, customer.id, name=form.name, locale=form.locale, time_zone=form.time_zone
    )
    act.announce("customers", "update", act.urls.customer(customer.id))


def check_own_name(conn: Transaction, name: str, *, but_for: Customer | None = None) -> None:
    """Raises BadInput for a name that others would take for the house, or for one of its staff;
    who keeps the one they have may."""
    if but_for is not None and name == but_for.name:
        return
    if is_of_the_house(name, customers.names_of_staff(conn, but_for.id if but_for else "")):
        raise BadInput({"name": "name_of_the_house"})

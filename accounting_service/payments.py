"""Payments by URL, from whoever owns them."""

from collections.abc import Iterator

from bus_drain.fetch import Entity, EntityClient, Missing, NotHal, Rejected, UnknownHost

from accounting_service.errors import NotBooked
from accounting_service.model.payment import Payment, payment_from

_TOKEN_REFUSED = {401, 403}


class Payments:
    """Blocks for at most the client's deadline a page. Raises FetchError when asking again may
    help, which it may where our token is refused: somebody can mend that."""

    def __init__(self, client: EntityClient, list_url: str) -> None:
        self._client = client
        self.list_url = list_url

    def get(self, url: str) -> Payment:
        """The payment at `url`. Raises NotBooked: it is none that can be booked, for good."""
        try:
            payment = payment_from(self._client.get(url))
        except (Missing, UnknownHost, NotHal) as error:
            raise NotBooked(str(error)) from error
        except Rejected as error:
            if error.status in _TOKEN_REFUSED:
                raise
            raise NotBooked(str(error)) from error
        if payment.url != url:
            raise NotBooked(f"says that its URL is {payment.url}")
        return payment

    def pages(self) -> Iterator[list[tuple[str, Payment | NotBooked]]]:
        """All payments by URL, a page at a time; one that can't be booked is why."""
        for page in self._client.pages(self.list_url):
            yield [(one.link("self"), _read(one)) for one in page.collection("payments")]


def _read(entity: Entity) -> Payment | NotBooked:
    try:
        return payment_from(entity)
    except NotBooked as error:
        return error

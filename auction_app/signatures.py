"""What leaves the house and must come back unchanged: verification links, bids under review."""

from typing import Any

from itsdangerous import BadSignature, URLSafeSerializer
from service_kit.errors import NotAnAmount

from auction_app.bidding.model import Ticket
from auction_app.errors import LinkDead, TicketRefused


class Signatures:
    """Signs with the app's secret key, each use with a salt of its own."""

    def __init__(self, secret_key: str) -> None:
        self._secret_key = secret_key
        self._ticket = URLSafeSerializer(secret_key, salt="bid-ticket")
        self._listing = URLSafeSerializer(secret_key, salt="listing")

    def link_token(self, use: str, customer_id: str, request_id: str = "") -> str:
        """The token of a link in a mail, good for one `use` ("verify-email"); the same for the
        same request, so that the link is the same however often the customer is fetched."""
        return _text(self._links(use).dumps([customer_id, request_id]))

    def read_link(self, use: str, token: str) -> tuple[str, str]:
        """(customer id, request id) of a token. Raises LinkDead."""
        try:
            customer_id, request_id = self._links(use).loads(token)
        except (BadSignature, ValueError, TypeError) as error:
            raise LinkDead("not a link of ours") from error
        return customer_id, request_id

    def _links(self, use: str) -> URLSafeSerializer:
        return URLSafeSerializer(self._secret_key, salt=use)

    def sign_ticket(self, ticket: Ticket) -> str:
        """The reviewed bid as it goes into its bidder's page."""
        return _text(self._ticket.dumps(ticket.to_wire()))

    def read_ticket(self, text: str) -> Ticket:
        """The reviewed bid. Raises TicketRefused."""
        try:
            return Ticket.from_wire(self._ticket.loads(text))
        except (BadSignature, ValueError, KeyError, TypeError, NotAnAmount) as error:
            raise TicketRefused("not a ticket of ours") from error

    def sign_listing(self, auction_id: str, seller_id: str) -> str:
        """The id that a listing will have, so that a form sent twice lists once."""
        return _text(self._listing.dumps([auction_id, seller_id]))

    def read_listing(self, text: str) -> tuple[str, str] | None:
        """(auction id, seller id), or None when it is not ours."""
        try:
            auction_id, seller_id = self._listing.loads(text)
        except (BadSignature, ValueError, TypeError):
            return None
        return auction_id, seller_id


def _text(signed: Any) -> str:
    return signed if isinstance(signed, str) else signed.decode()

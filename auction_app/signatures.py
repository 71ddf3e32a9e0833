"""What leaves the house and must come back unchanged: verification links, bids under review."""

from typing import Any

from itsdangerous import BadSignature, URLSafeSerializer

from auction_app.errors import LinkDead


class Signatures:
    """Signs with the app's secret key, each use with a salt of its own."""

    def __init__(self, secret_key: str) -> None:
        self._secret_key = secret_key

    def link_token(self, use: str, customer_id: str, request_id: str = "") -> str:
        """The token of a link in a mail, good for one `use` ("verify-email"); the same for the
        same request, so that the link is the same however often the customer is fetched."""
        return _text(self._serializer(use).dumps([customer_id, request_id]))

    def read_link(self, use: str, token: str) -> tuple[str, str]:
        """(customer id, request id) of a token. Raises LinkDead."""
        try:
            customer_id, request_id = self._serializer(use).loads(token)
        except (BadSignature, ValueError, TypeError) as error:
            raise LinkDead("not a link of ours") from error
        return customer_id, request_id

    def _serializer(self, use: str) -> URLSafeSerializer:
        return URLSafeSerializer(self._secret_key, salt=use)

    def sign(self, use: str, value: Any) -> str:
        """A value as it goes, signed, into a page."""
        return _text(self._serializer(use).dumps(value))

    def read(self, use: str, text: str) -> Any:
        """What was signed for that use. Raises ValueError."""
        try:
            return self._serializer(use).loads(text)
        except BadSignature as error:
            raise ValueError("not signed by us") from error


def _text(signed: Any) -> str:
    return signed if isinstance(signed, str) else signed.decode()

"""What leaves the house and must come back unchanged: verification links, bids under review; and
what nobody may read who reads the database."""

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from itsdangerous import BadSignature, URLSafeSerializer

from auction_app.errors import LinkDead

_NONCE_BYTES = 12


class Signatures:
    """Signs with the first of the app's secret keys, each use with a salt of its own, and reads
    what any of them has signed."""

    def __init__(self, secret_keys: Sequence[str]) -> None:
        self._secret_keys = tuple(secret_keys)

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
        return URLSafeSerializer(self._secret_keys[::-1], salt=use)  # it signs with the last

    def sign(self, use: str, value: Any) -> str:
        """A value as it goes, signed, into a page."""
        return _text(self._serializer(use).dumps(value))

    def read(self, use: str, text: str) -> Any:
        """What was signed for that use. Raises ValueError."""
        try:
            return self._serializer(use).loads(text)
        except BadSignature as error:
            raise ValueError("not signed by us") from error

    def seal(self, use: str, text: str, *, about: str) -> str:
        """A text that only we can read, and only where it was put: for that use, `about` that."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = _cipher(self._secret_keys[0], use).encrypt(nonce, text.encode(), about.encode())
        return urlsafe_b64encode(nonce + sealed).decode()

    def unseal(self, use: str, sealed: str, *, about: str) -> str:
        """What was sealed. Raises ValueError for anything else, or under none of our keys."""
        from cryptography.exceptions import InvalidTag

        data = urlsafe_b64decode(sealed.encode())
        nonce, kept = data[:_NONCE_BYTES], data[_NONCE_BYTES:]
        for key in self._secret_keys:
            with suppress(InvalidTag):
                return str(_cipher(key, use).decrypt(nonce, kept, about.encode()).decode())
        raise ValueError("not sealed by us for this")


def _cipher(secret_key: str, use: str) -> Any:
    # OpenSSL's part of a process is for those only who have something to seal.
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"seal {use}".encode())
    return AESGCM(derived.derive(secret_key.encode()))


def _text(signed: Any) -> str:
    return signed if isinstance(signed, str) else signed.decode()

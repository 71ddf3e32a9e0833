"""A security key made of software: what a browser and its device answer (WebAuthn, 6.3)."""

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn import base64url_to_bytes
from webauthn.helpers import bytes_to_base64url

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


@dataclass
class Authenticator:
    """Holds one key pair. `flags` say whether its owner was there, and was recognised; `sign_count`
    how often it signed."""

    origin: str
    rp_id: str
    flags: int = PRESENT | VERIFIED
    sign_count: int = 1
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    id: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    user_handle: str = ""

    def make(self, asked: dict[str, Any]) -> dict[str, Any]:
        """The answer to navigator.credentials.create()."""
        self.user_handle = asked["user"]["id"]
        attestation = {"fmt": "none", "attStmt": {}, "authData": self._attested()}
        return self._credential(
            clientDataJSON=self._client_data("webauthn.create", asked["challenge"]),
            attestationObject=cbor2.dumps(attestation),
        )

    def sign(self, asked: dict[str, Any]) -> dict[str, Any]:
        """The answer to navigator.credentials.get()."""
        self.sign_count += 1
        client_data = self._client_data("webauthn.get", asked["challenge"])
        signed = self._data() + hashlib.sha256(client_data).digest()
        return self._credential(
            clientDataJSON=client_data,
            authenticatorData=self._data(),
            signature=self.key.sign(signed, ec.ECDSA(SHA256())),
            userHandle=base64url_to_bytes(self.user_handle),
        )

    def _credential(self, **response: bytes) -> dict[str, Any]:
        id = bytes_to_base64url(self.id)
        said = {name: bytes_to_base64url(value) for name, value in response.items()}
        return {"id": id, "rawId": id, "type": "public-key", "response": said}

    def _client_data(self, kind: str, challenge: str) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(said).encode()

    def _data(self, more: int = 0) -> bytes:
        head = hashlib.sha256(self.rp_id.encode()).digest()
        return head + bytes([self.flags | more]) + self.sign_count.to_bytes(4)

    def _attested(self) -> bytes:
        numbers = self.key.public_key().public_numbers()
        x, y = (number.to_bytes(32) for number in (numbers.x, numbers.y))
        public = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})
        length = len(self.id).to_bytes(2)
        return self._data(ATTESTED) + bytes(16) + length + self.id + public

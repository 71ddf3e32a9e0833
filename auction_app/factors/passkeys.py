"""Passkeys (WebAuthn): what a browser is asked, and what it answers.

Each challenge is drawn for one purpose, lives five minutes, and is answered once.
"""

import json
import secrets
from collections.abc import Sequence
from typing import Any, Literal

from cryptography.exceptions import UnsupportedAlgorithm
from service_kit.tokens import digest
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from auction_app.db.ids import new_id
from auction_app.db.unit_of_work import UnitOfWork
from auction_app.errors import NotPossible, PasskeyRefused
from auction_app.factors.model import MOST_PASSKEYS, Passkey
from auction_app.factors.relying_party import NAME, RelyingParty
from auction_app.factors.repository import passkeys
from auction_app.factors.two_factor import tell

CHALLENGE_LIVES_MS = 5 * 60_000
LONGEST_ANSWER = 16 * 1024
"""An answer is 1 to 3 kB long; attestations, which nobody asks for, would be longer."""
_TIMEOUT_MS = 120_000
_MALFORMED = (ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError)
"""What the library lets through where an answer is rubbish, beside its own errors."""

Purpose = Literal["add", "sign-in", "second-step"]


def ask_to_add(
    act: UnitOfWork, party: RelyingParty, customer_id: str, account: str, shown_as: str
) -> tuple[str, dict[str, Any]]:
    """(challenge, what the browser is asked) to make a passkey for the account of that name.

    Raises NotPossible for one too many.
    """
    known = passkeys.of_customer(act.conn, customer_id)
    if len(known) >= MOST_PASSKEYS:
        raise NotPossible("passkeys")
    challenge = _issue(act, "add", customer_id)
    options = generate_registration_options(
        rp_id=party.id,
        rp_name=NAME,
        user_id=customer_id.encode(),
        user_name=account,
        user_display_name=shown_as,
        challenge=base64url_to_bytes(challenge),
        timeout=_TIMEOUT_MS,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=_descriptors(known),
    )
    return challenge, json.loads(options_to_json(options))


def add(
    act: UnitOfWork, party: RelyingParty, customer_id: str, name: str, challenge: str, answer: str
) -> None:
    """Take the customer's new passkey, whose challenge is used up. Raises PasskeyRefused,
    NotPossible."""
    if len(passkeys.of_customer(act.conn, customer_id)) >= MOST_PASSKEYS:
        raise NotPossible("passkeys")
    made = verified_new(party, challenge, answer)
    passkey = Passkey(
        id=new_id(),
        customer_id=customer_id,
        credential_id=bytes_to_base64url(made.credential_id),
        public_key=bytes_to_base64url(made.credential_public_key),
        sign_count=made.sign_count,
        name=name,
        created_at_ms=act.now_ms,
    )
    passkeys.add(act.conn, passkey)
    tell(act, customer_id, "passkey-added")


def verified_new(party: RelyingParty, challenge: str, answer: str) -> VerifiedRegistration:
    """The key pair that was made for the challenge. Raises PasskeyRefused."""
    try:
        return verify_registration_response(
            credential=_read(answer),
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=party.id,
            expected_origin=party.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, UnsupportedAlgorithm, *_MALFORMED) as error:
        raise PasskeyRefused(str(error)) from error


def ask_to_sign_in(
    act: UnitOfWork, party: RelyingParty, customer_id: str | None
) -> tuple[str, dict[str, Any]]:
    """(challenge, what the browser is asked): for any passkey that it has for this house, or, as
    the second step of a customer, for one of theirs."""
    challenge = _issue(act, purpose_of(customer_id), customer_id)
    known = passkeys.of_customer(act.conn, customer_id) if customer_id else []
    options = generate_authentication_options(
        rp_id=party.id,
        challenge=base64url_to_bytes(challenge),
        timeout=_TIMEOUT_MS,
        allow_credentials=_descriptors(known),
        user_verification=(
            UserVerificationRequirement.PREFERRED
            if customer_id
            else UserVerificationRequirement.REQUIRED
        ),
    )
    return challenge, json.loads(options_to_json(options))


def check(
    act: UnitOfWork, party: RelyingParty, customer_id: str | None, challenge: str, answer: str
) -> str:
    """Whose passkey answered the challenge, which is used up: alone, or as the second step of a
    customer. Alone it has to have made sure that its owner holds it. Raises PasskeyRefused."""
    credential = _read(answer)
    known = passkeys.by_credential(act.conn, _text(credential.get("id")))
    if known is None or (customer_id and known.customer_id != customer_id):
        raise PasskeyRefused("not a passkey of this account")
    try:
        seen = verify_authentication_response(
            credential=credential,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=base64url_to_bytes(known.public_key),
            credential_current_sign_count=known.sign_count,
            require_user_verification=customer_id is None,
        )
        handle = credential["response"].get("userHandle")
        if handle and base64url_to_bytes(_text(handle)) != known.customer_id.encode():
            raise PasskeyRefused("made for another account")
    except (WebAuthnException, UnsupportedAlgorithm, *_MALFORMED) as error:
        raise PasskeyRefused(str(error)) from error
    passkeys.used(act.conn, known.id, sign_count=seen.new_sign_count, now_ms=act.now_ms)
    return known.customer_id


def use_up(act: UnitOfWork, purpose: Purpose, customer_id: str | None, challenge: str) -> None:
    """In a transaction of its own, before the answer is looked at: a wrong answer uses up its
    challenge, too. Raises PasskeyRefused."""
    known = passkeys.take_challenge(
        act.conn, digest(challenge), purpose, customer_id, now_ms=act.now_ms
    )
    if not known:
        raise PasskeyRefused("asked for too long ago, or answered before")


def remove(act: UnitOfWork, customer_id: str, passkey_id: str) -> None:
    """Forget one of the customer's passkeys. Raises NotFound."""
    passkeys.remove(act.conn, passkeys.own(act.conn, customer_id, passkey_id).id)
    tell(act, customer_id, "passkey-removed")


def purpose_of(customer_id: str | None) -> Purpose:
    """What a passkey is asked for, of a customer or of whoever comes."""
    return "second-step" if customer_id else "sign-in"


def _issue(act: UnitOfWork, purpose: Purpose, customer_id: str | None) -> str:
    challenge = bytes_to_base64url(secrets.token_bytes(32))
    passkeys.forget_old_challenges(act.conn, now_ms=act.now_ms)
    until_ms = act.now_ms + CHALLENGE_LIVES_MS
    passkeys.issue(act.conn, digest(challenge), purpose, customer_id, until_ms=until_ms)
    return challenge


def _read(answer: str) -> dict[str, Any]:
    if len(answer) > LONGEST_ANSWER:
        raise PasskeyRefused("too long")
    try:
        credential = json.loads(answer)
    except (ValueError, RecursionError) as error:
        raise PasskeyRefused("not JSON") from error
    if not isinstance(credential, dict) or not isinstance(credential.get("response"), dict):
        raise PasskeyRefused("not a credential")
    return credential


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _descriptors(known: Sequence[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.credential_id)) for one in known
    ]

import base64
import time

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from bus.errors import BadSecret
from bus.model.subscription import SigningSecrets
from bus.signing import PREVIOUS_VALID_MS, check_secret, new_secret, rotate, signature

BODY = b'[{"topic":"bids"}]'


def headers(valid: list[str]) -> dict[str, str]:
    now_s = int(time.time())
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(now_s),
        "webhook-signature": signature(valid, "msg_1", now_s, BODY),
    }


def test_the_library_of_standard_webhooks_verifies_our_signature() -> None:
    secret = new_secret()
    Webhook(secret).verify(BODY, headers([secret]), json_parse=False)


def test_another_secret_does_not_verify_it() -> None:
    with pytest.raises(WebhookVerificationError):
        Webhook(new_secret()).verify(BODY, headers([new_secret()]), json_parse=False)


def test_both_secrets_verify_while_both_are_valid() -> None:
    old, new = new_secret(), new_secret()
    for secret in (old, new):
        Webhook(secret).verify(BODY, headers([new, old]), json_parse=False)


def test_the_previous_secret_is_valid_for_a_day() -> None:
    old, new = new_secret(), new_secret()
    rotated = rotate(SigningSecrets(old), new, now_ms=1000)
    assert rotated.valid(1000 + PREVIOUS_VALID_MS - 1) == (new, old)
    assert rotated.valid(1000 + PREVIOUS_VALID_MS) == (new,)


def test_rotating_to_the_current_secret_changes_nothing() -> None:
    rotated = rotate(SigningSecrets(new_secret()), new_secret(), now_ms=1000)
    assert rotate(rotated, rotated.current, now_ms=5000) == rotated


def test_secrets_are_not_in_the_repr() -> None:
    old, new = new_secret(), new_secret()
    shown = repr(SigningSecrets(new, old, 1))
    assert new not in shown
    assert old not in shown


@pytest.mark.parametrize("size", [24, 32, 64])
def test_a_given_secret_of_24_to_64_bytes_is_taken(size: int) -> None:
    secret = "whsec_" + base64.b64encode(b"k" * size).decode()
    assert check_secret(secret) == secret


@pytest.mark.parametrize(
    "secret",
    [
        None,
        1,
        [],
        "",
        "whsec_",
        "whsec_!!!!",
        "whsec_ü",
        base64.b64encode(b"k" * 32).decode(),
        "whsec_" + base64.b64encode(b"k" * 23).decode(),
        "whsec_" + base64.b64encode(b"k" * 65).decode(),
    ],
)
def test_another_secret_is_refused_without_repeating_it(secret: object) -> None:
    with pytest.raises(BadSecret) as caught:
        check_secret(secret)
    assert len(str(secret)) < 7 or str(secret) not in str(caught.value)

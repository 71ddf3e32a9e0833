import base64
import time

import pytest
from service_kit.webhooks import new_secret, signature
from standardwebhooks import Webhook, WebhookVerificationError

from bus.errors import BadSecret, TooManySecrets
from bus.model.subscription import SigningSecrets
from bus.signing import check_secret, rotate

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


DAY_MS = 86_400_000


def test_the_previous_secret_is_valid_for_a_day() -> None:
    old, new = new_secret(), new_secret()
    rotated = rotate(SigningSecrets(old), new, now_ms=1000)
    assert rotated.valid(1000 + DAY_MS - 1) == (new, old)
    assert rotated.valid(1000 + DAY_MS) == (new,)


@pytest.mark.parametrize("times", [2, 3, 20])
def test_every_older_secret_keeps_its_day_however_many_follow(times: int) -> None:
    given = [new_secret() for _ in range(times + 1)]
    secrets = SigningSecrets(given[0])
    for number, secret in enumerate(given[1:], start=1):
        secrets = rotate(secrets, secret, now_ms=number * 1000)
    newest_first = tuple(reversed(given))
    assert secrets.valid(times * 1000) == newest_first
    for gone in range(1, times + 1):
        assert secrets.valid(DAY_MS + gone * 1000 - 1) == newest_first[: times + 2 - gone]
        assert secrets.valid(DAY_MS + gone * 1000) == newest_first[: times + 1 - gone]


def test_a_secret_that_comes_back_is_there_once_and_what_it_replaces_keeps_its_day() -> None:
    a, b, c = new_secret(), new_secret(), new_secret()
    secrets = SigningSecrets(a)
    for now_ms, to in enumerate([b, c, a, b]):
        secrets = rotate(secrets, to, now_ms)
    assert secrets.valid(10) == (b, a, c)
    assert secrets.valid(DAY_MS + 2) == (b, a)


def test_secrets_beyond_those_of_a_day_are_refused_until_one_is_free() -> None:
    secrets = SigningSecrets(new_secret())
    for number in range(20):
        secrets = rotate(secrets, new_secret(), now_ms=number)
    last = new_secret()
    with pytest.raises(TooManySecrets) as refused:
        rotate(secrets, last, now_ms=50)
    assert not any(secret in str(refused.value) for secret in secrets.valid(50))
    assert rotate(secrets, secrets.current, now_ms=50) == secrets
    assert rotate(secrets, last, now_ms=DAY_MS).current == last


def test_rotating_to_the_current_secret_changes_nothing() -> None:
    rotated = rotate(SigningSecrets(new_secret()), new_secret(), now_ms=1000)
    assert rotate(rotated, rotated.current, now_ms=5000) == rotated


def test_secrets_are_not_in_the_repr() -> None:
    old, new = new_secret(), new_secret()
    shown = repr(SigningSecrets(new, ((old, 1),)))
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

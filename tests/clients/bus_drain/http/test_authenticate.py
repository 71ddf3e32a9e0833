"""Who may deliver."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bus_drain import (
    BadSettings,
    BasicAuthentication,
    Drain,
    SignatureVerification,
    Unauthenticated,
)

from tests.clients.bus_drain.conftest import (
    OTHER_SECRET,
    SECRET,
    Deliverer,
    event,
    signature_headers,
)

BODY = b"[]"


def basic(text: str) -> str:
    return "Basic " + base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize("authorization", [basic("demo:x"), basic("demo:"), basic("demo:a:b")])
def test_the_uuid_is_let_in_with_any_password(authorization: str) -> None:
    BasicAuthentication("demo").check(authorization)


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Basic",
        "Basic !!!",
        "Basic \u00e9",
        "Bearer demo",
        basic(":x"),
        basic("dem:x"),
        basic("em:x"),
        basic("demo1:x"),
        basic("DEMO:x"),
        basic("x:demo"),
    ],
)
def test_part_of_the_uuid_or_anything_else_is_not(authorization: str | None) -> None:
    with pytest.raises(Unauthenticated):
        BasicAuthentication("demo").check(authorization)


def test_both_secrets_are_good_while_one_is_rotated() -> None:
    verification = SignatureVerification([OTHER_SECRET, SECRET])

    verification.check(signature_headers(BODY, SECRET), BODY)
    verification.check(signature_headers(BODY, OTHER_SECRET), BODY)


def test_one_good_signature_among_several_is_enough() -> None:
    headers = signature_headers(BODY, SECRET)
    other = signature_headers(BODY, OTHER_SECRET)["webhook-signature"]
    headers["webhook-signature"] = f"{other} {headers['webhook-signature']}"

    SignatureVerification([SECRET]).check(headers, BODY)


def test_another_secret_is_refused() -> None:
    with pytest.raises(Unauthenticated):
        SignatureVerification([OTHER_SECRET]).check(signature_headers(BODY, SECRET), BODY)


def test_another_body_is_refused() -> None:
    with pytest.raises(Unauthenticated):
        SignatureVerification([SECRET]).check(signature_headers(BODY), b"[1]")


@pytest.mark.parametrize("minutes", [-5.1, 5.1])
def test_a_timestamp_more_than_five_minutes_off_is_refused(minutes: float) -> None:
    at = datetime.now(UTC) + timedelta(minutes=minutes)

    with pytest.raises(Unauthenticated):
        SignatureVerification([SECRET]).check(signature_headers(BODY, at=at), BODY)


@pytest.mark.parametrize("minutes", [-4.9, 4.9])
def test_a_timestamp_within_five_minutes_is_fine(minutes: float) -> None:
    at = datetime.now(UTC) + timedelta(minutes=minutes)

    SignatureVerification([SECRET]).check(signature_headers(BODY, at=at), BODY)


@pytest.mark.parametrize("missing", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_a_missing_header_is_a_401(deliver: Deliverer, missing: str) -> None:
    headers = signature_headers(BODY)
    del headers[missing]

    assert deliver(body=BODY, headers=headers).status_code == 401


@pytest.mark.parametrize(
    "changes",
    [
        {"webhook-signature": "v1"},
        {"webhook-signature": "v1,"},
        {"webhook-signature": "v1,a"},
        {"webhook-signature": "v1,a,b"},
        {"webhook-signature": "v1,\u00e9"},
        {"webhook-signature": "v1a,AAAA"},
        {"webhook-timestamp": "nan"},
        {"webhook-timestamp": "inf"},
        {"webhook-timestamp": "9" * 400},
        {"webhook-timestamp": "today"},
    ],
)
def test_malformed_headers_are_a_401(deliver: Deliverer, changes: dict[str, str]) -> None:
    assert deliver(body=BODY, headers=signature_headers(BODY) | changes).status_code == 401


def test_basic_alone_and_signature_alone_are_not_enough(deliver: Deliverer) -> None:
    headers = signature_headers(BODY)

    only_basic = {"Authorization": headers.pop("Authorization")}
    assert deliver(body=BODY, headers=only_basic).status_code == 401
    assert deliver(body=BODY, headers=headers).status_code == 401


@pytest.mark.parametrize(
    "changes",
    [
        {"uuid": ""},
        {"secrets": []},
        {"secrets": SECRET},
        {"secrets": [""]},
        {"secrets": ["whsec_"]},
        {"secrets": ["whsec_%%%%"]},
        {"secrets": ["whsec_\u00e9\u00e9"]},
        {"secrets": [SECRET.removeprefix("whsec_")]},
        {"secrets": ["whsec_" + base64.b64encode(b"short").decode()]},
        {"secrets": [SECRET, "whsec_" + base64.b64encode(b"short").decode()]},
    ],
)
def test_a_drain_without_proper_secrets_is_not_built(
    make_drain: Callable[..., Drain], changes: dict[str, Any]
) -> None:
    with pytest.raises(BadSettings) as caught:
        make_drain(**changes)

    assert base64.b64encode(b"short").decode() not in str(caught.value)


def test_a_secret_has_24_bytes_at_least(make_drain: Callable[..., Drain]) -> None:
    long_enough, short = (
        "whsec_" + base64.b64encode(b"s" * length).decode() for length in (24, 23)
    )

    make_drain(secrets=[long_enough])
    with pytest.raises(BadSettings, match="24 or more bytes"):
        make_drain(secrets=[short])


def test_an_unpadded_secret_is_the_same_secret(make_drain: Callable[..., Drain]) -> None:
    deliver = Deliverer(make_drain(secrets=[SECRET.rstrip("=")]))

    assert deliver([event()]).status_code == 204

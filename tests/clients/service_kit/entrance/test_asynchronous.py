"""A request that is plainly one POST is taken apart without a parser; any other is left to it."""

import pytest
from service_kit.entrance.asynchronous import plain_request

BODY = b'{"a": 1}'


def request(
    *fields: bytes, line: bytes = b"POST /bids HTTP/1.1", host: bytes = b"Host: a.test:8080"
) -> bytes:
    return b"\r\n".join([line, host, b"Content-Length: 8", *fields, b"", BODY])


def test_a_plain_request_is_its_head_and_its_body() -> None:
    found = plain_request(request(b"Authorization: Bearer abc", b"X-Two-Words:both "))
    assert found == (
        {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": "/bids",
            "QUERY_STRING": "",
            "HTTP_HOST": "a.test:8080",
            "CONTENT_LENGTH": "8",
            "HTTP_AUTHORIZATION": "Bearer abc",
            "HTTP_X_TWO_WORDS": "both",
        },
        BODY,
    )
    assert plain_request(request(b"Connection: Keep-Alive"))


STRANGE = {
    "another method": request(line=b"PUT /bids HTTP/1.1"),
    "an escape": request(line=b"POST /bi%64s HTTP/1.1"),
    "a query": request(line=b"POST /bids?a HTTP/1.1"),
    "an old version": request(line=b"POST /bids HTTP/1.0"),
    "a new version": request(line=b"POST /bids HTTP/2.0"),
    "two spaces": request(line=b"POST  /bids HTTP/1.1"),
    "an empty line before": b"\r\n" + request(),
    "no host": request(host=b"Accept: b"),
    "an odd host": request(host=b"Host: a b"),
    "two hosts": request(b"Host: b"),
    "two lengths": request(b"Content-Length: 8"),
    "another length": request().replace(b": 8", b": 9"),
    "a length with a sign": request().replace(b": 8", b": +8"),
    "no length": request().replace(b"Content-Length", b"Content-Size"),
    "a coding": request(b"Transfer-Encoding: chunked"),
    "a coding with a space": request(b"Transfer-Encoding : chunked"),
    "leave is asked": request(b"Expect: 100-continue"),
    "an upgrade": request(b"Upgrade: h2c"),
    "trailers": request(b"TE: trailers"),
    "the connection ends": request(b"Connection: close"),
    "the connection is odd": request(b"Connection: keep-alive, X-Host"),
    "an underscore": request(b"Idempotency_Key: a"),
    "a folded field": request(b"X: a", b" b"),
    "a tab": request(b"X: a\tb"),
    "an empty field": request(b"X:"),
    "no name": request(b": b"),
    "a bare line feed": request(b"X: a\nContent-Length: 0"),
    "a bare return": request(b"X: a\rb"),
    "no ASCII": request("X: é".encode()),
    "a NUL": request(b"X: a\0b"),
    "101 fields": request(*[b"X-%d: y" % number for number in range(99)]),
    "a long head": request(b"X: " + b"y" * 5_000),
    "a long name": request(b"x" * 100 + b": y"),
    "another request behind it": request() + request(),
    "half a body": request()[:-1],
    "half a head": request()[:40],
    "nothing": b"",
}


@pytest.mark.parametrize("name", STRANGE)
def test_what_is_not_plain_is_for_a_parser(name: str) -> None:
    assert plain_request(STRANGE[name]) is None

"""When a request is whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from service_kit.compat.arriving import Arriving

HEAD = b"POST /a HTTP/1.1\r\nHost: a\r\n"
WHOLE = {
    "no body": HEAD + b"\r\n",
    "empty lines before": b"\r\n\r\n" + HEAD + b"\r\n",
    "a length": HEAD + b"Content-Length: 3\r\n\r\nabc",
    "a length in capitals": HEAD + b"CONTENT-LENGTH:3\r\n\r\nabc",
    "chunks": HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
    "trailers": HEAD + b"transfer-encoding:chunked\r\n\r\n0\r\nA: b\r\n\r\n",
    "head lines in the body": HEAD + b"Content-Length: 9\r\n\r\na\r\n\r\nb\r\n\r\n"[:-1],
}


def arriving(*parts: bytes) -> Arriving:
    request = Arriving(1000, 2000, 0.0)
    for part in parts:
        request.add(part)
    return request


@pytest.mark.parametrize("name", WHOLE)
def test_it_is_whole_with_its_last_byte_and_not_before(name: str) -> None:
    content = WHOLE[name]
    request = arriving()
    for count, byte in enumerate(content, start=1):
        request.add(bytes([byte]))
        assert request.is_whole == (count == len(content))
    assert request.data == content


@given(st.sampled_from([*WHOLE.values()]), st.integers(0, 80), st.integers(0, 80))
def test_however_it_is_cut(content: bytes, first: int, second: int) -> None:
    begin, end = sorted([first, second])
    assert arriving(content[:begin], content[begin:end], content[end:]).is_whole


def test_what_will_be_refused_is_not_waited_for() -> None:
    assert arriving(b"GET / HTTP/1.1\nHost: a\n\n").is_whole
    assert arriving(HEAD + b"X: " + b"y" * 1000).is_whole
    assert arriving(b"\r\n" * 501).is_whole


def test_of_a_long_body_only_so_much_is_waited_for() -> None:
    head = HEAD + b"Content-Length: 5000\r\n\r\n"
    assert not arriving(head, b"a" * 1999).is_whole
    assert arriving(head, b"a" * 2000).is_whole


def test_who_asks_before_sending_is_answered_once() -> None:
    head = HEAD + b"Content-Length: 3\r\nExpect: 100-Continue\r\n\r\n"
    request = arriving(head)
    assert request.asks
    assert not request.is_whole
    request.add(b"abc")
    assert request.is_whole
    assert request.data == head.replace(b"Expect: 100-Continue\r\n", b"") + b"abc"


def test_whose_body_is_long_is_told_by_the_app() -> None:
    request = arriving(HEAD + b"Content-Length: 5000\r\nExpect: 100-continue\r\n\r\n")
    assert request.is_whole
    assert not request.asks


def test_an_old_program_is_not_told_what_it_does_not_know() -> None:
    head = b"POST / HTTP/1.0\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n"
    assert not arriving(head).asks


@pytest.mark.parametrize(
    "fields",
    [
        b"Transfer-Encoding: gzip, chunked",
        b"Transfer-Encoding: chunked, chunked",
        b"Transfer-Encoding: chunked\r\nContent-Length: 3",
        b"Transfer-Encoding: \x0bchunked",
    ],
)
def test_a_body_of_which_nobody_knows_the_end_is_not_waited_for(fields: bytes) -> None:
    assert arriving(HEAD + fields + b"\r\n\r\n").is_whole

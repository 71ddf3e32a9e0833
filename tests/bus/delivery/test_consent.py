"""Which answers say that events were taken."""

import gzip
import json
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus.delivery.answer import Answer
from bus.delivery.response import Acknowledged, Failed, Response, classify
from tests.bus.clock import START_MS
from tests.bus.samples import log_event

EVENTS = [log_event(position) for position in (1, 2, 3)]
ONE_FAILED = b'{"failed": ["test-2"]}'
BUT_ONE = Acknowledged((EVENTS[1],))


def said(body: bytes, *head: bytes, status: int = 200, cut_off: bool = False) -> Response:
    answer = Answer(1, status, None, body, [b"HTTP/1.1 200 OK\r\n", *head], cut_off=cut_off)
    return classify(answer, EVENTS, START_MS)


def failed(*ids: object) -> bytes:
    return json.dumps({"failed": ids}).encode()


def raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


@pytest.mark.parametrize("status", [200, 202, 207, 299])
def test_failed_ids_settle_the_others_only(status: int) -> None:
    assert said(ONE_FAILED, status=status) == BUT_ONE
    assert said(failed("test-3", "test-1")) == Acknowledged((EVENTS[0], EVENTS[2]))


def test_when_all_failed_nothing_was_taken() -> None:
    assert said(failed("test-1", "test-2", "test-3")) == Failed()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" \r\n",
        b"OK",
        b"1",
        b"null",
        b"[]",
        b"{}",
        b'{"ok": true}',
        b'{"failed": []}',
        b'{"failed": null}',
        b'{"failed": 0}',
        b'{"failed": false}',
        b'{"stats": {"failed": 0}}',
        b'\xef\xbb\xbf{"failed": []}',
        b"<p>ok</p>",
        b"<Response/>",
        "re\u00e7u".encode(),
        "re\u00e7u".encode("latin-1"),
    ],
)
def test_a_2xx_that_names_none_of_its_events_settles_all(body: bytes) -> None:
    assert said(body) == Acknowledged()
    assert said(body, b"Content-Type: application/json\r\n") == Acknowledged()


@pytest.mark.parametrize(
    "body",
    [
        b'{"failed": ["test-1"',
        b'{"failed": ["test-2"]} and more',
        b'{"ok": tru',
        b"{",
        b'{"failed": {"test-1": 1}}',
        b'{"failed": [1, null, ["test-1"]]}',
        b'{"failed": ["test-2", 3]}',
        b'{"failed": "test-2"}',
        b'{"failed": true}',
        b'{"failed": 3}',
        b'{"failed": ["else"]}',
        b'{"failed": ["test-2", "TEST-1"]}',
        b')]}\',\n{"failed": ["test-2"]}',
        b'{"a":' * 5_000,
        b"[" * 100_000 + b'"failed"',
        b"<!DOCTYPE html><title>Sign in</title>",
        b"\n  <html lang=en><body>Down for maintenance</body></html>",
        gzip.compress(b"OK", mtime=0),
        gzip.compress(ONE_FAILED, mtime=0),
        b"<!-- proxy -->\n<!doctype\nHTML><title>Sign in</title>",
        b'<?xml version="1.0"?><!-- a --><!-- b --><HTML xmlns="x">Sign in</HTML>',
        b'{"failed": ["test-2"], "failed": []}',
        b'{"ok": 1}\n{"failed": ["test-2"]}\n',
        "OK".encode("utf-16"),
        b"\x08\x01\x12\x07",
    ],
)
def test_a_2xx_that_cannot_be_read_settles_nothing(body: bytes) -> None:
    assert said(body) == Failed()


@pytest.mark.parametrize(
    "body",
    [
        b'[{"failed": ["test-2"]}]',
        b'{"data": {"failed": ["test-2"]}}',
        b'{"failed": [], "data": {"failed": {"test-2": "no stock"}}}',
        b'{"results": [{"failed": [{"id": "test-2"}]}]}',
        b'{"Failed": ["test-2"]}',
        b'{"statusCode": 200, "body": "{\\"failed\\": [\\"test-2\\"]}"}',
        b'"{\\"failed\\": [\\"test-2\\"]}"',
        b'{"FAILED": ' + b"[" * 800 + b'"test-2"' + b"]" * 800 + b"}",
    ],
)
def test_events_that_failed_inside_another_answer_are_not_settled(body: bytes) -> None:
    assert said(body) == Failed()


@pytest.mark.parametrize(
    "body",
    [
        b'{"accepted": ["test-1", "test-2"], "failed": []}',
        b'{"results": [{"id": "test-1", "failed": false}, {"id": "test-2", "failed": 0}]}',
        b'["test-1", "test-2"]',
        b'{"data": {"failed": ["somebody else\'s"]}}',
    ],
)
def test_events_that_are_named_as_taken_are_settled(body: bytes) -> None:
    assert said(body) == Acknowledged()


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_ids_are_read_in_any_character_set_of_json(charset: str) -> None:
    declared = f"Content-Type: application/json; charset={charset}\r\n".encode()
    assert said(ONE_FAILED.decode().encode(charset), declared) == BUT_ONE


def test_ids_are_read_beside_words_of_an_older_character_set() -> None:
    assert said('{"failed": ["test-2"], "why": "refus\u00e9"}'.encode("latin-1")) == BUT_ONE


@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        (b"gzip", gzip.compress(ONE_FAILED, mtime=0)),
        (b"GZip", gzip.compress(ONE_FAILED, mtime=0)),
        (b"x-gzip", gzip.compress(ONE_FAILED, mtime=0)),
        (b"gzip", gzip.compress(ONE_FAILED[:9], mtime=0) + gzip.compress(ONE_FAILED[9:], mtime=0)),
        (b"deflate", zlib.compress(ONE_FAILED)),
        (b"deflate", raw_deflate(ONE_FAILED)),
        (b"identity", ONE_FAILED),
        (b"identity, gzip", gzip.compress(ONE_FAILED, mtime=0)),
        (b"deflate, gzip", gzip.compress(zlib.compress(ONE_FAILED), mtime=0)),
        (
            b"gzip\r\nContent-Encoding: gzip",
            gzip.compress(gzip.compress(ONE_FAILED, mtime=0), mtime=0),
        ),
    ],
)
def test_what_is_packed_is_unpacked(coding: bytes, packed: bytes) -> None:
    head = [line + b"\r\n" for line in (b"Content-Encoding: " + coding).split(b"\r\n")]
    assert said(packed, *head) == BUT_ONE


@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        (b"gzip", b"OK"),
        (b"gzip", gzip.compress(b"OK", mtime=0)[:5]),
        (b"gzip", gzip.compress(b"OK", mtime=0)[:-4]),
        (b"gzip", gzip.compress(b"OK", mtime=0)[:-8] + b"\0" * 8),
        (b"gzip", gzip.compress(b"OK", mtime=0) + b"more"),
        (b"gzip", gzip.compress(b" " * 10_000_000, mtime=0)),
        (b"gzip", gzip.compress(gzip.compress(ONE_FAILED, mtime=0), mtime=0)),
        (b"deflate", raw_deflate(b"OK")[:-1]),
        (b"br", b"\x0b\x01\x80OK\x03"),
        (b"zstd", b"OK"),
        (b"aes128gcm", b"OK"),
        (b"utf-8", b"OK"),
        (b"gzip, gzip, gzip, gzip", gzip.compress(b"OK", mtime=0)),
    ],
)
def test_what_cannot_be_unpacked_settles_nothing(coding: bytes, packed: bytes) -> None:
    assert said(packed, b"Content-Encoding: " + coding + b"\r\n") == Failed()


def test_what_is_cut_off_settles_only_where_nothing_could_be_missing() -> None:
    assert said(failed("test-1")[:-4], cut_off=True) == Failed()
    assert said(b'{"ok": true, "more": "', cut_off=True) == Failed()
    assert said(b" " * 16_384, cut_off=True) == Failed()
    assert said(b"a long text", cut_off=True) == Acknowledged()


def test_comments_without_end_cost_no_time() -> None:
    assert said(b"<!-- a -->" * 1_600) == Acknowledged()


@given(st.binary(max_size=200), st.binary(max_size=30), st.booleans())
def test_whatever_is_answered_has_a_meaning(body: bytes, coding: bytes, cut_off: bool) -> None:
    head = b"Content-Encoding: " + coding.replace(b"\n", b"")
    assert isinstance(said(body, head, cut_off=cut_off), Acknowledged | Failed)


def test_why_an_answer_was_no_consent_is_told() -> None:
    told = said(b"OK", b"Content-Encoding: br\r\n")
    assert isinstance(told, Failed)
    assert told.why == "the answer is packed: br"

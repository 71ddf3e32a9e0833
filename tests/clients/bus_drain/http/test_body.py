"""Reading a body, never more than allowed."""

from __future__ import annotations

import io
from typing import Any

import pytest
from bus_drain.errors import Malformed, TooBig
from bus_drain.http.body import read_body


class Endless:
    """A stream that counts what was taken from it."""

    taken = 0

    def read(self, size: int) -> bytes:
        self.taken += size
        return b"x" * size


class Dripping(io.BytesIO):
    """A stream that gives three bytes at a time."""

    def read(self, size: int | None = -1) -> bytes:
        return super().read(min(size or 0, 3))


def environ(stream: Any, **more: Any) -> dict[str, Any]:
    return {"wsgi.input": stream, **more}


def test_no_more_is_read_than_announced() -> None:
    assert read_body(environ(io.BytesIO(b"abcdef"), CONTENT_LENGTH="4"), 100) == b"abcd"


def test_a_stream_that_gives_little_at_a_time_is_read_to_its_end() -> None:
    assert read_body(environ(Dripping(b"abcdefgh"), CONTENT_LENGTH="8"), 100) == b"abcdefgh"


def test_a_chunked_body_is_read_to_its_end() -> None:
    chunked = environ(io.BytesIO(b"abc"), **{"wsgi.input_terminated": True})

    assert read_body(chunked, 100) == b"abc"


def test_an_endless_chunked_body_is_cut_off() -> None:
    stream = Endless()

    with pytest.raises(TooBig):
        read_body(environ(stream, **{"wsgi.input_terminated": True}), 1000)
    assert stream.taken == 1001


def test_an_announced_giant_is_not_read() -> None:
    stream = Endless()

    with pytest.raises(TooBig):
        read_body(environ(stream, CONTENT_LENGTH="9" * 30), 1000)
    assert stream.taken == 0


def test_without_a_length_there_is_no_body() -> None:
    stream = Endless()

    assert read_body(environ(stream, CONTENT_LENGTH=""), 1000) == b""
    assert stream.taken == 0


def test_a_body_that_breaks_off_is_malformed() -> None:
    with pytest.raises(Malformed, match=r"Content-Length$"):
        read_body(environ(io.BytesIO(b"abc"), CONTENT_LENGTH="10"), 1000)


def test_where_nothing_is_left_of_a_body_the_reason_asks_who_has_read_it() -> None:
    with pytest.raises(Malformed, match="is it read before"):
        read_body(environ(io.BytesIO(), CONTENT_LENGTH="10"), 1000)


@pytest.mark.parametrize("length", ["-1", "1e3", "abc", "1,2", "\u0663"])
def test_a_length_that_is_no_number_is_malformed(length: str) -> None:
    with pytest.raises(Malformed):
        read_body(environ(Endless(), CONTENT_LENGTH=length), 1000)


@pytest.mark.parametrize("more", [{"CONTENT_LENGTH": "5"}, {"wsgi.input_terminated": True}])
def test_a_body_may_be_as_long_as_allowed_and_not_a_byte_longer(more: dict[str, Any]) -> None:
    assert read_body(environ(io.BytesIO(b"abcde"), **more), 5) == b"abcde"
    with pytest.raises(TooBig):
        read_body(environ(io.BytesIO(b"abcde"), **more), 4)

"""The log files of a run: no full disk stops anybody, and none grows for ever."""

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from service_kit.run.logs import LogFiles, LogStream


@contextmanager
def no_room_beyond(size: int) -> Iterator[None]:
    """No file of this process grows beyond so many bytes: a write stops short, or fails."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def logs(tmp_path: Path) -> LogFiles:
    return LogFiles(tmp_path)


def test_lines_without_room_are_dropped_and_counted_once_there_is_room(logs: LogFiles) -> None:
    logs.write("shop", b"one\n")
    with no_room_beyond(4):
        for _ in range(3):
            logs.write("shop", b"lost\n")
            logs.write("other", b"lost\n")
    logs.write("shop", b"two\n")
    logs.write("shop", b"three\n")
    assert logs.path("shop").read_text() == "one\n[3 lines dropped: no room]\ntwo\nthree\n"


def test_a_line_that_was_cut_ends_before_the_count(logs: LogFiles) -> None:
    with no_room_beyond(6):
        logs.write("shop", b"one\n")
        logs.write("shop", b"two\n")
        logs.write("shop", b"three\n")
    logs.write("shop", b"four\n")
    assert logs.path("shop").read_text() == "one\ntw\n[2 lines dropped: no room]\nfour\n"


def test_a_folder_that_cannot_be_stops_nobody(tmp_path: Path) -> None:
    logs = LogFiles(tmp_path / "log")
    (tmp_path / "log").rmdir()
    (tmp_path / "log").touch()
    logs.write("shop", b"lost\n")
    assert logs.last_lines("shop").startswith("(no log")
    (tmp_path / "log").unlink()
    logs.write("shop", b"one\n")
    assert logs.path("shop").read_text() == "[1 lines dropped: no room]\none\n"


@pytest.mark.parametrize("gone", ["log", "log/shop.log"])
def test_what_somebody_tidied_up_is_made_anew(tmp_path: Path, gone: str) -> None:
    logs = LogFiles(tmp_path / "log")
    for line in (b"one\n", b"two\n"):
        logs.write("shop", line)
    logs.path("shop").unlink()
    if gone == "log":
        (tmp_path / "log").rmdir()
    logs.write("shop", b"three\n")
    assert logs.path("shop").read_text() == "three\n"


def test_a_full_file_begins_anew_and_the_one_before_is_kept(tmp_path: Path) -> None:
    logs = LogFiles(tmp_path, most_bytes=10)
    for number in range(7):
        logs.write("shop", b"line %d\n" % number)
    assert logs.path("shop").read_text() == "line 6\n"
    assert (tmp_path / "shop.log.1").read_text() == "line 4\nline 5\n"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["shop.log", "shop.log.1"]


def test_what_a_run_before_left_full_begins_anew_too(tmp_path: Path) -> None:
    (tmp_path / "shop.log").write_text("x" * 100)
    logs = LogFiles(tmp_path, most_bytes=10)
    logs.write("shop", b"new\n")
    assert logs.last_lines("shop") == "new"


def test_what_a_run_before_said_is_not_what_was_said_last(tmp_path: Path) -> None:
    LogFiles(tmp_path).write("shop", b"SHOP_URL: no URL\n")
    logs = LogFiles(tmp_path)
    assert logs.last_lines("shop") == ""
    logs.write("shop", b"SHOP_PORT: no port\n")
    assert logs.last_lines("shop") == "SHOP_PORT: no port"


def test_what_is_no_text_is_kept_as_well_as_can_be(logs: LogFiles) -> None:
    logs.write("shop", b"caf\xe9\n")
    assert logs.last_lines("shop") == "caf�"


def test_in_one_stream_each_line_names_who_said_it_and_a_reader_that_left_stops_nobody() -> None:
    reading, writing = os.pipe()
    with open(writing, "wb", buffering=0) as stream:
        logs = LogStream(stream)
        logs.write("bus", b"one\ntwo\n")
        logs.write("pusher", b"three\n")
        assert os.read(reading, 100) == b"bus | one\nbus | two\npusher | three\n"
        os.close(reading)
        logs.write("bus", b"four\n")

"""The log files of a run: no full disk stops anybody, and none grows for ever."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from service_kit.run.logs import LogFiles


def line(text: str, name: str = "shop") -> SimpleNamespace:
    """A message of honcho's."""
    return SimpleNamespace(name=name, data=f"{text}\n".encode())


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
    logs.write(line("one"))
    with no_room_beyond(4):
        for _ in range(3):
            logs.write(line("lost"))
            logs.write(line("lost", name="other"))
    logs.write(line("two"))
    logs.write(line("three"))
    assert logs.path("shop").read_text() == "one\n[3 lines dropped: no room]\ntwo\nthree\n"


def test_a_line_that_was_cut_ends_before_the_count(logs: LogFiles) -> None:
    with no_room_beyond(6):
        logs.write(line("one"))
        logs.write(line("two"))
        logs.write(line("three"))
    logs.write(line("four"))
    assert logs.path("shop").read_text() == "one\ntw\n[2 lines dropped: no room]\nfour\n"


def test_a_folder_that_is_gone_stops_nobody(tmp_path: Path) -> None:
    logs = LogFiles(tmp_path / "log")
    (tmp_path / "log").rmdir()
    logs.write(line("lost"))
    assert logs.last_lines("shop").startswith("(no log")
    (tmp_path / "log").mkdir()
    logs.write(line("one"))
    assert logs.path("shop").read_text() == "[1 lines dropped: no room]\none\n"


def test_a_full_file_begins_anew_and_the_one_before_is_kept(tmp_path: Path) -> None:
    logs = LogFiles(tmp_path, most_bytes=10)
    for number in range(7):
        logs.write(line(f"line {number}"))
    assert logs.path("shop").read_text() == "line 6\n"
    assert (tmp_path / "shop.log.1").read_text() == "line 4\nline 5\n"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["shop.log", "shop.log.1"]


def test_what_a_run_before_left_full_begins_anew_too(tmp_path: Path) -> None:
    (tmp_path / "shop.log").write_text("x" * 100)
    logs = LogFiles(tmp_path, most_bytes=10)
    logs.write(line("new"))
    assert logs.last_lines("shop") == "new"


def test_what_is_no_text_is_kept_as_well_as_can_be(logs: LogFiles) -> None:
    logs.write(SimpleNamespace(name="shop", data=b"caf\xe9\n"))
    assert logs.last_lines("shop") == "caf�"

"""Notify and listen between processes."""

import os
import shutil
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from service_kit.notify import NotifyChannel


def test_a_notification_wakes_whoever_waits(tmp_path: Path) -> None:
    waiting, notifying = NotifyChannel(tmp_path / "channel"), NotifyChannel(tmp_path / "channel")
    waiting.listen()
    threading.Thread(target=notifying.notify).start()
    assert waiting.wait(20)
    assert not waiting.wait(0)
    waiting.close()
    notifying.close()


def test_who_waits_for_no_time_is_back_at_once(tmp_path: Path) -> None:
    channel = NotifyChannel(tmp_path / "channel")
    assert not channel.wait(-1)  # which select() takes for ever
    channel.close()


def test_a_notification_without_a_listener_is_lost_quietly(tmp_path: Path) -> None:
    channel = NotifyChannel(tmp_path / "channel")
    channel.notify()
    channel.close()


def test_who_notifies_never_waits_though_nobody_listens_to_it(tmp_path: Path) -> None:
    waiting, notifying = NotifyChannel(tmp_path / "channel"), NotifyChannel(tmp_path / "channel")
    waiting.listen()
    for _ in range(2_000):
        notifying.notify()
    assert waiting.wait(20)
    assert not waiting.wait(0)
    waiting.close()
    notifying.close()


def test_a_process_that_was_forked_notifies_too(tmp_path: Path) -> None:
    waiting, notifying = NotifyChannel(tmp_path / "channel"), NotifyChannel(tmp_path / "channel")
    waiting.listen()
    notifying.notify()
    waiting.clear()
    if not (child := os.fork()):
        notifying.notify()
        notifying.close()
        os._exit(0)
    os.waitpid(child, 0)
    assert waiting.wait(20)
    notifying.notify()
    assert waiting.wait(20)
    waiting.close()
    notifying.close()


def test_a_closed_channel_holds_no_descriptor_and_may_be_used_again(tmp_path: Path) -> None:
    channel = NotifyChannel(tmp_path / "channel")
    before = os.listdir("/proc/self/fd")
    for _ in range(2):
        channel.listen()
        channel.notify()
        assert channel.wait(20)
        channel.close()
    assert os.listdir("/proc/self/fd") == before


def test_a_new_listener_takes_the_channel_over_from_a_dead_one(tmp_path: Path) -> None:
    dead, heir, notifying = (NotifyChannel(tmp_path / "channel") for _ in range(3))
    dead.listen()
    heir.listen()
    notifying.notify()
    assert heir.wait(20)
    for channel in (dead, heir, notifying):
        channel.close()


@pytest.mark.parametrize("tidied", ["the file", "the folder"])
def test_a_listener_whose_file_was_tidied_away_makes_it_anew(tmp_path: Path, tidied: str) -> None:
    path = tmp_path / "folder" / "channel"
    waiting, notifying = NotifyChannel(path), NotifyChannel(path)
    assert not waiting.wait(0)
    os.unlink(path) if tidied == "the file" else shutil.rmtree(path.parent)
    assert not waiting.wait(0)
    assert path.parent.stat().st_mode & 0o777 == 0o700
    notifying.notify()
    assert waiting.wait(20)
    waiting.close()
    notifying.close()


def test_a_listener_takes_back_what_another_took_over_and_died_with(tmp_path: Path) -> None:
    waiting, other, notifying = (NotifyChannel(tmp_path / "channel") for _ in range(3))
    waiting.listen()
    other.listen()
    assert not waiting.wait(0)
    assert not other.is_lost()
    other.close()
    assert waiting.is_lost()
    assert not waiting.wait(0)
    notifying.notify()
    assert waiting.wait(20)
    waiting.close()
    notifying.close()


def a_file(path: Path) -> None:
    path.write_text("mine")


def a_folder(path: Path) -> None:
    path.mkdir()


def a_loop(path: Path) -> None:
    path.symlink_to(path)


def a_link_to_a_folder(path: Path) -> None:
    path.symlink_to(path.parent)


def a_dead_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as dead:
        dead.bind(str(path))


IN_ITS_PLACE = [a_file, a_folder, a_loop, a_link_to_a_folder, a_dead_socket, os.mkfifo]


@pytest.mark.parametrize("put", IN_ITS_PLACE)
@pytest.mark.parametrize("begun", [True, False])
def test_whatever_lies_in_its_place_is_cleared_away(
    tmp_path: Path, put: Callable[[Path], None], begun: bool
) -> None:
    path = tmp_path / "channel"
    waiting, notifying = NotifyChannel(path), NotifyChannel(path)
    if begun:
        waiting.listen()
        path.unlink()
    put(path)
    notifying.notify()
    assert waiting.is_lost() or not begun
    assert not waiting.wait(0)
    assert not waiting.is_lost()
    notifying.notify()
    assert waiting.wait(20)
    waiting.close()
    notifying.close()


def test_a_strangers_stream_is_no_listener(tmp_path: Path) -> None:
    path = tmp_path / "channel"
    waiting, notifying = NotifyChannel(path), NotifyChannel(path)
    waiting.listen()
    path.unlink()
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as stranger:
        stranger.bind(str(path))
        stranger.listen()
        assert not waiting.wait(0)
        notifying.notify()
        assert waiting.wait(20)
    waiting.close()
    notifying.close()


def test_what_a_live_socket_keeps_is_taken_back_after_half_a_minute(tmp_path: Path) -> None:
    now_s = 7.0
    path = tmp_path / "channel"
    waiting, notifying = NotifyChannel(path, steady_s=lambda: now_s), NotifyChannel(path)
    waiting.listen()
    for _ in range(2):
        path.unlink()
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as stranger:
            stranger.bind(str(path))
            assert not waiting.is_lost()
            now_s += 29.9
            assert not waiting.is_lost()
            now_s += 0.1
            assert not waiting.wait(0)
            notifying.notify()
            assert waiting.wait(20)
    waiting.close()
    notifying.close()


@pytest.mark.parametrize("kept", ["channel/mine", "../file"])
def test_where_it_cannot_be_had_nobody_is_notified_and_one_line_says_so(
    tmp_path: Path, kept: str, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "folder" / "channel"
    if kept == "../file":
        (tmp_path / "folder").write_text("mine")
    else:
        path.mkdir(parents=True)
        (path / "mine").write_text("mine")
    waiting, notifying = NotifyChannel(path), NotifyChannel(path)
    for _ in range(3):
        assert not waiting.wait(0)
        assert waiting.is_lost()
        notifying.notify()
    told = [*caplog.messages, *capsys.readouterr().out.splitlines()]
    assert len([line for line in told if "nobody can be notified" in line]) == 1
    path.parent.rename(tmp_path / "aside")
    assert not waiting.wait(0)
    notifying.notify()
    assert waiting.wait(20)
    waiting.close()
    notifying.close()


def test_one_relative_path_in_two_folders_is_two_channels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    channels = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        monkeypatch.chdir(tmp_path / name)
        channels.append(NotifyChannel.for_database("sqlite:///var/bus.sqlite3"))
    one, two = channels
    same = NotifyChannel.for_database(f"sqlite:///{tmp_path}/two/var/bus.sqlite3")
    one.listen()
    two.listen()
    same.notify()
    assert not one.wait(0)
    assert two.wait(20)
    for channel in (one, two, same):
        channel.close()

"""Notify and listen between processes."""

import threading
from pathlib import Path

from service_kit.notify import NotifyChannel


def test_a_notification_wakes_whoever_waits(tmp_path: Path) -> None:
    waiting, notifying = NotifyChannel(tmp_path / "channel"), NotifyChannel(tmp_path / "channel")
    waiting.listen()
    threading.Thread(target=notifying.notify).start()
    assert waiting.wait(20)
    assert not waiting.wait(0)
    waiting.close()
    notifying.close()


def test_a_notification_without_a_listener_is_lost_quietly(tmp_path: Path) -> None:
    channel = NotifyChannel(tmp_path / "channel")
    channel.notify()
    channel.close()


def test_a_new_listener_takes_the_channel_over_from_a_dead_one(tmp_path: Path) -> None:
    dead, heir, notifying = (NotifyChannel(tmp_path / "channel") for _ in range(3))
    dead.listen()
    heir.listen()
    notifying.notify()
    assert heir.wait(20)
    for channel in (dead, heir, notifying):
        channel.close()

"""What a SQLite log is waited at with."""

from collections.abc import Sequence

from service_kit.notify import NotifyChannel

from bus.log.appended import Appended, told


class SqliteListener:
    """A Unix datagram socket that committers send to."""

    def __init__(self, channel: NotifyChannel) -> None:
        self._channel = channel

    def fileno(self) -> int:
        """The descriptor to wait on. The newest listener gets the notifications."""
        return self._channel.listen().fileno()

    def take(self) -> Sequence[Appended] | None:
        """Take the notifications that wait; see Listener."""
        return told(self._channel.take())

    def is_lost(self) -> bool:
        """Whether the socket's file is gone, or another's that is dead."""
        return self._channel.is_lost()

    def close(self) -> None:
        """Stop listening."""
        self._channel.close()

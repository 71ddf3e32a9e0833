"""What a SQLite log is waited at with."""

from service_kit.notify import NotifyChannel


class SqliteListener:
    """A Unix datagram socket that committers send to."""

    def __init__(self, channel: NotifyChannel) -> None:
        self._channel = channel

    def fileno(self) -> int:
        """The descriptor to wait on. The newest listener gets the notifications."""
        return self._channel.listen().fileno()

    def clear(self) -> None:
        """Take the notifications that wait."""
        self._channel.clear()

    def is_lost(self) -> bool:
        """Whether the socket's file is gone, or another's that is dead."""
        return self._channel.is_lost()

    def close(self) -> None:
        """Stop listening."""
        self._channel.close()

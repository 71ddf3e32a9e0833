"""A clock that stands still until told."""

START_MS = 1_700_000_000_000


class FakeClock:
    """Called like the kit's clock; `forward` moves it."""

    def __init__(self, now_ms: int = START_MS) -> None:
        self.now_ms = now_ms

    def __call__(self) -> int:
        return self.now_ms

    def forward(self, ms: int) -> None:
        """Let time pass."""
        self.now_ms += ms

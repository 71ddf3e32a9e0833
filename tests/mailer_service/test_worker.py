"""How the workers go on: at once while there is work, later and later while SMTP is away."""

from __future__ import annotations

from pathlib import Path

from mailer_service.errors import ServerUnavailable
from mailer_service.notifier import Notifier
from mailer_service.worker import loop


def test_while_the_server_is_away_it_is_asked_later_and_later(tmp_path: Path) -> None:
    away = True

    def work() -> bool:
        if away:
            raise ServerUnavailable("ConnectionRefusedError")
        return True

    body = loop(work, Notifier(f"sqlite:///{tmp_path}/mailer.db"))

    first, second, third = (body() for _ in range(3))
    assert 0.5 <= first <= 1 <= second <= 2 <= third <= 4
    assert max(body() for _ in range(20)) <= 30

    away = False
    assert body() == 0
    away = True
    assert body() <= 1

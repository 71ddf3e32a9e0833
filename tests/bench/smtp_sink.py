"""`python -m tests.bench.smtp_sink SMTP_PORT HEALTH_PORT`: takes every mail and forgets it."""

import os
import signal
import sys
from typing import Any

from aiosmtpd.controller import Controller
from service_kit.health import serve_health


class Sink:
    """What aiosmtpd calls."""

    async def handle_DATA(self, _server: Any, _session: Any, _envelope: Any) -> str:
        """Forget the mail."""
        return "250 OK"


def main(smtp_port: int, health_port: int) -> None:
    """Blocks until killed; /readyz on `health_port` answers once it listens."""
    os.nice(10)  # it stands for another machine: it must not take the time of what is measured
    controller = Controller(Sink(), hostname="127.0.0.1", port=smtp_port)
    controller.start()
    serve_health(health_port, {})
    while True:
        signal.pause()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))

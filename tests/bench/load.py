"""Load from wrk, which is cheaper than anything it measures here."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tests.needs import program

SCRIPT = Path(__file__).with_name("wrk.lua")


@dataclass(frozen=True)
class Load:
    """What a run of wrk saw: counts, seconds, and latencies in milliseconds."""

    requests: int
    seconds: float
    refused: int
    failed: int
    p50_ms: float
    p99_ms: float

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds


def load(
    url: str,
    *,
    method: str = "GET",
    token: str = "",
    bodies: Path | None = None,
    connections: int = 64,
    seconds: int = 4,
    script: Path = SCRIPT,
) -> Load:
    """Send one request again and again over `connections`; `bodies` is a file with a body a line
    (or whatever `script` reads there).

    Raises AssertionError when connections failed: a rate with failures is no rate.
    """
    path = urlsplit(url).path or "/"
    arguments = [method, path, f"Bearer {token}", *([str(bodies)] if bodies else [])]
    done = subprocess.run(
        [
            *[program("wrk"), "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "20s"],
            *["-s", str(script), url, "--", *arguments],
        ],
        capture_output=True,
        text=True,
        check=True,
        timeout=seconds + 60,
        env=os.environ | {"LUA_PATH": f"{SCRIPT.parent}/?.lua"},  # where result.lua is found
    )
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("RESULT ")]
    result = Load(**json.loads(line.removeprefix("RESULT ")))
    assert result.failed == 0, done.stdout
    return result

"""Run Lighthouse as a phone on slow 4G, which it simulates, and read what it says."""

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.needs import program

_COMMAND = Path(__file__).parents[2] / "var/lighthouse/node_modules/.bin/lighthouse"
_BARS = {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 100}
_TIMEOUT_S = 300


@dataclass(frozen=True)
class Audit:
    """The scores of a page, of 100, and what costs it some."""

    scores: Mapping[str, int]
    complaints: tuple[str, ...]
    lcp_ms: int

    @property
    def passes(self) -> bool:
        """Whether each score is as high as it must be."""
        return all(self.scores[name] >= least for name, least in _BARS.items())

    def __str__(self) -> str:
        scores = " / ".join(str(self.scores[name]) for name in _BARS)
        return f"{scores}{'' if self.passes else ' TOO LOW'}; simulated LCP {self.lcp_ms} ms"


def audit(url: str, cookie: str = "") -> Audit:
    """Look at a page, signed in where there is a cookie."""
    told = json.loads(_run(url, cookie))
    scores = {name: round(100 * told["categories"][name]["score"]) for name in _BARS}
    lcp_ms = round(told["audits"]["largest-contentful-paint"]["numericValue"])
    return Audit(scores, tuple(_complaints(told)), lcp_ms)


def _run(url: str, cookie: str) -> str:
    command = [
        "node",
        str(_COMMAND.resolve()),
        url,
        "--output=json",
        "--quiet",
        "--chrome-flags=--headless --no-sandbox --disable-gpu",
        f"--only-categories={','.join(_BARS)}",
    ]
    if cookie:
        command.append("--extra-headers=" + json.dumps({"Cookie": cookie}))
    chrome = {"CHROME_PATH": program("chromium-headless-shell", "chromium")}
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_S,
        env=os.environ | chrome,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _complaints(told: Any) -> list[str]:
    found = []
    for name in _BARS:
        for asked in told["categories"][name]["auditRefs"]:
            seen = told["audits"][asked["id"]]
            if asked["weight"] and seen["score"] is not None and seen["score"] < _enough(name):
                found.append(f"{name}: {seen['title']} {seen.get('displayValue', '')}".rstrip())
    return found


def _enough(category: str) -> float:
    return 0.9 if category == "performance" else 1.0

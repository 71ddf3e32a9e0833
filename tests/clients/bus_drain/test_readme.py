"""The README's example runs and prints what the README says it prints."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from .conftest import SECRET, UUID

README = Path(__file__).parents[3] / "clients/bus-drain/README.md"


def blocks(language: str) -> list[str]:
    text = README.read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def test_the_example_prints_what_it_says(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WEBHOOK_UUID", UUID)
    monkeypatch.setenv("WEBHOOK_SECRET", SECRET)
    namespace: dict[str, Any] = {"__name__": "readme"}

    for block in blocks("python"):
        exec(block, namespace)

    assert [capsys.readouterr().out] == blocks("text")

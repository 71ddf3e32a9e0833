"""The README's example runs and prints what the README says it prints."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.clients.readme import ROOT, examples

from .conftest import SECRET, UUID

README = ("clients", "bus-drain", "README.md")


def printed() -> str:
    """What the README says that its example prints."""
    text = ROOT.joinpath(*README).read_text(encoding="utf-8")
    (block,) = re.findall(r"^```text\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return str(block)


def test_the_example_prints_what_it_says(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WEBHOOK_UUID", UUID)
    monkeypatch.setenv("WEBHOOK_SECRET", SECRET)
    namespace: dict[str, Any] = {"__name__": "readme"}

    exec(examples(*README), namespace)

    assert capsys.readouterr().out == printed()

"""INTERNALS.md names files and tables that exist, and leaves no table out."""

import re
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "INTERNALS.md").read_text()
TABLES = [
    "bus.storage.tables",
    "bids_service.storage.tables",
    "auction_app.db.tables",
    "mailer_service.storage.tables",
]


def files() -> list[str]:
    return sorted(set(re.findall(r"\b[a-z_/]+\.py\b", TEXT)))


@pytest.mark.parametrize("file", files())
def test_a_file_that_is_named_is_there(file: str) -> None:
    assert any(ROOT.glob(f"**/{file}")), file


@pytest.mark.parametrize("module", TABLES)
def test_every_table_has_its_line(module: str) -> None:
    tables = import_module(module).metadata.tables
    left_out = {name for name in tables if f"`{name}`" not in TEXT}
    assert left_out == set()

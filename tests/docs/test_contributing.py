"""CONTRIBUTING.md leaves no part of the tree out: who looks for a folder finds a word about it."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TREE = re.findall(r"^```\n(.*?)^```$", (ROOT / "CONTRIBUTING.md").read_text(), re.M | re.S)[0]
PARAGRAPHS = {text.split(maxsplit=1)[0]: text for text in TREE.split("\n\n")}
CLIENTS = sorted((ROOT / "clients").glob("*/src/*/"))
A_FOLDER_A_FEATURE = "auction_app"


def parts_of(package: Path) -> set[str]:
    return {file.parent.name for file in package.glob("*/*.py")}


def test_it_has_a_paragraph_for_each_service_and_one_for_the_clients() -> None:
    services = {file.parent.name for file in ROOT.glob("*/gunicorn.conf.py")} - {"stages"}
    assert set(PARAGRAPHS) == services | {"clients"}


@pytest.mark.parametrize("service", sorted(set(PARAGRAPHS) - {"clients", A_FOLDER_A_FEATURE}))
def test_each_part_of_a_service_is_there(service: str) -> None:
    parts = parts_of(ROOT / service)
    assert "storage" in parts
    assert {part for part in parts if f"{part}/" not in PARAGRAPHS[service]} == set()


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.name)
def test_each_part_of_a_client_is_there(client: Path) -> None:
    said = PARAGRAPHS["clients"]
    known_to_all = {"migrations"}
    assert {part for part in parts_of(client) - known_to_all if f"{part}/" not in said} == set()

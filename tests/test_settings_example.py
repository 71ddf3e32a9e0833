"""`.env.example` and the services' config.py name the same settings."""

import dataclasses
from importlib import import_module
from pathlib import Path

import pytest
from dotenv import dotenv_values
from service_kit.config import variables

ROOT = Path(__file__).parent.parent
CONFIGS = [
    "bus.config",
    "bids_service.config",
    "auction_app.config",
    "auction_app.live.config",
    "mailer_service.config",
    "mailer_service.mailbox.config",
    "stages.config",
]


def example() -> dict[str, str | None]:
    return dotenv_values(ROOT / ".env.example", interpolate=False)


def read_by_services() -> set[str]:
    return {name for module in CONFIGS for name in variables(import_module(module).Config)}


def test_every_setting_a_service_reads_is_in_the_example() -> None:
    assert read_by_services() <= set(example())


def test_every_setting_of_the_example_is_read_by_somebody() -> None:
    runners = {name for name in example() if name.startswith("PORT_")} | {"VAR_DIR", "STAGE"}
    assert set(example()) - runners <= read_by_services()


@pytest.mark.parametrize("module", CONFIGS)
def test_no_secret_has_a_value_in_the_example(module: str) -> None:
    config = import_module(module).Config
    secrets = {
        field.metadata["variable"]
        for field in config.__dataclass_fields__.values()
        if not field.repr
    }
    plain = {name for name in secrets if (value := example()[name]) and "${" not in value}
    assert plain == set()


@pytest.mark.parametrize("module", CONFIGS)
def test_what_is_empty_in_the_example_must_be_set(module: str) -> None:
    """`make run` makes a secret up for each value that is empty there."""
    fields = dataclasses.fields(import_module(module).Config)
    optional = {
        one.metadata["variable"] for one in fields if one.default is not dataclasses.MISSING
    }
    assert [name for name in optional if example().get(name) == ""] == []

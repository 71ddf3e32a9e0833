"""`.env.example` and the services' config.py name the same settings."""

import dataclasses
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

import pytest
from dotenv import dotenv_values
from service_kit.config import ConfigError, load, variables

ROOT = Path(__file__).parent.parent
CONFIGS = [
    "bus.config",
    "bids_service.config",
    "auction_app.config",
    "auction_app.live.config",
    "auction_app.demo.config",
    "mailer_service.config",
    "accounting_service.config",
    "auction_app.config:PaymentsConfig",
    "auction_app.config:PayoutsConfig",
    "auction_app.till.config",
    "mailer_service.mailbox.config",
    "stages.config",
]


def config_of(name: str) -> Any:
    """The class of settings in a module: `Config`, or the one that is named."""
    return resolve_name(name if ":" in name else f"{name}:Config")


def example() -> dict[str, str | None]:
    return dotenv_values(ROOT / ".env.example", interpolate=False)


def read_by_services() -> set[str]:
    return {name for module in CONFIGS for name in variables(config_of(module))}


def test_every_setting_a_service_reads_is_in_the_example() -> None:
    assert read_by_services() <= set(example())


def test_every_setting_of_the_example_is_read_by_somebody() -> None:
    of_the_runner = {"VAR_DIR", "STAGE", "RUN_APART"}
    ports = {name for name in example() if name.startswith("PORT_")}
    assert set(example()) - of_the_runner - ports <= read_by_services()


@pytest.mark.parametrize("module", CONFIGS)
def test_no_secret_has_a_value_in_the_example(module: str) -> None:
    config = config_of(module)
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
    fields = dataclasses.fields(config_of(module))
    optional = {
        one.metadata["variable"] for one in fields if one.default is not dataclasses.MISSING
    }
    assert [name for name in optional if example().get(name) == ""] == []


def numbers() -> Iterator[Any]:
    for module in CONFIGS:
        for field in dataclasses.fields(config_of(module)):
            if field.type in {int, int | None}:
                name = field.metadata["variable"]
                yield pytest.param(module, name, id=f"{module}-{name}")


NO_NUMBERS = [
    *("-1", "NaN", "inf", "1e3", "1.5", "+1", " 1", "0x10", "five", "\u0665", "1_0"),
    *("9" * 18, "9" * 20, "9" * 5_000),
]


@pytest.mark.parametrize(("module", "name"), list(numbers()))
def test_a_number_that_is_none_or_far_too_large_is_one_clear_line(
    monkeypatch: pytest.MonkeyPatch, module: str, name: str
) -> None:
    for text in NO_NUMBERS:
        monkeypatch.setenv(name, text)
        with pytest.raises(ConfigError) as raised:
            load(config_of(module), prefix="NONE_OF_THESE_")
        (line,) = [one for one in raised.value.complaints if one.startswith(f"{name}: ")]
        assert "must be a whole number" in line, text
        assert len(line) < 200


@pytest.mark.parametrize(
    "name",
    ["BUS_LAG_LIMIT_S", "BUS_KEEP_DAYS", "BUS_GIVE_UP_DAYS", "BUS_KEEP_MIB", "BUS_MAX_READERS"],
)
def test_no_time_and_no_room_at_all_is_no_setting_of_the_bus(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "0")
    with pytest.raises(ConfigError, match=f"{name}: must be a whole number, 1 to "):
        import_module("bus.config").read()


@pytest.mark.parametrize(
    "service",
    ["bids_service", "auction_app", "auction_app.live", "mailer_service", "accounting_service"],
)
@pytest.mark.parametrize(
    ("setting", "text"),
    [
        *(("SECRET", text) for text in ("short", "whsec_", "whsec_%%%", "whsec_c2hvcnQ=", " ")),
        *(("UUID", text) for text in ("a:b", "ä", "a b", "a\n")),
    ],
)
def test_no_receiver_starts_with_what_can_prove_no_delivery(
    monkeypatch: pytest.MonkeyPatch, service: str, setting: str, text: str
) -> None:
    config = config_of(f"{service}.config")
    name = next(one for one in variables(config) if one.endswith(f"_WEBHOOK_{setting}"))
    monkeypatch.setenv(name, text)
    with pytest.raises(ConfigError) as raised:
        load(config, prefix="NONE_OF_THESE_")
    (line,) = [one for one in raised.value.complaints if one.startswith(f"{name}: ")]
    assert "must be" in line or "a secret" in line

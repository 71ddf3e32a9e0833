"""Settings are read once, and everything wrong with them is said at once."""

import dataclasses

import pytest
from service_kit.access import Tokens
from service_kit.config import ConfigError, load, or_exit, setting


@dataclasses.dataclass(frozen=True, kw_only=True)
class Config:
    url: str = setting("SHOP_URL")
    key: str = setting("SHOP_KEY", secret=True)
    limit: int = setting("SHOP_LIMIT", default=5)
    loud: bool = setting("SHOP_LOUD", default=False)
    hosts: tuple[str, ...] = setting("SHOP_HOSTS", default=())
    tokens: Tokens | None = setting("SHOP_TOKENS", parse=Tokens.parse, default=None)


def read() -> Config:
    return load(Config, prefix="SHOP_")


def test_values_are_parsed_by_their_annotation(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"URL": "u", "KEY": "k", "LIMIT": "7", "LOUD": "true"}.items():
        monkeypatch.setenv(f"SHOP_{name}", value)
    monkeypatch.setenv("SHOP_HOSTS", "a, b,")
    assert read() == Config(url="u", key="k", limit=7, loud=True, hosts=("a", "b"))


def test_missing_bad_and_unknown_variables_are_named_all_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SHOP_LIMIT", "many")
    monkeypatch.setenv("SHOP_TOKENS", "nonsense")
    monkeypatch.setenv("SHOP_LIMITT", "3")
    with pytest.raises(ConfigError) as raised:
        read()
    named = [complaint.split(":")[0] for complaint in raised.value.complaints]
    assert sorted(named) == ["SHOP_KEY", "SHOP_LIMIT", "SHOP_LIMITT", "SHOP_TOKENS", "SHOP_URL"]


def test_an_empty_variable_is_a_missing_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_URL", "")
    monkeypatch.setenv("SHOP_KEY", "k")
    with pytest.raises(ConfigError, match="SHOP_URL"):
        read()


def test_a_secret_does_not_show_in_the_repr() -> None:
    assert "s3cret" not in repr(Config(url="u", key="s3cret"))


def test_a_secret_has_no_default() -> None:
    with pytest.raises(TypeError):
        setting("SHOP_KEY", secret=True, default="changeme")


def test_a_process_that_cannot_start_says_a_line_for_each_reason(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as exited:
        or_exit(read)
    assert exited.value.code == 2
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(":")[0] for line in lines] == ["SHOP_URL", "SHOP_KEY"]

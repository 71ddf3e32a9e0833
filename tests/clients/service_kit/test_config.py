"""Settings are read once, and everything wrong with them is said at once."""

import dataclasses

import pytest
from service_kit.access import Tokens
from service_kit.config import ConfigError, exit_with, load, number, or_exit, setting
from structlog.testing import capture_logs

KEY = "k" * 16
SESAME = "sesame-open-yourself"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Config:
    url: str = setting("SHOP_URL")
    key: str = setting("SHOP_KEY", secret=True)
    limit: int = setting("SHOP_LIMIT", default=5, parse=number(1, 1_000))
    loud: bool = setting("SHOP_LOUD", default=False)
    hosts: tuple[str, ...] = setting("SHOP_HOSTS", default=())
    tokens: Tokens | None = setting("SHOP_TOKENS", parse=Tokens.parse, default=None)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Cautious:
    preview: bool = setting("TILL_PREVIEW", default=False, at_home=bool)
    hosts: tuple[str, ...] = setting("TILL_HOSTS", default=(), at_home=lambda it: "here" in it)
    key: str = setting("TILL_KEY", secret=True, at_home=lambda key: key == SESAME)


@pytest.mark.parametrize(
    ("variable", "value"),
    [("TILL_PREVIEW", "true"), ("TILL_HOSTS", "there,here"), ("TILL_KEY", SESAME)],
)
def test_what_is_for_development_is_refused_once_any_service_is_reached_by_https(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv("TILL_KEY", KEY)
    monkeypatch.setenv(variable, value)
    monkeypatch.setenv("SHOP_PUBLIC_URL", "http://localhost:8000")
    load(Cautious, prefix="TILL_")
    monkeypatch.setenv("SHOP_PUBLIC_URL", "https://shop.example")

    with pytest.raises(ConfigError, match=f"{variable}: .*SHOP_PUBLIC_URL") as raised:
        load(Cautious, prefix="TILL_")

    assert SESAME not in str(raised.value)


@pytest.mark.parametrize(
    "key", [f"{KEY} {KEY}", f"{KEY}\n", f"ä{KEY}", f"{KEY}\u0660", KEY[1:], 16 * KEY]
)
def test_a_secret_that_is_short_or_fits_in_no_header_is_refused_and_not_repeated(
    monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setenv("SHOP_URL", "u")
    monkeypatch.setenv("SHOP_KEY", key)
    with pytest.raises(ConfigError) as raised:
        read()
    assert raised.value.complaints == ("SHOP_KEY: must be 16 to 255 visible ASCII characters",)


def test_a_complaint_is_one_line_whatever_it_repeats(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        exit_with(("SHOP_URL: a\nb\x1b[2J", f"SHOP_URL: {'x' * 5000}", "SHOP_KEY: ä"))
    first, second, third = capsys.readouterr().err.splitlines()
    assert first == r"SHOP_URL: a\nb\x1b[2J"
    assert len(second) < 600
    assert third == "SHOP_KEY: ä"


def read() -> Config:
    return load(Config, prefix="SHOP_")


def test_values_are_parsed_by_their_annotation(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"URL": "u", "KEY": KEY, "LIMIT": "7", "LOUD": "true"}.items():
        monkeypatch.setenv(f"SHOP_{name}", value)
    monkeypatch.setenv("SHOP_HOSTS", "a, b,")
    assert read() == Config(url="u", key=KEY, limit=7, loud=True, hosts=("a", "b"))


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


@pytest.mark.parametrize(("text", "value"), [("1", 1), ("1000", 1_000), ("0007", 7)])
def test_a_number_may_be_anything_from_the_least_to_the_most(
    monkeypatch: pytest.MonkeyPatch, text: str, value: int
) -> None:
    for name in ("SHOP_URL", "SHOP_KEY"):
        monkeypatch.setenv(name, KEY)
    monkeypatch.setenv("SHOP_LIMIT", text)
    assert read().limit == value


def test_an_empty_variable_is_a_missing_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_URL", "")
    monkeypatch.setenv("SHOP_KEY", KEY)
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


PLATFORMS = {
    "SHOP_SERVICE_HOST": "10.0.0.1",
    "SHOP_SERVICE_PORT": "8001",
    "SHOP_SERVICE_PORT_HTTP": "8001",
    "SHOP_SERVICE_PORT_HTTP_API": "8001",
    "SHOP_PORT": "tcp://10.0.0.1:8001",
    "SHOP_PORT_8001_TCP": "tcp://10.0.0.1:8001",
    "SHOP_PORT_8001_TCP_PROTO": "tcp",
    "SHOP_PORT_8001_TCP_PORT": "8001",
    "SHOP_PORT_8001_TCP_ADDR": "10.0.0.1",
    "SHOP_PORT_53_UDP": "udp://10.0.0.1:53",
    "SHOP_NAME": "/web/shop",
    "SHOP_ENV_PATH": "/usr/bin",
    "SHOP_COMMANDS_SERVICE_HOST": "10.0.0.2",
    "SHOP_COMMANDS_PORT": "tcp://10.0.0.2:80",
    "SHOP_PORT_443_SCTP_ADDR": "fd00::1",
}
MISSPELT = {
    "SHOP_PORT": "8001",
    "SHOP_LIMITS": "3",
    "SHOP_NAME": "shop",
    "SHOP_SERVICE": "x",
    "SHOP_PORT_8001": "x",
    "SHOP_HOST": "10.0.0.1",
    "SHOP_": "",
}


def test_what_a_platform_sets_for_a_service_of_that_name_is_ignored_with_a_word(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in {"SHOP_URL": "u", "SHOP_KEY": KEY, **PLATFORMS}.items():
        monkeypatch.setenv(name, value)
    with capture_logs() as said:
        assert read() == Config(url="u", key=KEY)
    assert "SHOP_PORT_8001_TCP_ADDR" in said[0]["variables"]


@pytest.mark.parametrize("name", MISSPELT)
def test_what_looks_like_no_platforms_is_a_misspelt_setting(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    for known, value in {"SHOP_URL": "u", "SHOP_KEY": KEY, name: MISSPELT[name]}.items():
        monkeypatch.setenv(known, value)
    with pytest.raises(ConfigError, match=f"{name}: no such setting"):
        read()


def test_a_setting_of_ours_counts_whatever_it_looks_like(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_SERVICE_HOST", "there")

    @dataclasses.dataclass(frozen=True, kw_only=True)
    class WithHost:
        host: str = setting("SHOP_SERVICE_HOST")

    assert load(WithHost, prefix="SHOP_") == WithHost(host="there")


@pytest.mark.parametrize("name", ["BUS_URL", "BUS_TOKEN", "BUS_PROFILE"])
def test_what_a_client_of_the_bus_reads_is_no_misspelt_setting_of_the_bus(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    @dataclasses.dataclass(frozen=True, kw_only=True)
    class Nothing:
        pass

    monkeypatch.setenv(name, "http://bus.example")
    assert load(Nothing, prefix="BUS_") == Nothing()

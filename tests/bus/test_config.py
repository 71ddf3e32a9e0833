"""Settings of the bus whose form is its own."""

import pytest
from service_kit.errors import ConfigError

from bus.config import Config, read

HOME = "sqlite:////tmp/bus.sqlite3"
RULE = "must be main, and NAME=URL"


def with_logs(monkeypatch: pytest.MonkeyPatch, text: str) -> Config:
    monkeypatch.setenv("BUS_DATABASE_URL", HOME)
    monkeypatch.setenv("BUS_ROOT_KEY", "root-key-of-the-tests")
    monkeypatch.setenv("BUS_LOGS", text)
    return read()


def test_logs_are_named_with_the_urls_of_their_databases(monkeypatch: pytest.MonkeyPatch) -> None:
    several = "sqlite:////tmp/b.sqlite3"
    config = with_logs(monkeypatch, f"main b={several}\n c-1=sqlite:////tmp/c=d.sqlite3")
    assert dict(config.logs) == {"b": several, "c-1": "sqlite:////tmp/c=d.sqlite3"}
    assert config.database_urls == (HOME, several, "sqlite:////tmp/c=d.sqlite3")
    assert with_logs(monkeypatch, "main").database_urls == (HOME,)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("b", "sqlite:///PATH"),
        ("b=mysql://x/y", "sqlite:///PATH"),
        ("B=sqlite:////tmp/b.sqlite3", RULE),
        ("=sqlite:////tmp/b.sqlite3", RULE),
        ("main=sqlite:////tmp/b.sqlite3", RULE),
        ("b@c=sqlite:////tmp/b.sqlite3", RULE),
        ("b=sqlite:////tmp/b.sqlite3 b=sqlite:////tmp/c.sqlite3", "twice"),
        ("b=sqlite:////tmp/b.sqlite3 c=sqlite:////tmp/b.sqlite3", "twice"),
        (f"b={HOME}", "a database of its own"),
    ],
)
def test_logs_that_nobody_can_mean_are_refused(
    monkeypatch: pytest.MonkeyPatch, text: str, word: str
) -> None:
    with pytest.raises(ConfigError, match=f"BUS_LOGS: .*{word}"):
        with_logs(monkeypatch, text)

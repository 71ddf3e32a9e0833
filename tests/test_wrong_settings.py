"""Whatever a setting holds, a process starts with it or says in one clear line why not."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from service_kit.config import load, or_exit

from tests.test_settings_example import CONFIGS, config_of

HUGE = "x" * 100_000
TOKEN = "0123456789abcdef"
_FOLDERS = ("{file}", "{file}/in", "/proc/none/in", "x" * 300, " ", "a\nb", "\udcff")
_DATABASES = (
    *("sqlite:///", "sqlite:////etc", "sqlite:///{file}/in", "sqlite:////proc/none/in"),
    *(f"sqlite:///{HUGE}", "sqlite:///a?b=c", "postgresql://h:x/n", "postgresql://h/n?sslmode=x"),
    *("mysql://h/n", "redis://h", "{file}", "file:a", "5"),
)
_URLS = (
    *("x", "http://", "http://h:99999", "http://h?a", "http://h#a", "//h", "ftp://h"),
    *("http://a:b@h", "http://h h", "http://\u00e4", f"http://{HUGE}", "/etc", "5", "{file}"),
)
_TOKENS = (TOKEN[1:], f"{TOKEN} ", f"{TOKEN}\n", f"\u2603{TOKEN}", TOKEN * 16, HUGE)
_LISTS_OF_TOKENS = (*(",", " ", "a", "a:b", f"a:{TOKEN}", f":b:{TOKEN}"), f"a:b:{TOKEN[1:]}", HUGE)
_USERS = ("a:b", "a b", "\u00e4", "a\n", "x" * 256)
_WORDS = ("x", "TRUE!", "1", "\u2603", HUGE)

WRONG = {
    "_DIR": _FOLDERS,
    "_DATABASE_URL": _DATABASES,
    "AUCTIONS_PHOTOS_URL": ("x", "/photos", "file://", "file:photos", "http://h", "s3://h/b", HUGE),
    "_BUS_URL": _URLS,
    "_URL": (*_URLS, "http://h/"),
    "_TOKENS": _LISTS_OF_TOKENS,
    "_TOKEN": _TOKENS,
    "AUCTIONS_SECRET_KEY": (TOKEN[1:],),
    "_KEY": _TOKENS,
    "_SECRET": (*_TOKENS, "whsec_", "whsec_c2hvcnQ="),
    "_UUID": _USERS,
    "_PORT": ("0", "65536", "x", "-1", "80.5", "\u0665", HUGE),
    "MAILER_SENDER": ("x", "http://a:b@h:1", "a@b, c@d", "Shop <a@b", "a@b\nX: y", HUGE),
    "MAILER_OPERATOR": ("x", "a@b@c", "a@", HUGE),
    "MAILER_SMTP_NAME": ("x", "a b.example", "-a.example", HUGE),
    "MAILER_OPERATOR_LANGUAGE": _WORDS,
    "MAILER_OPERATOR_TIME_ZONE": _WORDS,
    "MAILER_PREVIEW": _WORDS,
    "AUCTIONS_MODERATORS_NEED_TWO_FACTORS": _WORDS,
    "AUCTIONS_HOOKS": ("x", "os:none", "nobody:none", "os:path", "\u2603", HUGE),
    "AUCTIONS_RECEIPT_FONTS": ("x", "/", "/etc/passwd", "/no/font.ttf", "\u2603", HUGE),
    "BUS_TRUSTED_HOSTS": ("a b", "a/b", "http://h", "h:x", "\u2603", HUGE),
    "BUS_LOGS": ("x", "x=", "x=y", "main=sqlite:////x", "x=sqlite:///", "X=sqlite:////x", HUGE),
    "BUS_PATH_PREFIX": ("x", "/x/", "/a b", "//", "/..", "\u2603"),
    "_SECURITY_CONTACT": ("x", "mailto:", "http://h", "mailto:a@b\nx", HUGE),
    "LIVE_ALLOWED_ORIGIN": ("x", "*", "http://h/", "http://h/x", HUGE),
    "LISTEN_HOST": ("x", "localhost", "::1", "127.0.0.1:80", "1.2.3", "\u0661.0.0.1", HUGE),
    "HOUSE_APPS": ("x", "auctions,x", ",", HUGE),
    "ACCOUNTING_RATES": ("x", "2026-01-01", "2026-01-01 10% x", "2026-02-30 1% 1%+1", HUGE),
}
"""By how a setting's name ends; the first that fits. Numbers have a test of their own."""


def wrong_values(field: "dataclasses.Field[Any]") -> tuple[str, ...]:
    variable: str = field.metadata["variable"]
    if field.type in {int, int | None} and not variable.endswith("_PORT"):
        return ("x", "-1", HUGE)
    return next(some for end, some in WRONG.items() if variable.endswith(end))


def settings() -> Iterator[Any]:
    for module in CONFIGS:
        for field in dataclasses.fields(config_of(module)):
            name = field.metadata["variable"]
            is_checked_by_who_is_held = module == "stages.config" and name.endswith(
                ("_PUBLIC_URL", "_COMMANDS_URL")
            )
            if not name.startswith("PORT_") and not is_checked_by_who_is_held:
                yield pytest.param(module, name, wrong_values(field), id=f"{module}-{name}")


@pytest.mark.parametrize(("module", "name", "values"), list(settings()))
def test_each_wrong_value_is_one_line_that_names_the_setting_and_the_end(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    module: str,
    name: str,
    values: tuple[str, ...],
) -> None:
    file = tmp_path / "file"
    file.touch()
    for value in values:
        monkeypatch.setenv(name, value.replace("{file}", str(file)))

        with pytest.raises(SystemExit) as end:
            or_exit(lambda: load(config_of(module), prefix="NONE_OF_THESE_"))

        lines = [one for one in capsys.readouterr().err.splitlines() if name in one]
        assert (end.value.code, len(lines)) == (2, 1), value[:99]
        assert lines[0].startswith(f"{name}: ")
        assert len(lines[0]) < 600
        assert sorted(tmp_path.iterdir()) == [file]  # nothing half done

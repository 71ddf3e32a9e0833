"""Starting: settings and the database's version."""

import subprocess
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from service_kit.config import ConfigError

from auction_app.config import Config, read
from auction_app.db.tables import metadata
from auction_app.live.config import read as read_live
from tests.auction_app.conftest import World
from tests.forked import python

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


def test_the_migrations_make_the_tables_that_the_code_expects(world: World) -> None:
    with world.parts.store.reading() as conn:
        ours = MigrationContext.configure(conn, opts={"include_name": _is_not_of_words})
        assert compare_metadata(ours, metadata) == []


def _is_not_of_words(name: str | None, kind: str, _parents: object) -> bool:
    """The full-text tables are each engine's own, so the portable metadata has none of them."""
    return not (kind == "table" and str(name).startswith("auction_words"))


def test_an_app_without_its_tables_is_not_ready(
    make_world: object, config: Config, tmp_path: Path
) -> None:
    (tmp_path / "auctions.sqlite").unlink()

    world = make_world()  # type: ignore[operator]

    assert world.app.test_client().get("/readyz").status_code == 503


def test_every_missing_or_bad_setting_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUCTIONS_SECRET_KEY", "short")
    monkeypatch.setenv("AUCTIONS_PUBLIC_URL", "http://localhost:8000/")
    monkeypatch.setenv("AUCTIONS_TYPO", "1")
    with pytest.raises(ConfigError) as raised:
        read()
    complaints = "\n".join(raised.value.complaints)
    for name in ("DATABASE_URL", "SECRET_KEY", "PUBLIC_URL", "WEBHOOK_SECRET", "TYPO"):
        assert f"AUCTIONS_{name}" in complaints

    monkeypatch.setenv("LIVE_ALLOWED_ORIGIN", "http://localhost:8000/path")
    with pytest.raises(ConfigError, match="LIVE_ALLOWED_ORIGIN"):
        read_live()


@pytest.mark.parametrize("conf", ["auction_app", "auction_app/live"])
def test_gunicorn_refuses_bad_settings_with_clear_lines(conf: str) -> None:
    module = "auction_app.live:web_process()" if "live" in conf else "auction_app.app:create_app()"
    command = [python("auction_app"), "-m", "gunicorn", "-c", f"{conf}/gunicorn.conf.py"]

    done = subprocess.run(
        [*command, "-b", "127.0.0.1:0", module],
        cwd=ROOT,
        env={"PATH": "/usr/bin"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert done.returncode != 0
    assert "_WEBHOOK_SECRET" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_demo_says_that_the_database_is_not_migrated(config: Config, tmp_path: Path) -> None:
    from service_kit.config import variables

    values = {
        name: str(getattr(config, field))
        for field, name in zip(config.__dataclass_fields__, variables(Config), strict=True)
        if getattr(config, field) is not None
    } | {
        "AUCTIONS_DATABASE_URL": f"sqlite:///{tmp_path}/none.sqlite",
        "AUCTIONS_TOKENS": "a:b:0123456789abcdef",
        "AUCTIONS_HOOKS": "none",
        "AUCTIONS_RECEIPT_FONTS": "none",
        "AUCTIONS_JOBS_PORT": "8010",
        "AUCTIONS_PHOTOS_URL": (tmp_path / "photos").as_uri(),
        "AUCTIONS_SECURITY_CONTACT": "mailto:security@example.org",
        "AUCTIONS_WEBHOOK_SECRET": config.webhook_secret[0],
        "AUCTIONS_SECRET_KEY": config.secret_keys[0],
    }

    done = subprocess.run(
        [python("auction_app"), "-m", "auction_app.demo"],
        cwd=ROOT,
        env=values,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert done.returncode == 2
    assert "service_kit.migrate auction_app" in done.stderr
    assert "Traceback" not in done.stderr

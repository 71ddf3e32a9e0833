"""A release that runs on two hosts at once."""

import os
import subprocess
import sys

import psycopg
import pytest

from tests.waiting import wait_for

pytestmark = pytest.mark.slow
_WAITING = (
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database ="
    " (SELECT oid FROM pg_database WHERE datname = current_database())"
)


def test_two_that_migrate_at_once_both_end_well(postgres_url: str) -> None:
    environment = {**os.environ, "BUS_DATABASE_URL": postgres_url, "BUS_ROOT_KEY": "k" * 16}
    with psycopg.connect(postgres_url) as holder:
        holder.execute("SELECT pg_advisory_xact_lock(hashtextextended('migrate', 0))")
        releases = [
            subprocess.Popen(
                [sys.executable, "-m", "service_kit.migrate", "bus"],
                env=environment,
                stderr=subprocess.PIPE,
                text=True,
            )
            for _ in range(2)
        ]
        wait_for(lambda: holder.execute(_WAITING).fetchone() == (2,), what="both wait")
    said = [release.communicate()[1] for release in releases]
    assert [release.returncode for release in releases] == [0, 0], said
    with psycopg.connect(postgres_url) as connection:
        assert connection.execute("SELECT count(*) FROM alembic_version").fetchone() == (1,)

"""Whatever is where the database should be: who migrates it is told in one line why it can't be."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from service_kit.database import connect, writing
from service_kit.errors import NotMigrated
from service_kit.migrate import migrate_or_exit
from service_kit.schema import check_migrated, migrate


def _statement(sql: str) -> Callable[[Path], None]:
    def run(path: Path) -> None:
        migrate("mailer_service", f"sqlite:///{path}")
        with closing(sqlite3.connect(path)) as database:
            database.execute(sql)
            database.commit()

    return run


@pytest.mark.parametrize(
    ("spoil", "word"),
    [
        (Path.mkdir, "unable to open database file"),
        (lambda path: path.write_bytes(b"no database at all" * 100), "not a database"),
        (_statement("UPDATE alembic_version SET version_num = '9999'"), "9999"),
        (_statement("UPDATE alembic_version SET version_num = x'ff00'"), "version"),
        (_statement("UPDATE alembic_version SET version_num = CAST(x'ff' AS TEXT)"), r"\xff"),
        (_statement("INSERT INTO alembic_version VALUES ('0001')"), "0001"),
        (lambda path: path.parent.joinpath("x").touch(), None),
    ],
    ids=["folder", "no database", "newer", "bytes", "no text", "two versions", "nothing there"],
)
def test_who_migrates_is_told_in_one_line_why_it_cannot_be(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    spoil: Callable[[Path], object],
    word: str | None,
) -> None:
    path = tmp_path / "it.sqlite3"
    spoil(path)
    if word is None:
        migrate_or_exit("mailer_service", f"sqlite:///{path}")
        return
    with pytest.raises(SystemExit) as ended:
        migrate_or_exit("mailer_service", f"sqlite:///{path}")
    (line,) = capsys.readouterr().err.splitlines()
    assert ended.value.code == 2
    assert line.startswith("mailer_service: cannot migrate the database: ")
    assert word in line


def test_a_table_of_another_program_s_versions_is_no_version_of_ours(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'it.sqlite3'}")
    with writing(engine) as connection:
        connection.exec_driver_sql("CREATE TABLE alembic_version (theirs TEXT)")
    with pytest.raises(NotMigrated, match="version none"):
        check_migrated("mailer_service", engine)
    engine.dispose()


def test_a_server_that_is_away_is_told_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        migrate_or_exit("mailer_service", "postgresql://nobody@127.0.0.1:9/nothing")
    (line,) = capsys.readouterr().err.splitlines()
    assert ended.value.code == 2
    assert "refused" in line

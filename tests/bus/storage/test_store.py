"""Whether there is a store at a URL."""

from pathlib import Path

from service_kit.schema import migrate

from bus.storage import is_made


def test_there_is_a_store_where_its_tables_are_and_asking_makes_no_file(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/bus.sqlite3"
    assert not is_made(url)
    assert not [*tmp_path.iterdir()]
    Path(tmp_path / "bus.sqlite3").touch()
    assert not is_made(url)
    migrate("bus", url)
    assert is_made(url)

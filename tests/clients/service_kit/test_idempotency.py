"""One key, one effect, one answer."""

from pathlib import Path

import pytest
from service_kit.database import connect, writing
from service_kit.idempotency import (
    KeyReused,
    StoredAnswer,
    fingerprint_of,
    idempotency_table,
    recall,
    remember,
)
from sqlalchemy import MetaData


def test_a_key_recalls_its_answer_for_its_client_and_request_only(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path}/db.sqlite3")
    metadata = MetaData()
    table = idempotency_table(metadata)
    answer = StoredAnswer(201, '{"a":1}', {"Location": "/1"})
    print_ = fingerprint_of({"a": 1, "b": 2})
    with writing(engine) as connection:
        metadata.create_all(connection)
        assert recall(connection, table, "app", "k", print_) is None
        remember(
            connection, table, client="app", key="k", fingerprint=print_, answer=answer, now_ms=1
        )
    with writing(engine) as connection:
        assert recall(connection, table, "app", "k", fingerprint_of({"b": 2, "a": 1})) == answer
        assert recall(connection, table, "other", "k", print_) is None
        with pytest.raises(KeyReused):
            recall(connection, table, "app", "k", fingerprint_of({"a": 2}))
    engine.dispose()

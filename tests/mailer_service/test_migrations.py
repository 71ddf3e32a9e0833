"""The migrations make the tables that the code declares, on every engine."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from service_kit.database import connect, writing
from service_kit.schema import migrate
from sqlalchemy import select

from mailer_service.storage.tables import inbox, mails, metadata


def test_a_migrated_database_lacks_nothing(database_url: str) -> None:
    migrate("mailer_service", database_url)
    engine = connect(database_url)

    with engine.connect() as connection:
        difference = compare_metadata(MigrationContext.configure(connection), metadata)

    engine.dispose()
    assert difference == []


def test_migrating_twice_changes_nothing(database_url: str) -> None:
    for _ in range(2):
        migrate("mailer_service", database_url)


OLD_MAIL = """
    INSERT INTO mails (entity_url, kind, recipient_url, letter, traceparent, created_at_ms,
                       sent_at_ms, given_up_at_ms, due_at_ms, version, attempts)
    VALUES ('b/1', 'new-bid', 'sally', NULL, 't', 1, 9, NULL, NULL, 2, 1),
           ('b/1', 'outbid', 'ada', '{}', 't', 1, NULL, NULL, 50, 2, 1),
           ('c/1', 'verify-email:7', 'ada', NULL, 't', 1, NULL, 9, NULL, 2, 1)
"""


def test_what_an_older_version_left_unsent_is_looked_at_again(database_url: str) -> None:
    migrate("mailer_service", database_url, to="0001")
    engine = connect(database_url)
    with writing(engine) as connection:
        connection.exec_driver_sql(OLD_MAIL)

    migrate("mailer_service", database_url)

    with engine.connect() as connection:
        found = connection.execute(select(mails.c.kind, mails.c.step, mails.c.outcome))
        assert sorted(found) == [
            ("new-bid", "done", "sent"),
            ("verify-email:7", "done", "refused"),
        ]
        assert connection.execute(select(inbox.c.url, inbox.c.topic, inbox.c.due_at_ms)).all() == [
            ("b/1", "bids", 1)
        ]
    engine.dispose()

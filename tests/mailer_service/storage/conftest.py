"""The mailer's tables on every engine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from service_kit.database import connect, migrate
from sqlalchemy import Engine


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    migrate("mailer_service", database_url)
    engine = connect(database_url)
    yield engine
    engine.dispose()

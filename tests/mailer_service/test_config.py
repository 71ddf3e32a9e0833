"""Settings that are missing or bad stop the mailer at its start."""

from __future__ import annotations

import pytest
from service_kit.config import variables
from service_kit.errors import ConfigError

from mailer_service.config import Config, read

GOOD = {
    "MAILER_DATABASE_URL": "sqlite:///var/mailer.db",
    "MAILER_PUBLIC_URL": "http://localhost:8003",
    "MAILER_SENDER": "Gavel <mail@gavel.example>",
    "SMTP_URL": "smtps://user:hunter2@mail.example",
    "MAILER_BUS_URL": "http://localhost:8001",
    "MAILER_BUS_TOKEN": "bus-token-hunter2",
    "MAILER_WEBHOOK_UUID": "mailer",
    "MAILER_WEBHOOK_SECRET": "whsec_hunter2hunter2hunter2hunter2hunt",
    "MAILER_BIDS_URL": "http://localhost:8002",
    "MAILER_BIDS_TOKEN": "bids-token-hunter2",
    "MAILER_AUCTIONS_URL": "http://localhost:8000",
    "MAILER_AUCTIONS_TOKEN": "auctions-token-hunter2",
}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in variables(Config):
        monkeypatch.delenv(name, raising=False)
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


@pytest.mark.usefixtures("environment")
def test_the_documented_settings_are_enough() -> None:
    assert read().smtp.host == "mail.example"


@pytest.mark.usefixtures("environment")
def test_no_secret_is_in_its_repr() -> None:
    assert "hunter2" not in repr(read())


def test_every_complaint_comes_at_once(environment: pytest.MonkeyPatch) -> None:
    environment.delenv("MAILER_BUS_TOKEN")
    environment.setenv("SMTP_URL", "imap://user:hunter2@mail.example")
    environment.setenv("MAILER_SENDER", "nobody")
    environment.setenv("MAILER_TYPO", "1")

    with pytest.raises(ConfigError) as caught:
        read()

    named = {complaint.partition(":")[0] for complaint in caught.value.complaints}
    assert named == {"MAILER_BUS_TOKEN", "SMTP_URL", "MAILER_SENDER", "MAILER_TYPO"}
    assert "hunter2" not in str(caught.value)

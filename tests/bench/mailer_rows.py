"""A mailer's database with mails that are ready to leave, and how fast they did."""

from dataclasses import replace

import msgspec
from service_kit.clock import now_ms
from service_kit.database import connect, reading, writing
from service_kit.schema import migrate
from sqlalchemy import insert, select

from mailer_service.letters.samples import sample
from mailer_service.model.mails import Letter
from mailer_service.storage.tables import mails
from tests.bench.drain_apps import SECRET, UUID
from tests.sockets import free_port
from tests.waiting import wait_for

SENDER = "Gavel <mail@gavel.example>"
_READY = select(mails.c.id).where(mails.c.step == "ready").limit(1)
_SENT_AT_MS = (
    select(mails.c.sent_at_ms).where(mails.c.outcome == "sent").order_by(mails.c.sent_at_ms)
)
_KINDS = ("outbid", "new-bid", "won", "order-shipped")


def letter(number: int) -> Letter:
    """One of several kinds, to an address of its own."""
    kind = _KINDS[number % len(_KINDS)]
    return replace(sample(kind, "de" if number % 3 else "en"), address=f"ada{number}@example.org")


def fill(url: str, count: int) -> None:
    """Make the tables, with so many mails that are ready."""
    migrate("mailer_service", url)
    engine = connect(url)
    now = now_ms()
    rows = [_row(letter(number), number, now) for number in range(count)]
    if rows:
        with writing(engine) as connection:
            connection.execute(insert(mails), rows)
    engine.dispose()


def rate_of_sending(url: str, count: int) -> float:
    """Wait until so many mails are sent; mails a second after the first quarter, during which the
    process still starts."""
    engine = connect(url)

    def are_all_sent() -> bool:
        with reading(engine) as connection:
            return connection.execute(_READY).first() is None

    wait_for(are_all_sent, seconds=120, what="every mail is sent")
    with reading(engine) as connection:
        sent_at_ms: list[int] = list(connection.execute(_SENT_AT_MS).scalars())
    engine.dispose()
    assert len(sent_at_ms) == count, "not every mail was sent"
    later = sent_at_ms[count // 4 :]
    return (len(later) - 1) * 1000 / (later[-1] - later[0])


def settings(url: str, smtp_port: int) -> dict[str, str]:
    """Of both processes; the other services are away."""
    away = f"http://127.0.0.1:{free_port()}"
    return {
        "MAILER_DATABASE_URL": url,
        "MAILER_PUBLIC_URL": away,
        "MAILER_SENDER": SENDER,
        "SMTP_URL": f"smtp://127.0.0.1:{smtp_port}",
        "MAILER_BUS_URL": away,
        "MAILER_BUS_TOKEN": "bench-token-of-the-bus",
        "MAILER_WEBHOOK_UUID": UUID,
        "MAILER_WEBHOOK_SECRET": SECRET,
        "MAILER_BIDS_URL": away,
        "MAILER_BIDS_TOKEN": "bench-token-of-bids",
        "MAILER_AUCTIONS_URL": away,
        "MAILER_AUCTIONS_TOKEN": "bench-token-of-auctions",
    }


def _row(told: Letter, number: int, now: int) -> dict[str, object]:
    return {
        "entity_url": f"https://bids.example/bids/ready/{number}",
        "kind": told.kind,
        "recipient_url": f"https://auctions.example/customers/{number}",
        "step": "ready",
        "letter": msgspec.json.encode(told).decode(),
        "traceparent": "00-" + "a" * 32 + "-" + "b" * 16 + "-01",
        "created_at_ms": now,
        "placed_at_ms": now,
        "priority": told.about_kind.priority.value,
        "due_at_ms": now,
        "version": 1,
        "attempts": 0,
    }

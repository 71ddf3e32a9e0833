"""Questions about items, and their answers."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Select, bindparam, insert, select, update

from auction_app.db import readable
from auction_app.db.tables import auctions, questions
from auction_app.questions.model import Question

LATEST = 50


def add(conn: Connection, question: Question) -> None:
    """Store a question."""
    conn.execute(
        insert(questions).values(
            id=question.id,
            auction_id=question.auction_id,
            asker_id=question.asker_id,
            text=question.text,
            asked_at_ms=question.asked_at_ms,
        )
    )


def by_id(conn: Connection, question_id: str) -> Question | None:
    """The question, if there is one."""
    found = _read(conn, _select().where(questions.c.id == question_id))
    return found[0] if found else None


def same_unanswered(conn: Connection, question: Question) -> Question | None:
    """What the same customer asked there in the same words before, if nobody has answered yet."""
    query = _select().where(
        questions.c.auction_id == question.auction_id,
        questions.c.asker_id == question.asker_id,
        questions.c.text == question.text,
        questions.c.answer.is_(None),
    )
    return next(iter(_read(conn, query.limit(1))), None)


def latest(conn: Connection, auction_id: str) -> list[Question]:
    """The latest questions about an item, the oldest first. Who may read each, it says itself."""
    return _read(conn, _LATEST, {"auction_id": auction_id, "most": LATEST})[::-1]


def of_asker(conn: Connection, customer_id: str) -> list[Question]:
    """All that a customer has asked."""
    query = _select().where(questions.c.asker_id == customer_id)
    return _read(conn, query.order_by(questions.c.asked_at_ms))


def of_seller(conn: Connection, customer_id: str) -> list[Question]:
    """All that was asked about a seller's items."""
    query = _select().where(auctions.c.seller_id == customer_id)
    return _read(conn, query.order_by(questions.c.asked_at_ms))


def answer(conn: Connection, question_id: str, text: str, *, now_ms: int) -> None:
    """Store the seller's answer."""
    conn.execute(
        update(questions)
        .where(questions.c.id == question_id)
        .values(answer=text, answered_at_ms=now_ms)
    )


def _select() -> Select[Any]:
    return select(questions, auctions.c.seller_id).join(
        auctions, auctions.c.id == questions.c.auction_id
    )


# Built once: for so small a query, building it costs more than running it.
_LATEST = (
    _select()
    .where(questions.c.auction_id == bindparam("auction_id"))
    .order_by(questions.c.asked_at_ms.desc(), questions.c.id.desc())
    .limit(bindparam("most"))
)


def _read(
    conn: Connection, query: Select[Any], values: Mapping[str, Any] | None = None
) -> list[Question]:
    return readable.rows_of(conn, query, questions, Question, values)

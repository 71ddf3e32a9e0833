"""Tell those whom a decision concerns what was decided, and why: on the site, and by mail."""

from collections.abc import Iterable

from auction_app.db.ids import new_id
from auction_app.db.unit_of_work import UnitOfWork
from auction_app.moderation.model import Decision, Statement
from auction_app.moderation.repository import statements
from auction_app.notifications.model import StatementKind
from auction_app.notifications.notify import notify


def tell(
    act: UnitOfWork,
    decision: Decision,
    customer_id: str,
    kind: StatementKind,
    *,
    auction_id: str | None = None,
    text: str | None = None,
) -> None:
    """Tell one customer; `text` is the reason unless it is the decision's own."""
    statement = Statement(
        id=new_id(),
        decision_id=decision.id,
        customer_id=customer_id,
        auction_id=auction_id,
        kind=kind,
        text=text or decision.note,
        at_ms=act.now_ms,
    )
    _state(act, statement, f"/decisions/{decision.id}")


def tell_all(
    act: UnitOfWork,
    decision: Decision,
    customer_ids: Iterable[str],
    kind: StatementKind,
    auction_id: str,
    *,
    text: str | None = None,
) -> None:
    """Tell several customers the same."""
    for customer_id in customer_ids:
        tell(act, decision, customer_id, kind, auction_id=auction_id, text=text)


def tell_reporters(act: UnitOfWork, auction_id: str, outcome: str) -> None:
    """Tell whoever reported an item, and waits, what came of it."""
    for customer_id in statements.reporters_of(act.conn, auction_id):
        tell_reporter(act, customer_id, auction_id, outcome)


def tell_reporter(act: UnitOfWork, customer_id: str, auction_id: str, outcome: str) -> None:
    """Tell whoever reported an item, or a message about its sale, what came of it."""
    statement = Statement(
        id=new_id(),
        decision_id=None,
        customer_id=customer_id,
        auction_id=auction_id,
        kind="report-decided",
        text=outcome,
        at_ms=act.now_ms,
    )
    _state(act, statement, "/my/notices")


def _state(act: UnitOfWork, statement: Statement, path: str) -> None:
    statements.add(act.conn, statement)
    url = act.urls.statement(statement.id)
    act.announce("statements", "create", url)
    if statement.auction_id is not None:
        notify(
            act,
            statement.customer_id,
            statement.kind,
            about=url,
            auction_id=statement.auction_id,
            path=path,
        )

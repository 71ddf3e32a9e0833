"""What follows in the same commit when something happens to a question."""

from auction_app.db.unit_of_work import UnitOfWork
from auction_app.notifications.model import Kind
from auction_app.notifications.notify import notify
from auction_app.questions.model import Question
from auction_app.questions.outcomes import QuestionAnswered, QuestionAsked


def notify_seller(act: UnitOfWork, asked: QuestionAsked) -> None:
    """The seller finds the question among their news."""
    _notify(act, asked.question, asked.question.seller_id, "question")


def notify_asker(act: UnitOfWork, answered: QuestionAnswered) -> None:
    """The asker finds the answer among their news."""
    _notify(act, answered.question, answered.question.asker_id, "answer")


def announce_asked(act: UnitOfWork, asked: QuestionAsked) -> None:
    """Tell the world of a new question."""
    act.announce("questions", "create", act.urls.question(asked.question.id))


def announce_answered(act: UnitOfWork, answered: QuestionAnswered) -> None:
    """Tell the world that a question has its answer."""
    act.announce("questions", "update", act.urls.question(answered.question.id))


def _notify(act: UnitOfWork, question: Question, customer_id: str, kind: Kind) -> None:
    notify(
        act,
        customer_id,
        kind,
        about=act.urls.question(question.id),
        auction_id=question.auction_id,
        path=f"/auctions/{question.auction_id}#question-{question.id}",
    )

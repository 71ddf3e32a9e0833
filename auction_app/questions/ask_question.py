"""Ask a seller about an item, and answer."""

from auction_app.accounts.model import Customer
from auction_app.accounts.repository import customers
from auction_app.db.ids import new_id
from auction_app.db.rate_limits import QUESTIONS, use_up
from auction_app.db.store import Store
from auction_app.db.unit_of_work import UnitOfWork
from auction_app.errors import NotFound, NotPossible, NotVerified
from auction_app.listings.model import Auction, Status
from auction_app.questions import repository as questions
from auction_app.questions.forms import AnswerForm, QuestionForm
from auction_app.questions.model import Question
from auction_app.questions.outcomes import QuestionAnswered, QuestionAsked


def check_may_ask(auction: Auction, asker: Customer, *, now_ms: int) -> None:
    """Whether anything could be asked: looked at first, for whoever can't ask is told that and
    nothing about a text. Raises NotVerified, NotPossible."""
    if not asker.verified:
        raise NotVerified("askers need a verified address")
    if asker.id == auction.seller_id or auction.status(now_ms) is Status.ENDED:
        raise NotPossible("question")


def ask_question(store: Store, auction: Auction, asker: Customer, form: QuestionForm) -> Question:
    """Ask, where `check_may_ask` lets; only asker and seller see it until it is answered. Sent
    twice, it is asked once.

    Raises TooManyAttempts, NoSession.
    """
    use_up(store, QUESTIONS, asker.id)
    with store.begin() as act:
        question = Question(
            id=new_id(),
            auction_id=auction.id,
            seller_id=auction.seller_id,
            asker_id=asker.id,
            text=form.question,
            answer=None,
            asked_at_ms=act.now_ms,
            answered_at_ms=None,
        )
        customers.locked(act.conn, asker.id)
        asked = questions.same_unanswered(act.conn, question)
        if asked is not None:
            return asked
        with act.performing(QuestionAsked(question)):
            questions.add(act.conn, question)
    return question


def answer_question(
    act: UnitOfWork, question_id: str, seller: Customer, form: AnswerForm
) -> Question:
    """Answer once; from then on everybody sees both.

    Raises NotFound (also to anybody but the item's seller), NotPossible.
    """
    question = questions.by_id(act.conn, question_id)
    if question is None or question.seller_id != seller.id:
        raise NotFound("no such question")
    if question.answer is not None:
        raise NotPossible("answer")
    with act.performing(QuestionAnswered(question, form.answer)):
        questions.answer(act.conn, question.id, form.answer, now_ms=act.now_ms)
    return question

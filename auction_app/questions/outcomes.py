"""What happens to questions."""

from dataclasses import dataclass

from service_kit.outcomes import Operation

from auction_app.questions.model import Question


@dataclass(frozen=True)
class QuestionAsked(Operation):
    """Somebody asks a seller about an item."""

    question: Question


@dataclass(frozen=True)
class QuestionAnswered(Operation):
    """The seller answers; `question` is as it was before."""

    question: Question
    answer: str

"""What people type about an item."""

from dataclasses import dataclass

from auction_app.web.forms import Form, paragraphs

LONGEST = 1000


@dataclass(frozen=True, kw_only=True)
class QuestionForm(Form):
    """A question to the seller."""

    question: str = paragraphs(longest=LONGEST)


@dataclass(frozen=True, kw_only=True)
class AnswerForm(Form):
    """The seller's answer."""

    answer: str = paragraphs(longest=LONGEST)

"""Reports, what moderators decide, and appeals."""

from dataclasses import dataclass

from auction_app.moderation.model import REASONS
from auction_app.web.forms import Form, choice, form_key, line, paragraphs

ON_ITEM = ("dismiss", "hide", "show", "end")
ON_ACCOUNT = ("ban", "unban")
ON_MESSAGE = ("dismiss", "hide-message", "show-message")
ON_APPEAL = ("lift", "uphold")
LONGEST_NOTE = 500


@dataclass(frozen=True, kw_only=True)
class ReportForm(Form):
    """What is wrong with an item, or a message."""

    reason: str = choice(REASONS, word="missing")
    text: str = paragraphs(longest=1000)


@dataclass(frozen=True, kw_only=True)
class AccountActForm(Form):
    """What is done to an account, and why."""

    action: str = choice(ON_ACCOUNT, word="missing")
    note: str = line(longest=LONGEST_NOTE)
    key: str | None = form_key()


@dataclass(frozen=True, kw_only=True)
class ItemActForm(Form):
    """What is done to an item, or to its seller's account, and why."""

    action: str = choice((*ON_ITEM, *ON_ACCOUNT), word="missing")
    note: str = line(longest=LONGEST_NOTE)
    key: str | None = form_key()


@dataclass(frozen=True, kw_only=True)
class MessageActForm(Form):
    """What is done to a reported message, and why."""

    action: str = choice(ON_MESSAGE, word="missing")
    note: str = line(longest=LONGEST_NOTE)
    key: str | None = form_key()


@dataclass(frozen=True, kw_only=True)
class AppealForm(Form):
    """Why somebody thinks that a decision is wrong."""

    text: str = paragraphs(longest=2000)


@dataclass(frozen=True, kw_only=True)
class AppealAnswerForm(Form):
    """What comes of an appeal, and why."""

    action: str = choice(ON_APPEAL, word="missing")
    note: str = line(longest=LONGEST_NOTE)
    key: str | None = form_key()

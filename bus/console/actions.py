"""What buttons do: each is one call of the API."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bus.console import forms
from bus.console.fields import Form, named
from bus.console.forms import Body
from bus.console.pages import ONE


@dataclass(frozen=True)
class Action:
    """What a form that is posted to `rule` calls, where it leads then, and what is said there:
    `done` with the numbers that the answer `counts`.

    `shows` is the page of an answer that is shown once, such as a secret; `again` the page whose
    form is shown again, with what was typed, when the API refuses it. `ids` are those of the call's
    address that the form names; `only_new`: nothing may be there yet. What it `tries`
    has an outcome, which the page shows that it leads to.
    """

    name: str
    rule: str
    done: str = ""
    method: str = "POST"
    api: str = ""
    goes_to: str = ONE
    read: Callable[[Form], Body] = forms.nothing
    counts: Sequence[str] = ()
    shows: str | None = None
    again: str | None = None
    ids: Callable[[Form], dict[str, str]] = named()
    only_new: bool = False
    tries: bool = False

    @property
    def called(self) -> str:
        """The address that is called."""
        return self.api or self.rule


_REDRIVEN = "On their way again: {redriven}. Dropped, as a later event covers them: {covered}."
_COUNTS = ("redriven", "covered")
_TOPIC = "/topics/<topic>"

ACTIONS = (
    Action("pause", f"{ONE}/pause", "Paused. Nothing is sent; its place in the log is kept."),
    Action("resume", f"{ONE}/resume", "Resumed. What waits is sent at once."),
    Action("test", f"{ONE}/test", "A test event is on its way. Its answer shows in the attempts."),
    Action("seek", f"{ONE}/seek", "Moved. It goes on from there.", read=forms.seek),
    Action(
        "subscribe",
        "/subscribe",
        method="PUT",
        api=ONE,
        read=forms.new_subscription,
        shows="subscribed",
        again="subscribe",
        ids=named("client", "name"),
        only_new=True,
    ),
    Action("secret", f"{ONE}/secret", read=forms.secret, shows="secret", again="rotate"),
    Action(
        "edit",
        f"{ONE}/edit",
        "Saved. A topic that is new to it begins with the next event: seek for earlier ones.",
        method="PUT",
        api=ONE,
        read=forms.subscription,
        again="edit",
    ),
    Action(
        "remove",
        f"{ONE}/remove",
        "Removed.",
        method="DELETE",
        api=ONE,
        goes_to="/subscriptions",
    ),
    Action(
        "redrive",
        f"{ONE}/dead-letters/redrive",
        _REDRIVEN,
        goes_to=f"{ONE}/dead-letters",
        read=forms.dead_letters,
        counts=_COUNTS,
        tries=True,
    ),
    Action(
        "redrive-one",
        f"{ONE}/dead-letters/<int:id>/redrive",
        _REDRIVEN,
        goes_to=f"{ONE}/dead-letters",
        counts=_COUNTS,
        tries=True,
    ),
    Action(
        "retry",
        f"{ONE}/parked/retry",
        "On their way now: {retried}. What is taken leaves this page.",
        goes_to=f"{ONE}/parked",
        read=forms.parked,
        counts=("retried",),
        tries=True,
    ),
    Action(
        "resend",
        f"{ONE}/attempts/<int:id>/resend",
        "It is sent once more, now. The answer shows here in a moment, marked as resent.",
        goes_to=f"{ONE}/attempts",
        tries=True,
    ),
    Action(
        "claim",
        "/topics",
        "It is yours now: nobody else can publish to it.",
        method="PUT",
        api=_TOPIC,
        goes_to=_TOPIC,
        read=forms.about,
        again="topics",
        ids=named("topic"),
    ),
    Action(
        "describe",
        f"{_TOPIC}/about",
        "Saved.",
        method="PUT",
        api=_TOPIC,
        goes_to=_TOPIC,
        read=forms.about,
        again="topic",
    ),
    Action(
        "publish",
        f"{_TOPIC}/publish",
        "Published: it is in the log, and on its way to who subscribes.",
        api=_TOPIC,
        goes_to=_TOPIC,
        read=forms.event,
        again="topic",
    ),
    Action(
        "let-go",
        f"{_TOPIC}/delete",
        "Let go. What was published is still delivered; anybody may claim the name.",
        method="DELETE",
        api=_TOPIC,
        goes_to="/topics",
    ),
    Action(
        "make-token",
        "/api_tokens",
        goes_to="/api_tokens",
        read=forms.token,
        shows="token",
        again="tokens",
    ),
    Action(
        "revoke-token",
        "/api_tokens/<int:id>/revoke",
        "Revoked. Whoever still shows it is refused; sessions that it began have ended.",
        method="DELETE",
        api="/api_tokens/<int:id>",
        goes_to="/api_tokens",
    ),
)
BY_NAME = {action.name: action for action in ACTIONS}

"""Which pages there are, and of which documents of the API each is made."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bus.console import forms
from bus.console.forms import Asks

LINES = 25
ONE = "/clients/<client>/subscriptions/<name>"


@dataclass(frozen=True)
class Page:
    """A page below /console. `api` is the address of its document, the page's HAL twin; `asks`
    makes the query of its document of the page's own; `beside` are other documents that it shows,
    by name. A `live` page has a fragment that a script keeps up to date. `limit` is how long a
    list is that has pages."""

    rule: str
    template: str
    api: str = ""
    asks: Asks = forms.nothing_more
    beside: Mapping[str, str] = field(default_factory=dict)
    live: bool = False
    limit: int | None = None

    @property
    def document(self) -> str:
        """The address of its document."""
        return self.api or self.rule


_AFTER = forms.only("after")
_SUBSCRIPTION = {"subscription": ONE}

PAGES = (
    Page("/", "overview", "/overview", live=True),
    Page(
        "/subscriptions",
        "subscriptions",
        "/overview/subscriptions",
        forms.only("after", "condition", "topic"),
        limit=LINES,
    ),
    Page(
        ONE,
        "subscription",
        beside={"attempts": f"{ONE}/attempts", "topics": "/topics", "overview": "/overview"},
        live=True,
    ),
    Page(f"{ONE}/attempts", "attempts", asks=forms.attempts, beside=_SUBSCRIPTION, limit=LINES),
    Page(f"{ONE}/attempts/<int:id>", "attempt", beside=_SUBSCRIPTION),
    Page(f"{ONE}/parked", "parked", asks=forms.only("after"), beside=_SUBSCRIPTION, limit=LINES),
    Page(
        f"{ONE}/dead-letters",
        "letters",
        asks=forms.only("after"),
        beside=_SUBSCRIPTION,
        limit=LINES,
    ),
    Page(f"{ONE}/dead-letters/<int:id>", "letter", beside=_SUBSCRIPTION),
    Page("/topics", "topics", asks=forms.only("after", "publisher"), limit=LINES),
    Page("/api_tokens", "tokens", asks=forms.only("after", "client"), limit=LINES),
    Page(f"{ONE}/edit", "edit", ONE),
    Page(f"{ONE}/secret", "rotate", ONE),
    Page(f"{ONE}/remove", "remove", ONE),
)

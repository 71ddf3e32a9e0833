"""Which pages there are, and of which documents of the API each is made."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bus.console import forms
from bus.console.forms import Asks

LINES = 25
_SUGGESTED = 200
ONE = "/clients/<client>/subscriptions/<name>"


@dataclass(frozen=True)
class PageSpec:
    """A page below /console. `api` is the address of its document, the page's HAL twin; `asks`
    makes the query of its document of the page's own; `beside` are other documents that it shows,
    by name. A `live` page has a fragment that a script keeps up to date. `limit` is how long a
    list is that has pages. A page with `history` plots it: of its subscription, or of all.
    What a page is for `needs` a link of its document. A page with the `latest` events of its
    topic has them for who may read. With `look` its document is the one that is embedded in that
    one beside it: so all of the page is of one moment."""

    rule: str
    template: str
    api: str = ""
    asks: Asks = forms.nothing_more
    beside: Mapping[str, str] = field(default_factory=dict)
    live: bool = False
    limit: int | None = None
    history: bool = False
    needs: str = ""
    latest: bool = False
    look: str = ""

    @property
    def document(self) -> str:
        """The address of its document."""
        return self.api or self.rule


_AFTER = forms.only("after")
_SUBSCRIPTION = {"subscription": ONE}
_DIAGNOSIS = {"diagnosis": f"{ONE}/diagnosis"}

PAGES = (
    PageSpec("/", "overview", "/overview", live=True, history=True),
    PageSpec(
        "/subscriptions",
        "subscriptions",
        "/overview/subscriptions",
        forms.only("after", "condition", "topic"),
        limit=LINES,
    ),
    PageSpec(
        ONE,
        "subscription",
        beside=_DIAGNOSIS,
        live=True,
        history=True,
        look="diagnosis",
    ),
    PageSpec(f"{ONE}/attempts", "attempts", asks=forms.attempts, beside=_SUBSCRIPTION, limit=LINES),
    PageSpec(f"{ONE}/attempts/<int:id>", "attempt", beside=_SUBSCRIPTION),
    PageSpec(
        f"{ONE}/parked", "parked", asks=forms.only("after"), beside=_SUBSCRIPTION, limit=LINES
    ),
    PageSpec(
        f"{ONE}/dead-letters",
        "dead_letters",
        asks=forms.only("after"),
        beside=_SUBSCRIPTION,
        limit=LINES,
    ),
    PageSpec(f"{ONE}/dead-letters/<int:id>", "dead_letter", beside=_SUBSCRIPTION),
    PageSpec("/topics", "topics", asks=forms.only("after", "publisher"), limit=LINES),
    PageSpec("/topics/<topic>", "topic", latest=True),
    PageSpec("/subscribe", "subscribe", "/topics", limit=_SUGGESTED),
    PageSpec("/audit", "audit", asks=forms.audit, limit=LINES),
    PageSpec("/api_tokens", "tokens", asks=forms.only("after", "client"), limit=LINES),
    PageSpec(f"{ONE}/edit", "edit", ONE, beside=_DIAGNOSIS, needs="edit", look="diagnosis"),
    PageSpec(f"{ONE}/secret", "rotate", ONE, needs="secret"),
    PageSpec(f"{ONE}/remove", "remove", ONE, needs="edit"),
)

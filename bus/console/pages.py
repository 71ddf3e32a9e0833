"""Which pages there are, and of which documents of the API each is made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

LINES = 25
ONE = "/clients/<client>/subscriptions/<name>"


@dataclass(frozen=True)
class Page:
    """A page below /console. `api` is the address of its document, the page's HAL twin; `query`
    are the parameters that go on to it; `beside` are other documents that it shows, by name. A
    `live` page has a fragment that a script keeps up to date. `limit` is how long a list is that
    has pages."""

    rule: str
    template: str
    api: str = ""
    query: Sequence[str] = ()
    beside: Mapping[str, str] = field(default_factory=dict)
    live: bool = False
    limit: int | None = None

    @property
    def document(self) -> str:
        """The address of its document."""
        return self.api or self.rule


_SUBSCRIPTION = {"subscription": ONE}

PAGES = (
    Page("/", "overview", "/overview", live=True),
    Page(
        "/subscriptions",
        "subscriptions",
        "/overview/subscriptions",
        ("after", "condition", "topic"),
        limit=LINES,
    ),
    Page(
        ONE,
        "subscription",
        beside={"attempts": f"{ONE}/attempts", "topics": "/topics", "overview": "/overview"},
        live=True,
    ),
    Page(f"{ONE}/attempts", "attempts", query=("before",), beside=_SUBSCRIPTION, limit=LINES),
    Page(f"{ONE}/attempts/<int:id>", "attempt", beside=_SUBSCRIPTION),
    Page(f"{ONE}/parked", "parked", query=("after",), beside=_SUBSCRIPTION, limit=LINES),
    Page(f"{ONE}/dead-letters", "letters", query=("after",), beside=_SUBSCRIPTION, limit=LINES),
    Page(f"{ONE}/dead-letters/<int:id>", "letter", beside=_SUBSCRIPTION),
    Page("/topics", "topics", query=("after", "publisher"), limit=LINES),
    Page("/api_tokens", "tokens", query=("after", "client"), limit=LINES),
    Page(f"{ONE}/seek", "seek", ONE),
    Page(f"{ONE}/edit", "edit", ONE),
    Page(f"{ONE}/secret", "rotate", ONE),
    Page(f"{ONE}/remove", "remove", ONE),
)

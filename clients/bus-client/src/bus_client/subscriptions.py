"""A client's own subscriptions as resources, by the links that the bus gives."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any, Unpack
from urllib.parse import quote, unquote, urlencode

from bus_client.documents import (
    Document,
    attempt_from,
    dead_letter_from,
    findings_from,
    parked_from,
    preview_from,
    pulled_from,
    redriven_from,
    subscription_from,
)
from bus_client.entities import (
    Attempt,
    DeadLetter,
    Finding,
    Parked,
    PulledBatch,
    Redriven,
    Relation,
    SeekPreview,
    Settings,
    Start,
    Steps,
    Subscription,
)
from bus_client.entry import Entry
from bus_client.errors import NoClientNamed, NotPossible
from bus_client.wire import Wire


class Subscriptions:
    """What the owner of a token can do with its subscriptions, or the operator with a client's.

    Every call raises BusRefused or BusUnavailable; what a subscription can't do now (its `can`
    says so) raises NotPossible. All of them may be repeated.
    """

    def __init__(
        self, wire: Wire, entry: Entry, client: str | None = None, *, patient: Wire | None = None
    ) -> None:
        self._wire = wire
        self._patient = patient or wire
        self._entry = entry
        self._client = client

    def of(self, client: str) -> "Subscriptions":
        """Those of another client, for the root key; everybody's are `all` of the root key."""
        return Subscriptions(self._wire, self._entry, client, patient=self._patient)

    def all(self) -> list[Subscription]:
        """Every subscription of this client; of every client for the root key."""
        return [
            subscription_from(one)
            for url in self._lists()
            for one in self._pages(url, "subscriptions")
        ]

    def get(self, name: str) -> Subscription:
        """One of them by its name. Raises BusRefused (404) when there is none."""
        return self._read("GET", self._named(name))

    def put(
        self,
        name: str,
        *,
        topics: Iterable[str],
        callback: str | None = None,
        uuid: str | None = None,
        secret: str | None = None,
        start: Start = "now",
        **settings: Unpack[Settings],
    ) -> Subscription:
        """Subscribe, or change the subscription of this name: what isn't given is as by default.
        Without `callback` and `uuid` it is pulled; a known callback keeps its `uuid` while it stays
        on its host.

        `topics` are patterns: `bids`, `bids.create`, `*`. `uuid` is the Basic user name of the
        deliveries, `secret` signs them from the first one on (None: the bus makes one, and shows
        it in this answer when the subscription is new). `start` is only for a new one.
        """
        body: dict[str, Any] = {"topics": list(topics)}
        optional = {"callback": callback, "uuid": uuid, "secret": secret, "from": start, **settings}
        body |= {key: value for key, value in optional.items() if value is not None}
        return self._read("PUT", self._named(name), body)

    def refresh(self, subscription: Subscription) -> Subscription:
        """The subscription as it is now."""
        return self._read("GET", subscription.url)

    def diagnosis(self, subscription: Subscription) -> list[Finding]:
        """Why it gets nothing and what to do, in plain words, the worst first; of what the bus
        knows. A bus that gives none: NotPossible."""
        return findings_from(self._wire.read("GET", _possible(subscription, "diagnosis")))

    def delete(self, subscription: Subscription) -> None:
        """End it, with its parked events and dead letters."""
        self._wire.do("DELETE", subscription.url)

    def pull(
        self,
        subscription: Subscription,
        *,
        limit: int | None = None,
        wait_s: int = 0,
        lease_ms: int | None = None,
    ) -> PulledBatch:
        """The next events of a subscription without callback, at most `limit` (None: its `max`),
        waiting up to 25 s for the first. They are leased for so long (None: 30 s): nobody else who
        pulls gets them, and they come again unless they are acknowledged by then."""
        asked = {"limit": limit, "wait": wait_s, "lease_ms": lease_ms}
        query = urlencode({key: value for key, value in asked.items() if value is not None})
        url = f"{_possible(subscription, 'events')}?{query}"
        return pulled_from(self._patient.read("GET", url))

    def ack(
        self, subscription: Subscription, batch: PulledBatch, failed: Collection[str] = ()
    ) -> None:
        """A batch was taken, but for the events with these ids: those are parked, and come again
        later. Raises BusRefused (409) once its lease has lapsed: then all of it comes again."""
        body = {"lease": batch.lease, "failed": list(failed)}
        self._wire.call("POST", _possible(subscription, "ack"), body)

    def pause(self, subscription: Subscription) -> Subscription:
        """Have nothing more sent."""
        return self._read("POST", _possible(subscription, "pause"))

    def resume(self, subscription: Subscription) -> Subscription:
        """Have events sent again after a pause, or after it was disabled."""
        return self._read("POST", _possible(subscription, "resume"))

    def seek(self, subscription: Subscription, to: Start | Steps) -> Subscription:
        """Go on from somewhere else in the log."""
        return self._read("POST", _possible(subscription, "seek"), {"to": to})

    def preview(self, subscription: Subscription, to: Start | Steps) -> SeekPreview:
        """What a seek would bring, without doing it."""
        url = _with(_possible(subscription, "seek"), to=_word(to))
        return preview_from(self._wire.read("GET", url))

    def test(self, subscription: Subscription) -> Subscription:
        """Have a test event sent; the attempts say what came of it."""
        return self._read("POST", _possible(subscription, "test"))

    def rotate_secret(self, subscription: Subscription, secret: str | None = None) -> str:
        """Sign with another secret (None: one that the bus makes), and return it.

        The one before stays valid for a day.
        """
        body = {} if secret is None else {"secret": secret}
        return self._wire.read("POST", _possible(subscription, "secret"), body).text("secret")

    def parked(self, subscription: Subscription) -> Iterator[Parked]:
        """Entities that wait apart, by URL."""
        return map(parked_from, self._pages(subscription.links.get("parked"), "parked"))

    def retry_parked(self, subscription: Subscription, urls: Collection[str] | None = None) -> int:
        """Have parked entities tried now: these, or all; returns how many."""
        body = {} if urls is None else {"urls": list(urls)}
        done = self._wire.read("POST", _possible(subscription, "retry"), body)
        return done.integer("retried")

    def dead_letters(self, subscription: Subscription) -> Iterator[DeadLetter]:
        """Events that were given up, oldest first."""
        url = subscription.links.get("dead-letters")
        return map(dead_letter_from, self._pages(url, "dead-letters"))

    def dead_letter(self, letter: DeadLetter) -> DeadLetter:
        """A dead letter with how the last answer began."""
        return dead_letter_from(self._wire.read("GET", letter.url))

    def redrive(
        self, subscription: Subscription, letters: Collection[DeadLetter | int] | None = None
    ) -> Redriven:
        """Have dead letters delivered again: these (or those of these numbers), or all."""
        body = {} if letters is None else {"ids": [_number(letter) for letter in letters]}
        return redriven_from(self._wire.read("POST", _possible(subscription, "redrive"), body))

    def attempts(
        self,
        subscription: Subscription,
        *,
        status: str | None = None,
        url: str | None = None,
        since_ms: int | None = None,
        until_ms: int | None = None,
        before: int | None = None,
    ) -> Iterator[Attempt]:
        """The last deliveries, newest first: of a `status` (`2xx`, `404`, `error`), about an
        entity's `url`, since a time, until another, before the attempt of a number."""
        wanted = {"status": status, "url": url, "since_ms": since_ms, "until_ms": until_ms}
        all_of_them = subscription.links.get("attempts")
        first = all_of_them and _with(all_of_them, **wanted, before=before)
        return map(attempt_from, self._pages(first, "attempts"))

    def resend(self, attempt: Attempt) -> None:
        """Have its events sent once more, now, whatever the state is; the attempts say what came
        of it. Raises NotPossible where it isn't known which they were."""
        if not attempt.can_resend():
            raise NotPossible(f"attempt {attempt.id} can't be sent again: its events aren't known")
        self._wire.read("POST", attempt.links["resend"])

    def find_attempt(self, subscription: Subscription, id: int) -> Attempt | None:
        """The attempt of this number, with what was sent and what came back; None: not on record
        any more."""
        first = next(self.attempts(subscription, before=id + 1), None)
        return self.attempt(first) if first is not None and first.id == id else None

    def find_dead_letter(self, subscription: Subscription, id: int) -> DeadLetter | None:
        """The dead letter of this number, with how the last answer began; None: there is none."""
        letters = self.dead_letters(subscription)
        found = next((one for one in letters if one.id == id), None)
        return None if found is None else self.dead_letter(found)

    def attempt(self, attempt: Attempt) -> Attempt:
        """An attempt with what was sent and what came back."""
        return attempt_from(self._wire.read("GET", attempt.url))

    def _named(self, name: str) -> str:
        if not self._entry.is_operator:
            # A token that also monitors everybody's has a link for any client's.
            ours = unquote(self._own().rsplit("/", 2)[-2])
            return self._entry.link("subscription", client=ours, name=name)
        if self._client is None:
            raise NoClientNamed("the root key has no subscriptions of its own: name the client")
        return self._entry.link("subscription", client=self._client, name=name)

    def _lists(self) -> list[str]:
        if not self._entry.is_operator:
            return [self._own()]
        found = self._pages(self._entry.link("clients"), "clients")
        names = [one for one in found if self._client in (None, one.get("name"))]
        return [one.link("subscriptions") for one in names]

    def _own(self) -> str:
        """The list of this token's client. Raises NotPossible where another's is wanted: its links
        would lead to its own."""
        url = self._entry.link("subscriptions")
        if self._client is not None and f"/clients/{quote(self._client)}/" not in url:
            raise NotPossible("the token is another client's: who runs the bus sees everybody's")
        return url

    def _read(self, method: str, url: str, body: Any = None) -> Subscription:
        return subscription_from(self._wire.read(method, url, body))

    def _pages(self, url: str | None, relation: str) -> Iterator[Document]:
        while url is not None:
            page = self._wire.read("GET", url)
            yield from page.collection(relation)
            url = page.optional_link("next")


def _possible(subscription: Subscription, relation: Relation) -> str:
    target = subscription.links.get(relation)
    if target is None:
        raise NotPossible(
            f"{subscription.name} can't do this now, or not with this token: {relation}"
        )
    return target


def _with(url: str, /, **query: object) -> str:
    """A URL with those parameters of a query that aren't None."""
    given = {name: value for name, value in query.items() if value is not None}
    return f"{url}?{urlencode(given)}" if given else url


def _word(to: Start | Steps) -> str:
    """A place as a query has it: `beginning`, `position:12`, `events:-3`."""
    if isinstance(to, str):
        return to
    ((name, value),) = to.items()
    return f"{name}:{value}"


def _number(letter: DeadLetter | int) -> int:
    return letter if isinstance(letter, int) else letter.id

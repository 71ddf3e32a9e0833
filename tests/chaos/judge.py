"""What must be true after a round, from what publishers and subscribers wrote down.

docs/delivery.md D1 to D3.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from tests.chaos.journal import Delivery, Seen
from tests.chaos.writers import Written

SETTLED_WITHIN_S = 1.0
# How long a request may lie unread with a receiver that is busy: its pusher may be dead by then.
UNREAD_FOR_S = 1.0


@dataclass(frozen=True)
class Received:
    """One subscriber's side: what it is subscribed to, and its deliveries in order of receipt.

    `dead`: marks that the bus says it has given up.
    """

    name: str
    topics: Collection[str]
    deliveries: Sequence[Delivery]
    dead: Collection[str] = ()


@dataclass(frozen=True)
class Lapse:
    """Between these two moments a pusher was killed, or could not write to its database."""

    after: float
    before: float


@dataclass
class Verdict:
    """Counts of events, and a line for each thing that must not be.

    `delivered`: (subscriber, event) that a 2xx was begun for. `duplicates`: receipts of an event
    by a subscriber that had begun a 2xx for it before; `unknown`: those of them where the bus
    could not know of that 2xx. `asleep`: subscriptions that something waits for and nobody looks
    at.
    """

    acknowledged: int = 0
    delivered: int = 0
    duplicates: int = 0
    unknown: int = 0
    dead: int = 0
    lost: int = 0
    out_of_order: int = 0
    asleep: int = 0
    violations: list[str] = field(default_factory=list)

    def __add__(self, other: "Verdict") -> "Verdict":
        return Verdict(
            self.acknowledged + other.acknowledged,
            self.delivered + other.delivered,
            self.duplicates + other.duplicates,
            self.unknown + other.unknown,
            self.dead + other.dead,
            self.lost + other.lost,
            self.out_of_order + other.out_of_order,
            self.asleep + other.asleep,
            self.violations + other.violations,
        )


def judge(
    written: Sequence[Written], received: Sequence[Received], lapses: Sequence[Lapse]
) -> Verdict:
    """Compare the two sides."""
    verdict = Verdict(acknowledged=sum(len(one.acknowledged) for one in written))
    tried = {mark for one in written for mark in one.tried}
    repeated = {mark for one in written if one.repeats for mark in one.tried}
    positions: dict[str, int] = {}
    for one in received:
        _judge_losses(verdict, written, one)
        _judge_order(verdict, one)
        _judge_repeats(verdict, one, lapses)
        _judge_identity(verdict, one, tried, repeated, positions)
    for writer in written:
        _judge_log(verdict, writer, positions)
        verdict.violations += writer.complaints
    shared = [place for place, times in Counter(positions.values()).items() if times > 1]
    verdict.violations += [f"several events are at {place}" for place in shared]
    return verdict


def _judge_losses(verdict: Verdict, written: Iterable[Written], one: Received) -> None:
    """What was acknowledged is delivered or a dead letter; nothing is parked after a round."""
    due = {mark for w in written if w.topic in one.topics for mark, _ in w.acknowledged}
    delivered = {event.mark for delivery in one.deliveries for event in delivery.took}
    lost = due - delivered - set(one.dead)
    verdict.delivered += len(delivered)
    verdict.dead += len(one.dead)
    verdict.lost += len(lost)
    if lost:
        some = ", ".join(sorted(lost)[:3])
        verdict.violations.append(f"{one.name} never got {len(lost)} events ({some} …)")


def _judge_order(verdict: Verdict, one: Received) -> None:
    """Per URL, first receipts and first takings come in the order of the log."""
    everything = [event for delivery in one.deliveries for event in delivery.events]
    taken = [event for delivery in one.deliveries for event in delivery.took]
    for earlier, later in {*_swapped(everything), *_swapped(taken)}:
        verdict.out_of_order += 1
        verdict.violations.append(
            f"{one.name} got {later.url} at {later.position} after {earlier.position}"
        )


def _swapped(events: Iterable[Seen]) -> Iterator[tuple[Seen, Seen]]:
    newest: dict[str, Seen] = {}
    for event in _firsts(events):
        before = newest.get(event.url)
        if before is not None and before.position > event.position:
            yield before, event
        else:
            newest[event.url] = event


def _firsts(events: Iterable[Seen]) -> Iterable[Seen]:
    firsts: dict[str, Seen] = {}
    for event in events:
        firsts.setdefault(event.mark, event)
    return firsts.values()


def _judge_repeats(verdict: Verdict, one: Received, lapses: Sequence[Lapse]) -> None:
    """An event comes again only when the bus could not know that it was taken.

    It could not when the 2xx was never wholly written; and when a pusher was killed, or was
    without its database, after the event had arrived, unless there is a sign that the outcome was
    settled by then: it was taken more than a second before, and more had been delivered meanwhile.
    """
    takings: dict[str, list[int]] = defaultdict(list)
    for place, delivery in enumerate(one.deliveries):
        for event in delivery.events:
            before = takings[event.id]
            if before:
                verdict.duplicates += 1
                known = [p for p in before if _known(one.deliveries, p, delivery, lapses)]
                if known:
                    verdict.violations.append(
                        _repeat(one, event, one.deliveries[known[0]], delivery)
                    )
                else:
                    verdict.unknown += 1
            if event in delivery.took:
                before.append(place)


def _known(
    deliveries: Sequence[Delivery], place: int, again: Delivery, lapses: Sequence[Lapse]
) -> bool:
    """Whether the bus knew the outcome of the delivery at `place` when it delivered `again`."""
    first = deliveries[place]
    taken_at = first.taken_at
    if taken_at is None or taken_at > again.received_at:
        return False
    for lapse in lapses:
        if first.received_at < lapse.before + UNREAD_FOR_S and lapse.after < again.received_at:
            moved_on = any(
                taken_at < later.received_at < lapse.after for later in deliveries[place + 1 :]
            )
            if not moved_on or lapse.after - taken_at <= SETTLED_WITHIN_S:
                return False
    return True


def _repeat(one: Received, event: Seen, first: Delivery, again: Delivery) -> str:
    after_s = again.received_at - (first.taken_at or 0)
    return (
        f"{one.name} got {event.mark} (at {event.position}) again {after_s:.3f} s after taking it"
    )


def _judge_identity(
    verdict: Verdict,
    one: Received,
    tried: Collection[str],
    repeated: Collection[str],
    positions: dict[str, int],
) -> None:
    """What arrives was published, and has the same place for everybody: the first of several."""
    events = {event for delivery in one.deliveries for event in delivery.events}
    for event in events:
        if event.mark not in tried:
            verdict.violations.append(f"{one.name} got {event.mark}, which nobody published")
        if event.mark in repeated:
            first = positions.get(event.mark, event.position)
            positions[event.mark] = min(first, event.position)
        elif positions.setdefault(event.mark, event.position) != event.position:
            verdict.violations.append(f"{event.mark} has two places")


def _judge_log(verdict: Verdict, writer: Written, positions: dict[str, int]) -> None:
    """Who was answered before publishing more finds both in this order."""
    places = [positions[mark] for mark, _ in writer.acknowledged if mark in positions]
    swaps = sum(later <= earlier for earlier, later in pairwise(places))
    verdict.out_of_order += swaps
    if swaps:
        verdict.violations.append(f"the log has {swaps} events of {writer.topic} out of order")

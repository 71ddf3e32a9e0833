"""Whether anybody publishes what a subscription asks for."""

import difflib
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from bus.diagnosis.finding import DiagnosisFinding, fine, look
from bus.model.delivery import Overview
from bus.model.topic import SYSTEM_TOPIC
from bus.model.topic_filter import EVERY_TOPIC


@dataclass(frozen=True, slots=True)
class Published:
    """The topics that have a publisher, and those of them whose publisher has no token left that
    may publish to them, with its name."""

    topics: Collection[str]
    mute: dict[str, str]


def wanted_topics(one: Overview) -> list[str]:
    """The topics of clients that its patterns name; `*` names none."""
    names = {each.topic for each in one.subscription.filters if each.until is None}
    return sorted(names - {EVERY_TOPIC, SYSTEM_TOPIC})


def of_topics(one: Overview, published: Published) -> Iterator[DiagnosisFinding]:
    """Which of them nobody publishes to, or not any more."""
    wanted = [each for each in one.subscription.filters if each.until is None]
    if not wanted:
        yield look("topics", "It subscribes to no topic.", "Name the topics it is to get.", "edit")
        return
    troubles = [*_silent(wanted_topics(one), published), *_too_choosy(one)]
    patterns = ", ".join(each.pattern for each in wanted)
    yield from troubles or [fine("topics", f"It gets {patterns}.")]


def _silent(names: list[str], published: Published) -> Iterator[DiagnosisFinding]:
    for name in names:
        if name in published.mute:
            yield look(
                "topics",
                f"{name} is {published.mute[name]}'s, which has no token left that may publish.",
                f"Have a token made for {published.mute[name]}.",
            )
        elif name not in published.topics:
            near = difflib.get_close_matches(name, [*published.topics], n=1)
            do = f"Did you mean {near[0]}?" if near else "It begins when somebody publishes to it."
            yield look("topics", f"Nobody publishes to {name} so far.", do, "edit")


def _too_choosy(one: Overview) -> Iterator[DiagnosisFinding]:
    """Nothing came of those types yet, which may be those that nobody publishes."""
    wanted = [each for each in one.subscription.filters if each.until is None]
    if one.sent or one.lag.events or any(each.type is None for each in wanted):
        return
    types = ", ".join(each.pattern for each in wanted)
    yield look(
        "topics",
        f"It wants {types} only, and none has come so far.",
        "See which types are published: all others are passed over.",
        "edit",
    )

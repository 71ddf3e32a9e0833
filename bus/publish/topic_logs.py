"""Which log the events of a topic go to (docs/delivery.md D38)."""

from collections.abc import Callable, Mapping

from bus.errors import Unavailable
from bus.model.log_name import MAIN
from bus.publish.group_commit import Committer


class TopicLogs:
    """What this process knows of where topics are.

    A topic that it knows nothing of is taken to be at home: no store is asked for it, and the log
    says so when that was wrong (see TopicElsewhere).
    """

    def __init__(
        self,
        committers: Mapping[str, Committer],
        elsewhere: Callable[[], Mapping[str, str]],
        claim: Callable[[str, int], None],
    ) -> None:
        """`elsewhere` asks the registry which topics are in which other log; `claim` has it know
        whose a topic is, and say so to the topic's log."""
        self._committers = committers
        self._home = committers[MAIN]
        self._elsewhere = elsewhere
        self._claim = claim
        self._known: Mapping[str, str] = {}

    def committer(self, topic: str) -> Committer:
        """Of the log that the topic is in. Raises Unavailable where this process has no such
        log."""
        name = self._known.get(topic)
        return self._home if name is None else self._of(name)

    def learn(self, topic: str, client_id: int) -> None:
        """Ask the registry where it is, for a client that publishes there: whoever does first owns
        it. Raises StoreUnavailable, TopicTaken, BadTopic."""
        self._known = self._elsewhere()
        if topic in self._known:
            self._claim(topic, client_id)

    def _of(self, name: str) -> Committer:
        found = self._committers.get(name)
        if found is None:
            raise Unavailable(f"the topic is in log {name}, which BUS_LOGS lacks here")
        return found

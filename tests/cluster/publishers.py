"""Publishers that repeat, with a key, until they hear 200: from one bus host or the other."""

import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import count, pairwise

import requests

_PACE_S = 0.04
_ANSWERED_WITHIN_S = 20.0
_TOPIC = "cluster"


@dataclass(slots=True)
class Written:
    """Marks of events, each with when it was answered 200; how often which status came."""

    acknowledged: list[tuple[float, str]] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)


class Publishers:
    """Some threads, each an event at a time, until stopped."""

    def __init__(self, buses: list[str], token: str, publishers: int = 4) -> None:
        self.written = Written()
        self._buses = buses
        self._token = token
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(number,)) for number in range(publishers)
        ]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Finish the calls under way, and no more."""
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def longest_pause_s(self, since: float, until: float) -> float:
        """The longest time in which nobody was answered 200."""
        times = sorted(at for at, _ in list(self.written.acknowledged) if since <= at <= until)
        marks = [since, *times, until]
        return max(after - before for before, after in pairwise(marks))

    def acknowledged_since(self, at: float) -> int:
        """How many were answered 200 since then."""
        return sum(when >= at for when, _ in list(self.written.acknowledged))

    def _run(self, number: int) -> None:
        with requests.Session() as session:
            session.auth = (self._token, "")
            for serial in count():
                if self._stopping.wait(_PACE_S):
                    return
                self._publish(session, f"{number}-{serial}", number + serial)

    def _publish(self, session: requests.Session, mark: str, turn: int) -> None:
        event = {"type": "noop", "url": f"https://cluster.example/{mark}", "data": {"mark": mark}}
        for attempt in count(turn):
            bus = self._buses[attempt % len(self._buses)]
            status = self._post(session, f"{bus}/topics/{_TOPIC}", event, mark)
            self.written.statuses[status] += 1
            if status == 200:
                self.written.acknowledged.append((time.monotonic(), mark))
                return
            if self._stopping.wait(0.2):
                return

    def _post(self, session: requests.Session, url: str, event: object, mark: str) -> int:
        headers = {"Idempotency-Key": mark}
        try:
            answer = session.post(url, json=event, headers=headers, timeout=_ANSWERED_WITHIN_S)
        except requests.RequestException:
            return 0
        return answer.status_code

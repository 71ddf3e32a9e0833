"""Publishers under load: each writes down what it tried and what the bus acknowledged."""

import base64
import http.client
import json
import random
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.chaos.plan import URLS_A_TOPIC, WriterPlan

_LONGEST_PAUSE_S = 0.06
_ANSWERED_WITHIN_S = 30.0
_ARRAY_SIZES = (1, 1, 1, 1, 1, 1, 5, 20)
_TYPES = ("create", "update", "delete", "noop")


@dataclass
class Written:
    """What one writer did, in order: (mark, URL) pairs; `acknowledged` got a 200.

    `repeats`: it publishes again when it doesn't know, so that an event may have several places.
    `complaints`: what a publisher must never see, however many processes die.
    """

    topic: str
    tried: set[str] = field(default_factory=set)
    acknowledged: list[tuple[str, str]] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    repeats: bool = False


class Writer:
    """Publishes a call at a time until stopped. A call that fails is not repeated: its events are
    in the log or not, nobody knows, and either is right."""

    def __init__(self, plan: WriterPlan, port: int, token: str) -> None:
        self.written = Written(plan.topic)
        self._plan = plan
        self._chance = random.Random(plan.seed)
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_ANSWERED_WITHIN_S)
        credentials = base64.b64encode(f"{token}:".encode()).decode()
        self._headers = {"Authorization": f"Basic {credentials}"}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=plan.name)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the call under way, and no more."""
        self._stopping.set()
        self._thread.join(_ANSWERED_WITHIN_S + 5)
        self._connection.close()

    def _run(self) -> None:
        for events in self._calls():
            if self._stopping.wait(self._chance.uniform(0, _LONGEST_PAUSE_S)):
                return
            pairs = [(event["data"]["mark"], event["url"]) for event in events]
            self.written.tried.update(mark for mark, _ in pairs)
            if self._publish(events):
                self.written.acknowledged += pairs

    def _calls(self) -> Iterator[Sequence[dict[str, Any]]]:
        number = 0
        while True:
            size = self._chance.choice(_ARRAY_SIZES)
            yield [self._event(number + place) for place in range(size)]
            number += size

    def _event(self, number: int) -> dict[str, Any]:
        entity = self._chance.randrange(URLS_A_TOPIC)
        return {
            "type": self._chance.choice(_TYPES),
            "url": f"https://chaos.example/{self._plan.topic}/{entity}",
            "data": {"mark": f"{self._plan.name}:{number}"},
        }

    def _publish(self, events: Sequence[dict[str, Any]]) -> bool:
        body = json.dumps(events[0] if len(events) == 1 else events)
        try:
            self._connection.request("POST", f"/topics/{self._plan.topic}", body, self._headers)
            answer = self._connection.getresponse()
            answer.read()
        except TimeoutError:
            self._connection.close()
            self.written.complaints.append(f"{self._plan.name} got no answer")
            return False
        except (OSError, http.client.HTTPException):
            self._connection.close()
            return False
        if answer.status not in {200, 503}:
            self.written.complaints.append(f"{self._plan.name} got {answer.status}")
        return answer.status == 200

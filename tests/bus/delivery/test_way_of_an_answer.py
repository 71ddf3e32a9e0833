"""From the socket to the settled row an answer crosses few files, whatever the answer is."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from types import FrameType
from typing import Any

import pytest

from bus.model.retry_policy import RetryPolicy
from bus.storage import Storage
from tests.bus.delivery.pushing import Driven, Publish, overview, subscribe
from tests.bus.receiver import Delivery, Receiver, Reply

BUS = str(Path(__file__).parents[3] / "bus")
MOST_STAYS = 16
TO_READ_A_BODY = 4  # what it says, and whether it was packed, are questions of their own
TO_TELL_OF_IT = 1  # what the bus reports of itself is decided in one place
FIRST, LAST = "delivery/wire/http_client.py", "storage/transactions.py"
TO_KNOW_WHAT_IS_LEFT = 1  # of the positions before it: the backlog has them
ANOTHER_ROUND = 2  # of the pusher, which looks for what else came before it settles
WAITING = {FIRST, "delivery/wire/unresolved.py"}  # the client and its names, who wait for more


@contextmanager
def walked() -> Iterator[list[str]]:
    """The files of the bus in the order in which calls enter them, each stay once.

    From the client, which has the answer off the socket, to the transaction that settles it.
    """
    stays: list[str] = []

    def enter(frame: FrameType, event: str, _: Any) -> None:
        code = frame.f_code
        if event != "call" or not code.co_filename.startswith(BUS) or code.co_name[0] == "<":
            return
        file = str(Path(code.co_filename).relative_to(BUS))
        if not stays:
            stays.extend([file] if file == FIRST else [])
        elif stays[-1] not in {LAST, file} and file not in WAITING:
            stays.append(file)

    sys.setprofile(enter)
    try:
        yield stays
    finally:
        sys.setprofile(None)


def refuse_first(delivery: Delivery) -> Reply:
    """An answer by which one event of several is parked."""
    return Reply(200, json.dumps({"failed": [delivery.events[0]["id"]]}).encode())


ANSWERS: dict[str, Callable[[Delivery], Reply]] = {
    "acknowledged": lambda _: Reply(204),
    "some failed": refuse_first,
    "failed": lambda _: Reply(500, b"no"),
    "gone": lambda _: Reply(410),
    "retry after": lambda _: Reply(429, b"", (("Retry-After", "5"),)),
}


@pytest.mark.parametrize("parked_ms", [(5_000,), ()], ids=["kept", "dead"])
@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_crosses_few_files_to_the_settled_row(
    storage: Storage,
    driven: Driven,
    publish: Publish,
    receiver: Receiver,
    answer: str,
    parked_ms: tuple[int, ...],
) -> None:
    receiver.decide = ANSWERS[answer]
    receiver.gate.clear()
    subscribe(storage, receiver.url, max_events=3, retry=RetryPolicy(parked_ms=parked_ms))
    publish("1", "2", "3", "1", "4")
    driven.until(lambda: receiver.deliveries)
    receiver.gate.set()
    with walked() as stays:
        driven.pusher.close()
    most = MOST_STAYS + TO_READ_A_BODY * (answer == "some failed")
    assert len(stays) <= most, " > ".join(stays)
    assert (stays[0], stays[-1]) == (FIRST, LAST)


def test_an_answer_out_of_turn_crosses_no_more(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    first, was_answered = Event(), Event()

    def decide(delivery: Delivery) -> Reply:
        if delivery.events[0]["position"] == 1:
            first.wait(30)
            return Reply()
        was_answered.set()
        return refuse_first(delivery)

    receiver.decide = decide
    receiver.gate.clear()
    subscribe(storage, receiver.url, max_events=2, concurrency=2, retry=RetryPolicy(parked_ms=()))
    publish("1", "2", "3", "4")
    driven.until(lambda: len(receiver.deliveries) == 2)
    receiver.gate.set()
    with walked() as stays:
        driven.pusher.close(timeout_ms=300)
    first.set()
    assert was_answered.is_set()
    most = MOST_STAYS + TO_READ_A_BODY + TO_TELL_OF_IT + TO_KNOW_WHAT_IS_LEFT + ANOTHER_ROUND
    assert len(stays) <= most, " > ".join(stays)
    assert overview(storage).cursor.left_behind == (1, 2)

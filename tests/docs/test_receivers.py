"""Each receiver in docs/examples/receivers checks, answers, and drops what it knows."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from service_kit.run.ports import is_free
from service_kit.webhooks import delivery_head, new_secret

from tests.procfile import ROOT
from tests.sockets import free_port
from tests.waiting import wait_for

RECEIVERS = ROOT / "docs/examples/receivers"
LANGUAGES: Mapping[str, list[str]] = {
    "receiver.py": [sys.executable],
    "receiver.js": ["node"],
    "receiver.rb": ["ruby"],
    "receiver.go": ["go", "run"],
    "receiver.php": ["php", "-S", "127.0.0.1:{port}"],
}
EVENTS = [
    {
        "topic": "bids",
        "type": "create",
        "url": f"https://x.example/bids/{n}",
        "t": 1,
        "id": f"e-{n}",
    }
    for n in (1, 2)
]
LINES = ["create https://x.example/bids/1", "create https://x.example/bids/2"]

pytestmark = pytest.mark.slow


class Receiver:
    """A receiver that runs, and a bus that delivers to it."""

    def __init__(self, port: int, secret: str, output: Path) -> None:
        self.url = f"http://127.0.0.1:{port}/events"
        self.secret = secret
        self._output = output

    def deliver(
        self, *, secrets: list[str] | None = None, age_s: int = 0, replay: int = 0, **heads: str
    ) -> int:
        """Deliver both events; the status of the answer."""
        body = json.dumps(EVENTS).encode()
        head = delivery_head(
            content_type="application/json",
            uuid="u",
            valid_secrets=[self.secret] if secrets is None else secrets,
            message_id="msg-1",
            now_ms=(int(time.time()) - age_s) * 1000,
            body=body,
            position=2,
            previous=0,
            attempt=1,
            replay=replay,
            traceparent=None,
        )
        headers = dict(line.split(": ", 1) for line in head)
        headers |= {name.replace("_", "-"): value for name, value in heads.items()}
        encoded = {name: value.encode() for name, value in headers.items()}
        return requests.post(self.url, body, headers=encoded, timeout=20).status_code

    def lines(self) -> list[str]:
        """What it has printed of events."""
        said = self._output.read_text().splitlines()
        return [line for line in said if line.startswith("create ")]


@pytest.fixture(params=LANGUAGES)
def receiver(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Receiver]:
    """One of them, started anew: what it knows is of one test."""
    command = LANGUAGES[request.param]
    if shutil.which(command[0]) is None:
        pytest.skip(f"there is no {command[0]} here")
    if (
        command == ["ruby"]
        and subprocess.run(["ruby", "-rwebrick", "-e", ""], check=False).returncode
    ):
        pytest.skip("there is no webrick here (Debian: ruby-webrick)")
    with _running(command, request.param, tmp_path) as receiver:
        yield receiver


@contextmanager
def _running(command: list[str], name: str, folder: Path) -> Iterator[Receiver]:
    port, secret, output = free_port(), new_secret(), folder / "output"
    (folder / "known").mkdir()
    settings = {"PORT": str(port), "WEBHOOK_SECRET": secret, "KNOWN_DIR": str(folder / "known")}
    with (
        output.open("w") as log,
        subprocess.Popen(
            [*(part.format(port=port) for part in command), str(RECEIVERS / name)],
            env=dict(os.environ) | settings,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        ) as process,
    ):
        try:
            wait_for(lambda: not is_free(port) or process.poll() is not None, what=name)
            assert process.poll() is None, output.read_text()
            yield Receiver(port, secret, output)
        finally:
            os.killpg(process.pid, 9)


def test_what_is_not_signed_by_our_secret_or_is_old_is_refused(receiver: Receiver) -> None:
    assert receiver.deliver(secrets=[new_secret()]) == 401
    assert receiver.deliver(age_s=600) == 401
    assert receiver.deliver(webhook_signature="") == 401
    assert receiver.deliver(webhook_signature="v1,é") == 401
    assert receiver.deliver(webhook_timestamp="now") == 401
    assert receiver.lines() == []
    assert requests.get(receiver.url, timeout=20).status_code in {401, 404, 501}


def test_a_batch_is_taken_once_and_once_more_when_it_is_replayed(receiver: Receiver) -> None:
    assert receiver.deliver() == 204
    assert receiver.lines() == LINES
    assert receiver.deliver() == 204
    assert receiver.lines() == LINES
    assert receiver.deliver(replay=1) == 204
    assert receiver.lines() == LINES * 2


def test_while_a_secret_is_rotated_either_signature_will_do(receiver: Receiver) -> None:
    assert receiver.deliver(secrets=[new_secret(), receiver.secret], replay=1) == 204


@pytest.mark.parametrize("name", LANGUAGES)
def test_a_receiver_is_read_at_a_glance(name: str) -> None:
    code = (RECEIVERS / name).read_text().split("import (")[-1].splitlines()
    assert 20 <= len(code) <= 55

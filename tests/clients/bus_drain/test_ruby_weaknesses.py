"""The seven weaknesses of routemaster-drain, each shown absent from what takes its place."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from bus_drain import DirtyMap, Event, Mapping, open_state
from bus_drain.fetch import EntityClient, Unavailable
from bus_drain.state import State

from .conftest import SECRET, UUID, Clock, Deliverer, Heard, event, signature_headers
from .fetch.conftest import Site, serving

U, V, W = (f"https://bids.example/bids/{number}" for number in (1, 2, 3))


def deliverer(state: State, listener: Any) -> Deliverer:
    return Deliverer(
        Mapping(uuid=UUID, secrets=[SECRET], state=state, listeners={"bids": listener})
    )


def test_1_state_saved_before_the_handler_ran(drain_state: State) -> None:
    """Here it is saved once the handler has succeeded."""
    known: list[Any] = []

    def fails_once(events: Sequence[Event]) -> None:
        known.append((drain_state.newest.of([U]), drain_state.seen.which(["1"])))
        if len(known) == 1:
            raise OSError("disk full")

    deliver = deliverer(drain_state, fails_once)

    assert deliver([event(1, url=U)]).status_code == 500
    assert deliver([event(1, url=U)]).status_code == 204
    assert known == [({}, frozenset())] * 2


def test_2_equal_timestamps_of_different_types(drain_state: State, heard: Heard) -> None:
    """Here each is heard."""
    deliver = deliverer(drain_state, heard)
    for type_ in ("create", "update", "delete"):
        assert (
            deliver([event(1, url=U, type=type_, t=5, id=None, position=None)]).status_code == 204
        )

    assert [one.type for batch in heard.batches for one in batch] == ["create", "update", "delete"]


def test_3_charset_in_the_content_type(drain_state: State, heard: Heard) -> None:
    """Here any parameter will do."""
    answer = deliverer(drain_state, heard)(
        [event(1)], content_type="application/json; charset=utf-8"
    )

    assert answer.status_code == 204
    assert len(heard.urls) == 1


def test_4_a_json_object_instead_of_an_array(drain_state: State, heard: Heard) -> None:
    """Here it is refused as what it is."""
    assert deliverer(drain_state, heard)(event(1)).status_code == 400
    assert heard.urls == []


@pytest.mark.parametrize("uuid", [UUID[:-1], UUID[1:], UUID[1:-1], "", UUID + UUID])
def test_5_substring_token_match(drain_state: State, heard: Heard, uuid: str) -> None:
    """Here a part of the token is no token."""
    body = json.dumps([event(1)]).encode()
    answer = deliverer(drain_state, heard)(body=body, headers=signature_headers(body, uuid=uuid))

    assert answer.status_code == 401
    assert heard.urls == []


def test_6_unverified_tls(certificate: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Here a certificate that nobody vouches for ends the call before it is made."""
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.setenv(name, certificate[0])
    with serving(Site(), ssl_context=certificate) as site:
        site.shows("/x", {})
        with (
            EntityClient({site.url: "t"}, attempts=1) as client,
            pytest.raises(Unavailable, match="CERTIFICATE_VERIFY_FAILED"),
        ):
            client.get(site.url + "/x")
        assert site.asked == []


@pytest.mark.slow
def test_7_a_swept_url_lost_on_kill(tmp_path: Path) -> None:
    """Here its mark goes after the look, not before."""
    url = f"sqlite:///{tmp_path}/state.sqlite3"
    state = open_state(url)
    clock = Clock()
    dirty = DirtyMap(state.marks, clock=clock)
    for one in (U, V, W):
        dirty.mark([one])
        clock.ms += 1
    sweeping = subprocess.Popen(
        [sys.executable, Path(__file__).with_name("sweeping.py"), url, V],
        stdout=subprocess.PIPE,
        text=True,
    )
    with sweeping:
        assert sweeping.stdout is not None
        assert [sweeping.stdout.readline().strip() for _ in range(2)] == [U, V]
        sweeping.kill()

    looked: list[str] = []
    dirty.sweep(looked.append)
    state.close()

    assert looked == [V, W]

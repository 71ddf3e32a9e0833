"""Every process of a running house tells Prometheus how it is."""

import re
from collections.abc import Iterator

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

from tests.procfile import ROOT
from tests.system.house import House, open_house
from tests.waiting import wait_for

TAKES = {
    "process_resident_memory_bytes",
    "process_cpu_seconds_total",
    "process_open_fds",
    "process_start_time_seconds",
}
OUTBOX = {"outbox_waiting_events", "outbox_refused_events", "outbox_oldest_seconds"}
MAIL = {"mailer_queued_mails", "mailer_queued_oldest_seconds", "mailer_inbox_entities"}
REQUESTS = {"http_request_duration_seconds"}
BUS = {
    *("bus_published_events", "bus_lag_seconds", "bus_subscription_state", "bus_pushers"),
    *("bus_publish_seconds", "bus_publish_to_delivery_seconds", "bus_dead_letters"),
}
TELLS = {
    "bus": REQUESTS | BUS,
    "pusher": {"bus_attempts", "bus_pusher_lease"},
    "bids": REQUESTS,
    "bids_commands": REQUESTS,
    "bids_jobs": OUTBOX,
    "auctions": REQUESTS,
    "auctions_jobs": OUTBOX,
    "live": REQUESTS | {"live_streams", "live_own_streams"},
    "mailer": REQUESTS,
    "accounting": REQUESTS | {"accounting_waiting", "accounting_dead_letters"},
    "mailer_jobs": MAIL,
    "house": REQUESTS,
    "house_jobs": OUTBOX,
}
OBSERVE = [
    ROOT / "deploy/observe" / name
    for name in ("alerts.yml", "grafana-bus.json", "grafana-house.json")
]
METRIC = re.compile(r"\b(?:bus|outbox|mailer|http|process|live)_[a-z_]+")
SUFFIX = re.compile(r"_(total|bucket|count|sum)$")
EVENT = {"type": "create", "url": "https://x.example/1"}


def scraped(house: House, process: str) -> dict[str, dict[tuple[str, ...], float]]:
    """What a process tells: values by family name and the labels of the sample, in order."""
    token = {"Authorization": f"Bearer {house.settings['BUS_ROOT_KEY']}"}
    got = requests.get(f"{house.url(process)}/metrics", headers=token, timeout=10)
    assert got.status_code == 200, (process, got.text)
    return {
        family.name.removesuffix("_total"): {
            (sample.name, *sorted(sample.labels.values())): sample.value
            for sample in family.samples
        }
        for family in text_string_to_metric_families(got.text)
    }


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Every process of the stage soa."""
    with open_house(tmp_path_factory.mktemp("running") / "var") as house:
        yield house


def test_each_process_tells_how_it_is(running: House) -> None:
    check_all(running)


@pytest.mark.parametrize("stage", ["background"])
def test_so_do_processes_that_hold_several_apps(house: House) -> None:
    check_all(house)


def check_all(house: House) -> None:
    asked = set(house.commands) - {"mailbox", "till"}
    assert asked <= set(TELLS)
    for process in asked:
        told = scraped(house, process)
        wanted = {name.removesuffix("_total") for name in TAKES} | TELLS[process]
        assert wanted <= set(told), (process, wanted - set(told))


def test_dashboards_and_alerts_name_only_what_is_told(running: House) -> None:
    told = {
        name
        for process in set(running.commands) - {"mailbox", "till"}
        for name in scraped(running, process)
    }
    named = {name for file in OBSERVE for name in METRIC.findall(file.read_text())}
    assert len(named) > 20
    assert {SUFFIX.sub("", name) for name in named} <= told


def test_whichever_worker_is_asked_tells_of_all_of_them(running: House) -> None:
    before = published(running)
    for _ in range(20):
        answer = requests.post(
            f"{running.url('bus')}/topics/weather",
            json=EVENT,
            headers={"Authorization": f"Bearer {running.settings['AUCTIONS_BUS_TOKEN']}"},
            timeout=10,
        )
        assert answer.status_code == 200
    # The house's own jobs publish, too: a worker that told of itself alone would still be short.
    assert min(published(running) for _ in range(12)) >= before + 20
    processes = scraped(running, "bus")["process_resident_memory_bytes"]
    assert {process for _, process in processes} == {"master", "worker-0", "worker-1"}


def test_what_an_endpoint_answers_is_counted_by_the_pusher(running: House) -> None:
    def delivered() -> float:
        attempts = scraped(running, "pusher")["bus_attempts"]
        return sum(count for labels, count in attempts.items() if "204" in labels)

    assert wait_for(delivered, what="an attempt") > 0


def published(house: House) -> float:
    return scraped(house, "bus")["bus_publish_seconds"]["bus_publish_seconds_count",]

"""Several hosts of the live process against the real bus: each hears everything, and who is gone
for good is forgotten."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from bids_client import BidsUnavailable
from bus_client import BusClient
from service_kit.clock import now_ms
from service_kit.wsgi_transport import WsgiTransport

from auction_app.live.config import Config
from auction_app.live.subscribe import HostSubscription
from auction_app.live.topology import subscription_name, topology
from bus.app import create_app
from bus.config import Config as BusConfig
from bus.model.delivery import EndpointHealth
from bus.storage import Logs, Storage, open_storage
from tests.auction_app.live.test_live import live_config
from tests.bus.console.settling import settle
from tests.contract.conftest import ROOT_KEY, bus_token
from tests.sockets import free_port

BUS = "http://bus.test"
FIRST, SECOND = "web1-internal-8004", "web2-internal-8004"
GONE = 15


class Hosts:
    """One client of the bus, on as many hosts as there are URLs."""

    def __init__(self, config: BusConfig, storage: Storage) -> None:
        app = create_app(config, logs=Logs(storage))
        self.bus = BusClient(BUS, bus_token(app, "live"), transport=WsgiTransport(app))
        self.looks = 0
        self.away = False

    def look_again(self) -> None:
        if self.away:
            raise BidsUnavailable("away")
        self.looks += 1

    def host(self, number: int) -> HostSubscription:
        return HostSubscription(self.bus, topology(on_host(number)), self.look_again)

    def names(self) -> set[str]:
        return {one.name for one in self.bus.subscriptions.all()}


def on_host(number: int) -> Config:
    return replace(live_config(), public_url=f"http://web{number}.internal:8004")


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("http://web1.internal:8004", "web1-internal-8004"),
        ("https://live.Gavel.com", "live-gavel-com"),
        ("http://[fd00::2]:8004/live", "fd00-2-8004-live"),
        (f"http://{'a' * 60}.{'b' * 60}.example:8004", f"{'a' * 60}-bbb"),
    ],
)
def test_a_host_is_named_as_it_is_reached(url: str, name: str) -> None:
    assert subscription_name(url) == name


@pytest.fixture
def storage(sqlite_copy: Callable[[str], str]) -> Iterator[Storage]:
    opened = open_storage(sqlite_copy("bus"), now_ms)
    yield opened
    opened.close()


@pytest.fixture
def hosts(storage: Storage) -> Hosts:
    trusted = ("web1.internal", "web2.internal")
    # It is given the storage.
    config = BusConfig(database_url="sqlite://", root_key=ROOT_KEY, trusted_hosts=trusted)
    return Hosts(config, storage)


def test_each_host_hears_everything_at_an_address_of_its_own(hosts: Hosts) -> None:
    assert hosts.host(1)() == hosts.host(2)() == 60
    first, second = sorted(hosts.bus.subscriptions.all(), key=lambda one: one.name)
    assert first.callback == "http://web1.internal:8004/events"
    assert (second.callback, second.topics) == ("http://web2.internal:8004/events", first.topics)


def test_a_host_that_the_bus_knows_does_nothing_anew(hosts: Hosts, storage: Storage) -> None:
    first = hosts.host(1)
    first()
    hosts.bus.subscriptions.pause(hosts.bus.subscriptions.get(FIRST))
    first()
    acts = [entry.act for entry in storage.audit.page(limit=10)]
    assert [act for act in acts if act.startswith("subscription.")] == [
        "subscription.pause",
        "subscription.put",
    ]


@pytest.mark.parametrize(("failures", "left"), [(GONE - 1, {FIRST, SECOND}), (GONE, {SECOND})])
def test_a_host_that_nobody_has_reached_for_long_is_forgotten_by_the_others(
    hosts: Hosts, storage: Storage, failures: int, left: set[str]
) -> None:
    hosts.host(1)()
    settle(storage, "live", health=EndpointHealth(failures=failures, failing_since_ms=1))
    hosts.host(2)()
    assert hosts.names() == left


def test_a_host_never_forgets_itself(hosts: Hosts, storage: Storage) -> None:
    first = hosts.host(1)
    first()
    settle(storage, "live", health=EndpointHealth(failures=GONE, failing_since_ms=1))
    first()
    assert hosts.names() == {FIRST}


def test_a_host_that_was_forgotten_comes_back_and_looks_at_what_it_missed(hosts: Hosts) -> None:
    first = hosts.host(1)
    first()
    first()
    assert hosts.looks == 1
    hosts.bus.subscriptions.delete(hosts.bus.subscriptions.get(FIRST))
    hosts.away = True
    assert first() < 1
    hosts.away = False
    first()
    assert (hosts.names(), hosts.looks) == ({FIRST}, 2)


def test_a_name_that_a_host_had_before_ends_and_what_others_made_stays(hosts: Hosts) -> None:
    (ours,) = topology(on_host(1)).subscriptions.values()
    for name, topics in (("default", ours.topics), ("by-hand", ["biddings"])):
        hosts.bus.subscriptions.put(name, topics=topics, callback=ours.callback, uuid="u")
    hosts.host(1)()
    assert hosts.names() == {FIRST, "by-hand"}


def test_while_the_bus_is_away_it_is_tried_again_soon() -> None:
    with BusClient(f"http://127.0.0.1:{free_port()}", "a-token") as away:
        assert HostSubscription(away, topology(on_host(1)), lambda: None)() < 1

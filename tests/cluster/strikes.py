"""What is done to the cluster, one strike after the other, and what must hold meanwhile."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg

from tests.cluster.house import House
from tests.cluster.servers import DatabaseHost
from tests.waiting import wait_for

_LONG_S = 150.0
_FROZEN_S, _CUT_S = 40.0, 60.0
_nobody = threading.Event()


@dataclass(frozen=True, slots=True)
class Strike:
    """`do` returns what does not hold; the longest pause may be `bar_s`."""

    name: str
    do: Callable[[House], str | None]
    bar_s: float
    by: str = "balancer"


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a strike; `complaints` says what does not hold."""

    strike: Strike
    pause_s: float
    acknowledged: int
    lost: int
    doubled: int
    complaints: tuple[str, ...]

    def line(self) -> str:
        """For people."""
        said = "; ".join(self.complaints) or "holds"
        return (
            f"{self.strike.name:44}{self.pause_s:7.1f}{self.strike.bar_s:6.0f}"
            f"{self.acknowledged:14}{self.lost:6}{self.doubled:9}  {said}"
        )


HEAD = f"{'':44}{'pause s':>7}{'bar':>6}{'acknowledged':>14}{'lost':>6}{'doubled':>9}"


def run(strike: Strike, house: House) -> Result:
    """Strike, wait until all is whole and delivered again, and judge."""
    wait_for(lambda: house.publishers.acknowledged_since(time.monotonic() - 2) > 20)
    began, before = time.monotonic(), len(house.publishers.written.acknowledged)
    said = strike.do(house)
    wait_for(house.cluster.is_whole, seconds=_LONG_S, what="a primary that two follow")
    ended = time.monotonic()
    wait_for(lambda: house.publishers.acknowledged_since(ended) > 20, what="publishing goes on")
    pause_s = house.publishers.longest_pause_s(began, time.monotonic())
    due = {mark for _, mark in list(house.publishers.written.acknowledged)}
    lost = _left(house, due)
    acknowledged = len(house.publishers.written.acknowledged) - before
    doubled = len(house.doubled())
    complaints = [said] if said else []
    complaints += [f"a pause of {pause_s:.1f} s"] if pause_s > strike.bar_s else []
    complaints += [f"answered {sorted(odd)}"] if (odd := _odd(house)) else []
    complaints += ["lost"] if lost else []
    complaints += ["doubled"] if doubled else []
    return Result(strike, pause_s, acknowledged, lost, doubled, tuple(complaints))


def _left(house: House, due: set[str]) -> int:
    try:
        wait_for(lambda: due <= house.delivered().keys(), what="all delivered")
    except AssertionError:
        return len(due - house.delivered().keys())
    return 0


def _odd(house: House) -> set[int]:
    """Answers that a publisher must not get, whoever dies; 0 is none at all."""
    return set(house.statuses()) - {0, 200, 503}


def _goes_on(house: House) -> None:
    at = time.monotonic()
    wait_for(lambda: house.publishers.acknowledged_since(at) > 0, seconds=_LONG_S)


def kill_postmaster(house: House) -> None:
    """kill -9 the process that all of PostgreSQL on the primary are children of."""
    os.kill(house.cluster.primary().postmaster(), signal.SIGKILL)
    _goes_on(house)


def switch_over(house: House) -> None:
    """A planned change of the primary."""
    house.cluster.primary().switch_over()
    _goes_on(house)


def kill_node(house: House) -> None:
    """The primary's host loses its power, and gets it back once another has taken over."""
    host = house.cluster.primary()
    host.kill()
    _goes_on(house)
    host.start()


def cut_cable(house: House) -> None:
    """The primary's host hears and is heard of no more, for a minute."""
    machine, began = house.cluster.primary().machine, time.monotonic()
    machine.cut()
    try:
        _goes_on(house)
        _nobody.wait(max(0.0, began + _CUT_S - time.monotonic()))
    finally:
        machine.mend()


def kill_manager(house: House) -> None:
    """Patroni dies on the primary's host, PostgreSQL goes on; it is back once another leads."""
    host = house.cluster.primary()
    _kill_patroni(host)
    wait_for(lambda: house.cluster.primary() is not host, seconds=_LONG_S, what="another primary")
    _goes_on(house)
    host.start()


def kill_manager_behind_names(house: House) -> None:
    """The same where clients know all three hosts: the old primary still takes them, and commits
    nothing, for no standby follows it. It is told to follow once its manager is back."""
    host = house.cluster.primary()
    _kill_patroni(host)
    wait_for(lambda: house.cluster.primary() is not host, seconds=_LONG_S, what="another primary")
    host.start()
    _goes_on(house)


def freeze_standbys(house: House) -> str | None:
    """Both standbys stand still for 40 s: nothing may be acknowledged, and all goes on after."""
    with _frozen(house.cluster.standbys()):
        _nobody.wait(2)
        began = time.monotonic()
        _nobody.wait(_FROZEN_S)
        acknowledged = house.publishers.acknowledged_since(began)
        thawed = time.monotonic()
    _goes_on(house)
    late_s = time.monotonic() - thawed
    if acknowledged:
        return f"{acknowledged} acknowledged while no standby had them"
    return f"went on {late_s:.1f} s after" if late_s > 5 else None


def cancel_commits(house: House) -> str | None:
    """Whoever waits for a standby is told to wait no longer: that is no acknowledgement."""
    cancelled = 0
    with _frozen(house.cluster.standbys()):
        _nobody.wait(2)
        began = time.monotonic()
        for _ in range(5):
            cancelled += _cancel_waiting(house)
            _nobody.wait(1)
        acknowledged = house.publishers.acknowledged_since(began)
    _goes_on(house)
    if acknowledged:
        return f"{acknowledged} acknowledged that wait for a standby"
    return None if cancelled else "nobody waited"


def _kill_patroni(host: DatabaseHost) -> None:
    host.running["patroni"].kill()
    host.running["patroni"].wait()


@contextmanager
def _frozen(hosts: list[DatabaseHost]) -> Iterator[None]:
    found = [pid for host in hosts for pid in _postgres(host)]
    for pid in found:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in found:
            os.kill(pid, signal.SIGCONT)


def _postgres(host: DatabaseHost) -> list[int]:
    postmaster = host.postmaster()
    children = subprocess.run(
        ["pgrep", "-P", str(postmaster)], capture_output=True, text=True, check=False
    )
    return [postmaster, *map(int, children.stdout.split())]


def _cancel_waiting(house: House) -> int:
    url = house.cluster.direct_url("postgres")
    with psycopg.connect(url, autocommit=True, connect_timeout=5) as connection:
        return len(
            connection.execute(
                "SELECT pg_cancel_backend(pid) FROM pg_stat_activity"
                " WHERE wait_event = 'SyncRep' AND application_name = 'gavel'"
            ).fetchall()
        )


STRIKES = (
    Strike("postmaster killed", kill_postmaster, 8),
    Strike("planned switchover", switch_over, 8),
    Strike("node killed", kill_node, 30),
    Strike("cable cut for 60 s", cut_cable, 30),
    Strike("manager killed, behind HAProxy", kill_manager, 30),
    Strike("both standbys frozen for 40 s", freeze_standbys, 50),
    Strike("waiting COMMIT cancelled", cancel_commits, 30),
    Strike("manager killed, all hosts in the URL", kill_manager_behind_names, 90, by="hosts"),
    Strike("cable cut for 60 s, all hosts in the URL", cut_cable, 30, by="hosts"),
)

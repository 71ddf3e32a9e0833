"""What the demo shows in the bus's console: three kinds of trouble, each of which can be mended."""

from collections.abc import Callable
from pathlib import Path

import requests
from bus_client import BusClient, Subscription
from service_kit.run.processes import commands_of

from tests.procfile import ROOT
from tests.system.house import House
from tests.waiting import wait_for

PROCESSES = ("bus", "pusher", "auctions", "auctions_jobs", "mailbox")


def test_what_the_demo_shows_at_the_bus_can_be_mended_and_stays_so(tmp_path: Path) -> None:
    house = House(tmp_path / "var", {})
    try:
        house.start(*PROCESSES)
        with BusClient(house.url("bus"), house.settings["BUS_ROOT_KEY"]) as bus:
            demo = bus.subscriptions.of("demo")

            def wait_until(name: str, holds: Callable[[Subscription], bool]) -> Subscription:
                wait_for(lambda: holds(demo.get(f"demo-{name}")), what=f"demo-{name} is as it is")
                return demo.get(f"demo-{name}")

            wait_until("paused", lambda one: one.state == "paused" and one.waiting > 6)
            refused = wait_until("one-refused", lambda one: one.dead_letters == 1)
            wrong = wait_until("wrong-address", lambda one: one.failures > 0)
            assert wrong.last_answer is not None
            assert wrong.last_answer.status == 404
            wait_for(lambda: any(demo.attempts(wrong)), what="an attempt on record")
            attempt = demo.attempt(next(demo.attempts(wrong)))
            assert house.settings["DEMO_RECEIVER_URL"] in str(attempt)

            demo.put(
                wrong.name,
                topics=wrong.topics,
                callback=house.settings["DEMO_RECEIVER_URL"],
                uuid="anybody",
            )
            resume = f"{wrong.url}/resume"
            auth = (house.settings["BUS_ROOT_KEY"], "")
            requests.post(resume, auth=auth, timeout=10).raise_for_status()
            demo.redrive(refused)
            demo.resume(demo.get("demo-paused"))
            for name in ("wrong-address", "one-refused", "paused"):
                wait_until(
                    name,
                    lambda one: not (one.failures or one.waiting or one.parked or one.dead_letters),
                )
            for release in commands_of(ROOT, house.settings).releases:
                house.run(release)
            assert demo.get(wrong.name).callback == house.settings["DEMO_RECEIVER_URL"]
            assert demo.get("demo-paused").state == "active"
    finally:
        house.close()

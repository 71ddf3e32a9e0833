"""The jobs process: what its loops do against a bus and a bids service on the network."""

import dataclasses
from collections.abc import Callable

from pytest_httpserver import HTTPServer
from service_kit.jobs import Jobs

from auction_app.config import Config
from auction_app.worker import jobs, loops, timers
from tests.auction_app.conftest import SECRET, World


def settings(config: Config, httpserver: HTTPServer) -> Config:
    url = httpserver.url_for("").rstrip("/")
    return dataclasses.replace(config, bus_url=url, bids_url=url)


def test_what_is_announced_is_published_and_forgotten(
    make_world: Callable[..., World], config: Config, httpserver: HTTPServer
) -> None:
    world = make_world(settings(config, httpserver))
    world.browser().sign_up("Ada")
    url = world.customer_url("Ada")
    httpserver.expect_ordered_request(
        "/topics/customers",
        method="POST",
        json=[{"type": "create", "url": url, "timestamp": world.clock.now_ms}],
    ).respond_with_data("")

    loops(world.parts.config, world.parts)["relay"]()

    httpserver.check()
    assert world.announced() == []


def test_it_subscribes_to_what_the_app_follows(
    make_world: Callable[..., World], config: Config, httpserver: HTTPServer
) -> None:
    world = make_world(settings(config, httpserver))
    here = httpserver.url_for("/mine/{name}")
    links = {
        "subscriptions": {"href": httpserver.url_for("/mine")},
        "subscription": {"href": here, "templated": True},
    }
    httpserver.expect_request("/", method="GET").respond_with_json({"_links": links})

    loops(world.parts.config, world.parts)["subscribe"]()

    (asked,) = [request for request, _ in httpserver.log if request.method == "PUT"]
    wanted = asked.get_json()
    assert wanted["topics"] == ["biddings", "bids", "offers"]
    assert wanted["callback"] == "http://auctions.test/events"
    assert wanted["uuid"] == "auctions"
    assert wanted["secret"] == SECRET


def test_it_notices_when_bids_is_silent_and_when_it_is_back(
    make_world: Callable[..., World], config: Config, httpserver: HTTPServer
) -> None:
    world = make_world(settings(config, httpserver))
    item = world.member("Sam").list_item()
    watch = loops(world.parts.config, world.parts)["watch"]

    for status, shown in ((503, True), (200, False)):
        httpserver.expect_oneshot_request("/readyz").respond_with_json({}, status)
        watch()
        assert ("bidding service does not answer" in world.browser().get(item).text) is shown


def test_its_sweep_heals_what_no_event_told(world: World) -> None:
    item = world.member("Sam").list_item(ends="2026-09-22T00:00:00")
    world.bids.close(world.parts.urls.public_url + item)
    world.clock.pass_s(24 * 3600)
    bodies = loops(world.parts.config, world.parts)

    bodies["gaps"]()
    bodies["refresh"]()

    assert "Not sold" in world.browser().get(item).text


def test_no_request_waits_until_bids_service_is_told_what_a_moderator_decided(
    make_world: Callable[..., World], config: Config, httpserver: HTTPServer
) -> None:
    world = make_world(settings(config, httpserver))
    item = world.member("Sam").list_item()
    world.moderator("Mo").post(f"/moderation{item}", {"action": "hide", "note": "A fake."})

    Jobs(*jobs(world.parts, lambda _topic, _events: None).values()).settle()
    assert world.bids.decreed == []

    timers(world.parts.config, world.parts)["decrees"]()
    assert [what for what, _, _ in world.bids.decreed] == ["freeze"]

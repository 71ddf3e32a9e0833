"""What machines ask a site for, and what a shared link shows."""

import gzip
import json
import re
from html import unescape

import pytest

from tests.auction_app.conftest import PUBLIC, World


def test_robots_are_told_where_to_go(world: World) -> None:
    answer = world.browser().get("/robots.txt")

    assert answer.mimetype == "text/plain"
    assert f"Sitemap: {PUBLIC}/sitemap.xml" in answer.text.splitlines()
    assert "Disallow: /unsubscribe/" in answer.text.splitlines()


@pytest.mark.parametrize("path", ["/account", "/my/bids", "/sell", "/moderation", "/my/orders"])
def test_a_members_own_pages_are_kept_from_crawlers_by_asking_to_sign_in(
    world: World, path: str
) -> None:
    assert world.browser().get(path).status_code == 401


def test_the_manifests_icons_are_there(world: World) -> None:
    visitor = world.browser()
    manifest = visitor.get("/manifest.webmanifest").get_json(force=True)

    assert manifest["start_url"] == "/"
    assert {icon["sizes"] for icon in manifest["icons"]} == {"192x192", "512x512"}
    for icon in manifest["icons"]:
        assert visitor.client.get(icon["src"], buffered=True).mimetype == "image/png"
    assert visitor.client.get("/favicon.ico", buffered=True).data[:4] == b"\0\0\1\0"
    assert 'rel="manifest"' in visitor.get("/").text


def test_a_shared_item_shows_what_it_is(world: World) -> None:
    item = world.member("Sam").list_item(title='Lamp </script> & "shade"')
    page = world.browser().get(item).text

    def said(name: str) -> str:
        return unescape(re.findall(rf'<meta (?:name|property)="{name}" content="([^"]*)"', page)[0])

    linked = json.loads(re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)[0])

    assert 'Lamp </script> & "shade"' in said("og:title")
    assert said("og:url") == PUBLIC + item
    assert said("og:image").startswith(f"{PUBLIC}/photos/")
    assert said("description")
    assert linked["name"] == 'Lamp </script> & "shade"'
    assert linked["offers"]["url"] == PUBLIC + item
    assert linked["offers"]["priceCurrency"] == "USD"


@pytest.mark.parametrize("path", ["/", "/search?q=lamp", "/rules", "/sign-in"])
def test_every_page_says_what_it_is(world: World, path: str) -> None:
    page = world.browser().get(path).text

    for name in ("description", "og:title", "og:description", "og:image"):
        assert re.search(rf'="{name}" content="[^"]+"', page), name


def test_a_strangers_page_travels_packed_and_a_members_does_not(world: World) -> None:
    takes = {"Accept-Encoding": "gzip"}
    plain = world.browser().get("/")
    packed = world.browser().client.get("/", headers=takes)
    members = world.member("Ada").client.get("/", headers=takes)
    form = world.browser().client.get("/sign-in", headers=takes)

    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Good things, fair prices." in gzip.decompress(packed.data).decode()
    assert "Accept-Encoding" in plain.headers["Vary"]
    for answer in (plain, members, form):
        assert "Content-Encoding" not in answer.headers

"""What every page shows around its content."""

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from flask_babel import get_locale

from auction_app.parts import Parts
from auction_app.web.house_pages import HOUSE_PAGES, house_page_word
from auction_app.web.i18n import LANGUAGES, style, viewer_zone, zone_is_chosen
from auction_app.web.labels import complaint, refusal


def install_layout(
    app: Flask,
    parts: Parts,
    visitor: Callable[[Parts], object],
    labels: Iterable[Callable[..., str]],
) -> None:
    """The names that all templates may use: who looks, and the labels of the features."""
    for label in (*labels, complaint, refusal, house_page_word):
        app.add_template_global(label)

    news_url = _news_url(parts)

    @app.context_processor
    def names() -> dict[str, Any]:
        return {
            "visitor": visitor(parts),
            "house_pages": HOUSE_PAGES,
            "language": str(get_locale()),
            "all_languages": LANGUAGES,
            "zone": viewer_zone().key,
            "style": style().replace("_", "-"),
            "zone_is_chosen": zone_is_chosen(),
            "server_now_ms": parts.clock(),
            "live_url": parts.config.live_url,
            "news_url": news_url,
            "auction_url": parts.urls.auction,
            "absolute": parts.urls.absolute,
            "photo_url": parts.urls.photo,
        }


def _news_url(parts: Parts) -> str | None:
    """Where a signed-in browser is told what happens. Its cookie goes to the house's own host, on
    whatever port: where the live process has another, a proxy leads the same path there."""
    live_url = parts.config.live_url
    if live_url is None:
        return None
    is_ours = urlsplit(live_url).hostname == urlsplit(parts.config.public_url).hostname
    return f"{live_url}/me/stream" if is_ours else "/me/stream"

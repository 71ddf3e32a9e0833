"""What every page shows around its content."""

from typing import Any

from flask import Flask
from flask_babel import get_locale

from auction_app.parts import Parts
from auction_app.verbs.take_photo import LARGE, THUMBNAIL
from auction_app.views.language import LANGUAGES
from auction_app.views.phrases import PHRASES
from auction_app.views.visitor import viewer_zone, visitor
from auction_app.views.words import complaint, outcome_word, refusal, short_standing, standing_word


def install_shell(app: Flask, parts: Parts) -> None:
    """The names that all templates may use."""
    app.jinja_env.globals.update({phrase.__name__: phrase for phrase in PHRASES})

    @app.context_processor
    def names() -> dict[str, Any]:
        return {
            "visitor": visitor(parts),
            "language": str(get_locale()),
            "all_languages": LANGUAGES,
            "zone": viewer_zone().key,
            "server_now_ms": parts.clock(),
            "live_url": parts.config.live_url,
            "auction_url": parts.urls.auction,
            "photo_large": LARGE,
            "photo_thumbnail": THUMBNAIL,
            "complaint": complaint,
            "refusal": refusal,
            "standing_word": standing_word,
            "short_standing": short_standing,
            "outcome_word": outcome_word,
        }

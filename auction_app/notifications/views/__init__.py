"""The notices on the site, and the choice of mails."""

from collections.abc import Iterator

from flask import Blueprint

from auction_app.notifications.views import notices, preferences
from auction_app.parts import Parts


def blueprints(parts: Parts) -> Iterator[Blueprint]:
    """All addresses of the feature."""
    yield notices.api(parts)
    yield notices.pages(parts)
    yield preferences.pages(parts)

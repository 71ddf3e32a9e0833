"""The pages of moderators, the form that calls them, and those of whom a decision concerns."""

from collections.abc import Iterator

from flask import Blueprint
from service_kit.notify import Channel

from auction_app.moderation.views import decisions, messages, payments, queue, report
from auction_app.parts import Parts


def blueprints(
    parts: Parts, decree_channel: Channel, payment_channel: Channel | None
) -> Iterator[Blueprint]:
    """All addresses of the feature; `decree_channel` wakes what tells bids_service, and
    `payment_channel` what asks the provider, where payments are taken."""
    yield report.pages(parts)
    yield queue.pages(parts, decree_channel)
    yield queue.record(parts, decree_channel)
    yield messages.pages(parts)
    yield decisions.pages(parts)
    yield decisions.answers(parts, decree_channel)
    yield decisions.told(parts)
    if payment_channel is not None:
        yield payments.pages(parts, payment_channel)

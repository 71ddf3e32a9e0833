"""Subscriptions, as the bus shows them to a token that may monitor."""

from bus_drain.fetch import Entity

from mailer_service.model.entities import Subscription

_LONGEST = 200


def subscription_from(entity: Entity) -> Subscription:
    """One subscription, with how its last delivery went wrong, if it did."""
    callback, answer = entity.get("callback"), entity.optional_part("last_answer")
    return Subscription(
        url=entity.url,
        callback=callback if isinstance(callback, str) else None,
        last_answer=_words(answer) if answer and not _has_taken(answer) else None,
    )


def _has_taken(answer: Entity) -> bool:
    """Whether it took what was sent: then it says nothing of what was refused."""
    status = answer.get("status")
    return isinstance(status, int) and 200 <= status < 300 and answer.get("error") is None


def _words(answer: Entity) -> str:
    status, error = answer.get("status"), answer.get("error")
    words = [f"HTTP {status}"] if isinstance(status, int) else []
    words += [" ".join(error.split())[:_LONGEST]] if isinstance(error, str) else []
    return ", ".join(words)

"""Where the bus shows subscriptions: what they are known by outside."""

from urllib.parse import quote


def subscription_path(client: str, name: str, log: str | None = None) -> str:
    """Where a subscription is found: the whole, or as it stands in one log."""
    at = "" if log is None else f"@{log}"
    return f"{collection_path(client)}/{quote(name)}{at}"


def collection_path(client: str) -> str:
    """Where the subscriptions of a client are found."""
    return f"/clients/{quote(client)}/subscriptions"


def is_of(client: str, url: str) -> bool:
    """Whether a subscription's URL is of one of the client's."""
    return url.rsplit("/", 3)[-3:-1] == [quote(client), "subscriptions"]

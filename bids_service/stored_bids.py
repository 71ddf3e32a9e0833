"""Bids by their URLs from the service's own database: for code that runs where it is."""

from bids_client import Bid, NotFound
from bids_client.documents import Document, bid_from

from bids_service.representations import bid_resource
from bids_service.storage.queries import Queries
from bids_service.urls import Urls


class StoredBids:
    """What `bids_client.find_bids_at` takes in place of a BidsClient: `Bid.find(url)` answers the
    same, and asks neither a network nor HTTP. Raises NotFound for what is not here."""

    def __init__(self, queries: Queries, urls: Urls) -> None:
        self._queries = queries
        self._urls = urls

    def bid(self, url: str) -> Bid:
        """The bid at a URL."""
        bid_id = self._urls.bid_id(url)
        stored = self._queries.bid(bid_id) if bid_id is not None else None
        if stored is None:
            raise NotFound(404, {"title": "There is no such bid"})
        return bid_from(Document(url, bid_resource(stored, self._urls)))

"""Show a bidder without showing who it is."""

import hashlib
import hmac

from auction_app.model import Bid

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


def mask_bidder(secret_key: str, bid: Bid) -> str:
    """Such as "K7": the same for all bids of a bidder in one auction, and no bridge to another."""
    message = f"mask {bid.auction_id} {bid.bidder_id}".encode()
    digest = hmac.digest(secret_key.encode(), message, hashlib.sha256)
    return f"{_LETTERS[digest[0] % len(_LETTERS)]}{digest[1] % 90 + 10}"

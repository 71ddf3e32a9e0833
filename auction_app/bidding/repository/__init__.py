"""SQL of the bidding: the copy of what bids_service knows, and what is on its way to it."""

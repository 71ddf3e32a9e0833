"""Bids, from the form to bids_service and back: the app's own copy of the bidding."""

"""The item page: the listing, its bidding, and what ties its reader to it."""

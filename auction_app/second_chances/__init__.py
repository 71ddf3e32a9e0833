"""An item offered to a bidder who didn't get it."""

"""Reports of items, and what moderators do about them."""

"""The entities as programs see them."""

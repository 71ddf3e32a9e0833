"""The tables of what proves who signs in."""

"""Questions about items, and their answers."""

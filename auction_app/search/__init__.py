"""Find what is up for auction."""

"""SQL of the listings."""

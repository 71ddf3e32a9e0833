"""Full-text search over open listings, on FTS5 or tsvector."""

"""SQL of drafts, and of what a seller has listed."""

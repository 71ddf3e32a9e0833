"""SQL of saved searches, followed sellers, and what was told."""

"""Journals, postings and dead letters, in SQLite or PostgreSQL."""

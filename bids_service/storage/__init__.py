"""SQL, for SQLite and PostgreSQL alike: every public method is one transaction."""

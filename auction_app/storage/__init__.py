"""Everything that knows SQL: tables, and the few things one may do with each."""

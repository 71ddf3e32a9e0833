"""The database: tables, transactions, ids, and how often something may be done."""

"""SQL of the accounts and their sessions."""

"""Payouts: what the house owes a seller, as the service that keeps the books tells it."""

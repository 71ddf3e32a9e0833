"""Paying for an order at a provider's page: knows orders by their URLs alone."""

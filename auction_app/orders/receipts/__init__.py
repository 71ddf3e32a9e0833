"""Receipts: what was paid for an order, for its two sides, as a page to print and as a PDF."""
